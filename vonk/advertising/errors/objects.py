"""What campaigns, ad groups, ads, their reviews, and what is used in them refuse. Each error is named for the rule it stands for."""

from vonk.core.errors import Actor, Conflict, Invalid, Limited, Missing


class BudgetBelowMinimum(Invalid):
    """The budget is below the platform's minimum for its level (reference §5)."""

    code = "budget_below_minimum"
    message = "The budget must be at least %(minimum)s %(currency)s."
    cause = "Smaller budgets are spent before delivery has learned anything."
    remedy = "Raise the budget, or shorten the schedule of a lifetime budget."
    actor = Actor.ADVERTISER
    field = "budget_micros"


class BudgetMissing(Invalid):
    """Neither the ad group nor its campaign has a budget."""

    code = "budget_missing"
    message = "Give the ad group or its campaign a budget."
    cause = "Without any budget the ad group could spend the whole balance."
    remedy = "Set a daily or lifetime budget on one of the two."
    actor = Actor.ADVERTISER
    field = "budget_mode"


class BudgetModeFixed(Conflict):
    """The type of a budget cannot switch once live (O17)."""

    code = "budget_mode_fixed"
    message = "The type of this budget can no longer be changed."
    cause = "It has been live: one of its ads was approved and its start has come."
    remedy = "Change the amount, or create a new campaign or ad group with the other type."
    actor = Actor.ADVERTISER
    field = "budget_mode"


class BudgetBelowSpend(Conflict):
    """A budget never goes below what was already billed against it."""

    code = "budget_below_spend"
    message = "The budget cannot be less than the %(spent)s %(currency)s already spent."
    cause = "What was delivered in this period has been billed."
    remedy = "Choose a higher budget, or switch delivery off."
    actor = Actor.ADVERTISER
    field = "budget_micros"


class BidNotBelowBudget(Invalid):
    """A bid must be below the budget that pays for it (reference §5)."""

    code = "bid_not_below_budget"
    message = "The bid must be less than the budget of %(budget)s %(currency)s."
    cause = "A bid that equals the budget would end delivery with its first result."
    remedy = "Lower the bid or raise the budget; a budget of five bids or more is advised."
    actor = Actor.ADVERTISER
    field = "bid_micros"


class BillingNotForObjective(Invalid):
    """The objective cannot be paid for this way."""

    code = "billing_not_for_objective"
    message = "An ad group of this campaign can be billed by: %(allowed)s."
    cause = "The campaign's objective decides what can be paid for."
    remedy = "Choose one of these, or another objective in a new campaign."
    actor = Actor.ADVERTISER
    field = "billing"


class GoalNotForObjective(Invalid):
    """Impressions cannot be chosen for this with the objective."""

    code = "goal_not_for_objective"
    message = "An ad group of this campaign can be optimised for: %(allowed)s."
    cause = "The campaign's objective decides what impressions can be chosen for."
    remedy = "Choose one of these, or another objective in a new campaign."
    actor = Actor.ADVERTISER
    field = "goal"


class CallToActionNotForObjective(Invalid):
    """The button is kept for another objective (reference §4: “View profile” is for engagement only)."""

    code = "call_to_action_not_for_objective"
    message = "This button is kept for campaigns with another objective."
    cause = "“View profile” leads nowhere but to the profile."
    remedy = "Choose another button."
    actor = Actor.ADVERTISER
    field = "call_to_action"


class ScheduleReversed(Invalid):
    """An end must come after its start."""

    code = "schedule_reversed"
    message = "The end must come after the start."
    remedy = "Choose a later end or an earlier start."
    actor = Actor.ADVERTISER
    field = "ends_at"


class ScheduleInPast(Invalid):
    """A new start or end lies in the past."""

    code = "schedule_in_past"
    message = "This time has already passed."
    remedy = "Choose a time from now on, or leave the start empty to start now."
    actor = Actor.ADVERTISER
    field = "starts_at"


class ScheduleStarted(Conflict):
    """A start that has come cannot be moved."""

    code = "schedule_started"
    message = "The ad group has already started; its start can no longer be moved."
    remedy = "Switch the ad group off, or create another one with the new start."
    actor = Actor.ADVERTISER
    field = "starts_at"


class EndMissing(Invalid):
    """A lifetime budget needs an end to be spread over."""

    code = "schedule_end_missing"
    message = "A lifetime budget needs an end."
    remedy = "Choose an end, or a daily budget."
    actor = Actor.ADVERTISER
    field = "ends_at"


