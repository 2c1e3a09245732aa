"""What a post of pictures may be and is heard with; pure."""

from collections.abc import Sequence
from typing import Final

import msgspec

from vonk.core.errors import FieldInvalid

PICTURES_MAX: Final = 35  # Of one post (reference §4).
ALT_CHARS_MAX: Final = 500
WAITING_MAX: Final = 2 * PICTURES_MAX  # Uploads of one person that stand in no post.
WAITING_SECONDS: Final = 86_400  # As files of a library.
LONG_SIDE: Final = 1_920
SMALL_SIDE: Final = 720
SOUND_MS_MIN: Final = 2_000  # Of what is heard with pictures in ads (reference §4).
SOUND_MS_MAX: Final = 60_000  # A longer one is cut.
SOUND_BYTES_MAX: Final = 50_000_000


class Chosen(msgspec.Struct, frozen=True):
    """A picture that was uploaded, and what it shows in words, for who does not see it."""

    id: int
    alt: str = ""


def require(chosen: Sequence[Chosen], field: str = "pictures") -> tuple[Chosen, ...]:
    """Return the pictures with clean words; FieldInvalid unless there are 1 to 35 of them, each once."""
    if not 1 <= len(chosen) <= PICTURES_MAX:
        raise FieldInvalid(field, "1 to %(most)s pictures", most=PICTURES_MAX)
    if len({one.id for one in chosen}) != len(chosen):
        raise FieldInvalid(field, "each picture once")
    return tuple(Chosen(one.id, clean_alt(one.alt, f"{field}.{number}.alt")) for number, one in enumerate(chosen))


def clean_alt(text: str, field: str) -> str:
    """Return the words with single blanks; FieldInvalid for too many, or with control characters."""
    words = " ".join(text.split())
    if len(words) > ALT_CHARS_MAX or not (words.isprintable() or not words):
        raise FieldInvalid(field, "at most %(most)s printable characters", most=ALT_CHARS_MAX)
    return words
