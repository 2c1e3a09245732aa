"""From events to counts by audience, and what of them may be shown; pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from vonk.core.clock import DAY_MS, from_ms
from vonk.events.log import StoredRecord
from vonk.events.records import EventRecord, Kind
from vonk.reporting.rules import TALLY_OF

SMALL: Final = 10
"""Values with fewer impressions are shown together, so that nobody is singled out."""


class Dimension(StrEnum):
    """What an audience is told by."""

    COUNTRY = "country"
    AGE_BAND = "age_band"
    GENDER = "gender"


COUNTED: Final = (Kind.IMPRESSION, Kind.VIEW_6S, Kind.CLICK_DESTINATION)
METRICS: Final = tuple(TALLY_OF[kind] for kind in COUNTED)
IMPRESSIONS: Final = TALLY_OF[Kind.IMPRESSION]
_KINDS: Final = frozenset(COUNTED)


class Seen(NamedTuple):
    """What is counted: a metric of an ad on a UTC day, by one value of one dimension; "" is not told."""

    ad_id: int
    day: date
    dimension: str
    value: str
    metric: str


class Part(msgspec.Struct, frozen=True):
    """One value of a dimension ("" not told), or with ``other`` several small ones together, and its counts by metric."""

    value: str
    other: bool
    counts: dict[str, int]


def count(records: Iterable[StoredRecord]) -> dict[Seen, int]:
    """Return what the records add: net events of ads, each once for every dimension, by the day it was received.

    One that restores what was invalid before counts in its own day, as in the counters; so for every ad, day and
    metric the sum over a dimension's values is the counter's.
    """
    cells: dict[tuple[int, int, Kind, str, str, str], int] = {}
    for stored in records:
        event = stored.record
        if isinstance(event, EventRecord) and event.kind in _KINDS and event.claims.ad_id and not event.invalid:
            of = event.claims
            cell = (of.ad_id, event.received_ms // DAY_MS, event.kind, of.country, of.age_band, of.gender)
            cells[cell] = cells.get(cell, 0) + 1
    counted: dict[Seen, int] = {}
    for (ad_id, day, kind, *told), times in cells.items():
        at = from_ms(day * DAY_MS).date()
        for dimension, value in zip(Dimension, told, strict=True):
            seen = Seen(ad_id, at, dimension.value, value, TALLY_OF[kind])
            counted[seen] = counted.get(seen, 0) + times
    return counted


def shown(counts: Mapping[str, Mapping[str, int]]) -> tuple[Part, ...]:
    """Return a dimension's parts, those with most impressions first, what is small together at the end.

    Told or not, a value with fewer than ``SMALL`` impressions is small. The sum of each metric stays what it was.
    """
    large, small = [], dict.fromkeys(METRICS, 0)
    for value, metrics in counts.items():
        whole = {metric: metrics.get(metric, 0) for metric in METRICS}
        if whole[IMPRESSIONS] >= SMALL:
            large.append(Part(value, other=False, counts=whole))
        else:
            small = {metric: small[metric] + whole[metric] for metric in METRICS}
    large.sort(key=lambda part: (-part.counts[IMPRESSIONS], part.value))
    return (*large, *([Part("", other=True, counts=small)] if any(small.values()) else []))
