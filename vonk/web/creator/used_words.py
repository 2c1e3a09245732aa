"""Where ads with a creator's posts stand, why, and what is owed for them, in the creator's words."""

from collections.abc import Collection
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vonk.advertising.rules.causes import Cause
from vonk.authorisation.rules import Payment, Road
from vonk.core.taxonomy import AgeBand
from vonk.reporting.audience.rules import Dimension
from vonk.reporting.queries import Agreement, Part, Use, UsedAd
from vonk.web.common import formats
from vonk.web.common.choices import AGE_BAND_CHOICES, GENDER_CHOICES
from vonk.web.common.records import Badge, Tone
from vonk.web.creator.words import ROADS

USES: Final = {
    Use.LIVE: (gettext_lazy("Live"), Tone.GOOD),
    Use.WAITING: (gettext_lazy("Waiting"), Tone.BUSY),
    Use.PAUSED: (gettext_lazy("Paused"), Tone.WARN),
    Use.ENDED: (gettext_lazy("Ended"), Tone.CALM),
}
assert USES.keys() == set(Use), "Every state has its words."

_OFF: Final = gettext_lazy("The advertiser has switched it off for now.")
_GONE: Final = gettext_lazy("The advertiser deleted it.")
_BUDGET: Final = gettext_lazy("What the advertiser set aside for it is used up for now.")
_REVIEW: Final = gettext_lazy("The platform's reviewers look at it before it is shown.")
_PARTLY: Final = gettext_lazy("It is shown in part of where it is meant to be.")
WHY: Final = {
    Cause.CAMPAIGN_DELETED: _GONE,
    Cause.AD_GROUP_DELETED: _GONE,
    Cause.AD_DELETED: _GONE,
    Cause.ACCOUNT_SUSPENDED: gettext_lazy("The platform has stopped the advertiser's account."),
    Cause.CAMPAIGN_DISABLED: _OFF,
    Cause.AD_GROUP_DISABLED: _OFF,
    Cause.AD_DISABLED: _OFF,
    Cause.CHILDREN_DISABLED: _OFF,
    Cause.SCHEDULE_OVER: gettext_lazy("Its time is over."),
    Cause.CONSENT_REVOKED: gettext_lazy("You took your authorisation back."),
    Cause.CONSENT_EXPIRED: gettext_lazy("Your authorisation has expired. Extend it, and the ad can go on."),
    Cause.CONSENT_RELEASED: gettext_lazy("The advertiser gave your authorisation back."),
    Cause.CONSENT_ABSENT: gettext_lazy("It has no authorisation of yours any more."),
    Cause.CREATOR_REFUSED: gettext_lazy("You refused it."),
    Cause.ORIGINAL_ABSENT: gettext_lazy("The author of the post that yours answers or mentions has not agreed."),
    Cause.PROFILE_BANNED: gettext_lazy("Your profile is banned."),
    Cause.POST_DELETED: gettext_lazy("You deleted the post."),
    Cause.POST_REMOVED: gettext_lazy("Moderators removed the post."),
    Cause.ACCOUNT_PRIVATE: gettext_lazy("Your profile is private. Make it public, and the ad goes on."),
    Cause.POST_PRIVATE: gettext_lazy("The post is not public. Make it public, and the ad goes on."),
    Cause.POST_UNAVAILABLE: gettext_lazy("The post cannot be shown at present."),
    Cause.VIDEO_FAILED: gettext_lazy("The video could not be processed."),
    Cause.VIDEO_NOT_READY: gettext_lazy("The video is still being processed."),
    Cause.CATEGORY_NOT_ALLOWED: gettext_lazy("Your terms do not cover what it advertises."),
    Cause.REGION_NOT_LICENSED: gettext_lazy("It may not be shown in any of the countries it is meant for."),
    Cause.SPEND_CAP_REACHED: gettext_lazy("What your terms allow to be spent is spent."),
    Cause.LIMITS_UNMET: gettext_lazy("It asks for limits that the platform cannot judge, so it is shown to nobody."),
    Cause.NO_ADS: _OFF,
    Cause.REJECTED: gettext_lazy("The platform's reviewers have rejected it."),
    Cause.RE_REVIEW: _REVIEW,
    Cause.IN_REVIEW: _REVIEW,
    Cause.CREATOR_PREVIEW: gettext_lazy("It waits until you have accepted it."),
    Cause.PAYMENT_OVERDUE: _BUDGET,
    Cause.BALANCE_SPENT: _BUDGET,
    Cause.CAMPAIGN_BUDGET_SPENT: _BUDGET,
    Cause.AD_GROUP_BUDGET_SPENT: _BUDGET,
    Cause.CONSENT_NOT_STARTED: gettext_lazy("The time that your terms agree on has not begun."),
    Cause.NOT_STARTED: gettext_lazy("Its start is still to come."),
    Cause.CONSENT_ENDING: gettext_lazy("You took your authorisation back; it is shown until the notice ends."),
    Cause.PARTLY_UNLICENSED: gettext_lazy("It is shown only in the countries that are allowed."),
    Cause.PARTLY_UNAUTHORISED: _PARTLY,
    Cause.PARTLY_UNMET: _PARTLY,
    Cause.PARTLY_REJECTED: _PARTLY,
    Cause.PARTLY_IN_REVIEW: _PARTLY,
    Cause.PARTLY_OUT_OF_BUDGET: _PARTLY,
    Cause.DELIVERING: gettext_lazy("It is shown as its schedule and budget allow."),
}
assert WHY.keys() == set(Cause), "Every cause has its words."

