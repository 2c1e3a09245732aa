"""Reach and frequency: estimates from what was shown lately. Reach is not sold in advance: orders are refused by name."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec
from django.conf import settings

from vonk.advertising.queries import bids
from vonk.advertising.queries.object_pages import listed_ad_groups
from vonk.advertising.rules import Objective
from vonk.control.scope import Right
from vonk.core.country_names import COUNTRY_OF_CODE
from vonk.core.errors import Actor, Conflict, NotFound
from vonk.delivery.forecast import reach as rules
from vonk.delivery.snapshot import BudgetMode
from vonk.identity import queries as identity
from vonk.reporting.forecasts import queries
from vonk.reporting.forecasts.queries import History
from vonk.wire.business.asked import AskedOfAccount, day
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, micros, read_moment, units
from vonk.wire.business.locations import countries
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

ACCOUNT: Final = {"advertiser_id": "1838000000000000001"}
IDS_MAX: Final = 100
DAYS_MAX: Final = 90
USUAL_DAYS: Final = 7  # Of an ad group without an end.
ESTIMATES_PER_MINUTE: Final = 30
_THOUSAND: Final = 1_000
Ids = Annotated[list[Id], msgspec.Meta(min_length=1, max_length=IDS_MAX)]
PurchasedType = Literal["FIXED_SHOW", "FIXED_REACH", "FIXED_BUDGET"]


class ReservationNotSold(Conflict):
    """Reach cannot be ordered in advance."""

    code = "reservation_not_sold"
    message = "Reach is not sold in advance on this platform."
    cause = "Every impression is won in the auction; nothing is held back for orders."
    remedy = "Create an ad group for reach with adgroup/create; rf/inventory/estimate tells what its budget may reach."
    actor = Actor.ADVERTISER


class AudienceInfo(msgspec.Struct, frozen=True):
    """Whom. Countries narrow the estimate; whatever else is said does not, and ``basis`` says so."""

    location_ids: Annotated[list[Id], msgspec.Meta(max_length=200)] | None = None
    audience_ids: list[str] | None = None
    excluded_audience_ids: list[str] | None = None
    age_groups: list[str] | None = None
    gender: str | None = None
    languages: list[str] | None = None
    operating_systems: list[str] | None = None
    interest_category_ids: list[str] | None = None


class EstimateAsked(AskedOfAccount, frozen=True):
    """Whom, when, and one of a budget, impressions or viewers (the latter two in thousands)."""

    audience_info: AudienceInfo
    schedule_start_time: str
    schedule_end_time: str
    objective_type: str
    rf_purchased_type: PurchasedType
    budget: float | None = None
    purchased_impression: float | None = None
    purchased_reach: float | None = None
    frequency: int | None = None
    frequency_schedule: int | None = None
    feed_type: str | None = None
    cpv_video_duration: str | None = None
    rf_campaign_type: Literal["STANDARD", "PULSE"] | None = None


class GroupsAsked(AskedOfAccount, frozen=True):
    """Which ad groups."""

    adgroup_ids: Ids


class ContractAsked(AskedOfAccount, frozen=True):
    """On which day."""

    included_date: str
    rf_campaign_type: Literal["STANDARD", "PULSE"] | None = None


class ZonesAsked(AskedOfAccount, frozen=True):
    """Of which countries."""

    region_codes: Annotated[list[str], msgspec.Meta(min_length=1, max_length=300)]


class OrderAsked(AskedOfAccount, frozen=True):
    """An ad group with reserved reach."""

    campaign_id: Id | None = None
    adgroup_id: Id | None = None
    adgroup_name: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    rf_purchased_type: PurchasedType | None = None
    budget: float | None = None
    purchased_impression: float | None = None
    purchased_reach: float | None = None
    frequency: int | None = None
    frequency_schedule: int | None = None


class BaseInfo(Given, frozen=True):
    """Impressions and viewers in thousands; prices in the account's currency."""

    budget: float
    cpm: float
    impression: float
    reach: float
    max_reach: float
    average_frequency: float


class DailyCost(Given, frozen=True):
    """What a day would cost, evenly spread."""

    date: str
    cost: float


class FrequencyShare(Given, frozen=True):
    """The share of the viewers reached who would see it so often; the last one holds all above."""

    frequency: int
    percentage: float


class Interval(Given, frozen=True):
    """Between what nine of ten, and one of ten, estimates like this one would be exceeded by (thousands)."""

    impression_low: float
    impression_high: float
    reach_low: float
    reach_high: float


