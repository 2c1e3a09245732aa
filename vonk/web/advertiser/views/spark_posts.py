"""Creative library → Spark Ads posts: codes looked at and redeemed, the posts that the account holds."""

from datetime import datetime
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import consents
from vonk.authorisation.queries import LibraryItem, PostView, TermsView
from vonk.authorisation.rules import USABLE, ConsentState, Edit, Road
from vonk.content.queries import PictureFacts
from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.web.advertiser import words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.library import CodeForm, RedeemForm
from vonk.web.advertiser.kept import way_back
from vonk.web.advertiser.ledger_words import ROADS
from vonk.web.advertiser.pages import answer, problem_of, refusal_status
from vonk.web.common.problems import ProblemView
from vonk.web.common.records import Badge
from vonk.web.common.requests import is_partial, paging_of
from vonk.web.common.templatetags.vonk import optional_url

ENDED = frozenset({ConsentState.EXPIRED, ConsentState.REVOKED})


class PostCard(msgspec.Struct, frozen=True, kw_only=True):
    """A post with its creator."""

    id: int
    title: str
    caption: str
    speaker: str
    display_name: str
    profile_url: str
    poster_url: str
    video_url: str
    pictures: tuple[PictureFacts, ...]
    sound_url: str
    duration_ms: int
    width: int
    height: int
    ads_only: bool


class LibraryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One of the account's Spark Ads posts."""

    consent_id: int
    post: PostCard
    badge: Badge
    days: str
    ends_at: datetime | None
    ads: int
    ended: bool


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a code gives. ``again``: the account holds it already. ``originals``: authors whose consent is missing, too."""

    consent_id: int
    code: str
    post: PostCard
    days: str
    ends_at: datetime
    again: bool
    ads_only: bool
    preview_required: bool
    terms: TermsView | None
    originals: str


class LibraryPage(msgspec.Struct, frozen=True):
    """The page. ``back``: where a half-filled form waits."""

    rows: tuple[LibraryRow, ...]
    next_cursor: str | None
    back: str


class SparkPostPage(msgspec.Struct, frozen=True, kw_only=True):
    """One post. ``road`` is how the account came to it; ``captions``: new ones may be proposed, or were."""

    consent_id: int
    post: PostCard
    badge: Badge
    days: str
    redeemed_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None
    road: str
    code_hint: str
    terms: TermsView | None
    captions: bool
    ads: tuple[tuple[int, str], ...]
    usable: bool
    ended: bool
    release_words: str


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the library, and ask for a code."""
    return _answer(request, desk, CodeForm())


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def preview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what a code gives, before it is redeemed. The code travels in bodies, never in an address."""
    return look(request, desk, CodeForm(request.POST))


def look(request: HttpRequest, desk: Desk, form: CodeForm) -> HttpResponse:
    """Answer the library's page with what the form's code gives."""
    if not form.is_valid():
        return _answer(request, desk, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    code = form.cleaned_data["code"]
    try:
        found = authorisation.preview(desk.scope, code, desk.now)
    except Problem as problem:
        return _refused(request, desk, form, problem)
    days = words.days_words(found.days_left)
    shown = Found(
        consent_id=found.consent_id,
        code=code,
        post=_card(found.post),
        days=days,
        ends_at=found.ends_at,
        again=found.again,
        ads_only=found.ads_only,
        preview_required=found.preview_required,
        terms=found.terms if not found.again else None,
        originals=", ".join(f"@{handle}" for handle in found.originals),
    )
    return _answer(request, desk, form, found=shown)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def redeem(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take up the creator's consent."""
    form = RedeemForm(request.POST)
    if not form.is_valid():
        return _answer(request, desk, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    asked = form.cleaned_data
    try:
        redeemed = consents.redeem(
            desk.scope,
            asked["code"],
            agree_sha256=asked["agree_sha256"] or None,
            original_code=asked["original_code"] or None,
            now=desk.now,
        )
    except Problem as problem:
        return _refused(request, desk, form, problem)
    if redeemed.again:
        messages.info(request, _("This post is in your library already."))
    elif redeemed.missing:
        authors = ", ".join(f"@{handle}" for handle in redeemed.missing)
        words_of_wait = _("The post is in your library. Ads can use it once %(authors)s consents, too; they are asked.")
        messages.warning(request, words_of_wait % {"authors": authors})
    else:
        messages.success(request, _("The post is yours to advertise. Its creator has been told."))
    back = way_back(request)
    if back:
        return redirect(f"{back}&consent={redeemed.consent_id}")
    return redirect("advertiser:spark_post", redeemed.consent_id)


@require_safe
@at_desk()
def post(request: HttpRequest, desk: Desk, consent_id: int) -> HttpResponse:
    """Show one post of the library."""
    item = authorisation.library_item(desk.scope, consent_id, desk.now)
    ads = advertising.ads_of_consents(desk.scope, [consent_id])[consent_id]
    ended = item.state in ENDED
    terms = authorisation.terms(desk.scope, item.terms_id) if item.terms_id is not None else None
    record = SparkPostPage(
        consent_id=item.consent_id,
        post=_card(item.post),
        badge=words.consent_badge(item.state, item.days_left),
        days="" if ended else words.days_words(item.days_left),
        redeemed_at=item.redeemed_at,
        ends_at=item.ends_at,
        revoked_at=item.revoked_at,
        road=str(ROADS[item.road]),
        code_hint=item.code_hint,
        terms=terms,
        captions=not ended and (item.road is Road.PUSH or (terms is not None and Edit.CAPTION in terms.edits)),
        ads=ads,
        usable=item.state in USABLE,
        ended=ended,
        release_words=_release_words(len(ads)),
    )
    return answer(request, desk, "spark_post.html", record)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def release(request: HttpRequest, desk: Desk, consent_id: int) -> HttpResponse:
    """Take an ended authorisation off the list."""
    consents.release(desk.scope, consent_id, now=desk.now)
    messages.success(request, _("The post is off your list."))
    return redirect("advertiser:spark_posts")


def _refused(request: HttpRequest, desk: Desk, form: CodeForm, problem: Problem) -> HttpResponse:
    status = refusal_status(request, problem)
    response = _answer(request, desk, form, problem=problem_of(request, problem), status=status)
    retry_after = getattr(problem, "retry_after_seconds", None)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def _answer(
    request: HttpRequest,
    desk: Desk,
    form: CodeForm,
    *,
    found: Found | None = None,
    problem: ProblemView | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    if is_partial(request):
        return answer(request, desk, "parts/found.html", None, form=form, found=found, problem=problem, status=status)
    items = authorisation.library(desk.scope, paging_of(request), desk.now)
    ads = advertising.ads_of_consents(desk.scope, [item.consent_id for item in items.items])
    record = LibraryPage(
        tuple(_row(item, len(ads[item.consent_id])) for item in items.items), items.next_cursor, way_back(request)
    )
    return answer(request, desk, "spark_posts.html", record, form=form, found=found, problem=problem, status=status)


def _row(item: LibraryItem, ads: int) -> LibraryRow:
    ended = item.state in ENDED
    return LibraryRow(
        consent_id=item.consent_id,
        post=_card(item.post),
        badge=words.consent_badge(item.state, item.days_left),
        days="" if ended else words.days_words(item.days_left),
        ends_at=item.revoked_at or item.ends_at,
        ads=ads,
        ended=ended,
    )


def _release_words(ads: int) -> str:
    if not ads:
        return _("No ad uses it. To use the post again you need a new code.")
    used = ngettext("%(count)d ad uses it and stays stopped.", "%(count)d ads use it and stay stopped.", ads)
    return used % {"count": ads} + " " + _("To use the post again you need a new code.")


def _card(post: PostView) -> PostCard:
    return PostCard(
        id=post.id,
        title=words.title_of(post.caption),
        caption=post.caption,
        speaker=words.speaker_of(post),
        display_name=post.display_name,
        profile_url=optional_url("viewer:profile", post.handle) if post.handle else "",
        poster_url=post.poster_url,
        video_url=post.video_url,
        pictures=post.pictures,
        sound_url=post.sound_url,
        duration_ms=post.duration_ms or 0,
        width=post.width or 0,
        height=post.height or 0,
        ads_only=post.ads_only,
    )
