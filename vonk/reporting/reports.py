"""Advertisers' reports: counters come from content, spend from the ledger, both by the account's days."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from vonk.advertising import queries as advertising
from vonk.advertising.queries.goals import goals
from vonk.billing import queries as billing
from vonk.billing.queries import By
from vonk.content import queries as content
from vonk.content.queries import Bucket, TallyRow
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.events.conversions.contract import STEPS
from vonk.identity import queries as identity
from vonk.reporting import metrics, net, results
from vonk.reporting.attribution import queries as attribution
from vonk.reporting.attribution.queries import AttributedRow
from vonk.reporting.attribution.rules import TouchKind
from vonk.reporting.errors import SpanInvalid
from vonk.reporting.metrics import SPEND, Value, total_of
from vonk.reporting.reach import queries as reach
from vonk.reporting.reach.rules import REACH, Met
from vonk.reporting.results import Aim

DAYS_MAX: Final[dict[By, int]] = {By.NONE: 3_660, By.DAY: 366, By.HOUR: 31}  # Keeps a report's rows in a chart's reach.
DATE_MIN: Final = date(1970, 1, 1)  # Before and after these no day has a midnight in every time zone.
DATE_MAX: Final = date(9998, 12, 31)
FEW_ADS: Final = 1_000  # Of so many, the ledger is asked ad by ad; of more, for all of the account's.
_SHOWN: Final = "impressions"
_BUCKETS: Final = {By.NONE: Bucket.TOTAL, By.DAY: Bucket.DAY, By.HOUR: Bucket.HOUR}

Step = date | datetime | None  # A local day, the start of a UTC hour, or None for the whole span.


class Level(StrEnum):
    """What a report has rows of."""

    CAMPAIGN = "campaign"
    AD_GROUP = "ad_group"
    AD = "ad"


class ReportRow(msgspec.Struct, frozen=True):
    """The numbers of one object in one step: ``values`` by metric, ``counts`` what they were made of."""

    id: int
    step: Step
    counts: Mapping[str, int]

    @property
    def values(self) -> dict[str, Value]:
        """Every metric's value."""
        return metrics.values(self.counts)


class Report(msgspec.Struct, frozen=True):
    """Rows of those that have numbers (by NONE: of all), the sums of each step without a gap, and the sum of all."""

    currency: str
    time_zone: str
    level: Level
    by: By
    start_date: date
    end_date: date
    rows: tuple[ReportRow, ...]
    steps: tuple[ReportRow, ...]  # Their id is 0.
    total: ReportRow


def ad_report(
    scope: Scope,
    *,
    level: Level,
    ids: Collection[int] | None = None,
    start_date: date,
    end_date: date,
    by: By = By.NONE,
    with_reach: bool = False,
) -> Report:
    """Return the numbers of campaigns, ad groups or ads on the account's days from start to end, both included.

    ``ids`` None means all of the account. Deleted objects count too: what they did and cost remains. ``with_reach``:
    different viewers too, which takes longer; not by hour. Raises NotFound when one of the ids is not the account's,
    SpanInvalid.
    """
    scope.require(Right.ACCOUNT_VIEW)
    account = identity.account_facts(scope.account)
    check_span(start_date, end_date, by)
    ads = _ads(scope.account, level, ids)
    object_of = _objects(scope.account, level, ids, ads)
    zone = ZoneInfo(account.time_zone)
    start, end = midnight(start_date, zone), midnight(end_date + timedelta(days=1), zone)
    cells: dict[tuple[int, Step], dict[str, int]] = {}
    if by is By.NONE:
        cells = {(object_id, None): {} for object_id in (object_of.values() if ids is None else ids)}
    aims = _aims(scope.account, ads)
    for step, tally in _tallies(list(object_of), start_date, end_date, by, zone):
        cell = (object_of[tally.ad_id], step)
        _add(cells, cell, tally.metric, tally.value)
        if results.is_result(aims[tally.ad_id], tally.metric):
            _add(cells, cell, results.RESULTS, tally.value)
    for row in attribution.attributed(object_of.keys(), start=start, end=end, by=_BUCKETS[by], tz=zone):
        _add_attributed(cells, (object_of[row.ad_id], _step(row.bucket, by, zone)), row, aims[row.ad_id])
    met = _Viewers(object_of, cells, start_date, end_date, by) if with_reach else None
    found = billing.finding_counts(start_date=start_date, end_date=end_date, by=by, account_id=scope.account)
    for one in net.corrections(found):
        if one.ad_id in object_of:
            cell = (object_of[one.ad_id], one.bucket)
            _add(cells, cell, one.metric, one.value)
            if results.is_result(aims[one.ad_id], one.metric):
                _add(cells, cell, results.RESULTS, one.value)
    whose: dict[str, Any] = {"ad_ids": object_of.keys()} if len(object_of) <= FEW_ADS else {"account_id": scope.account}
    spends = billing.spend(**whose, start_date=start_date, end_date=end_date, by=by)
    for spend in spends:
        if spend.ad_id in object_of:
            _add(cells, (object_of[spend.ad_id], spend.bucket), SPEND, spend.micros)
    if met is not None:
        met.tell_rows(cells)
    rows = tuple(ReportRow(object_id, step, counts) for (object_id, step), counts in sorted(cells.items(), key=_order))
    steps: dict[Step, dict[str, int]] = {step: {} for step in _steps(start_date, end_date, by, zone)}
    summed, total = _sum_steps(rows, steps), total_of(row.counts for row in rows)
    if met is not None:
        met.tell_sums(summed, total)
    return Report(
        currency=account.currency,
        time_zone=account.time_zone,
        level=level,
        by=by,
        start_date=start_date,
        end_date=end_date,
        rows=rows,
        steps=tuple(ReportRow(0, step, counts) for step, counts in summed),
        total=ReportRow(0, None, total),
    )