_DIMENSIONS: Final = {
    Dimension.COUNTRY: gettext_lazy("Country"),
    Dimension.AGE_BAND: gettext_lazy("Age"),
    Dimension.GENDER: gettext_lazy("Gender"),
}
_VALUES: Final[dict[str, object]] = {
    **{AgeBand(band).value: label for band, label in AGE_BAND_CHOICES},
    **{gender.value: label for gender, label in GENDER_CHOICES},
}


def use_badge(use: Use) -> Badge:
    """Return where an ad stands."""
    label, tone = USES[use]
    return Badge(str(label), tone)


def why(causes: Collection[Cause]) -> tuple[str, ...]:
    """Return why an ad stands there, each reason once."""
    return tuple(dict.fromkeys(str(WHY[cause]) for cause in causes))


def road(of: Road) -> str:
    """Return how the advertiser came to the post."""
    return _("By a code of yours") if of is Road.POST_CODE else str(ROADS[of])


def host_of(address: str) -> str:
    """Return the domain of a landing page."""
    return urlsplit(address).hostname or ""


def days_left(days: int | None) -> str:
    """Return how long the consent lasts still; "" when it has no end, or is over."""
    return "" if days is None else ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}


def share(ppm: int) -> str:
    """Return a share in percent, exactly."""
    return formats.percent_exact(Decimal(ppm) / 1_000_000)


def owed_of_ad(ad: UsedAd) -> str:
    """Return what the terms bring for this ad; "" when they bring nothing or there are none."""
    if ad.payment is Payment.FLAT_FEE:
        return _("%(fee)s once, for everything under the terms") % {
            "fee": formats.money_exact(ad.owed_micros, ad.owed_currency)
        }
    if ad.payment is Payment.SPEND_SHARE:
        return _("%(share)s of its spend: %(owed)s") % {
            "share": share(ad.share_ppm),
            "owed": formats.money_exact(ad.owed_micros, ad.owed_currency),
        }
    return ""


def owed_for(agreement: Agreement) -> str:
    """Return what an agreement pays for."""
    if agreement.payment is Payment.FLAT_FEE:
        return _("A fee, once")
    return _("%(share)s of what the ads spend") % {"share": share(agreement.share_ppm)}


def dimension(of: Dimension) -> str:
    """Return what an audience is told by."""
    return str(_DIMENSIONS[of])


def part(of: Dimension, one: Part) -> tuple[str, str]:
    """Return what a part of an audience is called, and of what kind the name is a code that the browser names."""
    if one.other:
        return _("Others, each too small to be told"), ""
    if not one.value:
        return _("Not told"), ""
    return (one.value, "region") if of is Dimension.COUNTRY else (str(_VALUES.get(one.value, one.value)), "")