class Estimated(Given, frozen=True):
    """An estimate. ``basis`` says what it is made from; ``interval`` is null where the past is too short for one."""

    base_info: BaseInfo
    daily_cost: list[DailyCost]
    frequency_per_person: list[FrequencyShare]
    interval: Interval | None
    basis: str


class Estimates(Given, frozen=True):
    """``default_result`` is null, and ``results`` empty, where too little was shown lately to say anything."""

    default_result: Estimated | None
    results: list[Estimated]
    basis: str


class GroupEstimate(Given, frozen=True):
    """What an ad group may reach; all null where too little was shown lately."""

    adgroup_id: Digits
    base_info: BaseInfo | None
    daily_cost: list[DailyCost]
    frequency_per_person: list[FrequencyShare]
    interval: Interval | None
    basis: str


class GroupEstimates(Given, frozen=True):
    """In the order of the ids."""

    estimated_info: list[GroupEstimate]


class Contract(Given, frozen=True):
    """None: there are no contracts for reach."""

    has_valid_contract: bool
    start_date: str | None
    end_date: str | None
    pulse_start_date: str | None
    pulse_end_date: str | None


class RegionZones(Given, frozen=True):
    """In which zone's days a country's ads would be delivered."""

    region_code: str
    delivery_timezone: list[str]


class Zones(Given, frozen=True):
    """In the order of the countries asked for."""

    timezone_info: list[RegionZones]


class OrdersFailed(Given, frozen=True):
    """Ad groups of which no order was cancelled."""

    fail_adgroup_ids: list[Digits]


class Plan(msgspec.Struct, frozen=True):
    """What is to be estimated: either a budget in micros, impressions, or viewers."""

    history: History
    starts_at: datetime
    days: int
    cpm_micros: int
    basis: str
    cap: tuple[int, int] | None = None  # Impressions, in so many days.
    budget_micros: int | None = None
    impressions: float | None = None
    viewers: float | None = None


@operation(
    "GET",
    "rf/inventory/estimate",
    may=Right.ACCOUNT_VIEW,
    per_minute=ESTIMATES_PER_MINUTE,
    summary="Estimate whom a budget may reach",
    example={
        **ACCOUNT,
        "audience_info": {"location_ids": ["2750405"]},
        "schedule_start_time": "2027-01-01 00:00:00",
        "schedule_end_time": "2027-01-08 00:00:00",
        "objective_type": "RF_REACH",
        "rf_purchased_type": "FIXED_BUDGET",
        "budget": 500,
    },
)
def estimate(call: Call[EstimateAsked]) -> Estimates:
    """From the impressions of the last eight days and how they fell on viewers. Nothing is held back for it."""
    asked = call.asked
    starts_at = read_moment(asked.schedule_start_time, "schedule_start_time")
    ends_at = read_moment(asked.schedule_end_time, "schedule_end_time")
    days = _days(starts_at, ends_at)
    wanted = {"FIXED_BUDGET": "budget", "FIXED_SHOW": "purchased_impression", "FIXED_REACH": "purchased_reach"}
    field = wanted[asked.rf_purchased_type]
    amount = getattr(asked, field)
    if amount is None or not 0 < amount < 1e9:
        raise ParameterInvalid(field=field, reason=f"a number above 0, for {asked.rf_purchased_type}")
    places = countries(asked.audience_info.location_ids or (), "audience_info.location_ids")
    history = queries.history(call.scope, places, now=call.now)
    cpm_micros, priced_by = _cpm(call)
    plan = Plan(
        history=history,
        starts_at=starts_at,
        days=days,
        cpm_micros=cpm_micros,
        basis=_basis(priced_by),
        cap=_cap(asked.frequency, asked.frequency_schedule),
        budget_micros=micros(amount, field) if field == "budget" else None,
        impressions=amount * _THOUSAND if field == "purchased_impression" else None,
        viewers=amount * _THOUSAND if field == "purchased_reach" else None,
    )
    made = _estimated(plan)
    return Estimates(default_result=made, results=[] if made is None else [made], basis=plan.basis)


