"""Why an ad was not shown: every reason with its cause, who can act, and the remedy."""

from enum import StrEnum
from typing import Final

from vonk.core.errors import Actor, Explanation


class Refusal(StrEnum):
    """One reason against one ad in one slot. The names are stable: they are logged, counted and shown."""

    CAMPAIGN_NOT_DELIVERING = "campaign_not_delivering"
    POST_GONE = "post_gone"
    GRANT_ABSENT = "grant_absent"
    GRANT_NOT_STARTED = "grant_not_started"
    GRANT_EXPIRED = "grant_expired"
    GRANT_COUNTRY = "grant_country"
    GRANT_CATEGORY = "grant_category"
    GRANT_SPEND_CAP = "grant_spend_cap"
    ORIGINAL_ABSENT = "original_absent"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    OTHER_ARM = "other_arm"
    OUTSIDE_HOURS = "outside_hours"
    LIMITS_UNMET = "limits_unmet"
    FUNDS_ABSENT = "funds_absent"
    OUT_OF_FUNDS = "out_of_funds"
    CAMPAIGN_OUT_OF_BUDGET = "campaign_out_of_budget"
    AD_GROUP_OUT_OF_BUDGET = "ad_group_out_of_budget"
    BUDGET_NOT_LEASED = "budget_not_leased"
    SEEN_TOO_OFTEN = "seen_too_often"
    AD_SEEN_TOO_OFTEN = "ad_seen_too_often"
    CAMPAIGN_SEEN_TOO_OFTEN = "campaign_seen_too_often"
    ADVERTISER_SEEN_TOO_OFTEN = "advertiser_seen_too_often"
    CAPS_UNKNOWN = "caps_unknown"
    AUDIENCE_ENDED = "audience_ended"
    AUDIENCE_NEW = "audience_new"
    CAMPAIGN_ALREADY_SHOWN = "campaign_already_shown"
    HELD_BACK = "held_back"
    NEIGHBOUR_COMPETES = "neighbour_competes"
    FORMAT_NOT_WANTED = "format_not_wanted"
    BELOW_RESERVE = "below_reserve"


