"""Everything that can stand between an ad and its viewers, declared once (reference §9.5).

The order of declaration is the order in which causes are told; the first one that holds is the headline.
"""

from enum import IntEnum, StrEnum
from typing import Final

import msgspec

from vonk.core.errors import Actor


class Stage(IntEnum):
    """The order of reference §9.5: what comes first explains what comes after."""

    DELETED = 0
    ACCOUNT = 1
    DISABLED = 2
    DONE = 3
    AUTHORISATION = 4
    REVIEW = 5
    MONEY = 6
    NOT_STARTED = 7
    LIMITED = 8  # It delivers, but not all of it.
    DELIVERING = 9


class Primary(StrEnum):
    """What a status comes down to."""

    DELETED = "deleted"
    DISABLED = "disabled"
    DONE = "done"
    NOT_DELIVERING = "not_delivering"
    LIMITED = "limited"
    DELIVERING = "delivering"


PRIMARY_OF: Final[dict[Stage, Primary]] = {
    Stage.DELETED: Primary.DELETED,
    Stage.ACCOUNT: Primary.NOT_DELIVERING,
    Stage.DISABLED: Primary.DISABLED,
    Stage.DONE: Primary.DONE,
    Stage.AUTHORISATION: Primary.NOT_DELIVERING,
    Stage.REVIEW: Primary.NOT_DELIVERING,
    Stage.MONEY: Primary.NOT_DELIVERING,
    Stage.NOT_STARTED: Primary.NOT_DELIVERING,
    Stage.LIMITED: Primary.LIMITED,
    Stage.DELIVERING: Primary.DELIVERING,
}

PRIMARY_TEXTS: Final[dict[Primary, str]] = {
    Primary.DELETED: "Deleted",
    Primary.DISABLED: "Off",
    Primary.DONE: "Done",
    Primary.NOT_DELIVERING: "Not delivering",
    Primary.LIMITED: "Limited delivery",
    Primary.DELIVERING: "Delivering",
}


class Cause(StrEnum):
    """One reason. The names are stable: they are shown, filtered by and sent over the wire."""

    CAMPAIGN_DELETED = "campaign_deleted"
    AD_GROUP_DELETED = "ad_group_deleted"
    AD_DELETED = "ad_deleted"
    ACCOUNT_SUSPENDED = "account_suspended"
    CAMPAIGN_DISABLED = "campaign_disabled"
    AD_GROUP_DISABLED = "ad_group_disabled"
    AD_DISABLED = "ad_disabled"
    CHILDREN_DISABLED = "children_disabled"
    SCHEDULE_OVER = "schedule_over"
    CONSENT_REVOKED = "consent_revoked"
    CONSENT_EXPIRED = "consent_expired"
    CONSENT_RELEASED = "consent_released"
    CONSENT_ABSENT = "consent_absent"
    CREATOR_REFUSED = "creator_refused"
    ORIGINAL_ABSENT = "original_absent"
    PROFILE_BANNED = "profile_banned"
    POST_DELETED = "post_deleted"
    POST_REMOVED = "post_removed"
    ACCOUNT_PRIVATE = "account_private"
    POST_PRIVATE = "post_private"
    POST_UNAVAILABLE = "post_unavailable"
    VIDEO_FAILED = "video_failed"
    VIDEO_NOT_READY = "video_not_ready"
    CATEGORY_NOT_ALLOWED = "category_not_allowed"
    REGION_NOT_LICENSED = "region_not_licensed"
    SPEND_CAP_REACHED = "spend_cap_reached"
    LIMITS_UNMET = "limits_unmet"
    NO_ADS = "no_ads"
    REJECTED = "rejected"
    RE_REVIEW = "re_review"
    IN_REVIEW = "in_review"
    CREATOR_PREVIEW = "creator_preview"
    PAYMENT_OVERDUE = "payment_overdue"
    BALANCE_SPENT = "balance_spent"
    CAMPAIGN_BUDGET_SPENT = "campaign_budget_spent"
    AD_GROUP_BUDGET_SPENT = "ad_group_budget_spent"
    CONSENT_NOT_STARTED = "consent_not_started"
    NOT_STARTED = "not_started"
    CONSENT_ENDING = "consent_ending"
    PARTLY_UNLICENSED = "partly_unlicensed"
    PARTLY_UNAUTHORISED = "partly_unauthorised"
    PARTLY_UNMET = "partly_unmet"
    PARTLY_REJECTED = "partly_rejected"
    PARTLY_IN_REVIEW = "partly_in_review"
    PARTLY_OUT_OF_BUDGET = "partly_out_of_budget"
    DELIVERING = "delivering"


