"""What callers hand to actions: what shall be created, and what shall change. Checked by the rules, not here."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from vonk.advertising.rules.attribution import AttributionSettings
from vonk.delivery.snapshot import Budget, FrequencyCap, Limits, Pacing, Targeting


class CampaignDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign to be created. ``kept`` is what the business API shall give back as it was set."""

    name: str
    objective: str
    budget: Budget = Budget()
    enabled: bool = True
    kept: dict[str, object] = {}


class CampaignChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What shall change of a campaign; UNSET stays as it is. The objective never changes.

    ``kept`` is added to what is kept, over what has the same names.
    """

    name: str | UnsetType = UNSET
    budget: Budget | UnsetType = UNSET
    kept: dict[str, object] | UnsetType = UNSET


class AdGroupDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An ad group to be created. ``starts_at`` None starts now; ``ends_at`` None never ends.

    ``bid_micros`` is per thousand impressions for CPM, per result for OCPM, otherwise per event; None lets the platform bid
    for maximum delivery. ``goal`` is what OCPM chooses impressions for, "" the usual one, and ``goal_event`` the name of the
    conversions that are meant, "" those of the objective. ``kept`` is what the business API shall give back as it was set.
    """

    name: str
    billing: str
    goal: str = ""
    goal_event: str = ""
    bid_micros: int | None
    budget: Budget
    targeting: Targeting
    pacing: Pacing = Pacing.SMOOTH
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    cap: FrequencyCap | None = None
    cost_cap: bool = False  # The bid is what results shall cost on average.
    attribution: AttributionSettings = AttributionSettings()
    enabled: bool = True
    kept: dict[str, object] = {}


class AdGroupChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What shall change of an ad group; UNSET stays as it is. Billing, goal and attribution never change.

    Hours, limits and those that are not met are changed by ``dayparting``, ``limits`` and ``unmet`` alone: what ``targeting``
    says of them is not looked at, so that whoever knows nothing of them leaves them as they are. ``kept`` is added to what is kept.
    """

    name: str | UnsetType = UNSET
    bid_micros: int | UnsetType | None = UNSET
    budget: Budget | UnsetType = UNSET
    targeting: Targeting | UnsetType = UNSET
    dayparting: str | UnsetType = UNSET
    unmet: tuple[str, ...] | UnsetType = UNSET
    limits: Limits | UnsetType = UNSET
    pacing: Pacing | UnsetType = UNSET
    starts_at: datetime | UnsetType = UNSET
    ends_at: datetime | UnsetType | None = UNSET
    cap: FrequencyCap | UnsetType | None = UNSET
    cost_cap: bool | UnsetType = UNSET
    kept: dict[str, object] | UnsetType = UNSET


class AdDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An ad to be created: a Spark Ad (``consent_id``) or a non-Spark ad (``identity_id`` and its ``post_id``).

    ``name`` None names it after its id. ``landing_url`` "" is for a Spark Ad whose objective needs no address
    (rules.objectives.WITHOUT_ADDRESS): its button leads to the creator's profile.
    ``category`` is what is advertised, a key of core.taxonomy.INTERESTS; "" leaves it unsaid. ``kept`` is what the business
    API gives back as it was set, and nothing here acts on.
    """

    name: str | None
    call_to_action: str
    landing_url: str
    category: str = ""
    consent_id: int | None = None
    identity_id: int | None = None
    post_id: int | None = None
    kept: dict[str, object] = {}
    enabled: bool = True


class AdChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What shall change of an ad; UNSET stays as it is.

    A Spark Ad may get another consent, a non-Spark ad another post of its identity or of another one.
    """

    name: str | UnsetType = UNSET
    call_to_action: str | UnsetType = UNSET
    landing_url: str | UnsetType = UNSET
    category: str | UnsetType = UNSET
    consent_id: int | UnsetType = UNSET
    identity_id: int | UnsetType = UNSET
    post_id: int | UnsetType = UNSET
    kept: dict[str, object] | UnsetType = UNSET
