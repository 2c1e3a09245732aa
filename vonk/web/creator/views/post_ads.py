"""The ad settings of one post: its switch, its codes, who uses them."""

from datetime import datetime, timedelta
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
from vonk.advertising.queries import AdOfPost
from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import consents, switches
from vonk.authorisation.queries import AgreementView, ConsentOfPost, TermsView
from vonk.authorisation.rules import ConsentState, Road
from vonk.content import queries as content
from vonk.content.queries import PictureFacts, PostFacts
from vonk.content.rules import Visibility
from vonk.control.paging import Page, Paging
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, Problem
from vonk.web.common import problems
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import id_of, now_of, paging_of
from vonk.web.common.terms import TermsForm
from vonk.web.creator import words
from vonk.web.creator.access import for_creators
from vonk.web.creator.endings import off_ends
from vonk.web.creator.forms import ADS_ONLY, DURATION_CHOICES, ORGANIC_TOO, IssueForm, SwitchForm
from vonk.web.creator.words import TimelineRow

HISTORY_SHOWN: Final = 20


class UsingAd(msgspec.Struct, frozen=True):
    """An ad that stands on a consent, and where it is."""

    ad_id: int
    name: str
    account_name: str
    state: str


class CodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A code and what may be done with it now."""

    id: int
    hint: str
    badge: Badge
    days_words: str
    issued_at: datetime
    ends_at: datetime | None
    road: str  # How it came about, where there is no code.
    account_name: str | None
    accounts_words: str  # Of a code for several accounts.
    redeemed_at: datetime | None
    revoked_at: datetime | None
    ending_at: datetime | None
    missing: str  # Authors who have not consented.
    preview_required: bool
    terms: TermsView | None
    agreed: tuple[AgreementView, ...]
    ads: tuple[UsingAd, ...]
    can_show: bool
    can_extend: bool
    can_revoke: bool
    can_delete: bool
    can_invite: bool  # Another ad account may still use the code.
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
    pictures: tuple[PictureFacts, ...]
    sound_url: str
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
    return _answer(request, scope, post, IssueForm(public=_public(post), initial=initial), TermsForm())


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
    form, terms_form = IssueForm(request.POST, public=_public(post)), TermsForm(request.POST)
    if all([form.is_valid(), terms_form.is_valid()]):  # Both say what is wrong with them.
        asked = form.cleaned_data
        ads_only = asked["reach"] == ADS_ONLY
        try:
            issued = consents.issue(
                scope,
                post_id,
                duration_days=asked["duration_days"],
                ads_only=ads_only,
                make_public=bool(asked.get("make_public")) and not ads_only,
                accounts_max=asked["accounts_max"] or 1,
                terms=terms_form.draft(),
                preview_required=asked["preview_required"],
                now=now_of(request),
            )
        except Problem as problem:
            if not terms_form.blame(problem.field, problems.view_of(problem).message):
                problems.add_to_form(form, problem)
        else:
            query = urlencode({"code": issued.id, "new": 1})
            return redirect(f"{reverse('creator:post_ads', args=[post_id])}?{query}")
    return _answer(request, scope, post, form, terms_form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _public(post: PostFacts) -> bool:
    return post.visibility is Visibility.PUBLIC


def _answer(
    request: HttpRequest,
    scope: Scope,
    post: PostFacts,
    form: IssueForm,
    terms_form: TermsForm,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    shown = {"page": _page(request, scope, post), "form": form, "terms_form": terms_form}
    return render(request, "creator/post_ads.html", shown, status=status)


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
        codes=_codes(codes, post.id, now),
        next_cursor=codes.next_cursor,
        empty_words=_("Make one above and send it to the advertiser.")
        if authorised
        else _("Switch ad authorisation on first."),
        durations=tuple((days, str(label)) for days, label in DURATION_CHOICES),
        video_url=post.video_url,
        pictures=post.pictures,
        sound_url=post.sound_url,
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


def _codes(codes: Page[ConsentOfPost], post_id: int, now: datetime) -> tuple[CodeRow, ...]:
    ads: dict[int, list[UsingAd]] = {}
    for ad in advertising.spark_ads_using(post_id):
        if ad.consent_id is not None:
            ads.setdefault(ad.consent_id, []).append(UsingAd(ad.ad_id, ad.ad_name, ad.account_name, _ad_state(ad)))
    shares: dict[int, list[int]] = {}
    for code in codes.items:
        if code.shared_from_id is not None:
            shares.setdefault(code.shared_from_id, []).append(code.id)
    return tuple(
        _code(code, tuple(ads.get(code.id, ())), sum(len(ads.get(share, ())) for share in shares.get(code.id, ())), now)
        for code in codes.items
    )


def _ad_state(ad: AdOfPost) -> str:
    if not ad.approved:
        return _("in review")
    return _("on") if ad.enabled else _("switched off")


def _code(code: ConsentOfPost, ads: tuple[UsingAd, ...], shared_ads: int, now: datetime) -> CodeRow:
    used = {ConsentState.ACTIVE, ConsentState.SUSPENDED}
    live = code.state in {ConsentState.ISSUED, *used}
    of_code = code.road is Road.POST_CODE
    own_end = of_code or code.ends_at is not None
    revocable = live or code.state is ConsentState.EXPIRED
    days = ngettext("%(count)d day left", "%(count)d days left", code.days_left) % {"count": code.days_left}
    return CodeRow(
        id=code.id,
        hint=code.code_hint,
        badge=_badge(code),
        days_words=days if live and code.ends_at is not None else "",
        issued_at=code.issued_at,
        ends_at=code.ends_at,
        road="" if of_code else str(words.ROADS[code.road]),
        account_name=code.account_name,
        accounts_words=_("%(used)d of %(most)d ad accounts") % {"used": code.accounts_used, "most": code.accounts_max}
        if code.accounts_max > 1
        else "",
        redeemed_at=code.redeemed_at,
        revoked_at=code.revoked_at,
        ending_at=code.ending_at,
        missing=", ".join(f"@{handle}" for handle in code.missing),
        preview_required=code.preview_required,
        terms=code.terms,
        agreed=_agreed(code),
        ads=ads,
        can_show=of_code and (live or code.state is ConsentState.ENDING),
        can_extend=revocable and own_end and code.road is not Road.ACCOUNT_ACCESS,
        can_revoke=revocable,
        can_invite=of_code and code.state is ConsentState.ISSUED and code.accounts_used < code.accounts_max,
        can_delete=of_code and code.redeemed_at is None and code.accounts_used == 0,
        revoke_words=_stops(code, len(ads) + shared_ads, now),
    )


def _badge(code: ConsentOfPost) -> Badge:
    """Return where a consent is in its life; of a code for several accounts, how many have used it."""
    if code.state is not ConsentState.ISSUED or not code.accounts_used:
        return words.consent_badge(code.state)
    several = _("Used by %(used)d of %(most)d ad accounts")
    return Badge(several % {"used": code.accounts_used, "most": code.accounts_max}, Tone.GOOD)


def _agreed(code: ConsentOfPost) -> tuple[AgreementView, ...]:
    """Return who agreed to the terms: the creator, and of the accounts the one that holds this consent."""
    if code.terms is None:
        return ()
    several = code.accounts_max > 1
    return tuple(one for one in code.terms.agreements if one.account_id in {None, code.account_id} or several)


def _stops(code: ConsentOfPost, ads: int, now: datetime) -> str:
    """Return what revoking stops, and when."""
    if not ads:
        return _("No ad uses it now, and none can from then on. This cannot be taken back; a new code can be made.")
    notice = code.terms.notice_days if code.terms is not None else 0
    until = now + timedelta(days=notice)
    until = min(until, code.ends_at) if code.ends_at is not None else until
    if until > now:
        stops = ngettext(
            "%(count)d ad stops on %(day)s, when the notice ends that the terms ask for. This cannot be taken back.",
            "%(count)d ads stop on %(day)s, when the notice ends that the terms ask for. This cannot be taken back.",
            ads,
        )
        return stops % {"count": ads, "day": words.plain_day(until)}
    return ngettext(
        "%(count)d ad stops within a second. This cannot be taken back; a new code can be made.",
        "%(count)d ads stop within a second. This cannot be taken back; a new code can be made.",
        ads,
    ) % {"count": ads}
