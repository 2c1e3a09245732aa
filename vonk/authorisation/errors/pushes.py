"""What a pushed post's or a new caption's way through authorisation can go wrong with."""

from vonk.core.errors import Actor, Conflict, Forbidden


class OriginalsFixed(Conflict):
    """Consents stand on the authors of what the post answers or mentions: a new caption does not change whom."""

    code = "originals_fixed"
    message = "The new caption points to other posts than the present one."
    cause = "The post is authorised for ads, and those stand on the authors whose posts it answers or mentions."
    remedy = "Leave the addresses of other people's posts as they are, or publish a new post."
    actor = Actor.CALLER
    link = "/studio/"
    field = "caption"


class CaptionEditsNotAgreed(Forbidden):
    """An advertiser changes of a post only what its creator agreed to."""

    code = "caption_edits_not_agreed"
    message = "Proposing captions is not part of what the creator agreed to."
    cause = "The terms of your authorisation do not name captions among the edits, or there are no terms."
    remedy = "Ask the creator for it, or offer terms that include captions."
    actor = Actor.ADVERTISER
    link = "/advertiser/spark-posts/"
