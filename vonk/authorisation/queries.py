"""What others may read of switches, codes, consents and the consent record."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

import msgspec
from django.db.models import Q, QuerySet

from vonk.authorisation import chain, reach
from vonk.authorisation.actions import endings
from vonk.authorisation.errors import ERRORS
from vonk.authorisation.models import AdSettings, Consent, ConsentChain, ConsentRecord, PostAuthorisation
from vonk.authorisation.rules import Act, ConsentState, Extension, days_left, live_spans, redemption_refusal
from vonk.content.queries import PostFacts
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.identity.queries import accounts_facts, person_names

Interval = tuple[datetime, datetime]  # From (inclusive), until (exclusive).

_FULL_PAGE: Final = Paging(size=PAGE_SIZE_MAX)


class SwitchesView(msgspec.Struct, frozen=True):
    """The positions of both switches for one post."""

    ad_settings_on: bool
    post_authorisation_on: bool


class SwitchOffView(msgspec.Struct, frozen=True):
    """What switching off would end: unused codes, and consents that ad accounts hold."""

    unused_codes: int
    held_consents: int
    account_names: tuple[str, ...]
    consent_ids: tuple[int, ...]  # Of the held ones: advertising knows the ads.


class PostView(msgspec.Struct, frozen=True):
    """A post as a list of consents shows it."""

    id: int
    profile_id: int
    handle: str | None
    display_name: str
    caption: str
    poster_url: str
    video_url: str
    duration_ms: int | None
    width: int | None
    height: int | None
    ads_only: bool
    available: bool
    unavailable_reason: str | None


class CodePreview(msgspec.Struct, frozen=True):
    """What a code would give, before the account takes it up. ``again``: the account holds it already."""

    consent_id: int
    post: PostView
    state: ConsentState
    ends_at: datetime
    days_left: int
    again: bool


class LibraryItem(msgspec.Struct, frozen=True):
    """One of the account's Spark ads posts."""

    consent_id: int
    post: PostView
    state: ConsentState
    redeemed_at: datetime
    ends_at: datetime
    days_left: int
    revoked_at: datetime | None
    code_hint: str


class ConsentOfPost(msgspec.Struct, frozen=True):
    """A consent as its creator sees it."""

    id: int
    state: ConsentState
    duration_days: int
    ads_only: bool
    code_hint: str
    issued_at: datetime
    ends_at: datetime
    days_left: int
    account_id: int | None
    account_name: str | None
    redeemed_at: datetime | None
    revoked_at: datetime | None


class Promotion(msgspec.Struct, frozen=True):
    """Where a post stands with ads: its switch, codes nobody used yet, and consents that ad accounts hold."""

    post_authorisation_on: bool = False
    open_codes: int = 0
    held: int = 0


class ConsentView(msgspec.Struct, frozen=True):
    """What other areas need of a consent."""

    id: int
    post_id: int
    profile_id: int
    account_id: int | None
    state: ConsentState
    ends_at: datetime
    issued_at: datetime
    redeemed_at: datetime | None
    revoked_at: datetime | None


class HistoryRow(msgspec.Struct, frozen=True):
    """One act of the consent record. ``person_name`` is None when the platform itself acted."""

    id: int
    sequence: int
    at: datetime
    act: Act
    post_id: int | None
    consent_id: int | None
    person_name: str | None
    account_name: str | None
    detail: chain.Detail
    hash: str


def ad_settings(scope: Scope) -> bool:
    """Return whether the acting creator's ad settings are on."""
    return AdSettings.objects.filter(profile_id=reach.own_profile(scope), on=True).exists()


def switches(scope: Scope, post_id: int) -> SwitchesView:
    """Return the switches for one's own post."""
    post = reach.own_post(scope, post_id)
    return SwitchesView(
        ad_settings_on=AdSettings.objects.filter(profile_id=post.profile_id, on=True).exists(),
        post_authorisation_on=PostAuthorisation.objects.filter(post_id=post_id, on=True).exists(),
    )


def switching_off_ends(scope: Scope, post_id: int | None, now: datetime) -> SwitchOffView:
    """Return what switching the post's authorisation off would end, or, without a post, the profile's ad settings."""
    profile_id = reach.own_profile(scope) if post_id is None else reach.own_post(scope, post_id).profile_id
    rows = list(
        Consent.objects.filter(endings.live(profile_id, post_id=post_id, now=now))
        .order_by("pk")
        .values_list("pk", "account_id")
    )
    held = [(consent_id, account_id) for consent_id, account_id in rows if account_id is not None]
    accounts = accounts_facts(account_id for _, account_id in held)
    return SwitchOffView(
        unused_codes=len(rows) - len(held),
        held_consents=len(held),
        account_names=tuple(sorted(account.name for account in accounts.values())),
        consent_ids=tuple(consent_id for consent_id, _ in held),
    )