@operation(
    "GET",
    "adgroup/rf/estimated/info",
    may=Right.ACCOUNT_VIEW,
    per_minute=ESTIMATES_PER_MINUTE,
    summary="Estimate whom ad groups may reach",
    example={**ACCOUNT, "adgroup_ids": ["1838000000000000003"]},
)
def estimate_groups(call: Call[GroupsAsked]) -> GroupEstimates:
    """Each with its own countries, schedule, budget and cap; one without an end over a week from now."""
    found = listed_ad_groups(call.scope, call.asked.adgroup_ids)
    if len(found) < len(set(call.asked.adgroup_ids)):
        raise NotFound(noun="ad group", field="adgroup_ids")
    cpm_micros, priced_by = _cpm(call)
    histories: dict[tuple[str, ...], History] = {}
    given = []
    for group in found:
        places = group.targeting.countries
        if places not in histories:
            histories[places] = queries.history(call.scope, places, now=call.now)
        starts_at = max(group.starts_at, call.now)
        ends_at = group.ends_at or starts_at + timedelta(days=USUAL_DAYS)
        days = min(DAYS_MAX, max(1, (ends_at - starts_at).days))
        daily = group.budget.mode is BudgetMode.DAILY
        plan = Plan(
            history=histories[places],
            starts_at=starts_at,
            days=days,
            cpm_micros=cpm_micros,
            basis=_basis(priced_by),
            cap=None
            if group.cap is None
            else (group.cap.impressions, max(1, round(group.cap.window_seconds / 86_400))),
            budget_micros=None
            if group.budget.mode is BudgetMode.NONE
            else group.budget.micros * (days if daily else 1),
        )
        made = _estimated(plan)
        given.append(
            GroupEstimate(
                adgroup_id=str(group.id),
                base_info=None if made is None else made.base_info,
                daily_cost=[] if made is None else made.daily_cost,
                frequency_per_person=[] if made is None else made.frequency_per_person,
                interval=None if made is None else made.interval,
                basis=plan.basis,
            )
        )
    return GroupEstimates(estimated_info=given)


@operation(
    "GET",
    "rf/contract/query",
    may=Right.ACCOUNT_VIEW,
    summary="Read contracts for reach",
    example={**ACCOUNT, "included_date": "2027-01-01"},
)
def contract(call: Call[ContractAsked]) -> Contract:
    """There are none: reach is not sold in advance."""
    day(call.asked.included_date, "included_date")
    return Contract(
        has_valid_contract=False, start_date=None, end_date=None, pulse_start_date=None, pulse_end_date=None
    )


@operation(
    "GET",
    "rf/delivery/timezone",
    may=Right.ACCOUNT_VIEW,
    summary="Read in which zone's days ads are delivered",
    example={**ACCOUNT, "region_codes": ["NL"]},
)
def zones(call: Call[ZonesAsked]) -> Zones:
    """The ad account's own, whatever the country: its days are those of budgets and reports."""
    for code in call.asked.region_codes:
        if code not in COUNTRY_OF_CODE:
            raise ParameterInvalid(field="region_codes", reason=f"{code[:40]} is no country of tool/region")
    zone = identity.account_facts(call.scope.account).time_zone
    return Zones(
        timezone_info=[RegionZones(region_code=code, delivery_timezone=[zone]) for code in call.asked.region_codes]
    )


@operation(
    "POST",
    "rf/order/cancel",
    may=Right.CAMPAIGN_EDIT,
    summary="Cancel orders for reach",
    example={**ACCOUNT, "adgroup_ids": ["1838000000000000003"]},
)
def cancel(call: Call[GroupsAsked]) -> OrdersFailed:
    """No ad group has an order, so none is cancelled: all are in the answer. They are switched off by adgroup/status/update."""
    found = listed_ad_groups(call.scope, call.asked.adgroup_ids)
    if len(found) < len(set(call.asked.adgroup_ids)):
        raise NotFound(noun="ad group", field="adgroup_ids")
    return OrdersFailed(fail_adgroup_ids=[str(one) for one in call.asked.adgroup_ids])


@operation(
    "POST",
    "adgroup/rf/create",
    may=Right.CAMPAIGN_EDIT,
    summary="Order reach in advance",
    example={**ACCOUNT, "campaign_id": "1838000000000000002", "rf_purchased_type": "FIXED_REACH"},
)
def order(call: Call[OrderAsked]) -> None:
    """Refused by name (``reservation_not_sold``, 40002): reach is bought by auction, with adgroup/create."""
    del call
    raise ReservationNotSold


@operation(
    "POST",
    "adgroup/rf/update",
    may=Right.CAMPAIGN_EDIT,
    summary="Change an order for reach",
    example={**ACCOUNT, "adgroup_id": "1838000000000000003"},
)
def change_order(call: Call[OrderAsked]) -> None:
    """Refused by name (``reservation_not_sold``, 40002): there are no orders."""
    del call
    raise ReservationNotSold


