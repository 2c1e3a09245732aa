"""Requests for permission as both sides read them: the creator's inbox, what an ad account has asked for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import QuerySet

from vonk.authorisation import needs, reach
from vonk.authorisation.actions import questions
from vonk.authorisation.models import Consent, PermissionRequest
from vonk.authorisation.queries.posts import PostView, post_view
from vonk.authorisation.queries.terms import TermsView, terms_facts
from vonk.authorisation.rules import Closing, Outcome, Outside, RequestKind, RequestState, Side
from vonk.authorisation.rules import requests as rules
from vonk.content import queries as content
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import accounts_facts

COUNT_MAX: Final = 100  # A badge counts no further: it says "99+".


class RequestView(msgspec.Struct, frozen=True, kw_only=True):
    """A request. The advertiser is named by account, and for whom it advertises and who pays, never by person.

    ``consent_ends_at`` is of the consent that is to be extended, or came of the request. ``answering`` is the post that
    answers or mentions the one asked for. ``reason`` is the creator's; ``closing`` why the platform ended it.
    ``not_automatic`` says why no standing consent of the creator accepted it.
    """

    id: int
    kind: RequestKind
    state: RequestState
    post: PostView
    account_id: int
    account_name: str
    advertiser_name: str
    payer_name: str
    currency: str
    message: str
    duration_days: int
    ads_only: bool
    offer: TermsView | None
    attempts: int
    attempts_left: int
    asked_at: datetime
    last_asked_at: datetime
    lapses_at: datetime
    counter_duration_days: int | None
    counter_terms: TermsView | None
    counter_preview_required: bool
    countered_at: datetime | None
    answered_at: datetime | None
    reason: str
    closing: Closing | None
    consent_id: int | None
    consent_ends_at: datetime | None
    answering: PostView | None
    standing_id: int | None
    not_automatic: tuple[Outside, ...]


class AskView(msgspec.Struct, frozen=True, kw_only=True):
    """What an ad account has to know before it asks for a post.

    ``open_request_id`` is of a request that is out: asking renews it. ``consent_id`` is of a consent that holds.
    """

    post: PostView
    open_request_id: int | None
    attempts_left: int
    consent_id: int | None


def inbox(scope: Scope, paging: Paging, now: datetime, *, open_only: bool = False) -> Page[RequestView]:
    """Return what the acting creator was asked for, newest first; ``open_only`` leaves out what has ended."""
    rows = PermissionRequest.objects.filter(profile_id=reach.own_profile(scope))
    return _page(scope, rows, paging, now, open_only=open_only)


def inbox_count(scope: Scope, now: datetime) -> int:
    """Return how many requests wait for the acting creator, COUNT_MAX at most; 0 for somebody without a profile."""
    if content.own_profile(scope) is None:
        return 0
    rows = PermissionRequest.objects.filter(
        profile_id=reach.own_profile(scope), outcome=None, turn=Side.CREATOR.value, lapses_at__gt=now
    )
    return rows[:COUNT_MAX].count()


def request_of_creator(scope: Scope, request_id: int, now: datetime) -> RequestView:
    """Return one request to the acting creator; NotFound for others'."""
    scope.require(Right.CREATE)
    return _one(scope, PermissionRequest.objects.filter(pk=request_id, profile__owner_id=scope.person), now)


def sent(scope: Scope, paging: Paging, now: datetime, *, open_only: bool = False) -> Page[RequestView]:
    """Return what the scope's ad account has asked for, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = PermissionRequest.objects.filter(account_id=scope.account)
    return _page(scope, rows, paging, now, open_only=open_only)


def countered_count(scope: Scope, now: datetime) -> int:
    """Return how many requests wait for the scope's ad account, COUNT_MAX at most."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = PermissionRequest.objects.filter(
        account_id=scope.account, outcome=None, turn=Side.ADVERTISER.value, lapses_at__gt=now
    )
    return rows[:COUNT_MAX].count()


