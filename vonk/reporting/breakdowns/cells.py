"""What is counted of an account's ads, step by step: counters, attribution, findings, money, and organic plays."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from vonk.advertising.queries.reported import ReportedAd
from vonk.billing import queries as billing
from vonk.billing.queries import By
from vonk.billing.queries.spend import micros_of_ads, spend_from_vouchers
from vonk.content.queries import Bucket
from vonk.content.queries.sums import ADS_PER_QUERY, hourly_sums_of_ads, organic_of_posts, sums_of_ads
from vonk.events.conversions.contract import STEPS
from vonk.identity import queries as identity
from vonk.reporting import metrics, net, results
from vonk.reporting.attribution import queries as attribution
from vonk.reporting.attribution.queries import AttributedRow
from vonk.reporting.attribution.rules import TouchKind
from vonk.reporting.breakdowns import columns
from vonk.reporting.breakdowns.columns import ORGANIC_PLAYS, VOUCHERS
from vonk.reporting.breakdowns.spans import Span
from vonk.reporting.breakdowns.wanted import Moment
from vonk.reporting.metrics import SPEND
from vonk.reporting.reach import queries as reach
from vonk.reporting.reach.rules import REACH
from vonk.reporting.results import Aim
from vonk.reporting.rules import INVALID, SERVED, TALLY_OF

Cells = dict[tuple[int, Moment], dict[str, int]]
"""By object (as ``place`` names it) and step."""

Place = Callable[[int], int]
"""From an ad to what its counts belong to."""

COUNTERS: Final = frozenset({*TALLY_OF.values(), *(f"{INVALID}{name}" for name in TALLY_OF.values()), SERVED})
ACTIVITY: Final = frozenset({"impressions", f"{INVALID}impressions", SPEND})
"""What makes a row beside what is asked for: it was shown, or it cost something."""

FEW_ADS: Final = 1_000  # Of so many, the ledger is asked ad by ad; of more, for all of the account's.

_SHOWN: Final = frozenset({"impressions"})
_ATTRIBUTED: Final = frozenset({
    results.RESULTS, results.CONVERSIONS, "conversion_value", *(f"conversions_{touch.value}" for touch in TouchKind),
    *(metric.name for metric in metrics.METRICS if metric.name.endswith("_1d")),
})  # fmt: skip


class Subject(NamedTuple):
    """Whose counts, when, and which."""

    account_id: int
    ads: Mapping[int, ReportedAd]
    span: Span
    wanted: frozenset[str]
    place: Place


def collect(
    account_id: int,
    ads: Mapping[int, ReportedAd],
    span: Span,
    needs: frozenset[str],
    place: Place,
    *,
    activity: frozenset[str] = ACTIVITY,
) -> Cells:
    """Return the counts that are needed, of the ads that the caller has inside its scope; what is 0 may be absent.

    ``activity`` is told besides: what makes a row where only objects with numbers have one.
    """
    cells: Cells = {}
    of = Subject(account_id, ads, span, needs | activity | (_SHOWN if REACH in needs else frozenset()), place)
    _count(cells, of)
    if of.wanted & _ATTRIBUTED or columns.of_conversions(of.wanted):
        _attribute(cells, of)
    met = _met(cells, of) if REACH in of.wanted else {}
    _correct(cells, of)
    for cell, viewers in met.items():  # A finding does not say whose impressions it takes: at most one is left of each.
        cells[cell][REACH] = min(viewers, max(0, cells[cell].get("impressions", 0)))
    _spend(cells, of)
    if ORGANIC_PLAYS in of.wanted:
        _organic(cells, of)
    return cells


def _count(cells: Cells, of: Subject) -> None:
    _, ads, span, wanted, place = of
    with_results = results.RESULTS in wanted
    of_results = _result_counters(ads.values()) if with_results else frozenset()
    names = sorted((wanted | of_results) & COUNTERS)
    if not names:
        return
    for moment, ad_id, sums in _sums(ads.keys(), span, names):
        counts = cells.setdefault((place(ad_id), moment), {})
        for name, value in zip(names, sums, strict=True):
            if value:
                counts[name] = counts.get(name, 0) + value
                if with_results and results.is_result(_aim(ads[ad_id]), name):
                    counts[results.RESULTS] = counts.get(results.RESULTS, 0) + value


def _sums(
    ad_ids: Collection[int], span: Span, names: list[str]
) -> Iterator[tuple[Moment, int, tuple[int | None, ...]]]:
    """Yield step, ad and sums. A day is a query of its own: no database then has to find out each hour's day."""
    if span.by is By.HOUR:
        for ad_id, hour_at, sums in hourly_sums_of_ads(ad_ids, names, start=span.start, end=span.end):
            yield span.moment(hour_at), ad_id, sums
        return
    for day, start, end in span.days() if span.by is By.DAY else ((None, span.start, span.end),):
        for ad_id, sums in sums_of_ads(ad_ids, names, start=start, end=end):
            yield day, ad_id, sums


def _attribute(cells: Cells, of: Subject) -> None:
    _, ads, span, wanted, place = of
    ids = sorted(ads)
    by = Bucket.TOTAL if span.by is By.NONE else Bucket.HOUR
    for at in range(0, len(ids), ADS_PER_QUERY):
        for row in attribution.attributed(ids[at : at + ADS_PER_QUERY], start=span.start, end=span.end, by=by):
            moment = None if row.bucket is None else span.moment(row.bucket)
            for name, value in _told(row, _aim(ads[row.ad_id])):
                if value and name in wanted:
                    _add(cells, place(row.ad_id), moment, name, value)


