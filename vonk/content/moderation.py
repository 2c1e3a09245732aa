"""What looking after comments for an ad account takes: how words are compared, which lists can be had; pure."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Final

EXPORT_KEPT_FOR: Final = timedelta(days=30)
WORDS_MAX: Final = 500  # Of one ad account.
WORD_CHARS_MAX: Final = 100


class Held(StrEnum):
    """Why a comment waits for the creator of its post."""

    WORD = "word"  # A word of their list is in it.
    ALL = "all"  # They hold every comment.


class ExportKind(StrEnum):
    """What is listed in a file."""

    COMMENTS = "comments"
    WORDS = "words"


def folded(text: str) -> str:
    """Return the text as it is compared: whatever its case, its width and its spacing."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def first_hit(text: str, words: Iterable[str]) -> str | None:
    """Return the first of the folded words that stands in the text, None when none does.

    A word of a script with upper and lower case stands there as a whole: "ass" is not in "class". Of a script that writes
    without spaces it stands there wherever its letters do.
    """
    said = folded(text)
    return next((word for word in words if word in said and _stands(word, said)), None)


def _stands(word: str, said: str) -> bool:
    before = r"(?<!\w)" if _cased(word[0]) else ""
    after = r"(?!\w)" if _cased(word[-1]) else ""
    return re.search(before + re.escape(word) + after, said) is not None


def _cased(letter: str) -> bool:
    return letter.isdecimal() or letter.lower() != letter.upper()