class _Viewers:
    """How many different viewers there are in each row, each step and all of a report, where every one is known.

    Made when nothing but counters is in the cells: what was shown meanwhile is known here already, and never the other
    way round. A finding does not say whose impressions it takes; at most one is left of each viewer.
    """

    def __init__(
        self,
        object_of: Mapping[int, int],
        cells: Mapping[tuple[int, Step], Mapping[str, int]],
        first: date,
        last: date,
        by: By,
    ) -> None:
        shown = {place: counts.get(_SHOWN, 0) for place, counts in cells.items()}
        all_of_them = dict.fromkeys(object_of, 0)
        self._met: dict[tuple[int, Step], int] = {}
        if by is not By.HOUR:
            self._keep(reach.reach(object_of, first=first, last=last, by_day=by is By.DAY), shown)
        sums: dict[tuple[int, Step], int] = {}
        for (_, step), times in shown.items():
            for place in {(0, step), (0, None)}:
                sums[place] = sums.get(place, 0) + times
        if by is By.DAY:
            self._keep(reach.reach(all_of_them, first=first, last=last, by_day=True), sums)
        self._keep(reach.reach(all_of_them, first=first, last=last, by_day=False), sums)

    def _keep(self, met: Mapping[reach.Place, Met], shown: Mapping[tuple[int, Step], int]) -> None:
        for place, one in met.items():
            if place in shown and one.impressions >= shown[place]:
                self._met[place] = one.viewers

    def tell_rows(self, cells: Mapping[tuple[int, Step], dict[str, int]]) -> None:
        """Write into the rows' counts how many viewers they have."""
        for place, counts in cells.items():
            self._tell(place, counts)

    def tell_sums(self, steps: Iterable[tuple[Step, dict[str, int]]], total: dict[str, int]) -> None:
        """Write it into the sums."""
        for step, counts in steps:
            self._tell((0, step), counts)
        self._tell((0, None), total)

    def _tell(self, place: tuple[int, Step], counts: dict[str, int]) -> None:
        if place in self._met:
            counts[REACH] = min(self._met[place], max(0, counts.get(_SHOWN, 0)))


def _tallies(
    ad_ids: list[int], start_date: date, end_date: date, by: By, zone: ZoneInfo
) -> Iterator[tuple[Step, TallyRow]]:
    """Yield step and counter. A day is a query of its own: no database then has to find out each hour's day."""
    if by is not By.DAY:
        start, end = midnight(start_date, zone), midnight(end_date + timedelta(days=1), zone)
        for tally in content.tallies(ad_ids=ad_ids, start=start, end=end, by=_BUCKETS[by], tz=zone):
            yield tally.bucket, tally
        return
    for number in range((end_date - start_date).days + 1):
        day = start_date + timedelta(days=number)
        start, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        for tally in content.tallies(ad_ids=ad_ids, start=start, end=end):
            yield day, tally


def _ads(account_id: int, level: Level, ids: Collection[int] | None) -> dict[int, tuple[int, int]]:
    """Return the account's ads that may count, with ad group and campaign: of some objects no more than lie under them."""
    under: dict[str, Any] = {}
    if ids is not None and level is not Level.AD:
        under = {"campaign_ids" if level is Level.CAMPAIGN else "ad_group_ids": ids}
    return advertising.ads_under(account_id=account_id, with_deleted=True, **under)


