"""Who is looking at an open review: the platform's own people only (Right.REVIEW)."""

from datetime import datetime

import msgspec
from django.db import transaction

from vonk.advertising.errors.reviewing import ReviewClaimed
from vonk.advertising.models import Review, ReviewClaim
from vonk.advertising.policies import CLAIM_LASTS
from vonk.advertising.rules import Verdict
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import person_names


class Claimed(msgspec.Struct, frozen=True):
    """Whose an open review is now: "" for ``by`` when it is the caller's own."""

    mine: bool
    by: str
    since_at: datetime


@transaction.atomic
def claim(scope: Scope, review_id: int, *, take_over: bool = False, now: datetime) -> Claimed:
    """Say that the acting person looks at an open review, and go on saying so; somebody else's stays theirs unless taken over.

    Raises RightMissing, NotFound (there is no such open review).
    """
    scope.require(Right.REVIEW)
    if not Review.objects.select_for_update(no_key=True).filter(pk=review_id, verdict=Verdict.IN_REVIEW.value).exists():
        raise NotFound(noun="review")
    row = ReviewClaim.objects.filter(pk=review_id).first()
    held = row is not None and row.last_at > now - CLAIM_LASTS
    if row is not None and held and row.reviewer_id != scope.person and not take_over:
        name = person_names([row.reviewer_id]).get(row.reviewer_id, "")
        return Claimed(mine=False, by=name, since_at=row.since_at)
    since_at = row.since_at if row is not None and held and row.reviewer_id == scope.person else now
    ReviewClaim.objects.update_or_create(
        review_id=review_id, defaults={"reviewer_id": scope.person, "since_at": since_at, "last_at": now}
    )
    return Claimed(mine=True, by="", since_at=since_at)


def release(scope: Scope, review_id: int) -> None:
    """Stop looking; what is somebody else's stays theirs."""
    scope.require(Right.REVIEW)
    ReviewClaim.objects.filter(pk=review_id, reviewer_id=scope.person).delete()


def check(scope: Scope, review: Review, now: datetime) -> None:
    """Raise ReviewClaimed while somebody else looks at the review."""
    row = ReviewClaim.objects.filter(pk=review.pk, last_at__gt=now - CLAIM_LASTS).first()
    if row is not None and row.reviewer_id != scope.person_id:
        raise ReviewClaimed(name=person_names([row.reviewer_id]).get(row.reviewer_id, "?"))


def end(review: Review) -> None:
    """Forget who looked at a review that is decided."""
    ReviewClaim.objects.filter(pk=review.pk).delete()
