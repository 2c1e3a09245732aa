"""From events to counts by country and by people, and what of them advertisers are told; pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from vonk.core.clock import HOUR_MS, from_ms
from vonk.events.log import StoredRecord
from vonk.events.records import EventRecord, Kind
from vonk.reporting.audience.rules import SMALL
from vonk.reporting.rules import ENGAGEMENTS, TALLY_OF

UNTOLD: Final = ""
"""The value of who told nothing, and of what is not told because too few are behind it."""

IMPRESSIONS: Final = TALLY_OF[Kind.IMPRESSION]
METRICS: Final = tuple(sorted(TALLY_OF.values()))
FROM_LOG_ALONE: Final = tuple(metric for metric in METRICS if metric not in ENGAGEMENTS)
"""Counters that nobody but the roll-up moves: of these the sum over a dimension is the counter, always."""


class Dimension(StrEnum):
    """What is told apart. People are an age band and a gender together, so that both can be asked at once."""

    COUNTRY = "country"
    PEOPLE = "people"


class Reached(NamedTuple):
    """What is counted: a metric of an ad in a UTC hour, by one value of one dimension."""

    ad_id: int
    hour_at: datetime
    dimension: str
    value: str
    metric: str


def people(age_band: str, gender: str) -> str:
    """Return the value of an age band and a gender; UNTOLD when neither was told."""
    return f"{age_band}/{gender}" if age_band or gender else UNTOLD


def age_band_and_gender(value: str) -> tuple[str, str]:
    """Return what ``people`` joined."""
    age_band, _, gender = value.partition("/")
    return age_band, gender


def count(records: Iterable[StoredRecord]) -> dict[Reached, int]:
    """Return what the records add: net events of ads, each once for every dimension, in the hour it was received.

    One that restores what was invalid before counts in its own hour, as in the counters.
    """
    cells: dict[tuple[int, int, Kind, str, str, str], int] = {}
    for stored in records:
        event = stored.record
        if isinstance(event, EventRecord) and event.claims.ad_id and not event.invalid:
            of = event.claims
            cell = (of.ad_id, event.received_ms // HOUR_MS, event.kind, of.country, of.age_band, of.gender)
            cells[cell] = cells.get(cell, 0) + (event.value if event.kind is Kind.WATCH else 1)
    counted: dict[Reached, int] = {}
    for (ad_id, hour, kind, country, age_band, gender), times in cells.items():
        at, metric = from_ms(hour * HOUR_MS), TALLY_OF[kind]
        for dimension, value in ((Dimension.COUNTRY, country), (Dimension.PEOPLE, people(age_band, gender))):
            reached = Reached(ad_id, at, dimension.value, value, metric)
            counted[reached] = counted.get(reached, 0) + times
    return {reached: times for reached, times in counted.items() if times}


def told(impressions: Mapping[str, int]) -> frozenset[str]:
    """Return which values may be told apart: those with at least ``SMALL`` impressions. The rest is UNTOLD."""
    return frozenset(value for value, times in impressions.items() if times >= SMALL and value != UNTOLD)


def apportioned(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Return ``total`` in parts by weight, whose sum is exactly ``total``; all of it UNTOLD where no weight is above 0.

    Rounded down; what is left goes, one by one, to those that lost most by it.
    """
    whole = sum(weight for weight in weights.values() if weight > 0)
    if whole <= 0 or total <= 0:
        return {UNTOLD: total} if total else {}
    shares = {value: divmod(total * weight, whole) for value, weight in weights.items() if weight > 0}
    parts = {value: share for value, (share, _) in shares.items()}
    left = total - sum(parts.values())
    for value in sorted(shares, key=lambda value: (-shares[value][1], value))[:left]:
        parts[value] += 1
    return parts
