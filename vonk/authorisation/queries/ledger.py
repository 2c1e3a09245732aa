"""The authorisation ledger of an ad account: everything that it may show, may have shown, or is about to lose, by any road."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec
from django.db.models import OuterRef, Q, QuerySet

from vonk.authorisation import needs, reach
from vonk.authorisation.models import Consent
from vonk.authorisation.queries.posts import PostView, post_view
from vonk.authorisation.rules import NO_END, ConsentState, Edit, Payment, Road, days_left
from vonk.content.queries import visibility
from vonk.control.paging import Page, Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid

LISTED: Final = frozenset(ConsentState) - {
    ConsentState.RELEASED
}  # What an account took off its list is asked for by name.
LIVE: Final = frozenset({ConsentState.ACTIVE, ConsentState.ENDING, ConsentState.SUSPENDED})
TEXT_CHARS_MAX: Final = 100
DAYS_MAX: Final = 3_650
EXPORT_PAGE: Final = 200


class LedgerSort(StrEnum):
    """What comes first."""

    NEWEST = "newest"
    END = "end"  # The soonest first.
    CREATOR = "creator"  # By name, then the newest.


class LedgerFilter(msgspec.Struct, frozen=True):
    """What is wanted. ``creator`` is a handle, with or without @; ``days_left_max`` keeps what is live and ends by then."""

    creator: str = ""
    states: frozenset[ConsentState] = LISTED
    road: Road | None = None
    days_left_max: int | None = None
    text: str = ""  # In the caption, the creator's names, or at the end of the code.
    sort: LedgerSort = LedgerSort.NEWEST


class LedgerTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What both sides agreed to, in short."""

    id: int
    payment: Payment
    fee_micros: int
    share_ppm: int
    currency: str
    spend_cap_micros: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    countries: tuple[str, ...]
    categories: tuple[str, ...]
    edits: tuple[Edit, ...]
    notice_days: int


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """One authorisation. ``ends_at`` is when it stops by itself, the end of a notice included; None: nothing ends it."""

    consent_id: int
    post: PostView
    road: Road
    state: ConsentState
    redeemed_at: datetime
    ends_at: datetime | None
    days_left: int | None
    revoked_at: datetime | None
    released_at: datetime | None
    code_hint: str
    preview_required: bool
    terms: LedgerTerms | None


class LedgerPage(msgspec.Struct, frozen=True):
    """Some rows, and how many there are in all."""

    items: tuple[LedgerRow, ...]
    next_cursor: str | None
    total: int


def ledger(scope: Scope, wanted: LedgerFilter, paging: Paging, now: datetime) -> LedgerPage:
    """Return one page of the account's authorisations. FieldInvalid names what is wrong with the filter or the cursor."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = _wanted(scope, wanted, now)
    page = _page(scope, rows, wanted.sort, paging)
    return LedgerPage(tuple(_ledger_rows(page.items, now)), page.next_cursor, rows.count())


def ledger_rows(scope: Scope, wanted: LedgerFilter, now: datetime) -> Iterator[tuple[LedgerRow, ...]]:
    """Yield everything that is wanted, in its order, some rows at a time: for a file, however long it gets."""
    scope.require(Right.ACCOUNT_VIEW)
    rows, cursor = _wanted(scope, wanted, now), None
    while True:
        page = _page(scope, rows, wanted.sort, Paging(cursor, EXPORT_PAGE))
        if page.items:
            yield tuple(_ledger_rows(page.items, now))
        if page.next_cursor is None:
            return
        cursor = int(page.next_cursor)


def held_by_account(scope: Scope, consent_ids: Sequence[int], now: datetime) -> tuple[LedgerRow, ...]:
    """Return those of the consents that the account holds, in the order asked for."""
    scope.require(Right.ACCOUNT_VIEW)
    found = _held(scope).filter(pk__in=consent_ids).select_related("terms")
    rows = {row.consent_id: row for row in _ledger_rows(list(found), now)}
    return tuple(rows[consent_id] for consent_id in dict.fromkeys(consent_ids) if consent_id in rows)


def in_state(scope: Scope, states: frozenset[ConsentState], now: datetime) -> Q:
    """Return the condition that a consent of the account is in one of the states: rules.state, in SQL.

    What a consent of other authors stands on cannot be said in one condition; the few that need one are looked at first.
    """
    kept = Q(deleted_at=None, released_at=None)
    stopped = Q(revoked_at__isnull=False) | Q(ending_at__isnull=False, ending_at__lte=now)
    holds = kept & ~stopped & Q(ends_at__gt=now)
    redeemed = Q(redeemed_at__isnull=False)
    shown = Q(visibility.available(OuterRef("post_id"))) & ~Q(pk__in=_unmet(scope, now))
    conditions = {
        ConsentState.DELETED: Q(deleted_at__isnull=False),
        ConsentState.RELEASED: Q(deleted_at=None, released_at__isnull=False),
        ConsentState.REVOKED: kept & stopped,
        ConsentState.EXPIRED: kept & ~stopped & Q(ends_at__lte=now),
        ConsentState.ISSUED: holds & ~redeemed,
        ConsentState.SUSPENDED: holds & redeemed & ~shown,
        ConsentState.ACTIVE: holds & redeemed & shown & Q(ending_at=None),
        ConsentState.ENDING: holds & redeemed & shown & Q(ending_at__isnull=False),
    }
    condition = Q(pk__in=[])
    for state in states:
        condition |= conditions[state]
    return condition


def _held(scope: Scope) -> QuerySet[Consent]:
    return Consent.objects.filter(account_id=scope.account)


def _unmet(scope: Scope, now: datetime) -> list[int]:
    """Return the account's consents that miss the consent of an original author."""
    needing = set(_held(scope).filter(needs__isnull=False).values_list("pk", flat=True))
    return [consent_id for consent_id, met_by in needs.stand_on(needing, now).items() if met_by is None]


