"""The ad settings of one post: its switch, its codes, who uses them."""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import consents, switches
from vonk.authorisation.queries import ConsentOfPost
from vonk.authorisation.rules import ConsentState
from vonk.content import queries as content
from vonk.content.queries import PostFacts
from vonk.content.rules import Visibility
from vonk.control.paging import Page, Paging
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, Problem
from vonk.web.common import problems
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import id_of, now_of, paging_of
from vonk.web.creator import words
from vonk.web.creator.access import for_creators
from vonk.web.creator.endings import off_ends
from vonk.web.creator.forms import ADS_ONLY, DURATION_CHOICES, ORGANIC_TOO, IssueForm, SwitchForm
from vonk.web.creator.words import TimelineRow

HISTORY_SHOWN: Final = 20


class CodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A code and what may be done with it now."""

    id: int
    hint: str
    badge: Badge
    days_words: str
    issued_at: datetime
    ends_at: datetime
    account_name: str | None
    redeemed_at: datetime | None
    revoked_at: datetime | None
    ads: tuple[str, ...]
    can_show: bool
    can_extend: bool
    can_revoke: bool
    can_delete: bool
    revoke_words: str


class ShownCode(msgspec.Struct, frozen=True):
    """A code in plain, for its creator to copy."""

    title: str
    words: str
    text: str


class PostAdsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page."""

    post_id: int
    title: str
    ad_settings_on: bool
    authorised: bool
    authorisation: Badge
    authorisation_words: str
    off_ends: str  # What switching off would end, "" when nothing.
    not_public_words: str
    code: ShownCode | None
    codes: tuple[CodeRow, ...]
    next_cursor: str | None
    empty_words: str
    durations: tuple[tuple[int, str], ...]
    video_url: str
    poster_url: str
    width: int
    height: int
    history: tuple[TimelineRow, ...]


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Show where the post stands with ads. ``?code=`` names a code to be shown in plain, ``&new`` one just made."""
    post = content.own_post(scope, post_id)
    initial = {"reach": ADS_ONLY if post.ads_only else ORGANIC_TOO}
    return _answer(request, scope, post, IssueForm(public=_public(post), initial=initial))


@require_POST
@for_creators
def switch(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Switch the post's ad authorisation on or off."""
    form = SwitchForm(request.POST)
    if not form.is_valid():
        raise FieldInvalid("on", "1 or 0")
    switched = switches.set_post_authorisation(scope, post_id, on=form.cleaned_data["on"], now=now_of(request))
    if switched.on:
        messages.success(request, _("Ad authorisation is on. Make a code for the advertiser you choose."))
    else:
        messages.success(request, _("Ad authorisation is off. No ad shows this post."))
    return redirect("creator:post_ads", post_id)


@require_POST
@for_creators
def issue(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Consent, and make the code that carries the consent."""
    post = content.own_post(scope, post_id)
    form = IssueForm(request.POST, public=_public(post))
    if form.is_valid():
        asked = form.cleaned_data
        ads_only = asked["reach"] == ADS_ONLY
        try:
            issued = consents.issue(
                scope,
                post_id,
                duration_days=asked["duration_days"],
                ads_only=ads_only,
                make_public=bool(asked.get("make_public")) and not ads_only,
                now=now_of(request),
            )
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            query = urlencode({"code": issued.id, "new": 1})
            return redirect(f"{reverse('creator:post_ads', args=[post_id])}?{query}")
    return _answer(request, scope, post, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _public(post: PostFacts) -> bool:
    return post.visibility is Visibility.PUBLIC


def _answer(
    request: HttpRequest, scope: Scope, post: PostFacts, form: IssueForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "creator/post_ads.html", {"page": _page(request, scope, post), "form": form}, status=status)


def _page(request: HttpRequest, scope: Scope, post: PostFacts) -> PostAdsPage:
    now = now_of(request)
    position = authorisation.switches(scope, post.id)
    codes = authorisation.consents_of_post(scope, post.id, now, paging=paging_of(request))
    authorised = position.post_authorisation_on
    return PostAdsPage(
        post_id=post.id,
        title=words.title_of(post),
        ad_settings_on=position.ad_settings_on,
        authorised=authorised,
        authorisation=Badge(_("On"), Tone.GOOD) if authorised else Badge(_("Off"), Tone.CALM),
        authorisation_words=_("You may make codes for this post.")
        if authorised
        else _("No advertiser can show this post."),
        off_ends=off_ends(scope, post.id, now) if authorised else "",
        not_public_words={
            Visibility.FRIENDS: _("Only friends can watch this post. To be an ordinary post too, it becomes public."),
            Visibility.PRIVATE: _("Only you can watch this post. To be an ordinary post too, it becomes public."),
            Visibility.PUBLIC: "",
        }[post.visibility],
        code=_shown(request, scope),
        codes=_codes(codes, post.id),
        next_cursor=codes.next_cursor,
        empty_words=_("Make one above and send it to the advertiser.")
        if authorised
        else _("Switch ad authorisation on first."),
        durations=tuple((days, str(label)) for days, label in DURATION_CHOICES),
        video_url=post.video_url,
        poster_url=post.poster_url,
        width=post.width,
        height=post.height,
        history=words.timeline(authorisation.history(scope, post.id, Paging(size=HISTORY_SHOWN)).items),
    )


def _shown(request: HttpRequest, scope: Scope) -> ShownCode | None:
    asked = request.GET.get("code")
    if not asked:
        return None
    text = consents.reveal_code(scope, id_of(asked, "code"))
    if "new" in request.GET:
        return ShownCode(
            _("Authorised. Here is the code."), _("Send it to the advertiser. You can see it again here."), text
        )
    return ShownCode(_("Your code"), _("Send it only to the advertiser it is for."), text)


def _codes(codes: Page[ConsentOfPost], post_id: int) -> tuple[CodeRow, ...]:
    ads: dict[int, list[str]] = {}
    for ad in advertising.spark_ads_using(post_id):
        if ad.consent_id is not None:
            ads.setdefault(ad.consent_id, []).append(ad.ad_name)
    return tuple(_code(code, tuple(ads.get(code.id, ()))) for code in codes.items)


def _code(code: ConsentOfPost, ads: tuple[str, ...]) -> CodeRow:
    live = code.state in {ConsentState.ISSUED, ConsentState.ACTIVE, ConsentState.SUSPENDED}
    stops = ngettext(
        "%(count)d ad stops within a second. This cannot be taken back; a new code can be made.",
        "%(count)d ads stop within a second. This cannot be taken back; a new code can be made.",
        len(ads),
    ) % {"count": len(ads)}
    if not ads:
        stops = _("No ad uses it now, and none can from then on. This cannot be taken back; a new code can be made.")
    days = ngettext("%(count)d day left", "%(count)d days left", code.days_left) % {"count": code.days_left}
    return CodeRow(
        id=code.id,
        hint=code.code_hint,
        badge=words.consent_badge(code.state),
        days_words=days if live else "",
        issued_at=code.issued_at,
        ends_at=code.ends_at,
        account_name=code.account_name,
        redeemed_at=code.redeemed_at,
        revoked_at=code.revoked_at,
        ads=ads,
        can_show=live,
        can_extend=live or code.state is ConsentState.EXPIRED,
        can_revoke=live or code.state is ConsentState.EXPIRED,
        can_delete=code.redeemed_at is None,
        revoke_words=stops,
    )
