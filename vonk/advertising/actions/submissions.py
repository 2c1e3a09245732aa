"""Hand ads to review, and take them back: called by the actions that create, change and delete."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import QuerySet

from vonk.advertising import publish
from vonk.advertising.models import Ad, Appeal, Review
from vonk.advertising.rules import Subject, Verdict
from vonk.advertising.rules.reviews import AppealState
from vonk.content.queries import post_facts

_BATCH: Final = 200  # Ads a statement.


def submit(ads: Sequence[Ad], *, now: datetime) -> None:
    """Open a review of each ad as it is now, in place of one that is open. The ads' campaigns are held.

    What a creator accepted was the ad as it was: where they look at each ad, they are asked again.
    """
    Ad.objects.filter(pk__in=[ad.pk for ad in ads], creator_accepted_at__isnull=False).update(creator_accepted_at=None)
    for ad in ads:
        ad.creator_accepted_at = None
    for start in range(0, len(ads), _BATCH):
        batch = ads[start : start + _BATCH]
        posts = post_facts([ad.post_id for ad in batch])
        supersede(Review.objects.filter(ad__in=[ad.pk for ad in batch]), now=now)
        Review.objects.bulk_create(
            Review(
                ad_id=ad.pk,
                verdict=Verdict.IN_REVIEW.value,
                subject=msgspec.to_builtins(subject_of(ad, posts[ad.post_id].caption)),
                submitted_at=now,
            )
            for ad in batch
        )


def supersede(reviews: QuerySet[Review], *, now: datetime) -> None:
    """Take the open ones among the reviews off the queue, and appeals against them: what they were about is no more."""
    Appeal.objects.filter(review__in=reviews, state=AppealState.WAITING.value).update(
        state=AppealState.MOOT.value, decided_at=now
    )
    reviews.filter(verdict=Verdict.IN_REVIEW.value).update(verdict=Verdict.SUPERSEDED.value, decided_at=now)


def subject_of(ad: Ad, caption: str) -> Subject:
    """Return what a review of the ad judges."""
    return Subject(
        post_id=ad.post_id,
        identity_id=ad.identity_id,
        caption=caption,
        call_to_action=ad.call_to_action,
        landing_url=ad.landing_url,
        targeting=publish.targeting_of(ad.ad_group),
        category=ad.category,
    )
