"""Bodies of campaigns, ad groups and ads, and how they become advertising's drafts."""

from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, UnsetType

from vonk.advertising.rules.attribution import AttributionSettings, Counting
from vonk.billing import queries as billing
from vonk.control.scope import Scope
from vonk.delivery.snapshot import Billing, BudgetMode, Pacing
from vonk.identity import queries as identity
from vonk.wire.codec import Body, Id, Instant

Draft = TypeVar("Draft")


class Budget(Body, frozen=True):
    """An amount in micros, a day or in all; NONE only for a campaign."""

    mode: BudgetMode
    micros: int = 0


class Targeting(Body, frozen=True):
    """Whom to reach: at least one country; any other empty list means everybody."""

    countries: tuple[str, ...]
    languages: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


class FrequencyCap(Body, frozen=True):
    """At most so many impressions for one viewer in any such window."""

    impressions: int
    window_seconds: int


_USUAL = AttributionSettings()


class Attribution(Body, frozen=True):
    """Days that a click, a 6-second view, an impression may lie before a conversion; 0 is off. Fixed at creation."""

    click_days: int = _USUAL.click_days
    engaged_view_days: int = _USUAL.engaged_view_days
    view_days: int = _USUAL.view_days
    counting: Counting = _USUAL.counting


class NewCampaign(Body, frozen=True):
    name: str
    objective: str
    budget: Budget = Budget(mode=BudgetMode.NONE)
    enabled: bool = True


class CampaignChanges(Body, frozen=True):
    """What is left out stays as it is."""

    name: str | UnsetType = UNSET
    budget: Budget | UnsetType = UNSET


class NewAdGroup(Body, frozen=True):
    """The bid is per thousand impressions for cpm, per result for ocpm, otherwise per event; ``cost_cap``: on average.

    ``goal`` is what ocpm chooses impressions for: click, view (of 6 seconds) or conversion; "" is the usual one of the
    objective. ``goal_event`` names the conversions that are meant, "" those of the objective.
    """

    name: str
    billing: Billing
    bid_micros: int
    budget: Budget
    targeting: Targeting
    pacing: Pacing = Pacing.SMOOTH
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    cap: FrequencyCap | None = None
    attribution: Attribution = Attribution()
    enabled: bool = True
    goal: str = ""
    goal_event: str = ""
    cost_cap: bool = False


class AdGroupChanges(Body, frozen=True):
    """What is left out stays as it is; null takes an end or a cap away."""

    name: str | UnsetType = UNSET
    bid_micros: int | UnsetType = UNSET
    budget: Budget | UnsetType = UNSET
    targeting: Targeting | UnsetType = UNSET
    pacing: Pacing | UnsetType = UNSET
    starts_at: Instant | UnsetType = UNSET
    ends_at: Instant | UnsetType | None = UNSET
    cap: FrequencyCap | UnsetType | None = UNSET
    cost_cap: bool | UnsetType = UNSET


class NewAd(Body, frozen=True):
    """A Spark Ad has a ``consent_id``; any other has an ``identity_id`` and one of its posts.

    ``category`` is what is advertised, one of the interests that targeting knows; a creator's terms may ask for it.
    """

    name: str
    call_to_action: str
    landing_url: str
    category: str = ""
    consent_id: Id | None = None
    identity_id: Id | None = None
    post_id: Id | None = None
    enabled: bool = True


class AdChanges(Body, frozen=True):
    """What is left out stays as it is."""

    name: str | UnsetType = UNSET
    call_to_action: str | UnsetType = UNSET
    landing_url: str | UnsetType = UNSET
    category: str | UnsetType = UNSET
    consent_id: Id | UnsetType = UNSET
    identity_id: Id | UnsetType = UNSET
    post_id: Id | UnsetType = UNSET


class Enabled(Body, frozen=True):
    enabled: bool


class Created(msgspec.Struct, frozen=True):
    id: int


class ChangesMade(msgspec.Struct, frozen=True):
    """The names of what differs now."""

    changed: tuple[str, ...]


def draft(body: Body, kind: type[Draft]) -> Draft:
    """Return the body as advertising's own record; what was left out of it is UNSET there too."""
    return msgspec.convert(msgspec.to_builtins(body, enc_hook=_plain), kind)


def billed_micros(scope: Scope, noun: str, object_id: int, budget: Budget | UnsetType, *, now: datetime) -> int:
    """Return what the account's object was billed in the present period of its new budget; 0 when it stays."""
    if budget is UNSET or not isinstance(budget, Budget):
        return 0
    day = now.astimezone(ZoneInfo(identity.account_facts(scope.account).time_zone)).date()
    spent = billing.budget_spend(noun, [object_id], day=day)[object_id]
    return spent.day_micros if budget.mode is BudgetMode.DAILY else spent.lifetime_micros


def _plain(value: Any) -> Any:
    """Return an Id as the int that it is."""
    assert isinstance(value, Id), "Bodies hold what JSON has, and ids."
    return int(value)
