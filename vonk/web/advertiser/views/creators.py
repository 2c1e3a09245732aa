"""Creators whose accounts the ad account can reach: their posts, taken up without a code, and what is missing if not."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.authorisation.actions import accesses, links
from vonk.authorisation.errors.access import LINKS, AccountAccessRefused
from vonk.authorisation.errors.terms import TermsAgreementRequired
from vonk.authorisation.queries import access as reading
from vonk.authorisation.queries import creator_posts
from vonk.authorisation.queries.access import AccessView
from vonk.authorisation.queries.creator_posts import CreatorView, PostChoice
from vonk.authorisation.rules.access import ASK_AGAIN_AFTER, AccessKind, MissingLink
from vonk.content import queries as content
from vonk.content.queries import ProfileBrief
from vonk.control.scope import Right, Scope
from vonk.core.errors import Problem
from vonk.identity import queries as identity
from vonk.web.advertiser import words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.kept import way_back
from vonk.web.advertiser.pages import answer, problem_of, refusal_status
from vonk.web.common import accesses as access_words
from vonk.web.common.problems import ProblemView, view_of
from vonk.web.common.requests import paging_of


class CreatorRow(msgspec.Struct, frozen=True, kw_only=True):
    """A creator within reach. ``missing`` are the links without which nothing can be used."""

    access_id: int
    profile: ProfileBrief
    via: str
    own: bool
    scopes: tuple[str, ...]
    until: str
    missing: tuple[str, ...]
    usable: bool


class Tested(msgspec.Struct, frozen=True):
    """What the self-test found."""

    handle: str
    profile: ProfileBrief
    usable: bool
    access_id: int | None
    missing: tuple[ProblemView, ...]


class CreatorsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``businesses`` are those from which creators can be asked; ``back``: where a half-filled form waits."""

    rows: tuple[CreatorRow, ...]
    next_cursor: str | None
    back: str
    own_profile: ProfileBrief | None
    own_links: tuple[AccessView, ...]
    linked: bool
    businesses: tuple[tuple[int, str], ...]
    tested: Tested | None
    handle: str


class ChoiceCard(msgspec.Struct, frozen=True, kw_only=True):
    """A post to use. ``hidden``: only its owner sees it, and says how it is shown."""

    post_id: int
    title: str
    poster_url: str
    duration_ms: int
    consent_id: int | None
    hidden: bool
    note: str


class CreatorPage(msgspec.Struct, frozen=True, kw_only=True):
    """One creator's posts."""

    creator: CreatorView
    via: str
    until: str
    own: bool
    missing: tuple[ProblemView, ...]
    asks_terms: bool
    may_take: bool
    cards: tuple[ChoiceCard, ...]
    next_cursor: str | None
    search: str
    back: str


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List who is within reach, and test what is missing for a creator (``?handle=``)."""
    return _list(request, desk)


@require_safe
@at_desk()
def creator(request: HttpRequest, desk: Desk, access_id: int) -> HttpResponse:
    """Show a creator's posts, newest first or as searched."""
    return _creator(request, desk, access_id)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def use(request: HttpRequest, desk: Desk, access_id: int, post_id: int) -> HttpResponse:
    """Take up a post and go on to the ad: the one that waits half filled, or a new one."""
    reveal = request.POST.get("reveal", "")
    try:
        taken = accesses.take_post(
            desk.scope, post_id, access_id, ads_only=reveal == "ads_only", make_public=reveal == "public", now=desk.now
        )
    except Problem as problem:
        return _creator(request, desk, access_id, problem=problem)
    if not taken.again:
        messages.success(request, _("The post is yours to advertise, as long as the access lasts."))
    back = way_back(request)
    ahead = f"{back}&" if back else f"{reverse('advertiser:campaign_new')}?"
    return redirect(f"{ahead}consent={taken.consent_id}")


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def agree(request: HttpRequest, desk: Desk, access_id: int) -> HttpResponse:
    """Agree to the terms of the access, as they were read."""
    accesses.agree_terms(desk.scope, access_id, sha256=request.POST.get("sha256", ""), now=desk.now)
    messages.success(request, _("Agreed. Posts can be used under these terms."))
    return redirect("advertiser:creator", access_id)