def preview(scope: Scope, code: str, now: datetime) -> CodePreview:
    """Return what the code would give the scope's account. Raises what redeeming it would raise, and counts as a try."""
    consent = reach.consent_of_code(scope, code, now=now)
    post = reach.post_of(consent)
    refusal = redemption_refusal(
        reach.facts_of(consent, post_available=post.available),
        now,
        unavailable_reason=post.unavailable_reason,
        holder=consent.account_id,
        asker=scope.account,
    )
    if refusal is not None:
        raise ERRORS[refusal]
    return CodePreview(
        consent_id=consent.pk,
        post=_post_view(post),
        state=reach.state_of(consent, post, now),
        ends_at=consent.ends_at,
        days_left=days_left(consent.ends_at, now),
        again=consent.account_id == scope.account,
    )


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


def consents_of_post(scope: Scope, post_id: int, now: datetime, *, paging: Paging = _FULL_PAGE) -> Page[ConsentOfPost]:
    """Return the consents of one's own post, newest first; deleted codes are in the history alone."""
    post = reach.own_post(scope, post_id)
    page = page_of(Consent.objects.filter(post_id=post_id, deleted_at=None), paging, lambda row: row)
    accounts = accounts_facts(row.account_id for row in page.items if row.account_id is not None)
    return Page(
        tuple(
            ConsentOfPost(
                id=row.pk,
                state=reach.state_of(row, post, now),
                duration_days=row.duration_days,
                ads_only=row.ads_only,
                code_hint=row.code_hint,
                issued_at=row.issued_at,
                ends_at=row.ends_at,
                days_left=days_left(row.ends_at, now),
                account_id=row.account_id,
                account_name=accounts[row.account_id].name if row.account_id is not None else None,
                redeemed_at=row.redeemed_at,
                revoked_at=row.revoked_at,
            )
            for row in page.items
        ),
        page.next_cursor,
    )


def promotions(post_ids: Iterable[int], now: datetime) -> dict[int, Promotion]:
    """Return where each post stands with ads, for areas that have the posts inside their scope already."""
    ids = set(post_ids)
    on = set(PostAuthorisation.objects.filter(post_id__in=ids, on=True).values_list("post_id", flat=True))
    live = Consent.objects.filter(post_id__in=ids, ends_at__gt=now, revoked_at=None, released_at=None, deleted_at=None)
    open_codes: dict[int, int] = dict.fromkeys(ids, 0)
    held: dict[int, int] = dict.fromkeys(ids, 0)
    for post_id, account_id in live.values_list("post_id", "account_id"):
        (open_codes if account_id is None else held)[post_id] += 1
    return {post_id: Promotion(post_id in on, open_codes[post_id], held[post_id]) for post_id in ids}


def history(scope: Scope, post_id: int | None = None, paging: Paging = _FULL_PAGE) -> Page[HistoryRow]:
    """Return the acting creator's consent record, newest act first: all of it, or one post's.

    The cursor is a sequence number. An advertiser is named by account, not by the person who clicked.
    """
    profile_id = reach.own_profile(scope) if post_id is None else reach.own_post(scope, post_id).profile_id
    rows = ConsentRecord.objects.select_related("consent").filter(profile_id=profile_id).order_by("-sequence")
    if post_id is not None:
        rows = rows.filter(post_id=post_id)
    if paging.cursor is not None:
        rows = rows.filter(sequence__lt=paging.cursor)
    found = list(rows[: paging.size + 1])
    shown = found[: paging.size]
    return Page(tuple(_history(scope, shown)), str(shown[-1].sequence) if len(found) > paging.size else None)


def consent_facts(consent_ids: Iterable[int], now: datetime) -> dict[int, ConsentView]:
    """Return the facts of the consents that exist among the ids, for areas that have them inside their scope already."""
    rows = list(Consent.objects.filter(pk__in=set(consent_ids)))
    posts = reach.posts_of(rows)
    return {
        row.pk: ConsentView(
            id=row.pk,
            post_id=row.post_id,
            profile_id=row.profile_id,
            account_id=row.account_id,
            state=reach.state_of(row, posts[row.post_id], now),
            ends_at=row.ends_at,
            issued_at=row.issued_at,
            redeemed_at=row.redeemed_at,
            revoked_at=row.revoked_at,
        )
        for row in rows
    }