def _objects(
    account_id: int, level: Level, ids: Collection[int] | None, ads: Mapping[int, tuple[int, int]]
) -> dict[int, int]:
    """Return which of the wanted objects each of the ads belongs to; NotFound for an object of others."""
    object_of = {
        ad_id: {Level.AD: ad_id, Level.AD_GROUP: ad_group_id, Level.CAMPAIGN: campaign_id}[level]
        for ad_id, (ad_group_id, campaign_id) in ads.items()
    }
    if ids is None:
        return object_of
    wanted = set(ids)
    if wanted - set(object_of.values()) - _without_ads(account_id, level, wanted):
        raise NotFound(noun=level.value.replace("_", " "))
    return {ad_id: object_id for ad_id, object_id in object_of.items() if object_id in wanted}


def _without_ads(account_id: int, level: Level, ids: set[int]) -> set[int]:
    """Return which of the ids are the account's, whether they hold ads or not."""
    if level is Level.CAMPAIGN:
        campaigns = advertising.campaign_facts(ids)
        return {object_id for object_id, facts in campaigns.items() if facts.account_id == account_id}
    if level is Level.AD_GROUP:
        ad_groups = advertising.ad_group_facts(ids)
        return {object_id for object_id, facts in ad_groups.items() if facts.campaign.account_id == account_id}
    return set()


def check_span(start_date: date, end_date: date, by: By) -> None:
    """Raise SpanInvalid when a report of these steps may not span these days."""
    days_max = DAYS_MAX[by]
    if not (start_date >= DATE_MIN and end_date <= DATE_MAX and 1 <= (end_date - start_date).days + 1 <= days_max):
        raise SpanInvalid(by=by.value, days_max=days_max)


def _steps(start_date: date, end_date: date, by: By, zone: ZoneInfo) -> Iterator[Step]:
    """Yield every step of the span in order."""
    if by is By.NONE:
        yield None
    elif by is By.DAY:
        for day in range((end_date - start_date).days + 1):
            yield start_date + timedelta(days=day)
    else:
        hour = midnight(start_date, zone)
        hour = hour.replace(minute=0)  # Hours are UTC's, also where the local day begins within one.
        while hour < midnight(end_date + timedelta(days=1), zone):
            yield hour
            hour += timedelta(hours=1)


def _step(bucket: datetime | None, by: By, zone: ZoneInfo) -> Step:
    if bucket is None:
        return None
    return bucket.astimezone(zone).date() if by is By.DAY else bucket


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a local day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _sum_steps(rows: Iterable[ReportRow], steps: dict[Step, dict[str, int]]) -> list[tuple[Step, dict[str, int]]]:
    for row in rows:
        counts = steps.setdefault(row.step, {})
        for name, value in row.counts.items():
            if name != REACH:
                counts[name] = counts.get(name, 0) + value
    return sorted(steps.items(), key=lambda item: str(item[0]))


def _aims(account_id: int, ads: Mapping[int, tuple[int, int]]) -> dict[int, Aim]:
    """Return what each of the account's ads is for."""
    of_campaign = advertising.objectives({campaign_id for _, campaign_id in ads.values()})
    of_group = goals(account_id)
    return {
        ad_id: Aim(of_campaign[campaign_id], *of_group.get(ad_group_id, ()))
        for ad_id, (ad_group_id, campaign_id) in ads.items()
    }


def _add_attributed(
    cells: dict[tuple[int, Step], dict[str, int]], cell: tuple[int, Step], row: AttributedRow, aim: Aim
) -> None:
    if row.touch is TouchKind.EXPOSURE:
        _add(cells, cell, row.name, row.count)  # likes_1d, ...
        return
    if results.is_result_conversion(aim, row.name):
        _add(cells, cell, results.RESULTS, row.count)
    if row.name in STEPS:
        return  # On the way to one: see ``by_name``.
    _add(cells, cell, results.CONVERSIONS, row.count)
    _add(cells, cell, f"conversions_{row.touch.value}", row.count)
    if row.value_micros:
        _add(cells, cell, "conversion_value", row.value_micros)


def _add(cells: dict[tuple[int, Step], dict[str, int]], cell: tuple[int, Step], name: str, value: int) -> None:
    counts = cells.setdefault(cell, {})
    counts[name] = counts.get(name, 0) + value


def _order(item: tuple[tuple[int, Step], dict[str, int]]) -> tuple[int, str]:
    (object_id, step), _ = item
    return object_id, str(step)
