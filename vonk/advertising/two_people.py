"""Whether two people have to approve an ad, as the policies of the moment say."""

from collections.abc import Collection
from datetime import datetime

from vonk.advertising.models import Ad, Review
from vonk.advertising.policies import TWO_PEOPLE_CATEGORIES, TWO_PEOPLE_FIRST_ADS
from vonk.advertising.rules import Verdict
from vonk.advertising.rules.reviews import needs_two
from vonk.control import policies


def needed(ad: Ad, *, now: datetime) -> bool:
    """Tell whether two people have to approve the ad; its ad group and campaign are loaded."""
    return bool(of([ad], now=now))


def of(ads: Collection[Ad], *, now: datetime) -> frozenset[int]:
    """Return the ids of those of the ads that two people have to approve; their ad groups and campaigns are loaded."""
    categories = policies.chosen(TWO_PEOPLE_CATEGORIES, now=now)
    first_ads = policies.number(TWO_PEOPLE_FIRST_ADS, now=now)
    approved = {one: _approved(one, first_ads) for one in {ad.ad_group.campaign.account_id for ad in ads}}
    return frozenset(
        ad.pk
        for ad in ads
        if needs_two(
            category=ad.category,
            categories=categories,
            approved_ads=approved[ad.ad_group.campaign.account_id],
            first_ads=first_ads,
        )
    )


def _approved(account_id: int, at_most: int) -> int:
    """Return how many of the account's ads were ever approved; no further than ``at_most`` is counted."""
    if at_most == 0:
        return 0
    rows = Review.objects.filter(ad__ad_group__campaign__account_id=account_id, verdict=Verdict.APPROVED.value)
    return len(rows.order_by("ad_id").values_list("ad_id", flat=True).distinct()[:at_most])
