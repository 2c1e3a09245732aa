"""From events to who saw which ad on which day; pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, tzinfo
from hashlib import blake2b
from typing import Final, NamedTuple

from vonk.core.clock import HOUR_MS, from_ms
from vonk.events.log import StoredRecord
from vonk.events.records import EventRecord, Kind

KEPT_DAYS: Final = 400
"""A report by day spans 366. What is older is still counted, and nobody knows any more who it was."""

REACH: Final = "reach"
"""Beside the counters: different viewers. It is in no sum, because who saw two ads is one viewer."""


CHARS_MAX: Final = 200
"""Of a pseudonym that is kept as it is: hosts give them any length, and an index takes less."""


class Seen(NamedTuple):
    """A viewer ("": nobody who could be known again) who saw an ad on one of its account's days."""

    account_id: int
    ad_id: int
    day: date
    viewer_id: str


class Met(NamedTuple):
    """How many different viewers saw how many impressions."""

    viewers: int
    impressions: int


def known_as(viewer_id: str) -> str:
    """Return what a pseudonym is kept as: itself, a digest where it is long, "" where no database can hold it."""
    if "\0" in viewer_id:
        return ""
    if len(viewer_id) <= CHARS_MAX:
        return viewer_id
    return f"blake2b:{blake2b(viewer_id.encode('utf-8', 'surrogatepass'), digest_size=32).hexdigest()}"


def accounts(records: Iterable[StoredRecord]) -> frozenset[int]:
    """Return whose ads were seen."""
    return frozenset(event.claims.account_id for event in net_impressions(records))


def count(records: Iterable[StoredRecord], zones: Mapping[int, tzinfo]) -> dict[Seen, int]:
    """Return the net impressions that the records add, by viewer, ad and day of the account's zone.

    The day is that in which the UTC hour of the reception begins, as in every other report; UTC's where no zone is known.
    """
    hours: dict[tuple[int, int, int, str], int] = {}
    for event in net_impressions(records):
        of = event.claims
        hour = (of.account_id, of.ad_id, event.received_ms // HOUR_MS, of.viewer_id)
        hours[hour] = hours.get(hour, 0) + 1
    counted: dict[Seen, int] = {}
    for (account_id, ad_id, hour_number, viewer_id), times in hours.items():
        hour_at = from_ms(hour_number * HOUR_MS).astimezone(zones.get(account_id, UTC))
        seen = Seen(account_id, ad_id, hour_at.date(), known_as(viewer_id))
        counted[seen] = counted.get(seen, 0) + times
    return counted


def net_impressions(records: Iterable[StoredRecord]) -> Iterable[EventRecord]:
    """Yield the impressions of ads among the records that are valid."""
    for stored in records:
        event = stored.record
        if (
            isinstance(event, EventRecord)
            and event.kind is Kind.IMPRESSION
            and event.claims.ad_id
            and not event.invalid
        ):
            yield event
