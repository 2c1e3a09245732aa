"""Every event counts once. Exact, and kept for as long as a showing's token counts.

For each showing its events are kept as one text, about 25 bytes an event: a letter for its kind and standing, what must
be known of it later, a line feed, its id, a line feed. Ids are printable ASCII, so neither a letter nor a line feed can
stand in one. Three standings:

- *valid*: it counts. Of WATCH the milliseconds that all valid ones together have watched follow the letter.
- *invalid*: it broke a rule. Its id is taken; a valid event of its kind may still come.
- *waiting*: it broke the last rule alone, NOT_RENDERED. Instant and value follow the letter: it is restored when the
  showing's impression comes.
"""

import re
from enum import IntEnum
from typing import Final

import msgspec

from vonk.core.clock import DAY_MS
from vonk.events.records import ONCE_PER_SHOWING, Claims, EventRecord, Kind
from vonk.events.rules import InvalidRule
from vonk.events.tokens import COUNTS_FOR_MS

SHOWING_CHARS_MAX: Final = 65_536  # Some 1,500 events of one showing: hours of watching.
WAITING_MAX: Final = 50  # Of one showing, events that its impression restores; further ones stay invalid.

_PLACES: Final = 42  # Three standings of so many kinds are one Latin-1 letter each.
assert len(Kind) <= _PLACES, "A letter for each kind and standing."
_VALID: Final = {kind: chr(0x80 + place) for place, kind in enumerate(Kind)}
_INVALID: Final = {kind: chr(0x80 + _PLACES + place) for place, kind in enumerate(Kind)}
_WAITING: Final = {kind: chr(0x80 + 2 * _PLACES + place) for place, kind in enumerate(Kind)}
_KIND_WAITING: Final = {letter: kind for kind, letter in _WAITING.items()}
_ENTRY_WAITING: Final = re.compile(f"([{chr(0x80 + 2 * _PLACES)}-\xff])([0-9]+),([0-9]+)\n([^\n]+)\n")
_ENTRY_WATCHED: Final = re.compile(f"{_VALID[Kind.WATCH]}([0-9]+)\n([^\n]+)\n")


class Novelty(IntEnum):
    """How new an event is to its showing."""

    EVENT_REPEATED = 0  # Its id is known.
    KIND_REPEATED = 1  # It counts once, and such an event counts already, or will when the impression comes.
    NEW = 2


class Waiting(msgspec.Struct, frozen=True):
    """An event that its showing's impression restores."""

    kind: Kind
    event_id: str
    at_ms: int
    value: int