def request_of_account(scope: Scope, request_id: int, now: datetime) -> RequestView:
    """Return one request of the scope's ad account; NotFound for others'."""
    scope.require(Right.ACCOUNT_VIEW)
    return _one(scope, PermissionRequest.objects.filter(pk=request_id, account_id=scope.account), now)


def ask_view(scope: Scope, post_id: int, now: datetime) -> AskView:
    """Return what the scope's ad account has to know before it asks for a post; NotFound for what is not public."""
    scope.require(Right.ACCOUNT_VIEW)
    post = reach.public_post(post_id)
    request = PermissionRequest.objects.filter(
        account_id=scope.account, post_id=post_id, kind=RequestKind.USE.value, outcome=None, lapses_at__gt=now
    ).first()
    held = Consent.objects.filter(needs.in_force(now), account_id=scope.account, post_id=post_id)
    return AskView(
        post=post_view(post),
        open_request_id=request.pk if request is not None else None,
        attempts_left=rules.attempts_left(request.attempts if request is not None else 0),
        consent_id=held.order_by("-ends_at").values_list("pk", flat=True).first(),
    )


def _page(
    scope: Scope, rows: QuerySet[PermissionRequest], paging: Paging, now: datetime, *, open_only: bool
) -> Page[RequestView]:
    if open_only:
        rows = rows.filter(outcome=None, lapses_at__gt=now)
    page = page_of(rows.select_related("consent", "need__consent"), paging, lambda row: row)
    return Page(_views(scope, page.items, now), page.next_cursor)


def _one(scope: Scope, rows: QuerySet[PermissionRequest], now: datetime) -> RequestView:
    row = rows.select_related("consent", "need__consent").first()
    if row is None:
        raise NotFound(noun="request")
    return _views(scope, [row], now)[0]


def _views(scope: Scope, rows: Sequence[PermissionRequest], now: datetime) -> tuple[RequestView, ...]:
    posts = content.post_facts(
        {row.post_id for row in rows} | {row.need.consent.post_id for row in rows if row.need is not None}
    )
    accounts = accounts_facts(row.account_id for row in rows)
    terms_ids = {terms_id for row in rows for terms_id in (row.offer_id, row.counter_terms_id) if terms_id is not None}
    terms = terms_facts(terms_ids, person_id=scope.person_id)
    return tuple(
        RequestView(
            id=row.pk,
            kind=RequestKind(row.kind),
            state=questions.state_of(row, now),
            post=post_view(posts[row.post_id]),
            account_id=row.account_id,
            account_name=accounts[row.account_id].name,
            advertiser_name=accounts[row.account_id].advertiser_name,
            payer_name=accounts[row.account_id].payer_name,
            currency=accounts[row.account_id].currency,
            message=row.message,
            duration_days=row.duration_days,
            ads_only=row.ads_only,
            offer=terms[row.offer_id] if row.offer_id is not None else None,
            attempts=row.attempts,
            attempts_left=rules.attempts_left(row.attempts),
            asked_at=row.asked_at,
            last_asked_at=row.last_asked_at,
            lapses_at=row.lapses_at,
            counter_duration_days=row.counter_duration_days,
            counter_terms=terms[row.counter_terms_id] if row.counter_terms_id is not None else None,
            counter_preview_required=row.counter_preview_required,
            countered_at=row.countered_at,
            answered_at=row.answered_at,
            reason=row.reason if row.outcome == Outcome.REFUSED.value else "",
            closing=Closing(row.reason) if row.outcome == Outcome.WITHDRAWN.value and row.reason else None,
            consent_id=row.consent_id,
            consent_ends_at=row.consent.ends_at if row.consent is not None else None,
            answering=post_view(posts[row.need.consent.post_id]) if row.need is not None else None,
            standing_id=row.standing_id,
            not_automatic=tuple(Outside(reason) for reason in row.not_automatic),
        )
        for row in rows
    )
