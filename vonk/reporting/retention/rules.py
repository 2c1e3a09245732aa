"""From events to how long showings were watched, and from those to a curve; pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from vonk.core.clock import DAY_MS, from_ms
from vonk.events.log import StoredRecord
from vonk.events.records import EventRecord, Kind

COUNTS_FOR_MS: Final = 2 * DAY_MS  # What is reported of a showing later than that is in no curve: its row is gone.
SECONDS_MAX: Final = 600  # Longer is counted as this long.
_KINDS: Final = frozenset({Kind.PLAY, Kind.WATCH})


class Watched(NamedTuple):
    """What the records add to one showing. ``seconds_max``: its video is no longer than that."""

    post_id: int
    paid: bool
    day: date  # The UTC day on which it was decided.
    seconds_max: int
    milliseconds: int


class Cell(NamedTuple):
    """Showings of a post, organic or paid, of one UTC day, watched for so many seconds."""

    post_id: int
    paid: bool
    day: date
    second: int


class Point(NamedTuple):
    """How many showings were still watched after so many seconds."""

    second: int
    organic: int
    paid: int

    @property
    def total(self) -> int:
        """Organic and paid together."""
        return self.organic + self.paid


def count(records: Iterable[StoredRecord]) -> dict[int, Watched]:
    """Return what the records add, by the showing's decision: net plays, and the milliseconds watched."""
    found: dict[int, Watched] = {}
    for stored in records:
        event = stored.record
        if not isinstance(event, EventRecord) or event.kind not in _KINDS or event.invalid:
            continue
        claims = event.claims
        if event.received_ms - claims.decided_ms > COUNTS_FOR_MS:
            continue
        before = found.get(claims.decision_id)
        added = event.value if event.kind is Kind.WATCH else 0
        found[claims.decision_id] = Watched(
            claims.post_id,
            claims.ad_id != 0,
            from_ms(claims.decided_ms).date(),
            seconds_max(claims.duration_ms),
            added + (before.milliseconds if before is not None else 0),
        )
    return found


def seconds_max(duration_ms: int) -> int:
    """Return how many seconds of a video can be watched at one go; of one whose length nobody knows SECONDS_MAX."""
    return min(_nearest(duration_ms), SECONDS_MAX) if duration_ms > 0 else SECONDS_MAX


def second_of(milliseconds: int, most: int) -> int:
    """Return the nearest second, at most ``most``: replays do not make a video longer."""
    return min(_nearest(milliseconds), most)


def curve(showings: Mapping[tuple[int, bool], int]) -> tuple[Point, ...]:
    """Return how many showings were still watched after each second, from 0 to the last that any was, by (second, paid)."""
    if not any(showings.values()):
        return ()
    last = max(second for (second, _paid), times in showings.items() if times)
    points = []
    organic = paid = 0
    for second in range(last, -1, -1):
        organic += showings.get((second, False), 0)
        paid += showings.get((second, True), 0)
        points.append(Point(second, organic, paid))
    return tuple(reversed(points))


def _nearest(milliseconds: int) -> int:
    return (milliseconds + 500) // 1000
