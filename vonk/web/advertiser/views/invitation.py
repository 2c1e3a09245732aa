"""A creator's one-time invitation: its secret comes in the link's fragment, is sent in a body, and stands in no address."""

from datetime import datetime
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import invitations
from vonk.authorisation.queries import CodePreview, TermsView
from vonk.content.queries import PictureFacts
from vonk.control.scope import Right
from vonk.core.errors import NotFound, Problem
from vonk.identity import access
from vonk.identity import queries as identity
from vonk.identity.queries import AccountView
from vonk.web.advertiser import words
from vonk.web.advertiser.access import SESSION_KEY, Desk, use
from vonk.web.advertiser.pages import problem_of, refusal_status
from vonk.web.common.problems import ProblemView
from vonk.web.common.requests import actor_of, id_of, now_of


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What the invitation gives. ``secret`` travels on in the body of the form that takes it up."""

    secret: str
    account_id: int
    account_name: str
    title: str
    caption: str
    speaker: str
    poster_url: str
    video_url: str
    pictures: tuple[PictureFacts, ...]
    sound_url: str
    ends_at: datetime
    days: str
    again: bool
    consent_id: int
    ads_only: bool
    preview_required: bool
    terms: TermsView | None
    originals: str


class InvitationPage(msgspec.Struct, frozen=True):
    """The page. ``accounts`` is empty for who is not signed in, or has none."""

    signed_in: bool
    accounts: tuple[AccountView, ...]
    chosen_id: int | None
    offer: Offer | None = None


@never_cache
@sensitive_post_parameters("invitation")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Take the secret in a body and show what it gives; open to everybody, because the fragment waits in their browser."""
    if request.method != "POST":
        return _answer(request)
    desk = _desk(request)
    secret = request.POST.get("invitation", "")
    try:
        code = invitations.code_of(desk.scope, secret, now=desk.now)
        found = authorisation.preview(desk.scope, code, desk.now)
    except Problem as problem:
        return _refused(request, problem)
    return _answer(request, offer=_offer(desk, secret, found))


@never_cache
@sensitive_post_parameters("invitation")
@require_POST
def redeem(request: HttpRequest) -> HttpResponse:
    """Take up the creator's consent; the invitation is used up by that."""
    desk = _desk(request)
    try:
        redeemed = invitations.redeem(
            desk.scope,
            request.POST.get("invitation", ""),
            agree_sha256=request.POST.get("agree_sha256") or None,
            now=desk.now,
        )
    except Problem as problem:
        return _refused(request, problem)
    if redeemed.again:
        messages.info(request, _("This post is in your library already."))
    else:
        messages.success(request, _("The post is yours to advertise. Its creator has been told."))
    return redirect("advertiser:spark_post", redeemed.consent_id)


def _desk(request: HttpRequest) -> Desk:
    """Return the ad account that the form names, which is worked at from now on."""
    actor, account_id = actor_of(request), id_of(request.POST.get("account"), "account")
    accounts = tuple(identity.accounts_of(access.person(actor)))
    account = next((one for one in accounts if one.id == account_id), None)
    if account is None:
        raise NotFound(noun="ad account")
    scope = access.advertiser(actor, account_id, may=Right.CAMPAIGN_EDIT)
    use(request, account)
    return Desk(scope, account, accounts, now_of(request))


def _refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    response = _answer(request, problem=problem_of(request, problem), status=refusal_status(request, problem))
    retry_after = getattr(problem, "retry_after_seconds", None)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def _answer(
    request: HttpRequest,
    *,
    offer: Offer | None = None,
    problem: ProblemView | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    signed_in = request.user.is_authenticated
    accounts = tuple(identity.accounts_of(access.person(actor_of(request)))) if signed_in else ()
    record = InvitationPage(signed_in, accounts, request.session.get(SESSION_KEY), offer)
    return render(request, "advertiser/invitation.html", {"page": record, "problem": problem}, status=status)


def _offer(desk: Desk, secret: str, found: CodePreview) -> Offer:
    return Offer(
        secret=secret,
        account_id=desk.account.id,
        account_name=desk.account.name,
        title=words.title_of(found.post.caption),
        caption=found.post.caption,
        speaker=words.speaker_of(found.post),
        poster_url=found.post.poster_url,
        video_url=found.post.video_url,
        pictures=found.post.pictures,
        sound_url=found.post.sound_url,
        ends_at=found.ends_at,
        days=words.days_words(found.days_left),
        again=found.again,
        consent_id=found.consent_id,
        ads_only=found.ads_only,
        preview_required=found.preview_required,
        terms=found.terms if not found.again else None,
        originals=", ".join(f"@{handle}" for handle in found.originals),
    )
