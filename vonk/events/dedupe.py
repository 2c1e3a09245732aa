"""Every event counts once. Exact, and kept for as long as a showing's token counts.

For each showing the accepted events are kept as one text, about 25 bytes an event: a code for its kind, then its id
between line feeds. Ids are printable ASCII, so neither a code nor a line feed can stand in one.
"""

from enum import IntEnum
from typing import Final

from vonk.events.records import ONCE_PER_SHOWING, EventRecord, Kind
from vonk.events.tokens import COUNTS_FOR_MS

_DAY_MS: Final = 86_400_000
_CODES: Final[dict[Kind, str]] = {kind: chr(0x80 + place) for place, kind in enumerate(Kind)}
assert len(_CODES) <= 0x80, "A code is one Latin-1 character."


class Novelty(IntEnum):
    """How new an event is to its showing."""

    DUPLICATE = 0
    REPEAT = 1  # A new event of a kind that this showing has already had.
    FIRST = 2  # The showing's first event of this kind: the only one that may bill.


class Seen:
    """The events of every showing decided within the last seven days, by the day of the decision."""

    def __init__(self) -> None:
        self._days: dict[int, dict[int, str]] = {}

    def add(self, decision_id: int, decided_ms: int, event_id: str, kind: Kind) -> Novelty:
        """Note the event and say how new it was. A duplicate changes nothing."""
        day = decided_ms // _DAY_MS
        showings = self._days.get(day)
        if showings is None:
            showings = self._days[day] = {}
        events = showings.get(decision_id, "")
        code = _CODES[kind]
        first = code not in events
        if events and ((not first and kind in ONCE_PER_SHOWING) or f"\n{event_id}\n" in events):
            return Novelty.DUPLICATE
        showings[decision_id] = f"{events}{code}\n{event_id}\n"
        return Novelty.FIRST if first else Novelty.REPEAT

    def forget(self, decision_id: int, decided_ms: int, event_id: str, kind: Kind) -> None:
        """Take an event back that could not be made durable, so that it may be sent again."""
        showings = self._days.get(decided_ms // _DAY_MS, {})
        events = showings.get(decision_id, "").replace(f"{_CODES[kind]}\n{event_id}\n", "", 1)
        if events:
            showings[decision_id] = events
        else:
            showings.pop(decision_id, None)

    def is_first(self, record: EventRecord) -> bool:
        """Tell whether a noted event was its showing's first of the kind."""
        claims = record.claims
        events = self._days.get(claims.decided_ms // _DAY_MS, {}).get(claims.decision_id, "")
        code = _CODES[record.kind]
        return events.find(code) == events.find(f"{code}\n{record.event_id}\n") >= 0

    def drop_expired(self, now_ms: int) -> None:
        """Let go of showings whose tokens no longer count."""
        oldest = (now_ms - COUNTS_FOR_MS) // _DAY_MS
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
