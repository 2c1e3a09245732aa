"""Lists of codes that are redeemed in one go: their bounds, and which results are for good; pure."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

LINES_MAX: Final = 10_000  # Of one list (figure: under a minute).
OPEN_IMPORTS_MAX: Final = 5  # Lists of one ad account that are being worked off.
FILE_BYTES_MAX: Final = 4 * 1024 * 1024  # Ten thousand codes with names beside them are about one.
UNPACKED_BYTES_MAX: Final = 32 * 1024 * 1024  # What a workbook is inside its zip.
MARKS_MAX: Final = 1_500_000  # Of a workbook's XML: what is small in the zip may be millions of empty cells.
CELLS_IN_ROW_MAX: Final = 16_384  # A workbook has no more columns (ECMA-376); a row is in memory as a whole.
DEPTH_MAX: Final = 256  # Of its elements, one inside the other.
PARTS_MAX: Final = 1_000  # Files inside a workbook's zip.
SHEETS_MAX: Final = 20
ROWS_MAX: Final = 2 * LINES_MAX  # Of a file, empty ones and headings counted.
COLUMNS_MAX: Final = 1_000  # Of a workbook; what stands further right is not looked at.
FILE_NAME_MAX: Final = 200
CODES_KEPT: Final = timedelta(days=30)  # So long can a line that failed be tried again.


class ImportSource(StrEnum):
    """How a list came."""

    PASTE = "paste"
    CSV = "csv"
    XLSX = "xlsx"
    API = "api"


class LineOutcome(StrEnum):
    """What became of a line, where it was no error; every other outcome is the code of an error."""

    REDEEMED = "redeemed"
    AGAIN = "again"  # The account holds it already: nothing changed.
    DUPLICATE = "duplicate"  # It stands further up in the same list.


GOOD: Final = frozenset({LineOutcome.REDEEMED.value, LineOutcome.AGAIN.value, LineOutcome.DUPLICATE.value})

# Of these no second try makes anything else; the code is forgotten at once. Whatever is not named here may pass: the
# creator extends, agrees, makes public; the account accepts terms; an hour goes by.
FOR_GOOD: Final = GOOD | {
    "auth_code_format_error",
    "auth_code_not_found",
    "auth_code_already_used",
    "authorization_revoked",
    "authorization_released",
    "video_deleted",
}


def may_retry(outcome: str | None) -> bool:
    """Say whether the line's code can still give something. An open line needs no retry."""
    return outcome is not None and outcome not in FOR_GOOD