class CauseEntry(msgspec.Struct, frozen=True):
    """Where a cause stands in the order, what it says, who can act, and how.

    ``link`` is the path where the remedy starts, a %-template over ``account_id``, ``campaign_id``, ``ad_group_id``,
    ``ad_id`` and ``post_id``; empty when there is nothing to start.
    """

    stage: Stage
    text: str
    actor: Actor
    remedy: str
    link: str = ""


CAMPAIGN_LINK: Final = "/advertiser/campaigns/%(campaign_id)s/"
AD_GROUP_LINK: Final = "/advertiser/ad-groups/%(ad_group_id)s/"
AD_LINK: Final = "/advertiser/ads/%(ad_id)s/"
LIBRARY_LINK: Final = "/advertiser/spark-posts/"
FUNDS_LINK: Final = "/advertiser/funds/"
_A, _C, _O, _P = Actor.ADVERTISER, Actor.CREATOR, Actor.OPERATOR, Actor.PLATFORM

CAUSES: Final[dict[Cause, CauseEntry]] = {
    Cause.CAMPAIGN_DELETED: CauseEntry(Stage.DELETED, "The campaign was deleted.", _A, "Create a new campaign."),
    Cause.AD_GROUP_DELETED: CauseEntry(Stage.DELETED, "The ad group was deleted.", _A, "Create a new ad group."),
    Cause.AD_DELETED: CauseEntry(Stage.DELETED, "The ad was deleted.", _A, "Create a new ad."),
    Cause.ACCOUNT_SUSPENDED: CauseEntry(
        Stage.ACCOUNT, "The ad account is suspended.", _O, "Ask the operator of this platform why."
    ),
    Cause.CAMPAIGN_DISABLED: CauseEntry(
        Stage.DISABLED, "The campaign is switched off.", _A, "Switch the campaign on.", CAMPAIGN_LINK
    ),
    Cause.AD_GROUP_DISABLED: CauseEntry(
        Stage.DISABLED, "The ad group is switched off.", _A, "Switch the ad group on.", AD_GROUP_LINK
    ),
    Cause.AD_DISABLED: CauseEntry(Stage.DISABLED, "The ad is switched off.", _A, "Switch the ad on.", AD_LINK),
    Cause.CHILDREN_DISABLED: CauseEntry(
        Stage.DISABLED, "Everything in it is switched off.", _A, "Switch on what is in it.", CAMPAIGN_LINK
    ),
    Cause.SCHEDULE_OVER: CauseEntry(
        Stage.DONE, "The schedule is over.", _A, "Choose a later end to go on.", AD_GROUP_LINK
    ),
    Cause.CONSENT_REVOKED: CauseEntry(
        Stage.AUTHORISATION,
        "The creator has taken back the authorisation.",
        _C,
        "Ask the creator for a new code, or use another post.",
        LIBRARY_LINK,
    ),
    Cause.CONSENT_EXPIRED: CauseEntry(
        Stage.AUTHORISATION,
        "The creator's authorisation has expired.",
        _C,
        "Ask the creator to extend it.",
        LIBRARY_LINK,
    ),
    Cause.CONSENT_RELEASED: CauseEntry(
        Stage.AUTHORISATION,
        "The post was taken off the account's list.",
        _A,
        "Redeem a new code of the creator, or use another post.",
        LIBRARY_LINK,
    ),
    Cause.CONSENT_ABSENT: CauseEntry(
        Stage.AUTHORISATION,
        "There is no authorisation of the creator for this account.",
        _C,
        "Ask the creator for a code and redeem it.",
        LIBRARY_LINK,
    ),
    Cause.CREATOR_REFUSED: CauseEntry(
        Stage.AUTHORISATION,
        "The creator has refused the ad.",
        _C,
        "Read why, change the ad, and ask the creator to accept it; or use another post.",
        AD_LINK,
    ),
    Cause.ORIGINAL_ABSENT: CauseEntry(
        Stage.AUTHORISATION,
        "The author of the post that this one answers or mentions does not consent.",
        _C,
        "They have been asked; the ad goes on by itself when they agree.",
        LIBRARY_LINK,
    ),
    Cause.PROFILE_BANNED: CauseEntry(
        Stage.AUTHORISATION, "The profile that posted it is banned.", _A, "Use a post of somebody else.", LIBRARY_LINK
    ),
    Cause.POST_DELETED: CauseEntry(Stage.AUTHORISATION, "The post was deleted.", _A, "Use another post.", LIBRARY_LINK),
    Cause.POST_REMOVED: CauseEntry(
        Stage.AUTHORISATION, "The post was removed by moderators.", _A, "Use another post.", LIBRARY_LINK
    ),
    Cause.ACCOUNT_PRIVATE: CauseEntry(
        Stage.AUTHORISATION,
        "The creator has made their profile private.",
        _C,
        "Ask the creator to make it public, or to authorise the post for ads only.",
        LIBRARY_LINK,
    ),
    Cause.POST_PRIVATE: CauseEntry(
        Stage.AUTHORISATION,
        "The post is not public.",
        _C,
        "Ask the creator to make it public, or to authorise it for ads only.",
        LIBRARY_LINK,
    ),
    Cause.POST_UNAVAILABLE: CauseEntry(
        Stage.AUTHORISATION, "The post cannot be shown at present.", _C, "Ask the creator, or use another post."
    ),
    Cause.VIDEO_FAILED: CauseEntry(
        Stage.AUTHORISATION, "The video could not be processed.", _A, "Upload it again in another format.", AD_LINK
    ),
    Cause.VIDEO_NOT_READY: CauseEntry(
        Stage.AUTHORISATION, "The video is still being processed.", _P, "Wait; it starts by itself."
    ),
    Cause.CATEGORY_NOT_ALLOWED: CauseEntry(
        Stage.AUTHORISATION,
        "The creator's consent does not cover what is advertised.",
        _A,
        "Say what the ad is about, advertise what the consent covers, or ask the creator for wider terms.",
        AD_LINK,
    ),
    Cause.REGION_NOT_LICENSED: CauseEntry(
        Stage.AUTHORISATION,
        "The post may not be shown in ads in any of the ad group's countries.",
        _A,
        "Target the countries of the consent, or ask the creator for wider terms.",
        AD_GROUP_LINK,
    ),
    Cause.SPEND_CAP_REACHED: CauseEntry(
        Stage.AUTHORISATION,
        "What may be spent under the creator's consent is spent.",
        _C,
        "Ask the creator for a new authorisation with a higher limit.",
        LIBRARY_LINK,
    ),
    Cause.LIMITS_UNMET: CauseEntry(
        Stage.REVIEW,
        "The ad group asks for limits that this platform cannot judge yet, so it is shown to nobody.",
        _A,
        "Take these limits off the ad group; it names them.",
        AD_GROUP_LINK,
    ),
    Cause.NO_ADS: CauseEntry(Stage.REVIEW, "There is no ad in it.", _A, "Create an ad.", CAMPAIGN_LINK),
    Cause.REJECTED: CauseEntry(
        Stage.REVIEW,
        "Review has rejected the ad.",
        _A,
        "Read the reasons, change the ad; it is reviewed again.",
        AD_LINK,
    ),
    Cause.RE_REVIEW: CauseEntry(
        Stage.REVIEW, "The ad was changed and is reviewed again.", _O, "Wait; usually less than a day."
    ),
    Cause.IN_REVIEW: CauseEntry(Stage.REVIEW, "The ad is in review.", _O, "Wait; usually less than a day."),
    Cause.CREATOR_PREVIEW: CauseEntry(
        Stage.REVIEW,
        "The creator looks at each ad before it is shown, and has not answered yet.",
        _C,
        "Wait; the creator has been told.",
        AD_LINK,
    ),
    Cause.PAYMENT_OVERDUE: CauseEntry(
        Stage.MONEY, "An invoice is overdue or could not be collected.", _A, "Pay the invoice.", FUNDS_LINK
    ),
    Cause.BALANCE_SPENT: CauseEntry(
        Stage.MONEY, "The account's balance is spent.", _A, "Top up the account.", FUNDS_LINK
    ),
    Cause.CAMPAIGN_BUDGET_SPENT: CauseEntry(
        Stage.MONEY,
        "The campaign's budget is spent.",
        _A,
        "Raise the budget; a daily one starts again at midnight.",
        CAMPAIGN_LINK,
    ),
    Cause.AD_GROUP_BUDGET_SPENT: CauseEntry(
        Stage.MONEY,
        "The ad group's budget is spent.",
        _A,
        "Raise the budget; a daily one starts again at midnight.",
        AD_GROUP_LINK,
    ),
    Cause.CONSENT_NOT_STARTED: CauseEntry(
        Stage.NOT_STARTED,
        "The creator's consent begins later.",
        _P,
        "Wait; it starts by itself.",
        LIBRARY_LINK,
    ),
    Cause.NOT_STARTED: CauseEntry(
        Stage.NOT_STARTED, "The schedule has not started.", _A, "Wait, or choose an earlier start.", AD_GROUP_LINK
    ),
    Cause.CONSENT_ENDING: CauseEntry(
        Stage.LIMITED,
        "The creator has taken back the authorisation, with notice: the ad stops when the notice ends.",
        _C,
        "Use another post from then on, or ask the creator for a new authorisation.",
        LIBRARY_LINK,
    ),
    Cause.PARTLY_UNLICENSED: CauseEntry(
        Stage.LIMITED,
        "The post may not be shown in ads in some of the ad group's countries.",
        _A,
        "Nothing is wrong elsewhere; ask the creator for wider terms to reach these, too.",
        AD_GROUP_LINK,
    ),
    Cause.PARTLY_UNAUTHORISED: CauseEntry(
        Stage.LIMITED,
        "Some ads have lost their authorisation or their post.",
        _A,
        "Look at these ads; ask their creators, or use other posts.",
        CAMPAIGN_LINK,
    ),
    Cause.PARTLY_UNMET: CauseEntry(
        Stage.LIMITED,
        "Some ad groups ask for limits that this platform cannot judge yet, so they are shown to nobody.",
        _A,
        "Look at these ad groups, and take the limits off.",
        CAMPAIGN_LINK,
    ),
    Cause.PARTLY_REJECTED: CauseEntry(
        Stage.LIMITED, "Review has rejected some of the ads.", _A, "Read the reasons and change them.", CAMPAIGN_LINK
    ),
    Cause.PARTLY_IN_REVIEW: CauseEntry(
        Stage.LIMITED, "Some of the ads are in review.", _O, "Wait; usually less than a day."
    ),
    Cause.PARTLY_OUT_OF_BUDGET: CauseEntry(
        Stage.LIMITED, "Some of the ad groups have spent their budget.", _A, "Raise their budgets.", CAMPAIGN_LINK
    ),
    Cause.DELIVERING: CauseEntry(Stage.DELIVERING, "Everything is in order.", _P, "There is nothing to do."),
}
