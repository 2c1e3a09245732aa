"""Appeals: an advertiser's once for each rejection, decided by somebody else than who rejected."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.db import IntegrityError, transaction

from vonk.advertising import letters, reach
from vonk.advertising.actions import reviews, submissions
from vonk.advertising.errors.reviewing import (
    AppealDecided,
    AppealedAlready,
    AppealLate,
    AppealNothing,
    AppealOwnVerdict,
)
from vonk.advertising.models import Ad, Appeal, Review
from vonk.advertising.policies import APPEAL_DAYS
from vonk.advertising.rules import Verdict
from vonk.advertising.rules.reviews import AppealState, appeal_text, note
from vonk.content.queries import post_facts
from vonk.control import audit, policies
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound

_NOUN: Final = "appeal"


@transaction.atomic
def appeal(scope: Scope, ad_id: int, text: str, *, now: datetime) -> int:
    """Appeal the rejection of the account's ad, once; return the appeal's id.

    Raises RightMissing, NotFound, FieldInvalid (text: 1 to 2,000 characters), AppealNothing, AppealedAlready, AppealLate.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    said = appeal_text(text)
    ad = Ad.objects.select_related("ad_group__campaign").filter(
        pk=ad_id, ad_group__campaign__account_id=scope.account, deleted_at=None
    ).first()  # fmt: skip
    if ad is None:
        raise NotFound(noun="ad")
    reach.hold_campaigns([ad.ad_group.campaign_id])
    newest = Review.objects.filter(ad=ad).order_by("-pk").first()
    if newest is None or newest.verdict != Verdict.REJECTED or newest.decided_at is None:
        raise AppealNothing
    days = policies.number(APPEAL_DAYS, now=now)
    if newest.decided_at < now - timedelta(days=days):
        raise AppealLate(days=days)
    try:
        with transaction.atomic():
            row = Appeal.objects.create(
                review=newest, appellant_id=scope.person, text=said, state=AppealState.WAITING.value, made_at=now
            )
    except IntegrityError as error:
        raise AppealedAlready from error
    audit.record(scope, "appeal.made", _NOUN, row.pk, at=now, detail={"ad_id": str(ad_id)})
    return row.pk


@transaction.atomic
def uphold(scope: Scope, appeal_id: int, answer: str, *, now: datetime) -> None:
    """Let the rejection stand, with an answer of 1 to 1,000 characters for the advertiser.

    Raises RightMissing, NotFound, FieldInvalid (answer), AppealDecided, AppealOwnVerdict.
    """
    row, said = _open(scope, appeal_id, answer)
    _decide(scope, row, AppealState.UPHELD, said, now=now)
    letters.appeal_upheld(row.review.ad, said, now=now)


@transaction.atomic
def overturn(scope: Scope, appeal_id: int, answer: str, *, now: datetime) -> None:
    """Approve the ad after all, with an answer for the advertiser: a round of review of its own.

    Raises as ``uphold`` and ``reviews.approve`` do. It counts as a first approval where two people have to approve.
    """
    row, said = _open(scope, appeal_id, answer)
    ad = row.review.ad
    caption = post_facts([ad.post_id])[ad.post_id].caption
    round_ = Review.objects.create(
        ad=ad,
        verdict=Verdict.IN_REVIEW.value,
        subject=msgspec.to_builtins(submissions.subject_of(ad, caption)),
        submitted_at=row.made_at,
    )
    _decide(scope, row, AppealState.OVERTURNED, said, now=now)
    letters.appeal_overturned(ad, said, now=now)
    reviews.approve(scope, round_.pk, now=now)


def _open(scope: Scope, appeal_id: int, answer: str) -> tuple[Appeal, str]:
    scope.require(Right.REVIEW)
    said = note(answer)
    if not said:
        raise FieldInvalid("answer", "the advertiser reads why")
    campaign_id = (
        Appeal.objects.filter(pk=appeal_id).values_list("review__ad__ad_group__campaign_id", flat=True).first()
    )
    if campaign_id is None:
        raise NotFound(noun="appeal")
    reach.hold_campaigns([campaign_id])
    row = Appeal.objects.select_related("review__ad__ad_group__campaign").get(pk=appeal_id)
    if row.state != AppealState.WAITING:
        raise AppealDecided
    if row.review.reviewer_id == scope.person:
        raise AppealOwnVerdict
    return row, said


def _decide(scope: Scope, row: Appeal, state: AppealState, answer: str, *, now: datetime) -> None:
    row.state, row.answer, row.decided_at, row.decider_id = state.value, answer, now, scope.person
    row.save(update_fields=["state", "answer", "decided_at", "decider_id"])
    account_id = row.review.ad.ad_group.campaign.account_id
    detail = {"ad_id": str(row.review.ad_id)}
    audit.record(scope, f"appeal.{state.value}", _NOUN, row.pk, at=now, account_id=account_id, detail=detail)
