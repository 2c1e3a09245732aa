"""What a pixel may be called, and how many there may be; pure."""

import unicodedata
from typing import Final

from vonk.core.errors import FieldInvalid

PIXELS_PER_ACCOUNT_MAX: Final = 20  # A shop has one; an agency's account one a shop. Disabled ones count too.
PIXEL_NAME_MAX: Final = 40  # Reference, API §14.


def name(text: str) -> str:
    """Return the pixel's name without outer blanks; FieldInvalid unless it is one line of 1 to 40 characters."""
    stripped = text.strip()
    if not 1 <= len(stripped) <= PIXEL_NAME_MAX:
        raise FieldInvalid("name", f"1 to {PIXEL_NAME_MAX} characters")
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in stripped):
        raise FieldInvalid("name", "one line of text, without control characters")
    return stripped