def _estimated(plan: Plan) -> Estimated | None:
    """Return the estimate; None where too little was shown lately. No more is promised than is shown in as many days."""
    fitted, daily = plan.history.fitted, plan.history.daily
    if fitted is None or not daily:
        return None
    available = sum(daily) / queries.PAST_DAYS * plan.days
    most_each = None if plan.cap is None else plan.cap[0] * -(-plan.days // plan.cap[1])
    wanted = plan.impressions
    if plan.budget_micros is not None:
        wanted = plan.budget_micros / plan.cpm_micros * _THOUSAND
    if plan.viewers is not None:
        wanted = _for_viewers(fitted, plan.viewers, available, most_each)
    impressions = available if wanted is None else min(wanted, available)
    reached = rules.reach(fitted, impressions, most_each=most_each)
    whole = rules.reach(fitted, available, most_each=most_each)
    cost_micros = round(reached.impressions * plan.cpm_micros / _THOUSAND)
    return Estimated(
        base_info=BaseInfo(
            budget=units(cost_micros),
            cpm=units(plan.cpm_micros),
            impression=_thousands(reached.impressions),
            reach=_thousands(reached.viewers),
            max_reach=_thousands(whole.viewers),
            average_frequency=round(reached.impressions / reached.viewers, 2) if reached.viewers else 0.0,
        ),
        daily_cost=[
            DailyCost(
                date=(plan.starts_at + timedelta(days=number)).date().isoformat(), cost=units(cost_micros // plan.days)
            )
            for number in range(plan.days)
        ],
        frequency_per_person=[
            FrequencyShare(frequency=times, percentage=round(100 * share, 2))
            for times, share in enumerate(reached.frequencies, 1)
            if share > 0
        ],
        interval=_interval(plan, reached.impressions, most_each),
        basis=plan.basis,
    )


def _interval(plan: Plan, impressions: float, most_each: int | None) -> Interval | None:
    """Return what is left of the estimate on poor and on rich days: what is bought never exceeds what is wanted."""
    fitted, spread = plan.history.fitted, rules.between(plan.history.daily)
    if fitted is None or spread is None:
        return None
    mean = sum(plan.history.daily) / queries.PAST_DAYS
    open_ended = plan.budget_micros is None and plan.impressions is None and plan.viewers is None
    low, high = (
        rules.reach(fitted, limit if open_ended else min(impressions, limit), most_each=most_each)
        for limit in (spread[0] * plan.days, max(spread[1], mean) * plan.days)
    )
    return Interval(
        impression_low=_thousands(low.impressions),
        impression_high=_thousands(high.impressions),
        reach_low=_thousands(low.viewers),
        reach_high=_thousands(high.viewers),
    )


def _for_viewers(fitted: rules.Fit, viewers: float, available: float, most_each: int | None) -> float:
    """Return how many impressions reach so many viewers, at most what is available, by bisection."""
    low, high = 0.0, available
    for _ in range(40):
        middle = (low + high) / 2
        enough = rules.reach(fitted, middle, most_each=most_each).viewers >= viewers
        low, high = (low, middle) if enough else (middle, high)
    return high


def _cpm(call: Call[Any]) -> tuple[int, str]:
    """Return what a thousand impressions may cost, in micros, and where that comes from."""
    usual = bids.usual_bid(call.scope, Objective.REACH, now=call.now)
    if usual:
        return usual, "the middle of what other advertisers bid for reach"
    return max(1, int(settings.VONK.reserve_cpm_micros)), "the platform's least price, since few bid for reach"


def _basis(priced_by: str) -> str:
    return (
        "An estimate, not an offer: impressions and viewers of the last 8 days, scaled to these countries by their share;"
        f" other targeting is not in it. Price: {priced_by}."
    )


def _cap(frequency: int | None, in_days: int | None) -> tuple[int, int] | None:
    if frequency is None:
        return None
    window = USUAL_DAYS if in_days is None else in_days
    if not 1 <= frequency <= _THOUSAND or not 1 <= window <= 30:
        raise ParameterInvalid(field="frequency", reason="a number from 1, in 1 to 30 days")
    return frequency, window


def _days(starts_at: datetime, ends_at: datetime) -> int:
    days = -(-(ends_at - starts_at) // timedelta(days=1))
    if not 1 <= days <= DAYS_MAX:
        raise ParameterInvalid(field="schedule_end_time", reason=f"1 to {DAYS_MAX} days after the start")
    return days


def _thousands(count: float) -> float:
    return round(count / _THOUSAND, 3)
