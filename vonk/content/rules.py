"""States and limits of content; pure."""

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
    ADVERTISER = "advertiser"  # The creative of a non-Spark ad, under a custom identity; never in a feed by itself.


class EngagementKind(StrEnum):
    """What a viewer does to a post that is neither a comment nor a follow."""

    LIKE = "like"
    FAVOURITE = "favourite"
    SHARE = "share"


class Unavailable(StrEnum):
    """Why a post cannot be shown in ads, the gravest reason first."""

    DELETED = "deleted"
    REMOVED = "removed"
    PROFILE_BANNED = "profile_banned"
    PRIVATE = "private"


class PostState(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides where a post may be shown."""

    deleted: bool
    removed: bool
    profile_gone: bool  # Banned or deleted.
    visibility: Visibility
    ads_only: bool
    origin: Origin


def unavailable_reason(state: PostState) -> Unavailable | None:
    """Return why the post cannot be shown in ads, None when it can."""
    if state.deleted:
        return Unavailable.DELETED
    if state.removed:
        return Unavailable.REMOVED
    if state.profile_gone:
        return Unavailable.PROFILE_BANNED
    for_ads = state.ads_only or state.origin is Origin.ADVERTISER
    return None if for_ads or state.visibility is Visibility.PUBLIC else Unavailable.PRIVATE


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
