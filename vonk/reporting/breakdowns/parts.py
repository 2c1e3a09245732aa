"""An account's counts, told apart by what is known of their audience: parts that always add up to the whole.

Who told nothing, who is among too few, and what was counted of nobody in particular is in one part, untold.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from vonk.advertising.queries.reported import ReportedAd
from vonk.billing.queries import By
from vonk.core.taxonomy import Gender
from vonk.delivery.snapshot import Billing
from vonk.reporting import results
from vonk.reporting.breakdowns.cells import Cells
from vonk.reporting.breakdowns.columns import VOUCHERS
from vonk.reporting.breakdowns.spans import Span
from vonk.reporting.breakdowns.wanted import Moment, Part
from vonk.reporting.metrics import SPEND, Counts
from vonk.reporting.reached import queries as reached
from vonk.reporting.reached.rules import (
    IMPRESSIONS,
    METRICS,
    UNTOLD,
    Dimension,
    age_band_and_gender,
    apportioned,
    told,
)

BILLS: Final[dict[str, str]] = {
    Billing.CPM.value: IMPRESSIONS,
    Billing.CPC.value: "clicks_destination",
    Billing.CPV.value: "view_6s",
    Billing.OCPM.value: IMPRESSIONS,
}
"""The counter that an ad group's money follows."""

NEEDED: Final = frozenset(BILLS.values())
"""Counters that telling apart needs beside those asked for."""

_GENDERS_TOLD: Final = frozenset({Gender.FEMALE.value, Gender.MALE.value})  # Who said another one is not pointed at.
_KNOWN: Final = frozenset(METRICS)

Known = dict[tuple[int, Moment], dict[str, dict[str, int]]]
"""By ad and step: value to counters."""


def divided(
    cells: Cells, ads: Mapping[int, ReportedAd], span: Span, parts: tuple[Part, ...]
) -> Iterator[tuple[int, Moment, tuple[str, ...], Counts]]:
    """Yield ad, step, part values in the order of ``parts``, and counts. ``cells`` are by ad."""
    names = sorted({name for counts in cells.values() for name in counts} & _KNOWN | NEEDED)
    known: Known = {}
    active = {ad_id for ad_id, _ in cells}
    if Part.COUNTRY in parts:
        known = _countries(active, span, names)
    elif parts and Part.OTHER not in parts:
        known = _people(active, span, names)
    for (ad_id, moment), counts in cells.items():
        by_value = _divide(counts, known.get((ad_id, moment), {}), ads[ad_id])
        for value, of_value in by_value.items():
            yield ad_id, moment, _told(value, parts), of_value


def _told(value: str, parts: tuple[Part, ...]) -> tuple[str, ...]:
    age_band, gender = age_band_and_gender(value) if Part.COUNTRY not in parts else (UNTOLD, UNTOLD)
    gender = gender if gender in _GENDERS_TOLD else UNTOLD
    says = {Part.COUNTRY: value, Part.AGE_BAND: age_band, Part.GENDER: gender, Part.OTHER: UNTOLD}
    return tuple(says[part] for part in parts)


def _countries(ad_ids: Collection[int], span: Span, names: list[str]) -> Known:
    """Return counts by country, of those in which the ad was shown at least ``SMALL`` times in its life."""
    allowed = reached.well_reached(ad_ids, Dimension.COUNTRY)
    known: Known = {}
    if span.by is By.HOUR:
        hourly = reached.hourly_sums(ad_ids, Dimension.COUNTRY, names, start=span.start, end=span.end)
        for ad_id, value, hour_at, sums in hourly:
            if (ad_id, value) in allowed:
                _keep(known, (ad_id, span.moment(hour_at)), value, names, sums)
        return known
    for day, start, end in span.days() if span.by is By.DAY else ((None, span.start, span.end),):
        for ad_id, value, sums in reached.sums(ad_ids, Dimension.COUNTRY, names, start=start, end=end):
            if (ad_id, value) in allowed:
                _keep(known, (ad_id, day), value, names, sums)
    return known


def _people(ad_ids: Collection[int], span: Span, names: list[str]) -> Known:
    """Return counts by age band and gender: of each of the zone's days, those with at least ``SMALL`` impressions.

    Days are judged one by one whatever the span, so that no two spans differ by what a few people did.
    """
    known: Known = {}
    place = names.index(IMPRESSIONS)
    for day, start, end in span.days():
        found = list(reached.sums(ad_ids, Dimension.PEOPLE, names, start=start, end=end))
        impressions: dict[int, dict[str, int]] = {}
        for ad_id, value, sums in found:
            impressions.setdefault(ad_id, {})[value] = sums[place] or 0
        allowed = {ad_id: told(of_ad) for ad_id, of_ad in impressions.items()}
        for ad_id, value, sums in found:
            if value in allowed[ad_id]:
                _keep(known, (ad_id, day if span.by is By.DAY else None), value, names, sums)
    return known


def _keep(known: Known, cell: tuple[int, Moment], value: str, names: list[str], sums: tuple[int | None, ...]) -> None:
    counts = known.setdefault(cell, {}).setdefault(value, {})
    for name, times in zip(names, sums, strict=True):
        if times:
            counts[name] = counts.get(name, 0) + times


def _divide(counts: Counts, known: Mapping[str, Counts], ad: ReportedAd) -> dict[str, dict[str, int]]:
    """Return the counts by value; the sum over the values of each counter is what it was.

    What findings took off later is nobody's in particular: it is taken off what nobody told, then off all in proportion.
    Money follows the event that the ad group pays for.
    """
    divided: dict[str, dict[str, int]] = {}

    def keep(name: str, parts: Mapping[str, int]) -> None:
        for value, amount in parts.items():
            if amount:
                divided.setdefault(value, {})[name] = amount

    for name, total in counts.items():
        if name in _KNOWN:
            keep(name, _parts(total, {value: of_value.get(name, 0) for value, of_value in known.items()}))
    bills = BILLS[ad.billing]
    weights = {value: of_value.get(bills, 0) for value, of_value in divided.items()}
    as_results = results.counted_as_result(results.aim(ad.objective, ad.goal, ad.goal_event))
    for name, total in counts.items():
        if name in (SPEND, VOUCHERS):
            keep(name, apportioned(total, weights))
        elif name == results.RESULTS:
            sums = {value: sum(of_value.get(one, 0) for one in as_results) for value, of_value in divided.items()}
            keep(name, _parts(total, {value: times for value, times in sums.items() if value != UNTOLD}))
        elif name not in _KNOWN:
            keep(name, {UNTOLD: total})
    return divided


def _parts(total: int, known: Mapping[str, int]) -> dict[str, int]:
    """Return the known parts and the rest, untold; scaled down where together they are more than the total."""
    rest = total - sum(known.values())
    return {**known, UNTOLD: rest} if rest >= 0 else apportioned(max(total, 0), known)
