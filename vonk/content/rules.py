"""States and limits of content; pure."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec


class VideoState(StrEnum):
    """A video from upload to playable."""

    UPLOADED = "uploaded"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class Visibility(StrEnum):
    """Who may see a post organically."""

    PUBLIC = "public"
    FRIENDS = "friends"  # People who follow the profile and are followed by it.
    PRIVATE = "private"


class Origin(StrEnum):
    """Who made the post."""

    ORGANIC = "organic"
    PUSHED = "pushed"  # By an advertiser under a creator's profile; a draft until an ad with it is approved.
    ADVERTISER = "advertiser"  # The creative of a non-Spark ad, under a custom identity; never in a feed by itself.


class Format(StrEnum):
    """What the post is: a video, pictures (always a CAROUSEL), or what a host's own app calls a video of its."""

    VIDEO = "video"
    STORY = "story"
    CAROUSEL = "carousel"


class Disclosure(StrEnum):
    """What the creator says of whose interest the post serves (reference §3, O25)."""

    NONE = "none"
    OWN_BRAND = "own_brand"  # Shown as “Promotional content”.
    BRANDED = "branded"  # Shown as “Paid partnership”; with “Your brand” too, this one wins.


class PublishAs(StrEnum):
    """How a pushed post is published once an ad with it is approved."""

    ADS_ONLY = "ads_only"
    PRIVATE = "private"  # On the profile for its owner's eyes: ads wait until the creator makes it public.
    PUBLIC = "public"


class CaptionState(StrEnum):
    """Where a proposed caption is in its life."""

    PROPOSED = "proposed"  # By an advertiser: the creator has to agree first.
    IN_REVIEW = "in_review"
    REJECTED = "rejected"  # By a reviewer.
    REFUSED = "refused"  # By the creator.
    WITHDRAWN = "withdrawn"  # By who proposed it.
    SUPERSEDED = "superseded"  # By a newer proposal.
    CURRENT = "current"  # The post says this now.
    REPLACED = "replaced"  # The post said this until the next was switched to.


CAPTION_REASONS: Final[dict[str, str]] = {
    "misleading_claim": "The caption claims what the post does not show or cannot prove.",
    "other_meaning": "The caption makes another post of it than people liked and advertisers chose.",
    "prohibited_product": "The product or service may not be advertised here.",
    "disclosure_missing": "The commercial nature of the post is not disclosed.",
    "offensive": "The caption may offend or frighten.",
    "personal_data": "The caption shows somebody's personal data.",
    "leads_elsewhere": "The caption sends people to an address, a code or a contact outside this site.",
}
CAPTION_NOTE_MAX: Final = 500
CAPTION_OPEN: Final = (CaptionState.PROPOSED, CaptionState.IN_REVIEW)


class EngagementKind(StrEnum):
    """What a viewer does to a post that is neither a comment nor a follow."""

    LIKE = "like"
    FAVOURITE = "favourite"
    SHARE = "share"


class MixKind(StrEnum):
    """What an upload becomes together with a post."""

    DUET = "duet"  # Beside it,
    STITCH = "stitch"  # after its beginning.


class Unavailable(StrEnum):
    """Why a post cannot be shown in ads, the gravest reason first."""

    DELETED = "deleted"
    REMOVED = "removed"
    PROFILE_BANNED = "profile_banned"
    DRAFT = "draft"  # A pushed post before its ad was approved.
    ACCOUNT_PRIVATE = "account_private"
    PRIVATE = "private"


class PostState(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides where a post may be shown."""

    deleted: bool
    removed: bool
    profile_gone: bool  # Banned or deleted.
    visibility: Visibility
    ads_only: bool
    origin: Origin
    draft: bool = False
    profile_private: bool = False


def unavailable_reason(state: PostState) -> Unavailable | None:
    """Return why the post cannot be shown in ads, None when it can.

    Who may see the post, or the profile, organically does not matter to what its creator has shown in ads alone.
    """
    if state.deleted:
        return Unavailable.DELETED
    if state.removed:
        return Unavailable.REMOVED
    if state.profile_gone:
        return Unavailable.PROFILE_BANNED
    if state.draft:
        return Unavailable.DRAFT
    if state.ads_only or state.origin is Origin.ADVERTISER:
        return None
    if state.profile_private:
        return Unavailable.ACCOUNT_PRIVATE
    return None if state.visibility is Visibility.PUBLIC else Unavailable.PRIVATE


class PublicStanding(msgspec.Struct, frozen=True, kw_only=True):
    """What decides whether a post may still be told to everybody as something that was shown."""

    unavailable: Unavailable | None
    ads_only: bool
    removed_at: datetime | None
    removed_reason: str
    banned_at: datetime | None
    profile_deleted: bool


class Source(msgspec.Struct, frozen=True):
    """Where an engagement came from: a showing of an ad, or organic (both 0)."""

    ad_id: int = 0
    decision_id: int = 0


ORGANIC: Final = Source()


class Metric(StrEnum):
    """The engagements that content counts; other areas add metrics of their own to the same tallies."""

    LIKES = "likes"
    FAVOURITES = "favourites"
    SHARES = "shares"
    COMMENTS = "comments"
    FOLLOWS = "follows"


METRIC_CHARS_MAX: Final = 40  # Of any metric's name in the tallies.
METRIC_OF: Final[dict[EngagementKind, Metric]] = {
    EngagementKind.LIKE: Metric.LIKES,
    EngagementKind.FAVOURITE: Metric.FAVOURITES,
    EngagementKind.SHARE: Metric.SHARES,
}
