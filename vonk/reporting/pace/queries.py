"""Today's spend of an account against its pace, hour by hour and ad group by ad group."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from vonk.advertising.queries import AdGroupView, CampaignView
from vonk.advertising.queries.object_pages import Wanted, listed_ad_groups, listed_campaigns, numbered_ad_groups
from vonk.advertising.rules import Primary
from vonk.billing import queries as billing
from vonk.billing.queries import BudgetSpent, By
from vonk.billing.rules import AD_GROUP, CAMPAIGN
from vonk.control.paging import Numbering
from vonk.control.scope import Right, Scope
from vonk.core.clock import HOUR_MS, to_ms
from vonk.delivery.limits import dayparting
from vonk.delivery.limits.traffic import Plan, Traffic
from vonk.delivery.matching import minutes
from vonk.delivery.matching.minutes import NO_AD
from vonk.delivery.snapshot import BudgetMode
from vonk.identity.queries import account_facts
from vonk.reporting import statuses
from vonk.reporting.models import Fate
from vonk.reporting.pace import rules
from vonk.reporting.pace.rules import Paced, Period
from vonk.reporting.reports import midnight

LEARNT_FROM: Final = timedelta(days=28)  # Of which the ad servers' own averages hold seven eighths.
GROUPS_MAX: Final = 100  # The newest, and all others that spent anything since yesterday.
_RUNNING: Final = frozenset({Primary.DELIVERING, Primary.LIMITED})


class OfGroup(msgspec.Struct, frozen=True):
    """An ad group and its budget's period: the day, or its whole schedule (``lifetime``)."""

    ad_group: AdGroupView
    paced: Paced
    lifetime: bool


class Hour(msgspec.Struct, frozen=True):
    """Up to the end of an hour of the day: what should have been spent by then, and what was; None of what is to come."""

    ends_at: datetime
    expected_micros: int
    spent_micros: int | None


class Today(msgspec.Struct, frozen=True):
    """The account's day. ``whole`` None: nothing with a budget runs. ``learnt``: hours of slots that the pace comes from."""

    whole: Paced | None
    hours: tuple[Hour, ...]
    groups: tuple[OfGroup, ...]
    learnt: int


class _Line(msgspec.Struct, frozen=True):
    """An ad group with its day's period, and the plan of the traffic that it may have."""

    group: AdGroupView
    day: Period
    plan: Plan


def today(scope: Scope, *, now: datetime) -> Today:
    """Return how the account's budgets of today are spent, against when viewers come.

    A budget in all has its day's share of what was left at midnight. What a campaign's budget does not cover of its ad
    groups' is taken off each of them.
    """
    scope.require(Right.ACCOUNT_VIEW)
    zone = ZoneInfo(account_facts(scope.account).time_zone)
    day = now.astimezone(zone).date()
    starts_at, ends_at = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    by_hour = billing.spend(start_date=day, end_date=day, by=By.HOUR, account_id=scope.account)
    groups = _running(scope, {row.ad_group_id for row in by_hour if row.micros}, now)
    campaigns = {one.id: one for one in listed_campaigns(scope, sorted({group.campaign_id for group in groups}))}
    spent = billing.spendable(
        [], {AD_GROUP: dict.fromkeys([one.id for one in groups], day), CAMPAIGN: dict.fromkeys(campaigns, day)}, now=now
    ).billed
    slots = _slots(now)
    traffic = rules.learnt(slots, to_ms(now))
    offset_ms = round((now.astimezone(zone).utcoffset() or timedelta(0)).total_seconds() * 1000)
    lines = [
        line
        for campaign_id, campaign in campaigns.items()
        for line in _lines(
            campaign,
            [one for one in groups if one.campaign_id == campaign_id],
            spent,
            traffic,
            (to_ms(starts_at), to_ms(ends_at), offset_ms),
        )
    ]
    each = [rules.paced(line.day, line.plan, to_ms(now)) for line in lines]
    return Today(
        rules.joined(each),
        _hours(lines, _summed(by_hour, {line.group.id for line in lines}), starts_at, ends_at, now),
        tuple(_of_group(line, spent[AD_GROUP][line.group.id], now) for line in lines),
        len(slots),
    )


