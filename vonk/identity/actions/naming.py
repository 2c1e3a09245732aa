"""The one check of what people call organisations and ad accounts."""

from typing import Final

from vonk.core.errors import FieldInvalid

NAME_CHARS_MAX: Final = 100


def checked(field: str, text: str) -> str:
    """Return the name as it is kept, single spaces between words; FieldInvalid when it is none."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= NAME_CHARS_MAX or not name.isprintable():
        raise FieldInvalid(field, "1 to %(most)s printable characters", most=NAME_CHARS_MAX)
    return name
