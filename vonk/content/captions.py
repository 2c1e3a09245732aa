"""What a caption says: its hashtags, the people it names and the posts it points to; pure.

A hashtag is “#” and letters, marks, digits, underscores or emoji of any script, at most 100 of them. A mention is “@”
and a handle. Neither begins inside a word, so an e-mail address names nobody.
"""

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum
from typing import Final

import msgspec

from vonk.content.errors import CaptionTooLong, MentionsTooMany
from vonk.core.errors import FieldInvalid
from vonk.core.limits import HANDLE_MAX, MENTIONS_MAX, TEXT_MAX

TAG_CHARS_MAX: Final = 100
_JOINERS: Final = "_\u200d\ufe0e\ufe0f"  # Underscore; what holds an emoji together.
_MODIFIER_FIRST, _MODIFIER_LAST = "\U0001f3fb", "\U0001f3ff"  # Skin tones.
_SIGN: Final = re.compile("[#@]")
_HANDLE: Final = re.compile(rf"[A-Za-z0-9._]{{2,{HANDLE_MAX}}}")
_POST_LINK: Final = re.compile(r"/(?:video|posts)/([0-9]{1,19})(?![0-9])")


class SegmentKind(StrEnum):
    """What a piece of a caption is."""

    TEXT = "text"
    HASHTAG = "hashtag"
    MENTION = "mention"


class Segment(msgspec.Struct, frozen=True):
    """A piece of a caption as written; ``target`` is the tag or the handle it leads to, "" for text."""

    text: str
    kind: SegmentKind = SegmentKind.TEXT
    target: str = ""


class Caption(msgspec.Struct, frozen=True):
    """A caption and what it says. Tags and handles are lower case, without their sign, each once, in order."""

    text: str
    tags: tuple[str, ...]
    handles: tuple[str, ...]


def utf16_units(text: str) -> int:
    """Return the length as the business API counts it: an emoji is two or more."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean_text(field: str, text: str) -> str:
    """Return the text with plain line ends and no blanks around it; FieldInvalid for what no database can keep."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t":
            raise FieldInvalid(field, "it holds a control character")
    return text


def read(text: str) -> Caption:
    """Return what the caption says.

    Raises CaptionTooLong above 2,200 UTF-16 units, MentionsTooMany above 30 people, FieldInvalid for control characters.
    """
    text = clean_text("caption", text)
    units = utf16_units(text)
    if units > TEXT_MAX:
        raise CaptionTooLong(units=units, units_max=TEXT_MAX)
    pieces = _pieces(text)
    tags = tuple(dict.fromkeys(piece.target for piece in pieces if piece.kind is SegmentKind.HASHTAG))
    handles = tuple(dict.fromkeys(piece.target for piece in pieces if piece.kind is SegmentKind.MENTION))
    if len(handles) > MENTIONS_MAX:
        raise MentionsTooMany(mentions=len(handles), mentions_max=MENTIONS_MAX)
    return Caption(text, tags, handles)


def segments(text: str, known_handles: Collection[str]) -> tuple[Segment, ...]:
    """Return the caption in pieces for drawing; joined they are the caption. An unknown mention is plain text."""
    merged: list[Segment] = []
    for piece in _pieces(text):
        known = piece.kind is not SegmentKind.MENTION or piece.target in known_handles
        plain = piece if known else Segment(piece.text)
        if merged and plain.kind is SegmentKind.TEXT and merged[-1].kind is SegmentKind.TEXT:
            merged[-1] = Segment(merged[-1].text + plain.text)
        else:
            merged.append(plain)
    return tuple(merged)


def post_links(text: str) -> tuple[int, ...]:
    """Return the ids of posts that the caption points to by their address, each once, in order."""
    return tuple(dict.fromkeys(int(digits) for digits in _POST_LINK.findall(text)))


def tag_of(text: str) -> str:
    """Return the tag as it is kept: composed, lower case, without its sign."""
    return unicodedata.normalize("NFC", text.removeprefix("#")).lower()[:TAG_CHARS_MAX]


def _pieces(text: str) -> list[Segment]:
    found: list[Segment] = []
    plain_from = at = 0
    while sign := _SIGN.search(text, at):
        at = sign.start()
        piece = _sign_at(text, at) if _may_begin(text, at, plain_from) else None
        if piece is None:
            at += 1
            continue
        if plain_from < at:
            found.append(Segment(text[plain_from:at]))
        found.append(piece)
        at = plain_from = at + len(piece.text)
    if plain_from < len(text):
        found.append(Segment(text[plain_from:]))
    return found


def _may_begin(text: str, at: int, piece_from: int) -> bool:
    """Tell whether a sign here is not inside a word; right behind another tag or mention it may begin too."""
    return at == piece_from or not (text[at - 1].isalnum() or text[at - 1] in "_&/")


def _sign_at(text: str, at: int) -> Segment | None:
    if text[at] == "@":
        match = _HANDLE.match(text, at + 1)
        if match is None or (match.end() < len(text) and (text[match.end()].isalnum() or text[match.end()] == "_")):
            return None  # Nobody, or more than a handle can be.
        handle = match.group().rstrip(".")
        if len(handle) < 2:
            return None
        return Segment("@" + handle, SegmentKind.MENTION, handle.lower())
    end = at + 1
    while end < len(text) and end - at <= TAG_CHARS_MAX and _in_tag(text[end]):
        end += 1
    written = text[at + 1 : end]
    if not any(character not in _JOINERS for character in written):
        return None
    return Segment("#" + written, SegmentKind.HASHTAG, tag_of(written))


def _in_tag(character: str) -> bool:
    category = unicodedata.category(character)
    return (
        category[0] in "LMN"
        or category == "So"
        or character in _JOINERS
        or _MODIFIER_FIRST <= character <= _MODIFIER_LAST
    )