REFUSALS: Final[dict[Refusal, Explanation]] = {
    Refusal.CAMPAIGN_NOT_DELIVERING: Explanation(
        "The campaign is off, ended or deleted.", Actor.ADVERTISER, "Switch the campaign on."
    ),
    Refusal.POST_GONE: Explanation(
        "The post was deleted, made private, or may not be shown in ads.",
        Actor.CREATOR,
        "The creator makes the post public again, or the ad gets another post.",
    ),
    Refusal.GRANT_ABSENT: Explanation(
        "There is no live consent of the creator for this post and account: it was revoked or never given.",
        Actor.CREATOR,
        "Ask the creator for a new authorisation code and redeem it.",
    ),
    Refusal.GRANT_NOT_STARTED: Explanation(
        "The creator's consent begins later.", Actor.PLATFORM, "Wait until it begins."
    ),
    Refusal.GRANT_EXPIRED: Explanation(
        "The creator's consent has expired.", Actor.CREATOR, "Ask the creator to extend it, or for a new code."
    ),
    Refusal.GRANT_COUNTRY: Explanation(
        "The creator's consent, or the licence of the post's sound, does not cover the viewer's country.",
        Actor.CREATOR,
        "Target the countries that are allowed, or ask the creator to add this one.",
    ),
    Refusal.GRANT_CATEGORY: Explanation(
        "The creator's consent does not cover what is advertised.",
        Actor.CREATOR,
        "Advertise what the consent covers, or ask the creator to add this category.",
    ),
    Refusal.GRANT_SPEND_CAP: Explanation(
        "What may be spent under the creator's consent is spent or promised.",
        Actor.CREATOR,
        "Ask the creator for a higher limit.",
    ),
    Refusal.ORIGINAL_ABSENT: Explanation(
        "The post answers or mentions another one, whose author does not consent now, or which cannot be shown now.",
        Actor.CREATOR,
        "Ask the author of the original for their consent; the ad goes on by itself when it is there.",
    ),
    Refusal.NOT_STARTED: Explanation(
        "The ad group's schedule begins later.", Actor.ADVERTISER, "Wait, or move the start."
    ),
    Refusal.ENDED: Explanation("The ad group's schedule is over.", Actor.ADVERTISER, "Move the end."),
    Refusal.OTHER_ARM: Explanation(
        "The ad group is in an A/B test, and the viewer belongs to the other arm, or cannot be known again.",
        Actor.PLATFORM,
        "Nothing is wrong; the test's other ad group is for this viewer.",
    ),
    Refusal.OUTSIDE_HOURS: Explanation(
        "The ad group is not shown at this hour of the week.", Actor.ADVERTISER, "Wait, or choose more hours."
    ),
    Refusal.LIMITS_UNMET: Explanation(
        "The ad group asks for limits that this platform cannot judge, so it is shown to nobody.",
        Actor.ADVERTISER,
        "Take these limits off the ad group; its status names them.",
    ),
    Refusal.FUNDS_ABSENT: Explanation(
        "The account has no funds that may be spent, or funds in another currency.",
        Actor.ADVERTISER,
        "Top up the account; if it is suspended, ask the operator.",
    ),
    Refusal.OUT_OF_FUNDS: Explanation(
        "The account's balance is spent or promised.", Actor.ADVERTISER, "Top up the account."
    ),
    Refusal.CAMPAIGN_OUT_OF_BUDGET: Explanation(
        "The campaign's budget is spent or promised.", Actor.ADVERTISER, "Raise the budget, or wait for the next day."
    ),
    Refusal.AD_GROUP_OUT_OF_BUDGET: Explanation(
        "The ad group's budget is spent or promised.", Actor.ADVERTISER, "Raise the budget, or wait for the next day."
    ),
    Refusal.BUDGET_NOT_LEASED: Explanation(
        "Several ad servers share the budget, and this one's share of it is used up or has not come yet.",
        Actor.PLATFORM,
        "It asks for more at once; if this lasts, the counters (Redis) are out of reach, or the rest is with the others.",
    ),
    Refusal.SEEN_TOO_OFTEN: Explanation(
        "The viewer has seen this ad group as often as its cap allows.",
        Actor.ADVERTISER,
        "Nothing is wrong; a higher cap or wider targeting reaches more.",
    ),
    Refusal.AD_SEEN_TOO_OFTEN: Explanation(
        "The viewer has seen this ad as often as its cap allows.",
        Actor.ADVERTISER,
        "Nothing is wrong; a higher cap or wider targeting reaches more.",
    ),
    Refusal.CAMPAIGN_SEEN_TOO_OFTEN: Explanation(
        "The viewer has seen ads of this campaign as often as its cap allows.",
        Actor.ADVERTISER,
        "Nothing is wrong; a higher cap or wider targeting reaches more.",
    ),
    Refusal.ADVERTISER_SEEN_TOO_OFTEN: Explanation(
        "The viewer has seen ads of this advertiser as often as this platform allows.",
        Actor.PLATFORM,
        "Nothing is wrong; the operator sets this limit.",
    ),
    Refusal.CAPS_UNKNOWN: Explanation(
        "Several ad servers count together what viewers see, and the shared counters (Redis) are out of reach or new.",
        Actor.OPERATOR,
        "Ads without a cap go on; if this lasts, look after the counters.",
    ),
    Refusal.AUDIENCE_ENDED: Explanation(
        "An audience that the ad group keeps out has ended, so that nobody can say any more who is in it.",
        Actor.ADVERTISER,
        "Take the audience off the ad group, or name another one.",
    ),
    Refusal.AUDIENCE_NEW: Explanation(
        "The ad group keeps out an audience since a short while, and of this viewer it was last looked before that.",
        Actor.PLATFORM,
        "Wait: within an hour every viewer is looked at anew.",
    ),
    Refusal.CAMPAIGN_ALREADY_SHOWN: Explanation(
        "Another slot of the same request shows this campaign.", Actor.PLATFORM, "Nothing is wrong."
    ),
    Refusal.NEIGHBOUR_COMPETES: Explanation(
        "A slot beside it shows an ad of the same advertiser, or of the same category where the operator keeps these apart.",
        Actor.PLATFORM,
        "Nothing is wrong; other slots and the next request are open to it.",
    ),
    Refusal.FORMAT_NOT_WANTED: Explanation(
        "The slot's feed shows videos alone, and the ad is of pictures, or the other way about.",
        Actor.OPERATOR,
        "A feed that can draw both asks for slots with the formats video and carousel.",
    ),
    Refusal.HELD_BACK: Explanation(
        "The viewer is in the control group of the campaign's lift test.",
        Actor.PLATFORM,
        "Nothing is wrong; the test compares with what they do without the ad.",
    ),
    Refusal.BELOW_RESERVE: Explanation(
        "The bid, after pacing, is worth less than the least price of the slot.",
        Actor.ADVERTISER,
        "Raise the bid, or choose fast delivery.",
    ),
}


class Empty(StrEnum):
    """Why a slot got no ad."""

    NO_CANDIDATES = "no_candidates"  # No ad wants such a viewer.
    ALL_REFUSED = "all_refused"  # Some do; each was refused for a reason.
    BELOW_RESERVE = "below_reserve"  # Some may be shown; none is worth the slot's least price.
    TOO_SOON = "too_soon"  # No ad may stand there: too near the feed's start, or the viewer's last ad (places).
