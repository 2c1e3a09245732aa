"""Whose posts an ad account can use without a code, which, and if not, exactly why not (reference §14 C, no. 9)."""

from datetime import datetime

import msgspec

from vonk.authorisation import access_links, access_reach, reach
from vonk.authorisation.models import AccountAccess, Consent, PostAuthorisation
from vonk.authorisation.queries.posts import PostView, post_view
from vonk.authorisation.queries.terms import TermsView, terms_facts
from vonk.authorisation.rules import NO_END, Refusal, days_left, promotion_refusal
from vonk.authorisation.rules.access import (
    AccessKind,
    AccessScope,
    AccessState,
    MissingLink,
    best_of,
    missing_links,
    missing_of,
)
from vonk.content import queries as content
from vonk.content.queries import PostFacts, ProfileBrief
from vonk.content.queries.promotable import promotable_posts
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import Actor, NotFound, Problem
from vonk.identity.queries import organisation_names


class CreatorView(msgspec.Struct, frozen=True, kw_only=True):
    """A creator whose account the ad account can reach. ``missing`` is empty when posts can be used now."""

    access_id: int
    kind: AccessKind
    state: AccessState
    profile: ProfileBrief
    business_name: str | None
    scopes: tuple[AccessScope, ...]
    ends_at: datetime | None
    days_left: int | None
    preview_required: bool
    terms: TermsView | None
    missing: tuple[MissingLink, ...]


class PostChoice(msgspec.Struct, frozen=True):
    """A post to choose. ``consent_id`` is set when the account holds it by this access; ``refusal`` says why not."""

    post: PostView
    public: bool
    consent_id: int | None
    refusal: str | None


class LinkView(msgspec.Struct, frozen=True):
    """One missing link: why, who has to act, and where that begins."""

    code: str
    message: str
    cause: str
    remedy: str
    actor: Actor
    link: str


class SelfTest(msgspec.Struct, frozen=True):
    """What stands between the ad account and the creator's posts, in the order in which it is best mended."""

    profile: ProfileBrief
    access_id: int | None
    usable: bool
    missing: tuple[LinkView, ...]


def usable_creators(scope: Scope, paging: Paging, now: datetime) -> Page[CreatorView]:
    """Return the live accesses by which the scope's account can use posts, or could but for a link, newest first."""
    rows = access_links.for_account(scope).filter(access_reach.live(now)).select_related("terms")
    page = page_of(rows, paging, lambda row: row)
    return Page(tuple(_creators(scope, page.items, now)), page.next_cursor)


def usable_creator(scope: Scope, access_id: int, now: datetime) -> CreatorView:
    """Return one of them."""
    return _creators(scope, [_live(scope, access_id, now)], now)[0]


def creator_posts(scope: Scope, access_id: int, paging: Paging, now: datetime, *, search: str = "") -> Page[PostChoice]:
    """Return the creator's posts to choose from, newest first; to the owner in their own account the hidden ones too.

    Every word of ``search`` is looked for in the captions. NotFound for an access that is not live, or not permitted.
    """
    row = _live(scope, access_id, now)
    candidate = access_links.candidates(scope, [row], now)[0]
    if not candidate.permitted or AccessScope.EXISTING_POSTS not in candidate.scopes or row.profile_id is None:
        raise access_links.problem(missing_of(candidate, AccessScope.EXISTING_POSTS)[0], row.terms)
    owner = content.profile_owner([row.profile_id]).get(row.profile_id)
    hidden_too = access_reach.is_own(row) and scope.is_oneself(owner)
    page = promotable_posts(row.profile_id, paging, search=search, hidden_too=hidden_too)
    ids = [post.id for post in page.items]
    held = Consent.objects.filter(
        access=row, account_id=scope.account, post_id__in=ids, revoked_at=None, released_at=None, ends_at__gt=now
    )
    taken = dict(held.values_list("post_id", "pk"))
    off = set(PostAuthorisation.objects.filter(post_id__in=ids, on=False).values_list("post_id", flat=True))
    return Page(tuple(_choice(post, taken.get(post.id), off=post.id in off) for post in page.items), page.next_cursor)


def self_test(scope: Scope, handle: str, now: datetime) -> SelfTest:
    """Return exactly which links are missing before the scope's account can use posts of the creator with this handle.

    NotFound when nobody has the handle. What lies inside other businesses is not told.
    """
    scope.require(Right.ACCOUNT_VIEW)
    profile_id = content.profile(None, handle.strip().removeprefix("@")).id
    rows = {
        row.pk: row for row in access_links.for_account(scope).filter(profile_id=profile_id).select_related("terms")
    }
    best = best_of(access_links.candidates(scope, rows.values(), now), AccessScope.EXISTING_POSTS)
    missing = missing_links(access_links.surroundings(scope, profile_id), best)
    terms = rows[best.access_id].terms if best is not None else None
    return SelfTest(
        profile=content.profile_briefs([profile_id])[profile_id],
        access_id=best.access_id if best is not None else None,
        usable=not missing,
        missing=tuple(_link(access_links.problem(link, terms)) for link in missing),
    )


def _creators(scope: Scope, rows: list[AccountAccess] | tuple[AccountAccess, ...], now: datetime) -> list[CreatorView]:
    candidates = {one.access_id: one for one in access_links.candidates(scope, rows, now)}
    profiles = content.profile_briefs(row.profile_id for row in rows if row.profile_id is not None)
    names = organisation_names(row.organisation_id for row in rows if row.organisation_id is not None)
    terms = terms_facts((row.terms_id for row in rows if row.terms_id is not None), person_id=scope.person)
    views = []
    for row in rows:
        assert row.profile_id is not None, "Only accesses to a profile are listed."
        ends_at = row.ends_at if row.ends_at != NO_END else None
        around = access_links.surroundings(scope, row.profile_id)
        views.append(
            CreatorView(
                access_id=row.pk,
                kind=AccessKind(row.kind),
                state=candidates[row.pk].state,
                profile=profiles[row.profile_id],
                business_name=names[row.organisation_id] if row.organisation_id is not None else None,
                scopes=tuple(AccessScope(one) for one in row.scopes),
                ends_at=ends_at,
                days_left=days_left(ends_at, now) if ends_at is not None else None,
                preview_required=row.preview_required,
                terms=terms[row.terms_id] if row.terms_id is not None else None,
                missing=missing_links(around, candidates[row.pk]),
            )
        )
    return views


def _live(scope: Scope, access_id: int, now: datetime) -> AccountAccess:
    rows = access_links.for_account(scope).filter(access_reach.live(now)).select_related("terms")
    row = rows.filter(pk=access_id).first()
    if row is None:
        raise NotFound(noun="access")
    return row


def _choice(post: PostFacts, consent_id: int | None, *, off: bool) -> PostChoice:
    refusal = promotion_refusal(reach.to_promote(post), ads_only=post.ads_only, make_public=False)
    code = "post_authorisation_off" if off else refusal.value if refusal is not None else None
    return PostChoice(
        post=post_view(post),
        public=refusal is not Refusal.NOT_PUBLIC_VIDEO,
        consent_id=consent_id,
        refusal=None if consent_id is not None else code,
    )


def _link(problem: Problem) -> LinkView:
    kind = type(problem)
    return LinkView(
        code=kind.code,
        message=problem.fill(kind.message),
        cause=problem.fill(kind.cause),
        remedy=problem.fill(kind.remedy),
        actor=kind.actor,
        link=kind.link,
    )
