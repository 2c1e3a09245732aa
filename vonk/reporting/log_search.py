"""Find events in the log by when they came, whose they are and what a rule said of them; bounded, and says so."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec
from django.utils.translation import gettext_noop as _

from vonk.control.scope import Right, Scope
from vonk.core.clock import from_ms, to_ms
from vonk.core.errors import Actor, Invalid
from vonk.events.log import EventLog, Position, StoredRecord
from vonk.events.records import EventRecord, Kind, received_ms_of

RECORDS_MAX: Final = 200_000  # Read for one search: about a second.
EVENTS_MAX: Final = 10_000  # Kept of one search.
VIEWERS_MAX: Final = 20
_READ_RECORDS: Final = 5_000
_DISORDER_MS: Final = (
    60_000  # Several ad servers' clocks: by so much, records may stand in another order than they came.
)


class SearchTooWide(Invalid):
    """What is to be acted upon has to be seen as a whole."""

    code = "search_too_wide"
    field = "end"
    message = _("The log holds more of these events than one search reads or keeps.")
    cause = _("The time is too long, or too much happened in it.")
    remedy = _("Narrow the time, or name an ad, a viewer or a kind of event.")
    actor = Actor.OPERATOR


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which events: received from ``start`` to ``end`` (exclusive); of one ad, viewer, kind or rule where given."""

    start: datetime
    end: datetime
    ad_id: int | None = None
    viewer_id: str | None = None
    kind: Kind | None = None
    rule: str | None = None  # The rule it broke; "" for valid ones only.


class Viewer(msgspec.Struct, frozen=True):
    """A pseudonym, and how many of the events found are its own, and how many of those are invalid."""

    viewer_id: str
    events: int
    invalid: int


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What was found. ``complete`` is False when the log held more than one search reads, or it found more than it keeps.

    ``count`` and ``invalid`` count all that was found, ``events`` holds the first of them; ``until`` says up to when
    the log was read.
    """

    count: int
    invalid: int
    events: tuple[StoredRecord, ...]
    viewers: tuple[Viewer, ...]  # Those with most invalid events first.
    complete: bool
    until: datetime | None


def search(scope: Scope, log: EventLog, wanted: Wanted) -> Found:
    """Return the events of the log that are wanted; operators only. Raises LogUnavailable."""
    scope.require(Right.OPERATE)
    found: list[StoredRecord] = []
    events, invalid = Counter[str](), Counter[str]()
    reached: datetime | None = None
    complete = True
    after = before(log, to_ms(wanted.start) - _DISORDER_MS)
    for read, stored in enumerate(_read(log, after), 1):
        received_ms = received_ms_of(stored.record)
        if received_ms >= to_ms(wanted.end) + _DISORDER_MS:
            break
        if read > RECORDS_MAX:
            complete = False
            reached = from_ms(received_ms)
            break
        if not _is_wanted(stored, wanted):
            continue
        assert isinstance(stored.record, EventRecord), "Only events are wanted."
        viewer_id = stored.record.claims.viewer_id
        events[viewer_id] += 1
        invalid[viewer_id] += bool(stored.record.invalid)
        if len(found) < EVENTS_MAX:
            found.append(stored)
        else:
            complete = False
    ranked = sorted(events, key=lambda viewer_id: (-invalid[viewer_id], -events[viewer_id], viewer_id))
    return Found(
        count=events.total(),
        invalid=invalid.total(),
        events=tuple(found),
        viewers=tuple(Viewer(one, events[one], invalid[one]) for one in ranked[:VIEWERS_MAX]),
        complete=complete,
        until=reached,
    )


def _is_wanted(stored: StoredRecord, wanted: Wanted) -> bool:
    event = stored.record
    return (
        isinstance(event, EventRecord)
        and to_ms(wanted.start) <= event.received_ms < to_ms(wanted.end)
        and wanted.ad_id in {None, event.claims.ad_id}
        and wanted.viewer_id in {None, event.claims.viewer_id}
        and wanted.kind in {None, event.kind}
        and wanted.rule in {None, event.invalid}
    )


def before(log: EventLog, at_ms: int) -> Position:
    """Return a position that everything received since ``at_ms`` follows, by halving: records stand about in time's order."""
    low: int = max(0, log.first() - 1)
    high: int = log.end()
    while low < high:
        middle = (low + high) // 2
        following = log.read(Position(middle), 1)
        if following and received_ms_of(following[0].record) < at_ms:
            low = max(middle + 1, following[0].position)
        else:
            high = middle
    return Position(low)


def _read(log: EventLog, after: Position) -> Iterator[StoredRecord]:
    while records := log.read(after, _READ_RECORDS):
        yield from records
        after = records[-1].position
