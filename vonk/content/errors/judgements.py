"""What stands in the way of judging a post, and of an appeal."""

from vonk.core.errors import Actor, Conflict, Forbidden


class JudgementOver(Conflict):
    """What was decided holds no more, or was appealed already."""

    code = "judgement_over"
    message = "This decision cannot be appealed now."
    cause = "It holds no more, was appealed before, kept the post, or is older than six months."
    remedy = "Look at the post: its newest decision is what counts."


class AppealNotWaiting(Conflict):
    """Somebody else was first."""

    code = "appeal_not_waiting"
    message = "This appeal was decided already."
    remedy = "Go on with the next one."
    actor = Actor.OPERATOR
    link = "/console/reports/?tab=appeals"


class AppealOwnJudgement(Forbidden):
    """Nobody judges an appeal against themselves."""

    code = "appeal_own_judgement"
    message = "You decided on this post; somebody else decides on the appeal."
    remedy = "Leave it to another moderator."
    actor = Actor.OPERATOR
    link = "/console/reports/?tab=appeals"
