"""From events to what viewers reported of posts; pure."""

from collections.abc import Iterable

from vonk.content.judgements import Reports
from vonk.core.clock import from_ms
from vonk.events.log import StoredRecord
from vonk.events.records import EventRecord, Kind


def count(records: Iterable[StoredRecord]) -> dict[tuple[int, int], Reports]:
    """Return the valid reports among the records by post and reason, of ads too."""
    found: dict[tuple[int, int], Reports] = {}
    for stored in records:
        event = stored.record
        if isinstance(event, EventRecord) and event.kind is Kind.REPORT and event.claims.post_id and not event.invalid:
            key = (event.claims.post_id, event.value)
            before = found.get(key, Reports(0, 0, from_ms(event.received_ms)))
            at = max(before.last_at, from_ms(event.received_ms))
            found[key] = Reports(before.times + 1, before.in_ads + bool(event.claims.ad_id), at)
    return found
