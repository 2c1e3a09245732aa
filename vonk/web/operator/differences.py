"""What changed since the last approval, word by word, side by side."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.advertising.rules import CALLS_TO_ACTION, Change
from vonk.core.taxonomy import INTERESTS

COMPARED_MAX: Final = 4_000  # Characters of a text; beyond, it is marked whole.
_WORDS: Final = re.compile(r"\s+|[^\s/?&=,.]+|[/?&=,.]")
_PARTS: Final = {
    "post": gettext_lazy("Post"),
    "identity": gettext_lazy("Speaks as"),
    "caption": gettext_lazy("Caption"),
    "call_to_action": gettext_lazy("Button"),
    "landing_url": gettext_lazy("Leads to"),
    "category": gettext_lazy("Advertised"),
    "countries": gettext_lazy("Countries"),
    "languages": gettext_lazy("Languages"),
    "age_bands": gettext_lazy("Age"),
    "genders": gettext_lazy("Gender"),
    "interests": gettext_lazy("Interests"),
    "devices": gettext_lazy("Devices"),
    "places": gettext_lazy("Only in"),
    "keywords": gettext_lazy("What is searched for"),
    "behaviours": gettext_lazy("What people did with posts of late"),
    "audiences": gettext_lazy("People in the advertiser's audiences"),
    "audiences_out": gettext_lazy("Left out"),
}


class Piece(msgspec.Struct, frozen=True):
    """A run of words; ``changed``: the other side does not have it."""

    text: str
    changed: bool


class Difference(msgspec.Struct, frozen=True):
    """One part of an ad, before and now."""

    part: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


def differences(changes: Iterable[Change]) -> tuple[Difference, ...]:
    """Return the changes in the reader's language."""
    return tuple(_difference(change) for change in changes)


def _difference(change: Change) -> Difference:
    before, after = _said(change.part, change.before), _said(change.part, change.after)
    part = str(_PARTS.get(change.part, change.part.replace("_", " ")))
    if max(len(before), len(after)) > COMPARED_MAX:
        return Difference(part, (Piece(before, changed=True),), (Piece(after, changed=True),))
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    was: list[Piece] = []
    now: list[Piece] = []
    for tag, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        same = tag == "equal"
        if last > first:
            was.append(Piece("".join(old[first:last]), changed=not same))
        if end > start:
            now.append(Piece("".join(new[start:end]), changed=not same))
    return Difference(part, tuple(was), tuple(now))


def _said(part: str, value: str) -> str:
    if part == "call_to_action":
        return _(CALLS_TO_ACTION.get(value, value))  # noqa: INT001 - texts come from the closed list.
    if part == "category" and value:
        return _(INTERESTS.get(value, value))  # noqa: INT001 - texts come from the closed list.
    return value
