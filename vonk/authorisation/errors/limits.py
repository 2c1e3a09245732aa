"""Why an ad may not be made of a post that its creator lets the account use: a limit inside the grant, or a quota."""

from typing import Final

from vonk.core.errors import Actor, Conflict, Limited

_LIBRARY: Final = "/advertiser/spark-posts/"
_ADS: Final = "/advertiser/ads/"


class CategoryNotAllowed(Conflict):
    """The creator lets the post advertise some things and not others."""

    code = "category_not_allowed"
    message = "This post may only advertise: %(allowed)s."
    cause = "The creator, or an author whose post it answers or mentions, limited what it may advertise."
    remedy = "Choose the category that the ad is about, use another post, or ask the creator for wider terms."
    actor = Actor.ADVERTISER
    link = _LIBRARY
    field = "category"


class RegionNotLicensed(Conflict):
    """The post, or its sound, may be shown in ads in some countries and not in others."""

    code = "region_not_licensed"
    message = "This post may not be shown in ads in: %(countries)s."
    cause = "The creator's terms, an original author's, or the licence of the sound name other countries."
    remedy = (
        "Target the countries that are allowed (%(allowed)s), use another post, or ask the creator for wider terms."
    )
    actor = Actor.ADVERTISER
    link = _LIBRARY
    field = "countries"


class SpendCapReached(Conflict):
    """What may be spent under the creator's consent is spent."""

    code = "spend_cap_reached"
    message = "The %(cap)s %(currency)s that may be spent with this post are spent."
    cause = "The creator's terms limit what all ads with the post may spend together."
    remedy = "Ask the creator for a new authorisation with a higher limit, or use another post."
    actor = Actor.CREATOR
    link = _LIBRARY
    field = "consent_id"


class AccountQuotaReached(Limited):
    """The account has as many ads as an account may have (S4)."""

    code = "account_quota_reached"
    message = "An ad account can have %(most)s ads at the same time."
    cause = "Deleted ads do not count."
    remedy = "Delete ads that are no longer needed."
    actor = Actor.ADVERTISER
    link = _ADS


class IdentityQuotaReached(Limited):
    """The identity is in as many ads as it may be in (reference §3 e)."""

    code = "identity_quota_reached"
    message = "%(most)s ads at the same time can speak as one identity."
    cause = "Ads of every account count, deleted ones do not."
    remedy = "Delete ads that are no longer needed, or use a post of another identity."
    actor = Actor.ADVERTISER
    link = _ADS