@require_POST
@at_desk(Right.ACCOUNT_EDIT)
def link(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Link one's own profile: one click."""
    try:
        linked = links.link(desk.scope, now=desk.now)
    except Problem as problem:
        return _list(request, desk, problem=problem)
    messages.success(request, _("Linked. All your posts can be used in this ad account."))
    return redirect("advertiser:creator", linked.access_id)


@require_POST
@at_desk(Right.ACCOUNT_EDIT)
def unlink(request: HttpRequest, desk: Desk, access_id: int) -> HttpResponse:
    """End a link of one's own."""
    ended = links.unlink(desk.scope, access_id, now=desk.now)
    if ended.changed:
        messages.success(request, _("Unlinked. Every ad that stood on it stops within a second."))
    else:
        messages.info(request, _("It had ended before; nothing changed."))
    return redirect("advertiser:creators")


def _list(request: HttpRequest, desk: Desk, problem: Problem | None = None) -> HttpResponse:
    found = creator_posts.usable_creators(desk.scope, paging_of(request), desk.now)
    own, own_links = content.own_profile(_person(desk)), reading.own_links(desk.scope, desk.now)
    handle = request.GET.get("handle", "").strip()
    tested = None
    if handle and problem is None:
        try:
            tested = _tested(desk, handle)
        except Problem as refused:
            problem = refused
    record = CreatorsPage(
        rows=tuple(_row(view) for view in found.items),
        next_cursor=found.next_cursor,
        back=way_back(request),
        own_profile=own,
        own_links=own_links,
        linked=own is not None and any(one.profile is not None and one.profile.id == own.id for one in own_links),
        businesses=_businesses(desk),
        tested=tested,
        handle=handle,
    )
    status = refusal_status(request, problem) if problem is not None else HTTPStatus.OK
    shown = problem_of(request, problem) if problem is not None else None
    return answer(request, desk, "creators.html", record, problem=shown, status=status)


def _creator(request: HttpRequest, desk: Desk, access_id: int, problem: Problem | None = None) -> HttpResponse:
    view = creator_posts.usable_creator(desk.scope, access_id, desk.now)
    search = request.GET.get("search", "")
    blocked = {MissingLink.PERMISSION_MISSING, MissingLink.SCOPE_MISSING} & set(view.missing)
    choices: tuple[PostChoice, ...] = ()
    next_cursor = None
    if not blocked:
        try:
            found = creator_posts.creator_posts(desk.scope, access_id, paging_of(request), desk.now, search=search)
        except Problem as refused:
            problem = problem or refused
        else:
            choices, next_cursor = found.items, found.next_cursor
    asks_terms = MissingLink.TERMS_NOT_AGREED in view.missing
    record = CreatorPage(
        creator=view,
        via=_via(view),
        until=_until(view),
        own=view.kind is AccessKind.OWN,
        missing=tuple(_words(one) for one in view.missing if one is not MissingLink.TERMS_NOT_AGREED),
        asks_terms=asks_terms and view.terms is not None,
        may_take=not view.missing and desk.may_edit,
        cards=tuple(_card(choice) for choice in choices),
        next_cursor=next_cursor,
        search=search,
        back=way_back(request),
    )
    status = refusal_status(request, problem) if problem is not None else HTTPStatus.OK
    shown = problem_of(request, problem) if problem is not None else None
    return answer(request, desk, "creator.html", record, problem=shown, status=status)


def _row(view: CreatorView) -> CreatorRow:
    return CreatorRow(
        access_id=view.access_id,
        profile=view.profile,
        via=_via(view),
        own=view.kind is AccessKind.OWN,
        scopes=access_words.scope_words(view.scopes),
        until=_until(view),
        missing=tuple(_words(one).message for one in view.missing),
        usable=not view.missing,
    )


def _words(one: MissingLink) -> ProblemView:
    """Return a missing link as people read it."""
    if one is MissingLink.ACCESS_REFUSED:
        return view_of(AccountAccessRefused(days=ASK_AGAIN_AFTER.days))
    if one is MissingLink.TERMS_NOT_AGREED:
        return msgspec.structs.replace(
            view_of(TermsAgreementRequired(terms_id=0, sha256="")),
            remedy=_("Open the creator, read the terms and agree."),
        )
    return view_of(LINKS[one]())


def _via(view: CreatorView) -> str:
    return view.business_name or _("your own account")


def _until(view: CreatorView) -> str:
    if view.ends_at is None or view.days_left is None:
        return _("no end")
    return f"{access_words.plain_day(view.ends_at)} · {words.days_words(view.days_left)}"


def _tested(desk: Desk, handle: str) -> Tested:
    found = creator_posts.self_test(desk.scope, handle, desk.now)
    missing = tuple(_words(MissingLink(one.code)) for one in found.missing)
    return Tested(handle, found.profile, found.usable, found.access_id, missing)


def _card(choice: PostChoice) -> ChoiceCard:
    post = choice.post
    hidden = choice.consent_id is None and not choice.public
    return ChoiceCard(
        post_id=post.id,
        title=words.title_of(post.caption),
        poster_url=post.poster_url,
        duration_ms=post.duration_ms or 0,
        consent_id=choice.consent_id,
        hidden=hidden,
        note=access_words.refusal_words(choice.refusal) if choice.refusal is not None and not hidden else "",
    )


def _person(desk: Desk) -> Scope:
    return msgspec.structs.replace(desk.scope, account_id=None)


def _businesses(desk: Desk) -> tuple[tuple[int, str], ...]:
    """Return the organisations from which the acting person may ask creators: those that they administer."""
    found = identity.organisations_of(desk.scope)
    return tuple((one.id, one.name) for one in found if one.role == "admin")
