"""What an ad group that is being written may come to: whom it may reach, and how many impressions a day its money buys."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from vonk.advertising.rules import Objective
from vonk.control.scope import Scope
from vonk.core.taxonomy import AgeBand
from vonk.delivery.forecast import plans
from vonk.delivery.forecast.plans import Estimate, Past, Wanted
from vonk.delivery.forecast.reach import VIEWERS_MIN, Fit
from vonk.delivery.snapshot import Billing, Goal, Targeting
from vonk.reporting.forecasts import estimates, queries

DAYS: Final = 7  # Whom it may reach is told for a week.
_PER_MILLE: Final = 1_000
_RESULTS: Final[Mapping[str, str]] = {
    Billing.CPC.value: "clicks_destination",
    Billing.CPV.value: "view_6s",
    Goal.CLICK.value: "clicks_destination",
    Goal.VIEW.value: "view_6s",
}
"""What a bid that is not for impressions is for, as it is counted. How often a conversion follows is known of no one yet."""


class Unknown(StrEnum):
    """What narrows an audience, and by how much nobody knows: impressions are not counted by it."""

    PLACES = "places"
    LANGUAGES = "languages"
    INTERESTS = "interests"
    DEVICES = "devices"
    UNDER_18 = "under_18"  # Whose age nobody counts by: there may be more than is told.


class Bid(StrEnum):
    """How a bid stands to what impressions usually cost."""

    NONE = "none"  # None is written yet.
    BELOW_FLOOR = "below_floor"  # Nothing would be shown.
    BELOW_USUAL = "below_usual"
    ENOUGH = "enough"
    UNTOLD = "untold"  # Too few others bid to be told of, or too little was shown to say what the bid is worth.


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An ad group as far as it is written. ``daily_micros`` is a day of its budget; None where nothing bounds a day."""

    targeting: Targeting
    objective: Objective
    billing: str
    goal: str = ""
    bid_micros: int | None = None
    daily_micros: int | None = None
    cap: tuple[int, int] | None = None  # Impressions that one viewer sees at most, in so many days.


class Range(msgspec.Struct, frozen=True):
    """Between what nine of ten, and one of ten, would come to."""

    low: int
    high: int


class Drafted(msgspec.Struct, frozen=True):
    """What is expected; None where too little was shown lately to say. ``cpm_micros`` is what the estimate reckons with.

    ``by_money`` says that the budget bounds the impressions, and not how many there are; None while there is no budget.
    """

    people: Range | None
    impressions: Range | None
    by_money: bool | None
    bid: Bid
    usual_cpm_micros: int  # 0: of too few to be told.
    cpm_micros: int
    unknown: tuple[Unknown, ...]


def drafted(scope: Scope, asked: Asked, *, now: datetime) -> Drafted:
    """Return what the ad group would come to, by what was shown in its countries to people of its age and gender lately."""
    targeting = asked.targeting
    history = queries.history(scope, targeting.countries, now=now)
    share = queries.share_of_people(scope, targeting.age_bands, targeting.genders, now=now)
    past = Past(_part(history.fitted, share), [round(day * share) for day in history.daily], queries.PAST_DAYS)
    price = estimates.price(scope, now)
    worth = _worth(scope, asked, now)
    bid = _stand(asked.bid_micros, worth, price)
    found = plans.estimate(past, Wanted(days=DAYS, cap=asked.cap), cpm_micros=price.cpm_micros)
    buys = None if asked.daily_micros is None else asked.daily_micros * _PER_MILLE // price.cpm_micros
    return Drafted(
        people=None if found is None else _people(found),
        impressions=None if found is None else _impressions(found, buys, bid),
        by_money=None if found is None or buys is None else buys * DAYS < found.impressions,
        bid=bid,
        usual_cpm_micros=price.cpm_micros if price.usual else 0,
        cpm_micros=price.cpm_micros,
        unknown=_unknown(targeting),
    )


def _part(fitted: Fit | None, share: float) -> Fit | None:
    """Return the share of the viewers; None where these are too few to be told."""
    if fitted is None or fitted.people * share < VIEWERS_MIN:
        return None
    return fitted._replace(viewers={shape: count * share for shape, count in fitted.viewers.items()})


def _people(found: Estimate) -> Range | None:
    """Return how many there are; None below VIEWERS_MIN, and no end of the range is told below it."""
    low = high = found.viewers_max
    if found.interval is not None:
        low, high = found.interval.viewers_low, found.interval.viewers_high
    return Range(max(VIEWERS_MIN, round(low)), round(high)) if high >= VIEWERS_MIN else None


def _impressions(found: Estimate, buys: int | None, bid: Bid) -> Range:
    """Return a day's impressions: what there are, no more than the money buys, none for a bid that no one takes."""
    low = high = found.impressions / DAYS
    if found.interval is not None:
        low, high = found.interval.impressions_low / DAYS, found.interval.impressions_high / DAYS
    if buys is not None:
        low, high = min(low, buys), min(high, buys)
    if bid is Bid.BELOW_FLOOR:
        high = 0
    return Range(0 if bid in {Bid.BELOW_FLOOR, Bid.BELOW_USUAL} else round(low), round(high))


def _worth(scope: Scope, asked: Asked, now: datetime) -> int | None:
    """Return what the bid is for a thousand impressions, by how often what it is for followed one lately; None: unknown."""
    if asked.bid_micros is None:
        return None
    if asked.billing == Billing.CPM:
        return asked.bid_micros
    result = _RESULTS.get(asked.goal if asked.billing == Billing.OCPM else asked.billing)
    rate = queries.rate(scope, result, asked.targeting.countries, now=now) if result is not None else None
    return None if rate is None else round(asked.bid_micros * rate * _PER_MILLE)


def _stand(bid_micros: int | None, worth: int | None, price: estimates.Price) -> Bid:
    if bid_micros is None:
        return Bid.NONE
    if worth is None:
        return Bid.UNTOLD
    if worth < estimates.floor_micros():
        return Bid.BELOW_FLOOR
    if not price.usual:
        return Bid.UNTOLD
    return Bid.BELOW_USUAL if worth < price.cpm_micros else Bid.ENOUGH


def _unknown(targeting: Targeting) -> tuple[Unknown, ...]:
    narrowed: tuple[tuple[Unknown, Collection[str]], ...] = (
        (Unknown.PLACES, targeting.limits.places),
        (Unknown.LANGUAGES, targeting.languages),
        (Unknown.INTERESTS, targeting.interests),
        (Unknown.DEVICES, targeting.devices),
        (Unknown.UNDER_18, {AgeBand.AGE_13_17.value} & set(targeting.age_bands)),
    )
    return tuple(one for one, values in narrowed if values)
