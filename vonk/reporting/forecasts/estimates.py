"""Whom a plan or an ad group may reach: the past of its countries, the price of reach now, and the forecast of both."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.conf import settings

from vonk.advertising.queries import bids
from vonk.advertising.queries.object_pages import listed_ad_groups
from vonk.advertising.queries.views import AdGroupView
from vonk.advertising.rules import Objective
from vonk.control.scope import Scope
from vonk.core.errors import NotFound
from vonk.delivery.forecast import plans
from vonk.delivery.forecast.plans import Estimate, Past, Wanted
from vonk.delivery.snapshot import BudgetMode
from vonk.reporting.forecasts import queries

DAYS_MAX: Final = 90
USUAL_DAYS: Final = 7  # Of an ad group without an end.
_DAY_SECONDS: Final = 86_400


class Price(msgspec.Struct, frozen=True):
    """What a thousand impressions may cost; ``usual`` says that it is what others bid, else it is the platform's least."""

    cpm_micros: int
    usual: bool


class Planned(msgspec.Struct, frozen=True):
    """An estimate, for the days that it is of; None where too little was shown lately."""

    starts_at: datetime
    days: int
    price: Price
    estimate: Estimate | None


def estimated(
    scope: Scope, countries: Collection[str], wanted: Wanted, *, starts_at: datetime, now: datetime
) -> Planned:
    """Return what is wanted from then on would come to in the countries (none: everywhere)."""
    now_costs = price(scope, now)
    found = plans.estimate(_past(scope, countries, now), wanted, cpm_micros=now_costs.cpm_micros)
    return Planned(starts_at, wanted.days, now_costs, found)


def estimated_ad_groups(scope: Scope, ad_group_ids: Sequence[int], *, now: datetime) -> list[tuple[int, Planned]]:
    """Return what each of the account's ad groups may reach from now on, by its own countries, schedule, budget and cap.

    NotFound when one is none of the account's.
    """
    found = listed_ad_groups(scope, ad_group_ids)
    if len(found) < len(set(ad_group_ids)):
        raise NotFound(noun="ad group", field="adgroup_ids")
    now_costs = price(scope, now)
    pasts = {places: _past(scope, places, now) for places in {group.targeting.countries for group in found}}
    planned = []
    for group in found:
        starts_at = max(group.starts_at, now)
        wanted = _wanted(group, starts_at)
        made = plans.estimate(pasts[group.targeting.countries], wanted, cpm_micros=now_costs.cpm_micros)
        planned.append((group.id, Planned(starts_at, wanted.days, now_costs, made)))
    return planned


def _wanted(group: AdGroupView, starts_at: datetime) -> Wanted:
    ends_at = group.ends_at or starts_at + timedelta(days=USUAL_DAYS)
    days = min(DAYS_MAX, max(1, (ends_at - starts_at).days))
    cap, budget = group.cap, group.budget
    return Wanted(
        days=days,
        cap=None if cap is None else (cap.impressions, max(1, round(cap.window_seconds / _DAY_SECONDS))),
        budget_micros=None
        if budget.mode is BudgetMode.NONE
        else budget.micros * (days if budget.mode is BudgetMode.DAILY else 1),
    )


def _past(scope: Scope, countries: Collection[str], now: datetime) -> Past:
    history = queries.history(scope, countries, now=now)
    return Past(history.fitted, history.daily, queries.PAST_DAYS)


def price(scope: Scope, now: datetime) -> Price:
    """Return what a thousand impressions cost the scope's account now, as far as that may be told."""
    usual = bids.usual_bid(scope, Objective.REACH, now=now)
    if usual:
        return Price(usual, usual=True)
    return Price(floor_micros(), usual=False)


def floor_micros() -> int:
    """Return what a thousand impressions cost at the least."""
    return max(1, int(settings.VONK.reserve_cpm_micros))
