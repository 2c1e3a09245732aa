"""What stands in the way of a verdict, of a second one, and of an appeal."""

from vonk.core.errors import Actor, Conflict, Forbidden

_QUEUE = "/console/reviews/"


class ReviewClaimed(Conflict):
    """Somebody else is looking at this ad now."""

    code = "review_claimed"
    message = "%(name)s is looking at this ad."
    cause = "Two people would do the same work."
    remedy = "Go on with the next ad, or take this one over."
    actor = Actor.OPERATOR
    link = _QUEUE


class SecondReviewerNeeded(Forbidden):
    """Two people approve such an ad, and one of them is not enough."""

    code = "second_reviewer_needed"
    message = "You approved this ad already; somebody else has to approve it too."
    cause = "A policy asks for two people for ads of this category, or for an account's first ads."
    remedy = "Leave it to another reviewer."
    actor = Actor.OPERATOR
    link = _QUEUE


class CategoryForbidden(Conflict):
    """A policy forbids what the ad advertises."""

    code = "category_forbidden"
    message = "Ads of this category are forbidden now."
    cause = "An operator set the policy “Forbidden categories”."
    remedy = "Reject the ad, or have the policy changed."
    actor = Actor.OPERATOR
    link = "/console/policies/"


class AppealNothing(Conflict):
    """There is no rejection to appeal."""

    code = "appeal_nothing"
    message = "Nothing of this ad is rejected now."
    cause = "Its newest review did not reject it."
    remedy = "Wait for the review, or change the ad: it is reviewed again."


class AppealedAlready(Conflict):
    """A rejection is appealed once."""

    code = "appealed_already"
    message = "This rejection was appealed already."
    cause = "Each rejection can be appealed once."
    remedy = "Change the ad: it is reviewed again as soon as you save it."


class AppealLate(Conflict):
    """The time to appeal is over."""

    code = "appeal_late"
    message = "A rejection can be appealed for %(days)d days."
    remedy = "Change the ad: it is reviewed again as soon as you save it."


class AppealDecided(Conflict):
    """The appeal waits for nobody any more."""

    code = "appeal_decided"
    message = "This appeal was decided, or the ad was changed meanwhile."
    remedy = "Go on with the next appeal."
    actor = Actor.OPERATOR
    link = "/console/appeals/"


class AppealOwnVerdict(Forbidden):
    """Nobody judges an appeal against themselves."""

    code = "appeal_own_verdict"
    message = "You rejected this ad; somebody else decides on the appeal."
    remedy = "Leave it to another reviewer."
    actor = Actor.OPERATOR
    link = "/console/appeals/"