def live_spans_of(consent_ids: Iterable[int]) -> dict[int, tuple[Interval, ...]]:
    """Return, for each consent that was ever redeemed, the exact spans in which it carried ads, oldest first."""
    rows = list(Consent.objects.filter(pk__in=set(consent_ids), redeemed_at__isnull=False))
    extensions: dict[int, list[Extension]] = {row.pk: [] for row in rows}
    records = ConsentRecord.objects.filter(consent_id__in=list(extensions), act=Act.EXTENDED.value)
    for consent_id, at, detail in records.order_by("sequence").values_list("consent_id", "at", "detail"):
        assert consent_id is not None, "Chosen by it."
        ended_at, ends_at = datetime.fromisoformat(detail["ended_at"]), datetime.fromisoformat(detail["ends_at"])
        extensions[consent_id].append(Extension(at, ended_at, ends_at))
    return {
        row.pk: live_spans(row.redeemed_at, row.ends_at, row.revoked_at, extensions[row.pk])
        for row in rows
        if row.redeemed_at is not None
    }


def record_count() -> int:
    """Return how many acts the consent record of all profiles holds."""
    return ConsentRecord.objects.count()


def verify_chain(profile_id: int | None) -> list[chain.Broken]:
    """Return every fault in the consent record of one profile, or of all: changed, missing and reordered rows."""
    heads = ConsentChain.objects.order_by("profile_id")
    rows = ConsentRecord.objects.order_by("profile_id", "sequence")
    if profile_id is not None:
        heads, rows = heads.filter(profile_id=profile_id), rows.filter(profile_id=profile_id)
    unseen = {row.profile_id: chain.Head(row.length, row.hash) for row in heads.iterator()}
    broken: list[chain.Broken] = []
    for profile, of_profile in groupby(_stored(rows.iterator()), key=lambda stored: stored.row.profile_id):
        broken += chain.verify(profile, of_profile, unseen.pop(profile, chain.Head()))
    for profile, head in unseen.items():
        broken += chain.verify(profile, (), head)
    return broken


def _held(scope: Scope) -> QuerySet[Consent]:
    return Consent.objects.filter(account_id=scope.account, released_at=None)


def _library_items(rows: Sequence[Consent], now: datetime) -> Iterator[LibraryItem]:
    posts = reach.posts_of(rows)
    for row in rows:
        assert row.redeemed_at is not None, "An account holds what it redeemed."
        post = posts[row.post_id]
        yield LibraryItem(
            consent_id=row.pk,
            post=_post_view(post),
            state=reach.state_of(row, post, now),
            redeemed_at=row.redeemed_at,
            ends_at=row.ends_at,
            days_left=days_left(row.ends_at, now),
            revoked_at=row.revoked_at,
            code_hint=row.code_hint,
        )


def _stored(rows: Iterable[ConsentRecord]) -> Iterator[chain.StoredRow]:
    for row in rows:
        hashed = chain.Row(
            id=row.pk,
            profile_id=row.profile_id,
            sequence=row.sequence,
            post_id=row.post_id,
            consent_id=row.consent_id,
            at=row.at,
            person_id=row.person_id,
            act=row.act,
            detail=row.detail,
            previous_hash=row.previous_hash,
        )
        yield chain.StoredRow(hashed, row.hash)


def _history(scope: Scope, rows: list[ConsentRecord]) -> Iterator[HistoryRow]:
    accounts = accounts_facts(
        row.consent.account_id for row in rows if row.consent is not None and row.consent.account_id is not None
    )
    names = person_names([scope.person])
    for row in rows:
        account_id = row.consent.account_id if row.consent is not None else None
        yield HistoryRow(
            id=row.pk,
            sequence=row.sequence,
            at=row.at,
            act=Act(row.act),
            post_id=row.post_id,
            consent_id=row.consent_id,
            person_name=names.get(row.person_id) if row.person_id is not None else None,
            account_name=accounts[account_id].name if account_id is not None else None,
            detail=row.detail,
            hash=row.hash,
        )


def _post_view(post: PostFacts) -> PostView:
    return PostView(
        id=post.id,
        profile_id=post.profile_id,
        handle=post.handle,
        display_name=post.display_name,
        caption=post.caption,
        poster_url=post.poster_url,
        video_url=post.video_url,
        duration_ms=post.duration_ms,
        width=post.width,
        height=post.height,
        ads_only=post.ads_only,
        available=post.available,
        unavailable_reason=post.unavailable_reason,
    )
