"""Decide on ads: the platform's own people only (Right.REVIEW)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from vonk.advertising import letters, publish, reach, two_people
from vonk.advertising.actions import extensions, review_claims, submissions
from vonk.advertising.actions import pushes as drafts
from vonk.advertising.errors import ReviewDecided, ReviewStale
from vonk.advertising.errors.reviewing import CategoryForbidden, SecondReviewerNeeded
from vonk.advertising.models import Review
from vonk.advertising.policies import FORBIDDEN_CATEGORIES
from vonk.advertising.rules import Subject, Verdict, changes, reviews
from vonk.authorisation.actions import pushes, verdicts
from vonk.content.queries import post_facts
from vonk.control import audit, policies
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound

_NOUN: Final = "review"


@transaction.atomic
def approve(scope: Scope, review_id: int, *, now: datetime) -> Verdict:
    """Let the ad be shown, from the commit on; a pushed post is published with its first approved ad (see ``pushes.publish_ready``).

    Where a policy asks for two people the first one's approval is noted, and it stays IN_REVIEW for another. Return the
    verdict. Raises RightMissing, NotFound, ReviewDecided, ReviewStale (the ad, or a draft that it shows, was changed or
    deleted since), ReviewClaimed, CategoryForbidden, SecondReviewerNeeded.
    """
    scope.require(Right.REVIEW)
    for post_id in Review.objects.filter(pk=review_id).values_list("ad__post_id", flat=True):
        pushes.hold(post_id)  # Before the campaign, as whoever edits a draft does.
    verdicts.hold(Review.objects.filter(pk=review_id).values_list("ad__consent_id", flat=True))
    review = _open_review(scope, review_id, now=now)
    if review.ad.category in policies.chosen(FORBIDDEN_CATEGORIES, now=now):
        raise CategoryForbidden
    if _is_first_of_two(scope, review, now=now):
        return Verdict.IN_REVIEW
    _decide(scope, review, Verdict.APPROVED, (), "", now=now)
    extensions.ask([review.ad], now=now)
    drafts.publish_ready(review.ad, now=now)
    letters.approved(review.ad, now=now)
    return Verdict.APPROVED


@transaction.atomic
def reject(scope: Scope, review_id: int, reasons: Sequence[str], note: str = "", *, now: datetime) -> None:
    """Refuse the ad, for at least one of REVIEW_REASONS, with a note of up to 1,000 characters that its advertiser sees.

    One person suffices. Raises as ``approve`` does, and FieldInvalid (reasons, note).
    """
    scope.require(Right.REVIEW)
    keys, text = reviews.reasons(reasons), reviews.note(note)
    review = _open_review(scope, review_id, now=now)
    _decide(scope, review, Verdict.REJECTED, keys, text, now=now)
    letters.rejected(review.ad, keys, text, now=now)


def _is_first_of_two(scope: Scope, review: Review, *, now: datetime) -> bool:
    """Note the approval, if it is the first where two people have to approve; SecondReviewerNeeded for the same one again."""
    if review.first_reviewer_id == scope.person:
        raise SecondReviewerNeeded
    if review.first_reviewer_id is not None or not two_people.needed(review.ad, now=now):
        return False
    _unchanged(review)
    review.first_reviewer_id, review.first_approved_at = scope.person, now
    review.save(update_fields=["first_reviewer_id", "first_approved_at"])
    review_claims.end(review)
    account_id = review.ad.ad_group.campaign.account_id
    detail = {"ad_id": review.ad_id}
    audit.record(scope, "review.approved_first", _NOUN, review.pk, at=now, account_id=account_id, detail=detail)
    return True


def _open_review(scope: Scope, review_id: int, *, now: datetime) -> Review:
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
    review_claims.check(scope, review, now)
    return review


def _decide(
    scope: Scope, review: Review, verdict: Verdict, reasons: Sequence[str], note: str, *, now: datetime
) -> None:
    subject = _unchanged(review)
    review.verdict, review.reasons, review.note = verdict.value, list(reasons), note
    review.decided_at, review.reviewer_id = now, scope.person
    review.subject = msgspec.to_builtins(subject)
    review.save()
    review_claims.end(review)
    account_id = review.ad.ad_group.campaign.account_id
    detail = {"ad_id": review.ad_id, "reasons": list(reasons)}
    audit.record(scope, f"review.{verdict.value}", _NOUN, review.pk, at=now, account_id=account_id, detail=detail)
    publish.publish_ads([review.ad_id], at=now)


def _unchanged(review: Review) -> Subject:
    """Return what the review is about as it is now; ReviewStale when it is not what was submitted."""
    caption = post_facts([review.ad.post_id])[review.ad.post_id].caption
    subject = submissions.subject_of(review.ad, caption)
    seen = msgspec.convert(review.subject, Subject)
    if any(change.part not in _UNREVIEWED for change in changes(seen, subject)):
        raise ReviewStale
    return subject


# Parts of a subject that may differ from what was submitted: age needs no review (O23); a caption is locked with its
# first authorisation, until then the queue shows it as it is, and from then on a new one has a review of its own.
_UNREVIEWED: Final = frozenset({"age_bands", "caption"})
