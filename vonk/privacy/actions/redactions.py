"""Take erased people's pseudonyms out of the event log and its archive.

Three times for each: at once, again when the tokens that they had in hand have ended, and last when no conversion can
name a click of theirs any more. Then the pseudonym itself is forgotten.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db.models import F, Q

from vonk.core.clock import to_ms
from vonk.events.archive import Archive
from vonk.events.log import EventLog, Position, RedactionUnsupported
from vonk.events.records import received_ms_of
from vonk.events.tokens import CLICK_COUNTS_FOR_MS, COUNTS_FOR_MS
from vonk.identity.actions import erasing as people
from vonk.privacy.models import Erasure
from vonk.reporting.attribution import forgetting as attribution

EVENTS_LATE: Final = timedelta(milliseconds=COUNTS_FOR_MS, days=2)
"""A showing's events count for 7 days, and a viewer's token lives less than one: after that no event can come."""
LATE: Final = timedelta(milliseconds=CLICK_COUNTS_FOR_MS, days=1)
"""The click's id in a landing page's address is good for 35 days: after that nothing can come."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def redact(log: EventLog, archive: Archive, *, now: datetime) -> int:
    """Redact what is due; return how many records changed. Safe to stop anywhere and to repeat.

    Call it where nothing is archived meanwhile. Raises what log and archive raise.
    """
    unfinished = Erasure.objects.filter(finished_at=None)
    again = Q(redacted_at__lt=F("erased_at") + EVENTS_LATE, erased_at__lte=now - EVENTS_LATE)
    early = list(unfinished.filter(Q(redacted_at=None) | again).order_by("pk"))
    late = list(unfinished.filter(redacted_at__isnull=False, erased_at__lte=now - LATE))
    changed = 0
    if early:
        changed += _redact_early(log, archive, early, now)
    if late:
        changed += _redact_last(log, archive, late, now)
    return changed


def _redact_early(log: EventLog, archive: Archive, rows: Sequence[Erasure], now: datetime) -> int:
    after = Position(min(row.redacted_through for row in rows))
    changed, supported, through = _both(log, archive, rows, after=after)
    for row in rows:
        people.end_sessions(row.person_id)
        row.redacted_at, row.redacted_through, row.log_unsupported = now, through, not supported
        row.records += changed if len(rows) == 1 else 0
        row.save()
    _log.info("erasure.redacted", people=len(rows), records=changed, log_redacted=supported)
    return changed


def _redact_last(log: EventLog, archive: Archive, rows: Sequence[Erasure], now: datetime) -> int:
    """Redact what came since; whoever's records are all gone from a log that cannot be changed is finished."""
    oldest = log.read(Position(log.first() - 1), 1)
    left_ms = received_ms_of(oldest[0].record) if oldest else to_ms(now)
    due = [row for row in rows if not row.log_unsupported or to_ms(row.erased_at + LATE) <= left_ms]
    if not due:
        return 0
    changed, _, _ = _both(log, archive, due, after=Position(min(row.redacted_through for row in due)))
    for row in due:
        row.pseudonym, row.finished_at = "", now
        row.save()
    _log.info("erasure.finished", people=len(due), records=changed)
    return changed


def _both(log: EventLog, archive: Archive, rows: Sequence[Erasure], *, after: Position) -> tuple[int, bool, Position]:
    """Redact the log, what attribution keeps of it, and the archive behind a position.

    In this order: what moves to the archive meanwhile is met in one of the two.
    """
    viewer_ids = frozenset(row.pseudonym for row in rows)
    changed, supported = 0, True
    try:
        changed += log.redact(viewer_ids, log.end())
    except RedactionUnsupported:
        supported = False
    attribution.forget_viewers(viewer_ids)
    through = archive.end()
    return changed + archive.redact(viewer_ids, after=after), supported, through