class MinorsProtected(Invalid):
    """What may not be done with the age band 13–17 (reference §5, under 18; DSA art. 28)."""

    code = "minors_protected"
    message = "Ads for people under 18 cannot use: %(used)s."
    cause = "People under 18 are only reached by age, language, country and device."
    remedy = "Leave out the age band 13–17, or what is named."
    actor = Actor.ADVERTISER
    field = "age_bands"


class SharedPreviewOver(Missing):
    """A link to a preview was good, and leads nowhere any more."""

    code = "shared_preview_over"
    message = "This preview is over."
    cause = "Its time is up, it was taken back, or the post can no longer be shown."
    remedy = "Ask who sent you the link for another one."
    actor = Actor.ADVERTISER


class SharedPreviewQuotaExceeded(Limited):
    """The account has as many open links to previews as an account may have."""

    code = "shared_preview_quota_exceeded"
    message = "This ad account has %(most)s open previews already."
    cause = "Links that nobody looks after should not pile up."
    remedy = "Revoke some that are no longer needed, or wait until they end."
    actor = Actor.ADVERTISER


class PixelQuotaExceeded(Limited):
    """The account has as many pixels as an account may have."""

    code = "pixel_quota_exceeded"
    message = "An ad account can have %(pixels_max)s pixels."
    cause = "Each one is kept in the ad servers' memory; switched-off ones count, for their numbers stay."
    remedy = "Rename a pixel that is no longer used, give it a new secret, and use it."
    actor = Actor.ADVERTISER
    link = "/advertiser/conversions/"


class OfflineSetQuotaExceeded(Limited):
    """The account has as many offline event sets as an account may have."""

    code = "offline_set_quota_exceeded"
    message = "An ad account can have %(most)s offline event sets."
    cause = "Each one is kept in the ad servers' memory; what deleted ones reported stays in the numbers."
    remedy = "Delete one that is no longer used, or report to one that is there."
    actor = Actor.ADVERTISER


class AdGroupQuotaReached(Limited):
    """The account has as many ad groups as an account may have."""

    code = "ad_group_quota_reached"
    message = "An ad account can have %(most)s ad groups."
    cause = "Deleted ones do not count; those that are over do."
    remedy = "Delete ad groups that are over."
    actor = Actor.ADVERTISER


class SparkStaysSpark(Conflict):
    """A Spark Ad cannot be turned into a non-Spark ad, nor the other way round (O5)."""

    code = "spark_stays_spark"
    message = "A Spark Ad stays a Spark Ad, and a non-Spark ad stays one."
    remedy = "Create a new ad."
    actor = Actor.ADVERTISER


class ObjectDeleted(Conflict):
    """What was deleted, or lies under something deleted, stays as it was."""

    code = "object_deleted"
    message = "This %(noun)s was deleted and can no longer be changed."
    cause = "It, its ad group or its campaign was deleted."
    remedy = "Create a new one."
    actor = Actor.ADVERTISER


class VerdictNotOpen(Conflict):
    """A creator speaks on ads that could be shown, not on what is gone."""

    code = "ad_not_open_to_verdict"
    message = "This ad is gone: there is nothing to accept or to refuse."
    cause = "Its advertiser deleted it, or it shows another post now."
    remedy = "Look at the other ads with your post."
    actor = Actor.CREATOR
    link = "/studio/"


class ReviewDecided(Conflict):
    """Somebody else has already decided on this review."""

    code = "review_decided"
    message = "This review has already been decided."
    cause = "Another reviewer was first."
    remedy = "Go on with the next ad of the queue."
    actor = Actor.OPERATOR
    link = "/console/reviews/"


class ReviewStale(Conflict):
    """The ad is no longer what this review was about."""

    code = "review_stale"
    message = "The ad was changed or deleted since this review was opened."
    cause = "Its advertiser changed it; what you saw is not what would be shown."
    remedy = "Look at the ad again: its new review is in the queue."
    actor = Actor.OPERATOR
    link = "/console/reviews/"


class PostInAds(Conflict):
    """What ads show is not given back under them."""

    code = "post_in_ads"
    message = "%(ads)d ads of this account show the post."
    cause = "The authorisation of a post can be given back once no ad stands on it."
    remedy = "Delete these ads first."
    actor = Actor.ADVERTISER
    link = "/advertiser/ads/"

    def __init__(self, *, ads: int) -> None:
        super().__init__(ads=ads)


class IdentityInAds(Conflict):
    """The name that ads speak under is not deleted under them."""

    code = "identity_in_ads"
    message = "%(ads)d ads of this account speak as this identity."
    cause = "A custom identity can be deleted once no ad uses it."
    remedy = "Delete these ads first."
    actor = Actor.ADVERTISER
    link = "/advertiser/ads/"

    def __init__(self, *, ads: int) -> None:
        super().__init__(ads=ads)