class Seen:
    """The events of every showing decided within the last seven days, by the day of the decision."""

    def __init__(self) -> None:
        self._days: dict[int, dict[int, str]] = {}

    def of(self, claims: Claims) -> str:
        """Return what is remembered of the showing, "" for nothing; the functions below read it."""
        showings = self._days.get(claims.decided_ms // DAY_MS)
        return showings.get(claims.decision_id, "") if showings is not None else ""

    def note(self, record: EventRecord, text: str) -> bool:
        """Note a record that is new, in the standing that it has; return whether it is the showing's first valid of its kind.

        ``text`` is what ``of`` says of its showing.

        A restored record takes the place of the waiting one. Replaying the log's records in their order leads to the
        same memory as noting them when they were judged.
        """
        claims, kind = record.claims, record.kind
        if record.restored:
            text, _ = _without(text, record.event_id)
        if record.invalid:
            if may_wait(record, text):
                text += f"{_WAITING[kind]}{record.at_ms},{record.value}\n{record.event_id}\n"
            else:
                text += f"{_INVALID[kind]}\n{record.event_id}\n"
            self._put(claims, text)
            return False
        letter = _VALID[kind]
        total = _watched(text) + record.value if kind is Kind.WATCH else ""
        self._put(claims, f"{text}{letter}{total}\n{record.event_id}\n")
        return letter not in text

    def forget(self, record: EventRecord) -> bool:
        """Undo ``note`` of a record that could not be made durable; return whether it was the first valid of its kind."""
        text = self.of(record.claims)
        kind = record.kind
        begin = _begin(text, record.event_id)
        if begin < 0:
            return False  # The showing was let go of meanwhile: its token no longer counts.
        first = text.find(_VALID[kind]) == begin
        text, place = _without(text, record.event_id)
        if kind is Kind.WATCH and not record.invalid:
            text = text[:place] + _ENTRY_WATCHED.sub(
                lambda entry: f"{entry[0][0]}{int(entry[1]) - record.value}\n{entry[2]}\n", text[place:]
            )
        if record.restored:
            text += f"{_WAITING[kind]}{record.at_ms},{record.value}\n{record.event_id}\n"
        self._put(record.claims, text)
        return first

    def drop_expired(self, now_ms: int) -> None:
        """Let go of showings whose tokens no longer count."""
        oldest = (now_ms - COUNTS_FOR_MS) // DAY_MS
        for day in [day for day in self._days if day < oldest]:
            del self._days[day]

    def dump(self) -> dict[int, dict[int, str]]:
        """Return all that is remembered, for a checkpoint to encode at once."""
        return self._days

    def load(self, days: dict[int, dict[int, str]]) -> None:
        """Go on from what a checkpoint remembered."""
        self._days = days

    def __len__(self) -> int:
        return sum(len(showings) for showings in self._days.values())

    def _put(self, claims: Claims, text: str) -> None:
        day = claims.decided_ms // DAY_MS
        showings = self._days.get(day)
        if showings is None:
            showings = self._days[day] = {}
        if text:
            showings[claims.decision_id] = text
        else:
            showings.pop(claims.decision_id, None)


def novelty(text: str, event_id: str, kind: Kind) -> Novelty:
    """Return how new such an event is to a showing."""
    if not text:
        return Novelty.NEW
    if f"\n{event_id}\n" in text:
        return Novelty.EVENT_REPEATED
    if kind in ONCE_PER_SHOWING and (_VALID[kind] in text or _WAITING[kind] in text):
        return Novelty.KIND_REPEATED
    return Novelty.NEW


def tried(text: str, kind: Kind) -> bool:
    """Tell whether such an event of the showing was invalid already: of what counts once, one invalid one is kept."""
    return kind in ONCE_PER_SHOWING and _INVALID[kind] in text


def rendered(text: str) -> bool:
    """Tell whether the showing's impression has come, valid or not: it was on a screen."""
    return _VALID[Kind.IMPRESSION] in text or _INVALID[Kind.IMPRESSION] in text


def watched_ms(text: str) -> int:
    """Return what the showing's events have watched so far, those that wait for its impression included."""
    return _watched(text) + sum(one.value for one in waiting(text) if one.kind is Kind.WATCH)


def waiting(text: str) -> list[Waiting]:
    """Return the events that the showing's impression restores, in their order."""
    return [
        Waiting(_KIND_WAITING[letter], event_id, int(at_ms), int(value))
        for letter, at_ms, value, event_id in _ENTRY_WAITING.findall(text)
    ]


def may_wait(record: EventRecord, text: str) -> bool:
    """Tell whether an invalid record is restored when its impression comes."""
    return record.invalid == InvalidRule.NOT_RENDERED.value and len(_ENTRY_WAITING.findall(text)) < WAITING_MAX


def _watched(text: str) -> int:
    """Return the running total of the last valid WATCH."""
    begin = text.rfind(_VALID[Kind.WATCH]) + 1
    total = text[begin : text.find("\n", begin)] if begin else ""
    return int(total) if total else 0  # A checkpoint of an earlier version has no totals.


def _begin(text: str, event_id: str) -> int:
    """Return where the event's entry begins, -1 when there is none."""
    found = text.find(f"\n{event_id}\n")
    return text.rfind("\n", 0, found) + 1 if found >= 0 else -1


def _without(text: str, event_id: str) -> tuple[str, int]:
    """Return the text without the event's entry, and where that stood; the same text when it is not there."""
    begin = _begin(text, event_id)
    if begin < 0:
        return text, len(text)
    end = text.index(f"\n{event_id}\n", begin) + len(event_id) + 2
    return text[:begin] + text[end:], begin
