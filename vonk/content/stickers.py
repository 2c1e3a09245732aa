"""What may be put over a video, and subtitles as they are taken in; pure."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

import msgspec

from vonk.core.errors import FieldInvalid
from vonk.core.limits import URL_MAX

TEXT_MAX: Final = 65  # Reference: voting sticker, title.
OPTION_MAX: Final = 16  # Reference: voting sticker, answers.
OPTIONS: Final = range(2, 5)
STICKERS_MAX: Final = 5  # More would hide the video.
PLACES: Final = range(80, 921)  # Thousandths of the frame: the middle of a sticker stays in it.
COUNTS_DOWN_MAX: Final = timedelta(days=365)
SUBTITLES_CHARS_MAX: Final = 200_000  # Three hours of talk.
_CUE: Final = re.compile(
    r"^(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}[ \t]+-->[ \t]+(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}", re.MULTILINE
)


class Kind(StrEnum):
    """What a sticker does."""

    TEXT = "text"
    POLL = "poll"
    COUNTDOWN = "countdown"
    LINK = "link"


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """A sticker to be: what its kind does not need is left empty."""

    kind: Kind
    x: int
    y: int
    text: str
    options: tuple[str, ...] = ()
    ends_at: datetime | None = None
    url: str = ""


def checked(drawn: Drawn, *, now: datetime) -> Drawn:
    """Return the sticker as it is kept: texts trimmed, nothing that its kind does not need. Raises FieldInvalid."""
    text = " ".join(drawn.text.split())
    if not 1 <= len(text) <= TEXT_MAX:
        raise FieldInvalid("text", "1 to %(most)s characters", most=TEXT_MAX)
    for name, place in (("x", drawn.x), ("y", drawn.y)):
        if place not in PLACES:
            raise FieldInvalid(name, "a number from %(least)s to %(most)s", least=PLACES.start, most=PLACES.stop - 1)
    kept = Drawn(kind=drawn.kind, x=drawn.x, y=drawn.y, text=text)
    if drawn.kind is Kind.POLL:
        return msgspec.structs.replace(kept, options=_options(drawn.options))
    if drawn.kind is Kind.COUNTDOWN:
        if drawn.ends_at is None or not now < drawn.ends_at <= now + COUNTS_DOWN_MAX:
            raise FieldInvalid("ends_at", "an instant within the next year")
        return msgspec.structs.replace(kept, ends_at=drawn.ends_at)
    if drawn.kind is Kind.LINK:
        return msgspec.structs.replace(kept, url=_address(drawn.url))
    return kept


def _options(given: Sequence[str]) -> tuple[str, ...]:
    options = tuple(filter(None, (" ".join(option.split()) for option in given)))
    if len(options) not in OPTIONS or len({option.casefold() for option in options}) < len(options):
        raise FieldInvalid(
            "options", "%(least)s to %(most)s different answers", least=OPTIONS.start, most=OPTIONS.stop - 1
        )
    if any(len(option) > OPTION_MAX for option in options):
        raise FieldInvalid("options", "up to %(most)s characters each", most=OPTION_MAX)
    return options


def _address(url: str) -> str:
    url = url.strip()
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme != "https" or "." not in host or parts.username or len(url) > URL_MAX or " " in url:
        raise FieldInvalid("url", "an address that begins with https://")
    return url


def checked_subtitles(text: str) -> str:
    """Return WebVTT as it is kept; FieldInvalid when it is none."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > SUBTITLES_CHARS_MAX:
        raise FieldInvalid("file", "up to %(most)s characters", most=SUBTITLES_CHARS_MAX)
    if re.match(r"WEBVTT(?:[ \t\n]|$)", text) is None or "\0" in text:
        raise FieldInvalid("file", "a WebVTT file, whose first line is WEBVTT")
    if _CUE.search(text) is None:
        raise FieldInvalid("file", "a WebVTT file with at least one line such as 00:01.000 --> 00:03.500")
    return text
