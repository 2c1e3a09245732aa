"""The Spark ads posts that an ad account holds."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec
from django.db.models import Q, QuerySet

from vonk.authorisation import reach
from vonk.authorisation.models import Consent
from vonk.authorisation.queries.posts import PostView, post_view
from vonk.authorisation.rules import NO_END, ConsentState, Road, days_left
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


class LibraryItem(msgspec.Struct, frozen=True):
    """One of the account's Spark ads posts. ``ends_at`` and ``days_left`` are None: until somebody ends it.

    ``code_hint`` is "" for what came by a road without a code.
    """

    consent_id: int
    post: PostView
    state: ConsentState
    redeemed_at: datetime
    ends_at: datetime | None
    days_left: int | None
    revoked_at: datetime | None
    code_hint: str
    road: Road
    terms_id: int | None


def library(scope: Scope, paging: Paging, now: datetime) -> Page[LibraryItem]:
    """Return the account's Spark ads posts, newest code first; released ones are off the list."""
    scope.require(Right.ACCOUNT_VIEW)
    page = page_of(_held(scope), paging, lambda row: row)
    return Page(tuple(_library_items(page.items, now)), page.next_cursor)


def library_item(scope: Scope, consent_id: int, now: datetime) -> LibraryItem:
    """Return one of the account's Spark ads posts; NotFound for what it does not hold, or released."""
    scope.require(Right.ACCOUNT_VIEW)
    row = _held(scope).filter(pk=consent_id).first()
    if row is None:
        raise NotFound(noun="authorisation")
    return next(_library_items([row], now))


def ending(scope: Scope, now: datetime, *, within: timedelta, at_most: int) -> tuple[LibraryItem, ...]:
    """Return the account's Spark ads posts whose authorisation ended or ends ``within`` that time, the soonest first."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = _held(scope).filter(Q(ends_at__lte=now + within) | Q(revoked_at__isnull=False)).order_by("ends_at", "pk")
    return tuple(_library_items(list(rows[:at_most]), now))


def _held(scope: Scope) -> QuerySet[Consent]:
    return Consent.objects.filter(account_id=scope.account, released_at=None)


def _library_items(rows: Sequence[Consent], now: datetime) -> Iterator[LibraryItem]:
    posts = reach.posts_of(rows)
    for row in rows:
        assert row.redeemed_at is not None, "An account holds what it redeemed."
        post = posts[row.post_id]
        ends_at = min(row.ends_at, row.ending_at or NO_END)
        yield LibraryItem(
            consent_id=row.pk,
            post=post_view(post),
            state=reach.state_of(row, post, now),
            redeemed_at=row.redeemed_at,
            ends_at=ends_at if ends_at < NO_END else None,
            days_left=days_left(ends_at, now) if ends_at < NO_END else None,
            revoked_at=row.revoked_at,
            code_hint=row.code_hint,
            road=Road(row.road),
            terms_id=row.terms_id,
        )
