"""Find a showing's events in the log by its decision's id, without an index: ids and the log both follow time.

Ids are compared with ids, never with the log's clock, so that a sandbox whose clock was moved is searched as well.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from django.utils.translation import gettext_noop as _

from vonk.control.scope import Right, Scope
from vonk.core.errors import Actor, Invalid
from vonk.core.ids import at_ms, parse_id
from vonk.events.log import EventLog, Position, StoredRecord
from vonk.events.records import DecisionRecord, EventRecord, Record
from vonk.events.tokens import COUNTS_FOR_MS, Signer, TokenInvalid

RECORDS_MAX: Final = 200_000  # Read for one search: about a second.
EVENTS_MAX: Final = 100  # Of one showing; a viewer does not do more with it.
_READ_RECORDS: Final = 5_000
_LOOK_RECORDS: Final = 500  # Among so many neighbours there is a fresh showing, however late the others' events are.
_DISORDER_MS: Final = 60_000  # By so much, several ad servers' clocks may differ.


class ShowingUnreadable(Invalid):
    """A showing is named by its decision's id or by its token."""

    code = "showing_unreadable"
    field = "showing"
    message = _("This is neither a decision's id nor a showing's token.")
    cause = _("An id has up to 19 digits; a token was changed, cut, or signed with a key that is no longer in force.")
    remedy = _("Paste the whole token as it came with the post, or the decision's id.")
    actor = Actor.OPERATOR


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """A showing's events, in the log's order. ``after``: where to search on; None: no more of them can come."""

    decision_id: int
    events: tuple[StoredRecord, ...]
    after: Position | None


def decision_id_of(showing: str, signer: Signer) -> int:
    """Return the decision's id that a text is, or that the showing's token in it carries. Raises ShowingUnreadable."""
    text = showing.strip()
    try:
        return parse_id(text)
    except ValueError:
        pass
    try:
        return signer.read_showing(text).decision_id
    except TokenInvalid as error:
        raise ShowingUnreadable from error


def find(
    scope: Scope, log: EventLog, decision_id: int, *, event_id: str = "", after: Position | None = None
) -> Followed:
    """Return the events of a showing, or the records of one of them; operators only. Raises LogUnavailable.

    At most RECORDS_MAX records are read: from the decision's instant, or from behind ``after``.
    """
    scope.require(Right.OPERATE)
    begin = after if after is not None else _before(log, decision_id)
    ends_ms = at_ms(decision_id) + COUNTS_FOR_MS + _DISORDER_MS
    found: list[StoredRecord] = []
    reached: Position | None = None
    for read, stored in enumerate(_read(log, begin), 1):
        record = stored.record
        if isinstance(record, DecisionRecord) and at_ms(record.decision_id) > ends_ms:
            break
        if (
            isinstance(record, EventRecord)
            and record.claims.decision_id == decision_id
            and event_id in {"", record.event_id}
        ):
            found.append(stored)
        if (read == RECORDS_MAX or len(found) == EVENTS_MAX) and stored.position < log.end():
            reached = stored.position
            break
    return Followed(decision_id=decision_id, events=tuple(found), after=reached)


def _before(log: EventLog, decision_id: int) -> Position:
    """Return a position that every record of the showing follows, by halving."""
    since_ms = at_ms(decision_id) - _DISORDER_MS
    low: int = max(0, log.first() - 1)
    high: int = log.end()
    while high - low > _LOOK_RECORDS:
        middle = (low + high) // 2
        following = log.read(Position(middle), _LOOK_RECORDS)
        if following and max(_decided_ms(stored.record) for stored in following) < since_ms:
            low = max(middle + 1, following[-1].position)
        else:
            high = middle
    return Position(low)


def _decided_ms(record: Record) -> int:
    """Return when the showing was decided that a record is about, by its id; 0 for one that is about none."""
    if isinstance(record, DecisionRecord):
        return at_ms(record.decision_id)
    return at_ms(record.claims.decision_id) if isinstance(record, EventRecord) else 0


def _read(log: EventLog, after: Position) -> Iterator[StoredRecord]:
    while records := log.read(after, _READ_RECORDS):
        yield from records
        after = records[-1].position
