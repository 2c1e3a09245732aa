"""What people write beside an act of money: bounded, printable."""

from typing import Final

from vonk.billing.errors import TextOutOfBounds

REASON_CHARS_MAX: Final = 200
REFERENCE_CHARS_MAX: Final = 100


def check(field: str, text: str, most: int = REASON_CHARS_MAX) -> None:
    """Raise TextOutOfBounds unless there are 1 to ``most`` printable characters that are not all space."""
    if not text.strip() or len(text) > most or not text.isprintable():
        raise TextOutOfBounds(field=field, most=most)
