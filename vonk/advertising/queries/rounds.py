"""Rounds of review: the newest of an ad, all of an ad, the queue."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Final

import msgspec
from django.db.models import OuterRef, Subquery

from vonk.advertising import publish
from vonk.advertising.models import Ad, Review
from vonk.advertising.queries import previews
from vonk.advertising.queries.views import PastReview, ReasonView, ReviewItem, ReviewView
from vonk.advertising.rules import REVIEW_REASONS, Change, Objective, Subject, Verdict, changes
from vonk.content.queries import PostFacts, post_facts
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import AccountFacts, accounts_facts, person_names

PREVIOUS_MAX: Final = 10  # Rounds before the present one that a reviewer is shown.


def newest(ad_ids: Collection[int]) -> dict[int, ReviewView]:
    """Return the newest review of each ad, for an area that has the ads inside its scope."""
    last = Review.objects.filter(ad=OuterRef("ad")).order_by("-pk").values("pk")[:1]
    rows = Review.objects.filter(ad__in=ad_ids, pk=Subquery(last))
    return {row.ad_id: view_of(row) for row in rows}


def reviews(scope: Scope, ad_id: int, paging: Paging) -> Page[ReviewView]:
    """Return all rounds of review of the account's ad, newest first; NotFound when it is none."""
    scope.require(Right.ACCOUNT_VIEW)
    if not Ad.objects.filter(pk=ad_id, ad_group__campaign__account_id=scope.account).exists():
        raise NotFound(noun="ad")
    return page_of(Review.objects.filter(ad_id=ad_id), paging, view_of)


def review_queue(scope: Scope, paging: Paging) -> Page[ReviewItem]:
    """Return the ads that wait for a decision, the longest waiting first (Right.REVIEW)."""
    scope.require(Right.REVIEW)
    rows = Review.objects.select_related("ad__ad_group__campaign").filter(verdict=Verdict.IN_REVIEW.value)
    if paging.cursor is not None:
        rows = rows.filter(pk__gt=paging.cursor)
    found = list(rows.order_by("pk")[: paging.size + 1])
    shown = found[: paging.size]
    return Page(tuple(items_of(shown)), str(shown[-1].pk) if len(found) > paging.size else None)


def queue_length(scope: Scope) -> int:
    """Return how many ads wait for a decision."""
    scope.require(Right.REVIEW)
    return Review.objects.filter(verdict=Verdict.IN_REVIEW.value).count()


def review(scope: Scope, review_id: int) -> ReviewItem:
    """Return one round of review with everything needed to judge it, a decided one too (Right.REVIEW)."""
    scope.require(Right.REVIEW)
    row = Review.objects.select_related("ad__ad_group__campaign").filter(pk=review_id).first()
    if row is None:
        raise NotFound(noun="review")
    return items_of([row])[0]


def view_of(row: Review) -> ReviewView:
    """Return the review as its advertiser sees it."""
    return ReviewView(
        id=row.pk,
        verdict=Verdict(row.verdict),
        reasons=tuple(ReasonView(key, REVIEW_REASONS[key]) for key in row.reasons),
        note=row.note,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
    )


def items_of(rows: Sequence[Review]) -> list[ReviewItem]:
    """Return reviews, with their ads, ad groups and campaigns loaded, as reviewers see them."""
    accounts = accounts_facts({row.ad.ad_group.campaign.account_id for row in rows})
    posts = post_facts({row.ad.post_id for row in rows})
    earlier = _earlier([row.ad_id for row in rows])
    names = person_names({past.reviewer_id for each in earlier.values() for past in each if past.reviewer_id})
    return [
        _item(
            row,
            accounts[row.ad.ad_group.campaign.account_id],
            posts[row.ad.post_id],
            [past for past in earlier.get(row.ad_id, []) if past.pk < row.pk],
            names,
        )
        for row in rows
    ]


def _earlier(ad_ids: Collection[int]) -> dict[int, list[Review]]:
    """Return the rounds of each ad, newest first. An ad has few: each stands for an edit by hand."""
    rows = Review.objects.filter(ad__in=ad_ids).order_by("ad_id", "-pk")
    return {ad_id: list(group) for ad_id, group in groupby(rows, key=lambda row: row.ad_id)}


def _item(
    row: Review, account: AccountFacts, post: PostFacts, earlier: Sequence[Review], names: dict[int, str]
) -> ReviewItem:
    ad, ad_group = row.ad, row.ad.ad_group
    approved = next((past for past in earlier if past.verdict == Verdict.APPROVED), None)
    return ReviewItem(
        review=view_of(row),
        ad_id=ad.pk,
        ad_name=ad.name,
        campaign_id=ad_group.campaign_id,
        campaign_name=ad_group.campaign.name,
        objective=Objective(ad_group.campaign.objective),
        account_id=account.id,
        account_name=account.name,
        advertiser_name=account.advertiser_name,
        payer_name=account.payer_name,
        preview=previews.of(post, ad.consent_id, ad.call_to_action, ad.landing_url, account),
        targeting=publish.targeting_of(ad_group),
        starts_at=ad_group.starts_at,
        ends_at=ad_group.ends_at,
        previous=tuple(PastReview(view_of(past), names.get(past.reviewer_id or 0)) for past in earlier[:PREVIOUS_MAX]),
        approved_before=approved is not None,
        changes=_changes(approved, row),
        category=ad.category,
    )


def _changes(approved: Review | None, row: Review) -> tuple[Change, ...]:
    if approved is None:
        return ()
    return changes(msgspec.convert(approved.subject, Subject), msgspec.convert(row.subject, Subject))
