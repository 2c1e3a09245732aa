"""What a proposed caption can go wrong with."""

from vonk.core.errors import Actor, Conflict


class CaptionNotLocked(Conflict):
    """A caption that nobody relies on is simply changed."""

    code = "caption_not_locked"
    message = "The caption can still be changed directly."
    cause = "The post was never authorised for ads."
    remedy = "Edit the caption of the post."
    actor = Actor.CREATOR
    field = "caption"


class CaptionUnchanged(Conflict):
    """A proposal says something else than the post does."""

    code = "caption_unchanged"
    message = "The post has this caption already."
    remedy = "Change the caption, or leave it as it is."
    field = "caption"


class CaptionUnderway(Conflict):
    """An advertiser never pushes the creator's own proposal aside."""

    code = "caption_underway"
    message = "Another new caption is under way."
    cause = "The creator proposed, or agreed to, a caption that is in review."
    remedy = "Wait until it is decided, then propose yours."
    actor = Actor.ADVERTISER
    field = "caption"


class CaptionDecided(Conflict):
    """A proposal is answered once."""

    code = "caption_decided"
    message = "This caption was decided already."
    cause = "It was approved, rejected, refused, withdrawn or superseded by a newer proposal."
    remedy = "Look at its history; propose another caption if you want one."