def _result_counters(ads: Iterable[ReportedAd]) -> frozenset[str]:
    """Return the counters that are results of any of these ads: of ads that are for clicks none else is read."""
    aims = {_aim(ad) for ad in ads}
    return frozenset().union(*(results.counted_as_result(aim) for aim in aims)) & results.COUNTERS


def _aim(ad: ReportedAd) -> Aim:
    return results.aim(ad.objective, ad.goal, ad.goal_event)


def _told(row: AttributedRow, aim: Aim) -> Iterator[tuple[str, int]]:
    """Yield what the row adds to: the sums that every report has, and its own name's."""
    if row.touch is TouchKind.EXPOSURE:
        yield row.name, row.count
        return
    touch = row.touch.value
    for name, value in ((columns.converted, row.count), (columns.worth, row.value_micros)):
        yield name(row.name), value
        yield name(row.name, touch), value
    if results.is_result_conversion(aim, row.name):
        yield results.RESULTS, row.count
    if row.name in STEPS:
        return
    yield results.CONVERSIONS, row.count
    yield f"conversions_{touch}", row.count
    yield "conversion_value", row.value_micros


def _met(cells: Cells, of: Subject) -> dict[tuple[int, Moment], int]:
    """Return how many viewers there are in each cell of whose impressions every viewer is known, by the account's days.

    The counters were read before: what was shown meanwhile is known here already, and never the other way round.
    """
    account_id, ads, span, _, place = of
    if span.by is By.HOUR:
        return {}
    if span.utc and not span.whole and ZoneInfo(identity.account_facts(account_id).time_zone) != span.zone:
        return {}
    objects = {ad_id: place(ad_id) for ad_id in ads}
    met = reach.reach(objects, first=span.first, last=span.last, by_day=span.by is By.DAY)
    return {
        cell: one.viewers
        for cell, one in met.items()
        if cell in cells and one.impressions >= cells[cell].get("impressions", 0)
    }


def _correct(cells: Cells, of: Subject) -> None:
    account_id, ads, span, wanted, place = of
    first, last, by = _ledger_days(span)
    for one in net.corrections(billing.finding_counts(start_date=first, end_date=last, by=by, account_id=account_id)):
        if one.ad_id not in ads or not _within(span, one.bucket):
            continue
        moment = _moment(span, one.bucket)
        if one.metric in wanted:
            _add(cells, place(one.ad_id), moment, one.metric, one.value)
        if results.RESULTS in wanted and results.is_result(_aim(ads[one.ad_id]), one.metric):
            _add(cells, place(one.ad_id), moment, results.RESULTS, one.value)


def _spend(cells: Cells, of: Subject) -> None:
    account_id, ads, span, wanted, place = of
    first, last, by = _ledger_days(span)
    if SPEND not in wanted and VOUCHERS not in wanted:
        return
    if by is By.NONE and VOUCHERS not in wanted:
        few = ads.keys() if len(ads) <= FEW_ADS else None
        micros = micros_of_ads(start_date=first, end_date=last, account_id=account_id, ad_ids=few)
        for ad_id, spent in micros.items():
            if ad_id in ads and spent:
                _add(cells, place(ad_id), None, SPEND, spent)
        return
    whose: dict[str, Any] = {"ad_ids": ads.keys()} if len(ads) <= FEW_ADS else {"account_id": account_id}
    readings = [(SPEND, partial(billing.spend, **whose))] if SPEND in wanted else []
    if VOUCHERS in wanted:
        readings.append((VOUCHERS, partial(spend_from_vouchers, account_id=account_id)))
    for name, read in readings:
        for one in read(start_date=first, end_date=last, by=by):
            if one.ad_id in ads and one.micros and _within(span, one.bucket):
                _add(cells, place(one.ad_id), _moment(span, one.bucket), name, one.micros)


def _organic(cells: Cells, of: Subject) -> None:
    """Add the posts' plays outside ads to the steps in which their ads have numbers, once for an object and post."""
    _, ads, span, _, place = of
    objects: dict[int, set[int]] = {}
    for ad_id, ad in ads.items():
        objects.setdefault(ad.post_id, set()).add(place(ad_id))
    hourly = span.by is not By.NONE
    plays = organic_of_posts(objects.keys(), "plays", start=span.start, end=span.end, hourly=hourly)
    for post_id, hour_at, times in plays:
        moment = None if hour_at is None else span.moment(hour_at)
        for object_id in objects[post_id]:
            if (object_id, moment) in cells:
                _add(cells, object_id, moment, ORGANIC_PLAYS, times)


def _ledger_days(span: Span) -> tuple[date, date, By]:
    """Return which local days hold the span, and what to ask for: days of UTC are put together from hours."""
    if span.utc and not span.whole:
        return span.first - timedelta(days=1), span.last + timedelta(days=1), By.HOUR
    return span.first, span.last, span.by


def _within(span: Span, bucket: date | datetime | None) -> bool:
    return not isinstance(bucket, datetime) or not span.utc or span.start <= bucket < span.end


def _moment(span: Span, bucket: date | datetime | None) -> Moment:
    return span.moment(bucket) if isinstance(bucket, datetime) else bucket


def _add(cells: Cells, object_id: int, moment: Moment, name: str, value: int) -> None:
    counts = cells.setdefault((object_id, moment), {})
    counts[name] = counts.get(name, 0) + value
