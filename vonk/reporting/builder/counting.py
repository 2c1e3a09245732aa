"""An account's counts by any dimensions: by what an ad is, when it was, and who saw it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from vonk.advertising.queries.kinds import AdKind
from vonk.advertising.queries.reported import ReportedAd
from vonk.billing.queries import By
from vonk.reporting import results
from vonk.reporting.breakdowns import parts
from vonk.reporting.breakdowns.cells import collect
from vonk.reporting.breakdowns.columns import ORGANIC_PLAYS
from vonk.reporting.breakdowns.spans import Span, span_of
from vonk.reporting.breakdowns.wanted import Moment, Part
from vonk.reporting.builder.asked import Filter
from vonk.reporting.builder.dimensions import DIMENSIONS, Dimension, Nature
from vonk.reporting.builder.periods import Days
from vonk.reporting.reach.rules import REACH

Values = tuple[str, ...]
"""A value for each dimension, in their order."""

SPECIAL: Final = frozenset({REACH, ORGANIC_PLAYS})
"""Counters that are no sum over ads: each cell and each total is counted by itself."""

PUT_TOGETHER: Final = "put together"
"""A mark in counts: these are of several cells, or of a part of the audience, of which no SPECIAL counter is known."""


class Ads(msgspec.Struct, frozen=True):
    """The ads of a report: what they are, and what counting needs of them."""

    account_id: int
    time_zone: str
    kinds: Mapping[int, AdKind]
    reported: Mapping[int, ReportedAd]


class Wanted(msgspec.Struct, frozen=True):
    """What is counted: ``needs`` names counters; ``filters`` on time and audience, whose dimensions may be hidden."""

    needs: frozenset[str]
    days: Days
    filters: tuple[Filter, ...]
    later: timedelta = timedelta()  # Added to every moment: days that others are compared with stand under those.


def counted(ads: Ads, wanted: Wanted, names: Values) -> dict[Values, dict[str, int]]:
    """Return the counts by the values of these dimensions. What is no sum is left out where cells were put together."""
    hidden = [one.dimension for one in wanted.filters if one.dimension not in names]
    dimensions = tuple(DIMENSIONS[name] for name in (*names, *hidden))
    by = next((by for by in (By.HOUR, By.DAY) if any(one.by is by for one in dimensions)), By.NONE)
    span = span_of(wanted.days.first, wanted.days.last, by=by, time_zone=ads.time_zone, utc=False)
    allowed = {one.dimension: frozenset(one.values) for one in wanted.filters}
    found: dict[Values, dict[str, int]] = {}
    for values, counts in _cells(ads, wanted, span, dimensions):
        if all(
            value in allowed[one.name] for one, value in zip(dimensions, values, strict=True) if one.name in allowed
        ):
            _add(found, values[: len(names)], counts)
    return found


def _cells(
    ads: Ads, wanted: Wanted, span: Span, dimensions: tuple[Dimension, ...]
) -> Iterator[tuple[Values, Mapping[str, int]]]:
    """Yield the values of all dimensions with what was counted there."""
    groups: dict[Values, int] = {}
    group_of: dict[int, int] = {}
    tellers = [one.of_ad for one in dimensions if one.of_ad is not None]
    for ad_id, kind in ads.kinds.items():
        values = tuple(tell(kind, ad_id) for tell in tellers)
        group_of[ad_id] = groups.setdefault(values, len(groups))
    values_of = list(groups)
    told = tuple(dict.fromkeys(one.part for one in dimensions if one.part is not None))
    if not told:
        for (group, moment), whole in collect(
            ads.account_id, ads.reported, span, wanted.needs, group_of.__getitem__
        ).items():
            yield _values(dimensions, values_of[group], _later(moment, wanted.later), {}), whole
        return
    needs = wanted.needs - SPECIAL | parts.NEEDED
    needs |= results.COUNTERS if results.RESULTS in needs else frozenset()
    by_ad = collect(ads.account_id, ads.reported, span, needs, int)
    for ad_id, moment, of_parts, counts in parts.divided(by_ad, ads.reported, span, told):
        said: dict[Part | None, str] = dict(zip(told, of_parts, strict=True))
        yield (
            _values(dimensions, values_of[group_of[ad_id]], _later(moment, wanted.later), said),
            {**counts, PUT_TOGETHER: 1},
        )


def _values(dimensions: Iterable[Dimension], of_ad: Values, moment: Moment, said: Mapping[Part | None, str]) -> Values:
    ad_values = iter(of_ad)
    return tuple(
        next(ad_values)
        if one.nature is Nature.AD
        else time_value(one.name, moment)
        if one.nature is Nature.TIME
        else said[one.part]
        for one in dimensions
    )


def _later(moment: Moment, by: timedelta) -> Moment:
    return moment if moment is None or not by else moment + by


def time_value(name: str, moment: Moment) -> str:
    """Return the value of a dimension of time at a moment, by the account's clock; values sort as time runs."""
    assert moment is not None, "A dimension of time has steps."
    day = moment.date() if isinstance(moment, datetime) else moment
    match name:
        case "day":
            return day.isoformat()
        case "week":
            return (day - timedelta(days=day.weekday())).isoformat()
        case "month":
            return day.isoformat()[: len("2026-03")]
        case "weekday":
            return str(day.weekday())
    assert isinstance(moment, datetime), "Hours have steps of hours."
    return f"{moment:%Y-%m-%dT%H}" if name == "hour" else f"{moment:%H}"


def folded(cells: Mapping[Values, Mapping[str, int]], places: tuple[int, ...]) -> dict[Values, dict[str, int]]:
    """Return the sums over all dimensions but those at these places; what is no sum is left out."""
    found: dict[Values, dict[str, int]] = {}
    for values, counts in cells.items():
        _add(found, tuple(values[place] for place in places), counts)
        if len(places) < len(values):
            for name in SPECIAL:
                found[tuple(values[place] for place in places)].pop(name, None)
    return found


def _add(found: dict[Values, dict[str, int]], values: Values, counts: Mapping[str, int]) -> None:
    """Add to what is there. Of two parts nobody knows how many viewers are in both; plays outside ads are of the post."""
    if values not in found:
        found[values] = dict(counts)
        return
    whole = found[values]
    for name, value in counts.items():
        whole[name] = whole.get(name, 0) + value
    whole.pop(REACH, None)
