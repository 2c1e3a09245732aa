"""Reach and frequency: estimates from what was shown lately. Reach is not sold in advance, so there are no orders."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec

from vonk.advertising.queries.object_pages import listed_ad_groups
from vonk.control.scope import Right
from vonk.core.country_names import COUNTRY_OF_CODE
from vonk.core.errors import NotFound
from vonk.delivery.forecast.plans import Estimate, Wanted
from vonk.identity import queries as identity
from vonk.reporting.forecasts import estimates
from vonk.reporting.forecasts.estimates import DAYS_MAX, USUAL_DAYS, Planned, Price
from vonk.wire.business.asked import AskedOfAccount, day
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, micros, read_moment, units
from vonk.wire.business.locations import countries
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

ACCOUNT: Final = {"advertiser_id": "1838000000000000001"}
IDS_MAX: Final = 100
ESTIMATES_PER_MINUTE: Final = 30
_THOUSAND: Final = 1_000
Ids = Annotated[list[Id], msgspec.Meta(min_length=1, max_length=IDS_MAX)]
PurchasedType = Literal["FIXED_SHOW", "FIXED_REACH", "FIXED_BUDGET"]
_AMOUNTS: Final = {"FIXED_BUDGET": "budget", "FIXED_SHOW": "purchased_impression", "FIXED_REACH": "purchased_reach"}
_NOTHING: Final[dict[str, Any]] = {"base_info": None, "daily_cost": [], "frequency_per_person": [], "interval": None}


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
    field = _AMOUNTS[asked.rf_purchased_type]
    amount = getattr(asked, field)
    if amount is None or not 0 < amount < 1e9:
        raise ParameterInvalid(field=field, reason=f"a number above 0, for {asked.rf_purchased_type}")
    wanted = Wanted(
        days=_days(starts_at, ends_at),
        cap=_cap(asked.frequency, asked.frequency_schedule),
        budget_micros=micros(amount, field) if field == "budget" else None,
        impressions=amount * _THOUSAND if field == "purchased_impression" else None,
        viewers=amount * _THOUSAND if field == "purchased_reach" else None,
    )
    places = countries(asked.audience_info.location_ids or (), "audience_info.location_ids")
    planned = estimates.estimated(call.scope, places, wanted, starts_at=starts_at, now=call.now)
    made = None if planned.estimate is None else Estimated(**_told(planned, planned.estimate))
    return Estimates(default_result=made, results=[] if made is None else [made], basis=_basis(planned.price))


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
    planned = estimates.estimated_ad_groups(call.scope, call.asked.adgroup_ids, now=call.now)
    return GroupEstimates(estimated_info=[_group(ad_group_id, one) for ad_group_id, one in planned])


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


def _group(ad_group_id: int, planned: Planned) -> GroupEstimate:
    told = _NOTHING if planned.estimate is None else _told(planned, planned.estimate)
    return GroupEstimate(adgroup_id=str(ad_group_id), **{**told, "basis": _basis(planned.price)})


def _told(planned: Planned, made: Estimate) -> dict[str, Any]:
    """Return the estimate as ``Estimated`` has it."""
    return {
        "base_info": BaseInfo(
            budget=units(made.cost_micros),
            cpm=units(planned.price.cpm_micros),
            impression=_thousands(made.impressions),
            reach=_thousands(made.viewers),
            max_reach=_thousands(made.viewers_max),
            average_frequency=round(made.impressions / made.viewers, 2) if made.viewers else 0.0,
        ),
        "daily_cost": [
            DailyCost(
                date=(planned.starts_at + timedelta(days=number)).date().isoformat(),
                cost=units(made.cost_micros // planned.days),
            )
            for number in range(planned.days)
        ],
        "frequency_per_person": [
            FrequencyShare(frequency=times, percentage=round(100 * share, 2))
            for times, share in enumerate(made.frequencies, 1)
            if share > 0
        ],
        "interval": None
        if made.interval is None
        else Interval(
            impression_low=_thousands(made.interval.impressions_low),
            impression_high=_thousands(made.interval.impressions_high),
            reach_low=_thousands(made.interval.viewers_low),
            reach_high=_thousands(made.interval.viewers_high),
        ),
        "basis": _basis(planned.price),
    }


def _basis(price: Price) -> str:
    bid = "the middle of what other advertisers bid for reach"
    priced_by = bid if price.usual else "the platform's least price, since few bid for reach"
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
