"""States and limits of content; pure."""

from enum import StrEnum


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
