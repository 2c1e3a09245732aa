"""Decide on ads: the platform's own people only (Right.REVIEW)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from vonk.advertising import letters, publish, reach
from vonk.advertising.actions import extensions, submissions
from vonk.advertising.actions import pushes as drafts
from vonk.advertising.errors import ReviewDecided, ReviewStale
from vonk.advertising.models import Review
from vonk.advertising.rules import Subject, Verdict, changes, reviews
from vonk.authorisation.actions import pushes, verdicts
from vonk.content.queries import post_facts
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound

_NOUN: Final = "review"


@transaction.atomic
def approve(scope: Scope, review_id: int, *, now: datetime) -> None:
    """Let the ad be shown, from the commit on; a pushed post is published with its first approved ad (see ``pushes.publish_ready``).

    Raises RightMissing, NotFound, ReviewDecided, ReviewStale (the ad, or a draft that it shows, was changed or deleted
    since).
    """
    scope.require(Right.REVIEW)
    for post_id in Review.objects.filter(pk=review_id).values_list("ad__post_id", flat=True):
        pushes.hold(post_id)  # Before the campaign, as whoever edits a draft does.
    verdicts.hold(Review.objects.filter(pk=review_id).values_list("ad__consent_id", flat=True))
    review = _open_review(scope, review_id)
    _decide(scope, review, Verdict.APPROVED, (), "", now=now)
    extensions.ask([review.ad], now=now)
    drafts.publish_ready(review.ad, now=now)
    letters.approved(review.ad, now=now)


@transaction.atomic
def reject(scope: Scope, review_id: int, reasons: Sequence[str], note: str = "", *, now: datetime) -> None:
    """Refuse the ad, for at least one of REVIEW_REASONS, with a note of up to 1,000 characters that its advertiser sees.

    Raises as ``approve`` does, and FieldInvalid (reasons, note).
    """
    scope.require(Right.REVIEW)
    keys, text = reviews.reasons(reasons), reviews.note(note)
    review = _open_review(scope, review_id)
    _decide(scope, review, Verdict.REJECTED, keys, text, now=now)
    letters.rejected(review.ad, keys, text, now=now)


def _open_review(scope: Scope, review_id: int) -> Review:
    """Return the review with its ad, its campaign held; raises as ``approve`` does."""
    scope.require(Right.REVIEW)
    campaign_id = Review.objects.filter(pk=review_id).values_list("ad__ad_group__campaign_id", flat=True).first()
    if campaign_id is None:
        raise NotFound(noun="review")
    reach.hold_campaigns([campaign_id])
    review = Review.objects.select_related("ad__ad_group__campaign").get(pk=review_id)
    if review.verdict == Verdict.SUPERSEDED:
        raise ReviewStale
    if review.verdict != Verdict.IN_REVIEW:
        raise ReviewDecided
    return review


def _decide(
    scope: Scope, review: Review, verdict: Verdict, reasons: Sequence[str], note: str, *, now: datetime
) -> None:
    caption = post_facts([review.ad.post_id])[review.ad.post_id].caption
    subject = submissions.subject_of(review.ad, caption)
    seen = msgspec.convert(review.subject, Subject)
    if any(change.part not in _UNREVIEWED for change in changes(seen, subject)):
        raise ReviewStale
    review.verdict, review.reasons, review.note = verdict.value, list(reasons), note
    review.decided_at, review.reviewer_id = now, scope.person
    review.subject = msgspec.to_builtins(subject)
    review.save()
    account_id = review.ad.ad_group.campaign.account_id
    detail = {"ad_id": review.ad_id, "reasons": list(reasons)}
    audit.record(scope, f"review.{verdict.value}", _NOUN, review.pk, at=now, account_id=account_id, detail=detail)
    publish.publish_ads([review.ad_id], at=now)


# Parts of a subject that may differ from what was submitted: age needs no review (O23); a caption is locked with its
# first authorisation, until then the queue shows it as it is, and from then on a new one has a review of its own.
_UNREVIEWED: Final = frozenset({"age_bands", "caption"})
