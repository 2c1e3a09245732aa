"""What can be wrong with an invitation: a one-time link or QR code to a code."""

from typing import Final

from vonk.core.errors import Actor, Conflict, Limited, Missing

_LIBRARY: Final = "/advertiser/spark-posts/"
_POSTS: Final = "/studio/"


class InvitationNotFound(Missing):
    """It never existed, or its creator withdrew it; trying it counts as a wrong code does."""

    code = "invitation_not_found"
    message = "This invitation does not exist."
    cause = "The link was cut off on its way, or the creator has taken it back."
    remedy = "Open the whole link again, or ask the creator for a new one."
    actor = Actor.CREATOR
    link = _LIBRARY


class InvitationUsed(Conflict):
    """An invitation works once."""

    code = "invitation_used"
    message = "This invitation has been used."
    cause = "It works for one ad account, the first that takes up the post with it."
    remedy = "Ask the creator for an invitation of your own."
    actor = Actor.CREATOR
    link = _LIBRARY


class InvitationExpired(Conflict):
    """An invitation lasts two weeks, and never longer than its code."""

    code = "invitation_expired"
    message = "This invitation is too old."
    cause = "An invitation lasts 14 days at most."
    remedy = "Ask the creator for a new one."
    actor = Actor.CREATOR
    link = _LIBRARY


class InvitationsLimited(Limited):
    """A code has a bounded number of open invitations."""

    code = "invitations_limited"
    message = "This code has %(most)d open invitations already."
    cause = "Each link or QR code is an invitation of its own, and these have not been used."
    remedy = "Send one of those that exist, or take back those that you no longer need."
    actor = Actor.CREATOR
    link = _POSTS
