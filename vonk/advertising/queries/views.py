"""What callers see of campaigns, ad groups, ads and reviews."""

from datetime import datetime
from typing import Any

import msgspec

from vonk.advertising.rules import Change, Objective, Verdict
from vonk.advertising.rules.attribution import AttributionSettings
from vonk.content.queries import PictureFacts
from vonk.content.rules import Disclosure
from vonk.delivery.snapshot import Billing, Budget, FrequencyCap, Goal, Pacing, Targeting


class CampaignView(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign. ``kept`` is what the business API gives back as it was set."""

    id: int
    account_id: int
    name: str
    objective: Objective
    budget: Budget
    currency: str
    enabled: bool
    created_at: datetime
    modified_at: datetime
    deleted_at: datetime | None
    kept: dict[str, Any] = {}


class AdGroupView(msgspec.Struct, frozen=True, kw_only=True):
    """An ad group. ``deleted``: it or its campaign was. ``maximum_delivery``: nobody set the bid.

    ``kept`` is what the business API gives back as it was set, and ``campaign_kept`` that of its campaign.
    """

    id: int
    account_id: int
    campaign_id: int
    campaign_name: str
    objective: Objective
    name: str
    billing: Billing
    bid_micros: int
    budget: Budget
    currency: str
    pacing: Pacing
    starts_at: datetime
    ends_at: datetime | None
    targeting: Targeting
    cap: FrequencyCap | None
    attribution: AttributionSettings
    enabled: bool
    created_at: datetime
    modified_at: datetime
    deleted: bool
    maximum_delivery: bool = False
    cost_cap: bool = False  # The bid is what results shall cost on average.
    goal: Goal | None = None  # What impressions are chosen for, with OCPM.
    goal_event: str = ""  # Which conversions are meant; "": those of the objective.
    kept: dict[str, Any] = {}
    campaign_kept: dict[str, Any] = {}


class ReasonView(msgspec.Struct, frozen=True):
    """Why review rejected an ad: the stable key and its text, to be translated."""

    key: str
    text: str


class ReviewView(msgspec.Struct, frozen=True, kw_only=True):
    """One round of review, as the advertiser sees it."""

    id: int
    verdict: Verdict
    reasons: tuple[ReasonView, ...]
    note: str
    submitted_at: datetime
    decided_at: datetime | None


class PixelView(msgspec.Struct, frozen=True, kw_only=True):
    """A pixel without its secret, which nobody can see again."""

    id: int
    account_id: int
    name: str
    enabled: bool
    test_code: str  # Events that bear it are checked and shown in the live tester, and count nowhere.
    created_at: datetime
    modified_at: datetime


class OfflineSetView(msgspec.Struct, frozen=True, kw_only=True):
    """An offline event set: what an advertiser's servers report of what happens in shops."""

    id: int
    name: str
    description: str
    kept: dict[str, Any]
    created_at: datetime
    modified_at: datetime


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What the viewer will see. URLs are paths on *site*. ``consent_id`` None: not a Spark Ad, its handle is empty."""

    post_id: int
    consent_id: int | None
    identity_id: int
    handle: str
    display_name: str
    avatar_url: str
    caption: str
    sound_title: str
    video_url: str
    poster_url: str
    width: int
    height: int
    duration_ms: int
    call_to_action: str
    call_to_action_text: str  # To be translated.
    landing_url: str
    advertiser_name: str
    payer_name: str
    disclosure: Disclosure = Disclosure.NONE
    ai_generated: bool = False
    pictures: tuple[PictureFacts, ...] = ()  # Instead of a video.
    sound_url: str = ""  # What is heard with them.


class AdView(msgspec.Struct, frozen=True, kw_only=True):
    """An ad with what it shows and its newest review. ``deleted``: it or what it lies under was."""

    id: int
    account_id: int
    campaign_id: int
    campaign_name: str
    ad_group_id: int
    ad_group_name: str
    name: str
    consent_id: int | None
    post_id: int
    identity_id: int
    identity_name: str
    caption: str
    poster_url: str
    call_to_action: str
    landing_url: str
    category: str
    enabled: bool
    review: ReviewView
    creator_accepted_at: datetime | None
    creator_refused_at: datetime | None
    creator_note: str
    created_at: datetime
    modified_at: datetime
    deleted: bool


class PastReview(msgspec.Struct, frozen=True):
    """An earlier round, as the platform's reviewers see it; ``reviewer_name`` None: nobody decided."""

    review: ReviewView
    reviewer_name: str | None


class ReviewItem(msgspec.Struct, frozen=True, kw_only=True):
    """Everything needed to judge an ad."""

    review: ReviewView
    ad_id: int
    ad_name: str
    campaign_id: int
    campaign_name: str
    objective: Objective
    account_id: int
    account_name: str
    advertiser_name: str
    payer_name: str
    preview: Preview
    targeting: Targeting
    starts_at: datetime
    ends_at: datetime | None
    previous: tuple[PastReview, ...]  # Newest first, at most PREVIOUS_MAX.
    approved_before: bool
    changes: tuple[Change, ...]  # Since the last approval; empty when there was none.
    category: str = ""  # What is advertised.


class AdOfPost(msgspec.Struct, frozen=True, kw_only=True):
    """An ad that uses a post, as the post's creator may know it."""

    ad_id: int
    post_id: int
    account_id: int
    account_name: str
    ad_name: str
    since: datetime
    consent_id: int | None
    landing_url: str
    enabled: bool
    approved: bool


class BudgetFacts(msgspec.Struct, frozen=True):
    """A budget and what its days are counted in."""

    mode: str
    micros: int
    currency: str
    time_zone: str