def _wanted(scope: Scope, wanted: LedgerFilter, now: datetime) -> QuerySet[Consent]:
    rows = _held(scope).select_related("terms")
    if wanted.states >= LISTED:  # The usual look needs no look at posts.
        rows = rows if ConsentState.RELEASED in wanted.states else rows.filter(released_at=None)
    else:
        rows = rows.filter(in_state(scope, wanted.states, now))
    handle = wanted.creator.strip().removeprefix("@")
    if handle:
        rows = rows.filter(profile__handle__iexact=handle)
    if wanted.road is not None:
        rows = rows.filter(road=wanted.road.value)
    if wanted.days_left_max is not None:
        if not 0 <= wanted.days_left_max <= DAYS_MAX:
            raise FieldInvalid("days_left_max", "a number from 0 to %(most)s", most=DAYS_MAX)
        by = now + timedelta(days=wanted.days_left_max)
        rows = rows.filter(Q(ends_at__lte=by) | Q(ending_at__isnull=False, ending_at__lte=by))
        rows = rows.filter(ends_at__gt=now, revoked_at=None, released_at=None)
        rows = rows.filter(Q(ending_at=None) | Q(ending_at__gt=now))
    text = wanted.text.strip()
    if len(text) > TEXT_CHARS_MAX:
        raise FieldInvalid("text", "at most %(most)s characters", most=TEXT_CHARS_MAX)
    if text:
        found = Q(post__caption__icontains=text) | Q(profile__display_name__icontains=text)
        rows = rows.filter(found | Q(profile__handle__icontains=text.removeprefix("@")) | Q(code_hint=text[-4:]))
    return rows


def _page(scope: Scope, rows: QuerySet[Consent], sort: LedgerSort, paging: Paging) -> Page[Consent]:
    """Return the rows after the cursor, the id of the last row before, in the order of ``sort``."""
    after = None
    if paging.cursor is not None:
        after = _held(scope).select_related("profile").filter(pk=paging.cursor).first()
        if after is None:
            raise FieldInvalid("cursor", "not a cursor of this list")
    if sort is LedgerSort.END:
        rows = rows.order_by("ends_at", "-pk")
        if after is not None:
            rows = rows.filter(Q(ends_at__gt=after.ends_at) | Q(ends_at=after.ends_at, pk__lt=after.pk))
    elif sort is LedgerSort.CREATOR:
        rows = rows.order_by("profile__display_name", "profile_id", "-pk")
        if after is not None:
            name = after.profile.display_name
            same = Q(profile__display_name=name)
            within = Q(profile_id__gt=after.profile_id) | Q(profile_id=after.profile_id, pk__lt=after.pk)
            rows = rows.filter(Q(profile__display_name__gt=name) | (same & within))
    else:
        rows = rows.order_by("-pk")
        if after is not None:
            rows = rows.filter(pk__lt=after.pk)
    found = list(rows[: paging.size + 1])
    shown = found[: paging.size]
    return Page(tuple(shown), str(shown[-1].pk) if len(found) > paging.size else None)


def _ledger_rows(rows: Sequence[Consent], now: datetime) -> Iterator[LedgerRow]:
    posts = reach.posts_of(rows)
    states = reach.states_of(rows, posts, now)
    for row in rows:
        assert row.redeemed_at is not None, "An account holds what it redeemed."
        ends_at = min(row.ends_at, row.ending_at or NO_END)
        endless = ends_at == NO_END
        yield LedgerRow(
            consent_id=row.pk,
            post=post_view(posts[row.post_id]),
            road=Road(row.road),
            state=states[row.pk],
            redeemed_at=row.redeemed_at,
            ends_at=None if endless else ends_at,
            days_left=None if endless else days_left(ends_at, now),
            revoked_at=row.revoked_at,
            released_at=row.released_at,
            code_hint=row.code_hint,
            preview_required=row.preview_required,
            terms=_terms(row),
        )


def _terms(row: Consent) -> LedgerTerms | None:
    terms = row.terms
    if terms is None:
        return None
    return LedgerTerms(
        id=terms.pk,
        payment=Payment(terms.payment),
        fee_micros=terms.fee_micros,
        share_ppm=terms.share_ppm,
        currency=terms.currency,
        spend_cap_micros=terms.spend_cap_micros,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        countries=tuple(terms.countries),
        categories=tuple(terms.categories),
        edits=tuple(Edit(edit) for edit in terms.edits),
        notice_days=terms.notice_days,
    )
