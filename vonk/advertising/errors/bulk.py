"""Why a change of many objects, or of one of them, is refused."""

from vonk.core.errors import Actor, Conflict, Invalid, Limited, Unavailable


class ChangedMeanwhile(Conflict):
    """Somebody else was there between looking and changing."""

    code = "changed_meanwhile"
    message = "“%(name)s” was changed meanwhile, by somebody else or in another window."
    cause = "What you saw is not what it is any more, so nothing was overwritten."
    remedy = "Look at what it is now, and change it again."
    actor = Actor.CALLER


class NoOwnBudget(Conflict):
    """There is nothing to change."""

    code = "no_own_budget"
    message = "“%(name)s” has no budget of its own."
    cause = "It spends from the budget of its campaign, or of its ad groups."
    remedy = "Change the budget that it spends from, or give it one on its page."
    actor = Actor.ADVERTISER
    field = "budget_micros"


class NoOwnBid(Conflict):
    """There is nothing to add to."""

    code = "no_own_bid"
    message = "The bid of “%(name)s” follows from its budget."
    cause = "With maximum delivery nobody sets the bid, so it cannot be raised or lowered by an amount."
    remedy = "Set a bid, or change the budget."
    actor = Actor.ADVERTISER
    field = "bid_micros"


class CopyTooLarge(Conflict):
    """Copies are made in one transaction."""

    code = "copy_too_large"
    message = "“%(name)s” holds more than %(most)d ads."
    cause = "What is duplicated is copied with all that lies in it, at once."
    remedy = "Duplicate its ad groups one by one."
    actor = Actor.ADVERTISER


class NothingSelected(Invalid):
    """Nobody said what to change."""

    code = "nothing_selected"
    message = "Select what to change first."
    cause = "No row is ticked, or nothing matches the filter any more."
    remedy = "Tick some rows of the table."
    actor = Actor.CALLER


class TooManySelected(Invalid):
    """Bounds one edit."""

    code = "too_many_selected"
    message = "At most %(most)d can be changed at once."
    cause = "The filter matches more."
    remedy = "Narrow the filter, and do it in parts."
    actor = Actor.CALLER


class BulkEditsLimited(Limited):
    """Bounds what waits."""

    code = "bulk_edits_limited"
    message = "%(most)d changes of many objects are being worked on already."
    cause = "So many wait for an ad account at a time."
    remedy = "Wait until one of them has ended."
    actor = Actor.CALLER


class BulkEditOver(Conflict):
    """It was applied, undone or canceled before."""

    code = "bulk_edit_over"
    message = "This was decided already."
    cause = "It was applied, canceled or undone before, or is being worked on."
    remedy = "Look at its results."
    actor = Actor.CALLER


class BulkLineFailed(Unavailable):
    """A fault of ours, kept in the log of the process."""

    code = "bulk_line_failed"
    message = "Something went wrong here, and nothing was changed."
    cause = "This is a fault of the platform, not of what you asked for."
    remedy = "Try it once more on its own page; if it stays, tell the operator."
    actor = Actor.PLATFORM


class ImportColumnUnknown(Invalid):
    """The first row names the columns."""

    code = "import_column_unknown"
    message = "The first row of the file names no column that is known here."
    cause = "A heading says what stands in each column; at least “id” or “name” is needed."
    remedy = "Begin with the template, or name the columns: %(columns)s."
    actor = Actor.CALLER
