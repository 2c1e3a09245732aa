"""What can be wrong with a list of codes."""

from typing import Final

from vonk.authorisation.rules.imports import LINES_MAX
from vonk.core.errors import Actor, Conflict, Invalid, Limited, Unavailable

_IMPORTS: Final = "/advertiser/spark-posts/imports/"


class ImportEmpty(Invalid):
    """Nothing in it has the shape of a code."""

    code = "import_empty"
    message = "There is no code in this list."
    cause = "A code is a # and 41 letters, digits, hyphens and underscores; nothing in the list looks like one."
    remedy = "Paste the codes as the creators sent them, one a line, or choose the file that holds them."
    actor = Actor.ADVERTISER
    link = _IMPORTS


class ImportTooLong(Invalid):
    """A list is bounded."""

    code = "import_too_long"
    message = "This list is too long."
    cause = f"One list holds at most {LINES_MAX:,} codes, and twice as many rows."
    remedy = "Split the list. A code that stands in two lists is redeemed once."
    actor = Actor.ADVERTISER
    link = _IMPORTS


class ImportFileTooLarge(Invalid):
    """Before anything is read: by the file's size, or by what it unpacks to."""

    code = "import_file_too_large"
    message = "This file is too large for a list of codes."
    cause = "At most %(megabytes)d MB are read, and 32 MB of what a workbook unpacks to."
    remedy = "Save only the column with the codes, as CSV or XLSX."
    actor = Actor.ADVERTISER
    link = _IMPORTS
    field = "file"


class ImportFileUnreadable(Invalid):
    """Neither text nor a workbook, or a damaged one."""

    code = "import_file_unreadable"
    message = "This file cannot be read."
    cause = "It is neither CSV nor XLSX, or it is damaged or locked with a password."
    remedy = "Save it anew as CSV (UTF-8) or XLSX, without a password."
    actor = Actor.ADVERTISER
    link = _IMPORTS
    field = "file"


class ImportsLimited(Limited):
    """An account has a bounded number of lists at work."""

    code = "imports_limited"
    message = "%(most)d lists of this ad account are being worked off."
    cause = "They have not ended yet."
    remedy = "Wait until one of them has ended: it is a matter of minutes."
    actor = Actor.ADVERTISER
    link = _IMPORTS
    retry_after_seconds = 60


class ImportLineFailed(Unavailable):
    """We failed, at one line; the others go on."""

    code = "import_line_failed"
    message = "This code could not be redeemed now."
    cause = "Something went wrong on our side; nothing was changed."
    remedy = "Try the line again. When it fails again, contact the operator of the platform."
    actor = Actor.PLATFORM
    link = _IMPORTS


class ImportNothingToRetry(Conflict):
    """Every line of the list is done for good."""

    code = "import_nothing_to_retry"
    message = "No line of this list can be tried again."
    cause = "Each was redeemed, or will never work, or failed more than 30 days ago and its code was forgotten."
    remedy = "Paste the codes that you want to try again as a new list."
    actor = Actor.ADVERTISER
    link = _IMPORTS
