"""What a pixel or an offline event set may be called, and how many there may be; pure."""

import unicodedata
from enum import StrEnum
from typing import Final

from vonk.core.errors import FieldInvalid

PIXELS_PER_ACCOUNT_MAX: Final = 20  # A shop has one; an agency's account one a shop. Disabled ones count too.
PIXEL_NAME_MAX: Final = 40  # Reference, API §14.
OFFLINE_SETS_MAX: Final = 20  # Of one account, deleted ones apart: each is in the ad servers' memory, as a pixel is.
OFFLINE_SETS_EVER_MAX: Final = 500  # Deleted ones too: what they reported stays in the numbers, and so do they.
DESCRIPTION_MAX: Final = 500


class Origin(StrEnum):
    """Where what is reported happened."""

    WEB = "web"  # A pixel: pages and servers report.
    OFFLINE = "offline"  # An offline event set: the advertiser's servers alone report.


def name(text: str) -> str:
    """Return the name without outer blanks; FieldInvalid unless it is one line of 1 to 40 characters."""
    stripped = text.strip()
    if not 1 <= len(stripped) <= PIXEL_NAME_MAX:
        raise FieldInvalid("name", "1 to %(most)s characters", most=PIXEL_NAME_MAX)
    return _one_line(stripped, "name")


def description(text: str) -> str:
    """Return an offline event set's description without outer blanks; FieldInvalid unless it is one line of at most 500."""
    stripped = text.strip()
    if len(stripped) > DESCRIPTION_MAX:
        raise FieldInvalid("description", "at most %(most)s characters", most=DESCRIPTION_MAX)
    return _one_line(stripped, "description")


def _one_line(text: str, field: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text):
        raise FieldInvalid(field, "one line of text, without control characters")
    return text
