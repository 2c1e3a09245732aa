"""From what adgroup/create, update and budget/update are asked to advertising's drafts and changes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from vonk.advertising.drafts import AdGroupChanges, AdGroupDraft
from vonk.advertising.queries.views import AdGroupView, CampaignView
from vonk.advertising.rules.attribution import AttributionSettings
from vonk.delivery.limits import dayparting
from vonk.delivery.snapshot import Billing, Budget, FrequencyCap, Targeting
from vonk.wire.business.ad_groups import limits as adgroup_limits
from vonk.wire.business.ad_groups import terms
from vonk.wire.business.ad_groups.asked import KEPT, KEPT_CHANGING, AdGroupCreate, AdGroupUpdate, Terms, Window
from vonk.wire.business.ad_groups.given import DAY_SECONDS, AdGroupObject
from vonk.wire.business.campaigns.asked import budget, kept_of, new_budget
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import micros, read_moment
from vonk.wire.business.interests import interests
from vonk.wire.business.locations import located

LATE: Final = timedelta(minutes=10)  # A start that passed while the request was written and sent.
NAMES: Final[dict[str, str]] = {
    "name": "adgroup_name",
    "billing": "billing_event",
    "goal": "optimization_goal",
    "goal_event": "optimization_event",
    "bid_micros": "bid_price",
    "budget_micros": "budget",
    "starts_at": "schedule_start_time",
    "ends_at": "schedule_end_time",
    "countries": "location_ids",
    "places": "location_ids",
    "age_bands": "age_groups",
    "genders": "gender",
    "interests": "interest_category_ids",
    "devices": "operating_systems",
    "cap_impressions": "frequency",
    "cap_window_seconds": "frequency_schedule",
    "click_days": "click_attribution_window",
    "engaged_view_days": "engaged_view_attribution_window",
    "view_days": "view_attribution_window",
}
"""What v1.3 calls the fields of advertising; ``names`` says so of one ad group."""

_PRODUCTS: Final = "this platform has no catalogues and no shop"
_WHY: Final[dict[str, str]] = {
    "catalog_id": _PRODUCTS,
    "creative_material_mode": "this platform mixes no creatives by itself; use CUSTOM",
    "product_source": _PRODUCTS,
    "shopping_ads_type": _PRODUCTS,
    "store_authorized_bc_id": _PRODUCTS,
    "store_id": _PRODUCTS,
}
_AUDIENCE: Final = (
    "location_ids", "age_groups", "gender", "languages", "operating_systems", "interest_category_ids",
    "exclude_age_under_eighteen",
)  # fmt: skip
_BID: Final = ("bid_type", "bid_price", "conversion_bid_price", "deep_cpa_bid", "roas_bid")


def names(billing: str) -> Mapping[str, str]:
    """Return what v1.3 calls the fields of an ad group that is billed so."""
    return {**NAMES, "bid_micros": "conversion_bid_price"} if billing == Billing.OCPM else NAMES


def draft(asked: AdGroupCreate, campaign: CampaignView, *, now: datetime) -> AdGroupDraft:
    """Return the ad group that is asked for; ParameterInvalid names what cannot be had."""
    for name, why in _WHY.items():
        if getattr(asked, name) not in (None, "", "UNSET", "CUSTOM"):
            raise ParameterInvalid(field=name, reason=f"not supported: {why}")
    terms.check_placements(asked.placement_type, asked.placements)
    by_thousand = bool(asked.bid_price) and not asked.conversion_bid_price
    goal = asked.optimization_goal
    billing = terms.billing(asked.billing_event, goal, campaign.objective, by_thousand=by_thousand)
    aim, conversions = terms.aim(billing, goal, asked.optimization_event)
    bid_micros = _bid(asked, billing)
    kept = kept_of(asked, KEPT)
    narrowed, unmet = adgroup_limits.limits(kept)
    narrowed = msgspec.structs.replace(narrowed, places=located(asked.location_ids or ()).places)
    return AdGroupDraft(
        name=asked.adgroup_name,
        billing=billing.value,
        goal=aim,
        goal_event=conversions,
        bid_micros=bid_micros,
        cost_cap=bid_micros is not None and billing is Billing.OCPM,
        budget=_own_budget(asked, campaign),
        targeting=msgspec.structs.replace(
            _audience(asked, Targeting()), dayparting=_hours(asked.dayparting), unmet=unmet, limits=narrowed
        ),
        pacing=terms.PACINGS[asked.pacing],
        starts_at=_start(asked.schedule_start_time, now),
        ends_at=_end(asked),
        cap=_cap(asked.frequency, asked.frequency_schedule),
        attribution=_attribution(asked),
        enabled=asked.operation_status != "DISABLE",
        kept=kept,
    )


def changes(asked: AdGroupUpdate, present: AdGroupView, shown: AdGroupObject, *, now: datetime) -> AdGroupChanges:
    """Return what is asked to differ from the ad group as it is shown; what is sent back as it came changes nothing."""
    differs = {name for name in asked.__struct_fields__ if _differs(name, getattr(asked, name), shown)}
    found: dict[str, Any] = {}
    if "adgroup_name" in differs:
        found["name"] = asked.adgroup_name
    if "pacing" in differs and asked.pacing is not None:
        found["pacing"] = terms.PACINGS[asked.pacing]
    if differs & set(_BID):
        found["bid_micros"] = _bid(asked, present.billing, present)
        if present.billing is Billing.OCPM and present.maximum_delivery and found["bid_micros"] is not None:
            found["cost_cap"] = True
    if "budget" in differs and not present.campaign_kept.get("budget_optimize_on"):
        found["budget"] = new_budget(asked.budget, present.budget)
    found |= _schedule(asked, present, differs, now)
    if differs & {"frequency", "frequency_schedule"}:
        frequency = shown.frequency if asked.frequency is None else asked.frequency
        schedule = shown.frequency_schedule if asked.frequency_schedule is None else asked.frequency_schedule
        found["cap"] = _cap(frequency, schedule)
    if differs & set(_AUDIENCE):
        found["targeting"] = _audience(asked, present.targeting, differs)
    places = present.targeting.limits.places
    if "location_ids" in differs:
        places = located(asked.location_ids or ()).places
        found["limits"] = msgspec.structs.replace(present.targeting.limits, places=places)
    if "dayparting" in differs:
        found["dayparting"] = _hours(asked.dayparting)
    kept = {name: value for name, value in kept_of(asked, KEPT_CHANGING).items() if name in differs}
    if kept:
        narrowed, unmet = adgroup_limits.limits({**present.kept, **kept})
        found |= {"kept": kept, "unmet": unmet, "limits": msgspec.structs.replace(narrowed, places=places)}
    return AdGroupChanges(**found)


def _differs(name: str, value: object, shown: AdGroupObject) -> bool:
    """Tell whether a field is asked to be another than is shown. Lists without order are the same in any."""
    if value is None or name in ("advertiser_id", "adgroup_id"):
        return False
    was = getattr(shown, name, None)
    if name in ("location_ids", "interest_category_ids") and isinstance(value, list):
        value = [str(one) for one in value]
    if isinstance(value, list) and isinstance(was, list) and all(isinstance(one, str) for one in (*value, *was)):
        return set(value) != set(was)
    return bool(value != was)


def _own_budget(asked: AdGroupCreate, campaign: CampaignView) -> Budget:
    """Return the ad group's budget; none where the campaign's is all there is."""
    if campaign.kept.get("budget_optimize_on"):
        return Budget()
    if asked.budget_mode is None:
        raise ParameterInvalid(field="budget_mode", reason="it is missing")
    return budget(asked.budget_mode, asked.budget)


def _bid(asked: Terms, billing: Billing, present: AdGroupView | None = None) -> int | None:
    """Return the bid, None for maximum delivery. ParameterInvalid for costs that nobody here can hold to."""
    per_result = billing is Billing.OCPM
    for name in ("deep_cpa_bid", "roas_bid"):
        if getattr(asked, name):
            raise ParameterInvalid(field=name, reason="not supported: no such cost is held to; use BID_TYPE_NO_BID")
    named, other = ("conversion_bid_price", "bid_price") if per_result else ("bid_price", "conversion_bid_price")
    price = getattr(asked, named) or None
    kind = asked.bid_type or ("BID_TYPE_CUSTOM" if price or getattr(asked, other) else None)
    if kind == "BID_TYPE_NO_BID" or (kind is None and present is None):
        return None
    if price is not None:
        return micros(price, named)
    if getattr(asked, other):
        raise ParameterInvalid(field=other, reason=f"does not go with this ad group's billing; use {named}")
    if present is not None:
        return present.bid_micros
    raise ParameterInvalid(field=named, reason="it is missing; BID_TYPE_CUSTOM needs it")


def _start(text: str, now: datetime) -> datetime | None:
    """Return the start, None for now: what passed on the way is not the past."""
    starts_at = read_moment(text, "schedule_start_time")
    return None if now - LATE <= starts_at <= now else starts_at


def _end(asked: AdGroupCreate) -> datetime | None:
    if asked.schedule_type == "SCHEDULE_FROM_NOW":
        return None
    if asked.schedule_end_time is None:
        raise ParameterInvalid(field="schedule_end_time", reason="it is missing; SCHEDULE_START_END needs it")
    return read_moment(asked.schedule_end_time, "schedule_end_time")


def _schedule(asked: AdGroupUpdate, present: AdGroupView, differs: set[str], now: datetime) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "schedule_start_time" in differs and asked.schedule_start_time is not None:
        found["starts_at"] = _start(asked.schedule_start_time, now) or now
    if "schedule_type" in differs and asked.schedule_type == "SCHEDULE_FROM_NOW":
        found["ends_at"] = None
        return found
    endless = present.ends_at is None and asked.schedule_type != "SCHEDULE_START_END"
    if "schedule_end_time" in differs and asked.schedule_end_time is not None and not endless:
        found["ends_at"] = read_moment(asked.schedule_end_time, "schedule_end_time")
    elif "schedule_type" in differs:
        raise ParameterInvalid(field="schedule_end_time", reason="it is missing; SCHEDULE_START_END needs it")
    return found


def _cap(frequency: float | None, days: float | None) -> FrequencyCap | None:
    if not frequency and not days:
        return None
    for field, value in (("frequency", frequency), ("frequency_schedule", days)):
        if value is None or value != int(value):
            raise ParameterInvalid(field=field, reason="a whole number; frequency and frequency_schedule go together")
    assert frequency is not None, "Checked above."
    assert days is not None, "Checked above."
    return FrequencyCap(int(frequency), int(days) * DAY_SECONDS)


def _hours(marks: str | None) -> str:
    try:
        return dayparting.pack(marks or "")
    except ValueError as error:
        raise ParameterInvalid(field="dayparting", reason=str(error)) from error


def _audience(asked: Terms, present: Targeting, differs: set[str] | None = None) -> Targeting:
    """Return the present audience with what is asked of it; with ``differs``, with that of these alone."""
    found: dict[str, tuple[str, ...]] = {}

    def wanted(name: str) -> bool:
        return getattr(asked, name) is not None and (differs is None or name in differs)

    if asked.location_ids is not None and wanted("location_ids"):
        found["countries"] = located(asked.location_ids).countries
    if asked.languages is not None and wanted("languages"):
        found["languages"] = tuple(asked.languages)
    if asked.gender is not None and wanted("gender"):
        found["genders"] = terms.GENDERS[asked.gender]
    if asked.operating_systems is not None and wanted("operating_systems"):
        found["devices"] = tuple(terms.SYSTEMS[name] for name in asked.operating_systems)
    if asked.interest_category_ids is not None and wanted("interest_category_ids"):
        found["interests"] = interests(asked.interest_category_ids)
    if asked.age_groups is not None and wanted("age_groups"):
        found["age_bands"] = tuple(terms.AGES[name].value for name in asked.age_groups)
    if asked.exclude_age_under_eighteen:
        ages = found.get("age_bands", present.age_bands)
        found["age_bands"] = tuple(band for band in ages if band in terms.ADULTS) or terms.ADULTS
    return msgspec.structs.replace(present, **found)


def _attribution(asked: AdGroupCreate) -> AttributionSettings:
    usual = AttributionSettings()
    return AttributionSettings(
        click_days=_days(asked.click_attribution_window, usual.click_days),
        engaged_view_days=_days(asked.engaged_view_attribution_window, usual.engaged_view_days),
        view_days=_days(asked.view_attribution_window, usual.view_days),
        counting=terms.COUNTINGS.get(asked.attribution_event_count or "UNSET", usual.counting),
    )


def _days(window: Window | None, usual: int) -> int:
    return usual if window is None or window == "UNSET" else terms.WINDOW_DAYS[window]
