"""What can be wrong with a request for permission, its answer, or a standing consent."""

from typing import Final

from vonk.core.errors import Actor, Conflict, Limited

_SENT: Final = "/advertiser/requests/"
_STANDING: Final = "/studio/standing/"


class RequestsLimited(Limited):
    """Reference §3: up to 30 requests while nobody answers."""

    code = "requests_limited"
    message = "This creator has been asked %(most)d times for this post."
    cause = "A creator is asked for one post by one ad account %(most)d times at most while they do not answer."
    remedy = "Wait for the answer, or ask for another post."
    actor = Actor.ADVERTISER
    link = _SENT


class OpenRequestsLimited(Limited):
    """An ad account has a bounded number of questions out."""

    code = "open_requests_limited"
    message = "This ad account waits for %(most)d answers already."
    cause = "An ad account has at most %(most)d open requests."
    remedy = "Withdraw requests that you no longer need, or wait for answers."
    actor = Actor.ADVERTISER
    link = _SENT


class AlreadyAuthorised(Conflict):
    """What one has is not asked for."""

    code = "already_authorized"
    message = "Your ad account may show this post in ads already."
    cause = "The creator has consented, and the authorisation has not ended."
    remedy = "Use the post from your library, or ask for the authorisation to be extended."
    actor = Actor.ADVERTISER
    link = "/advertiser/spark-posts/"


class RequestClosed(Conflict):
    """A request is answered once."""

    code = "request_closed"
    message = "This request is closed."
    cause = "It was answered or withdrawn, or its time was over."
    remedy = "The advertiser can ask again."
    actor = Actor.ADVERTISER
    link = _SENT


class RequestOtherTurn(Conflict):
    """Who spoke last waits for the other side."""

    code = "request_other_turn"
    message = "This request waits for the other side."
    cause = "Your side answered last."
    remedy = "Wait for the answer; until then you can only end the request."
    actor = Actor.CALLER
    link = "/notifications/"  # Where both sides hear of the answer.


class StandingsLimited(Limited):
    """A creator keeps an overview of what they allowed beforehand."""

    code = "standing_consents_limited"
    message = "You have %(most)d standing consents already."
    cause = "A profile has at most %(most)d standing consents in force."
    remedy = "Withdraw those that you no longer need. What was accepted under them stays."
    actor = Actor.CREATOR
    link = _STANDING