def _running(scope: Scope, spending: set[int], now: datetime) -> tuple[AdGroupView, ...]:
    """Return the ad groups that run or spent today, newest first."""
    newest = numbered_ad_groups(scope, Wanted(), Numbering(1, GROUPS_MAX)).items
    older = sorted(spending - {one.id for one in newest}, reverse=True)
    found = [*newest, *listed_ad_groups(scope, older)]
    of_each = statuses.ad_group_statuses([one.id for one in found], now=now)
    return tuple(
        one for one in found if one.id in spending or (one.id in of_each and of_each[one.id].primary in _RUNNING)
    )


def _slots(now: datetime) -> list[tuple[int, int]]:
    rows = Fate.objects.filter(
        ad_id=NO_AD, name=minutes.ASKED, hour_at__gte=now - LEARNT_FROM, hour_at__lt=now
    ).order_by("hour_at")
    return [(to_ms(at), count) for at, count in rows.values_list("hour_at", "count")]


def _lines(
    campaign: CampaignView,
    groups: Iterable[AdGroupView],
    spent: Mapping[str, Mapping[int, BudgetSpent]],
    traffic: Traffic,
    day: tuple[int, int, int],
) -> list[_Line]:
    """Return a campaign's ad groups with their day's budgets; those that neither has one for are left out."""
    start_ms, end_ms, offset_ms = day
    above = _day_budget(campaign, spent[CAMPAIGN][campaign.id], traffic.plan(0, offset_ms), (start_ms, end_ms), None)
    found: list[_Line] = []
    for group in groups:
        plan = traffic.plan(dayparting.bits(group.targeting.dayparting), offset_ms)
        begins, ends = max(start_ms, to_ms(group.starts_at)), end_ms
        if group.ends_at is not None:
            ends = min(end_ms, to_ms(group.ends_at))
        billed = spent[AD_GROUP][group.id]
        own = _day_budget(group, billed, plan, (start_ms, end_ms), group.ends_at)
        amount = above if own is None else own
        if amount is not None and begins < ends:
            found.append(_Line(group, Period(begins, ends, amount, billed.day_micros), plan))
    days = rules.scaled([line.day for line in found], above)
    return [msgspec.structs.replace(line, day=period) for line, period in zip(found, days, strict=True)]


def _day_budget(
    of: CampaignView | AdGroupView, billed: BudgetSpent, plan: Plan, day: tuple[int, int], ends_at: datetime | None
) -> int | None:
    """Return what may be spent today; of a budget in all its share by traffic, the whole rest where it has no end."""
    if of.budget.mode is BudgetMode.NONE:
        return None
    if of.budget.mode is BudgetMode.DAILY:
        return of.budget.micros
    left = max(0, of.budget.micros - (billed.lifetime_micros - billed.day_micros))
    start_ms, end_ms = day
    if ends_at is None or to_ms(ends_at) <= end_ms:
        return left
    whole = plan.mass(start_ms, to_ms(ends_at))
    return round(left * plan.mass(start_ms, end_ms) / whole) if whole else left


def _of_group(line: _Line, billed: BudgetSpent, now: datetime) -> OfGroup:
    group = line.group
    if group.budget.mode is not BudgetMode.LIFETIME or group.ends_at is None:
        return OfGroup(group, rules.paced(line.day, line.plan, to_ms(now)), lifetime=False)
    schedule = Period(to_ms(group.starts_at), to_ms(group.ends_at), group.budget.micros, billed.lifetime_micros)
    return OfGroup(group, rules.paced(schedule, line.plan, to_ms(now)), lifetime=True)


def _summed(rows: Iterable[billing.Spend], ad_groups: set[int]) -> dict[datetime, int]:
    sums: dict[datetime, int] = {}
    for row in rows:
        if row.ad_group_id in ad_groups and isinstance(row.bucket, datetime):
            sums[row.bucket] = sums.get(row.bucket, 0) + row.micros
    return sums


def _hours(
    lines: Iterable[_Line], by_hour: Mapping[datetime, int], starts_at: datetime, ends_at: datetime, now: datetime
) -> tuple[Hour, ...]:
    periods, found, at = list(lines), list[Hour](), to_ms(starts_at)
    while periods and at < to_ms(ends_at):
        begun, at = at <= to_ms(now), min(at + HOUR_MS, to_ms(ends_at))
        until = datetime.fromtimestamp(at / 1000, UTC)
        due = round(sum(rules.expected(line.day, line.plan, at) for line in periods))
        spent = sum(micros for hour, micros in by_hour.items() if hour < until) if begun else None
        found.append(Hour(until, due, spent))
    return tuple(found)
