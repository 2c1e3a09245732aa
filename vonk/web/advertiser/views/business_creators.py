"""Business Center → Creators: the accesses of an organisation, asked for by handle or with a QR code."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.authorisation.actions import accesses
from vonk.authorisation.actions.accesses import Invited
from vonk.authorisation.queries import access as reading
from vonk.authorisation.queries.access import AccessView
from vonk.authorisation.rules.access import AccessState
from vonk.content.queries import ProfileBrief
from vonk.control.scope import Right
from vonk.core.errors import NotFound, Problem
from vonk.web.advertiser.forms.accesses import AskForm, InviteForm
from vonk.web.advertiser.offices import Office, answer, at_office
from vonk.web.advertiser.pages import refuse_somewhere
from vonk.web.common import accesses as words
from vonk.web.common import qr
from vonk.web.common.records import Badge
from vonk.web.common.requests import paging_of


class BusinessRow(msgspec.Struct, frozen=True, kw_only=True):
    """One access of the business."""

    id: int
    profile: ProfileBrief | None
    badge: Badge
    scopes: tuple[str, ...]
    until: str
    use: str
    waits: bool
    live: bool


class BusinessCreatorsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``made`` is a link just made, which is not seen again, with its QR code."""

    rows: tuple[BusinessRow, ...]
    next_cursor: str | None
    made: Invited | None
    qr: str


@require_safe
@at_office()
def page(request: HttpRequest, office: Office) -> HttpResponse:
    """List who was asked and who gave access; ask others."""
    return _answer(request, office)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def ask(request: HttpRequest, office: Office) -> HttpResponse:
    """Ask a creator by handle."""
    form = AskForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            accesses.ask(
                office.scope, handle=said["handle"], scopes=said["scopes"], message=said["message"], now=office.now
            )
        except NotFound:
            form.add_error("handle", _("Nobody has this handle."))
        except Problem as problem:
            refuse_somewhere(form, problem)
        else:
            messages.success(request, _("Asked. The creator has been told, and answers in their studio."))
            return redirect("advertiser:business_creators", office.organisation.id)
    return _answer(request, office, ask_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def invite(request: HttpRequest, office: Office) -> HttpResponse:
    """Make a link and its QR code, and show them, once."""
    form = InviteForm(request.POST, prefix="invite")
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = accesses.invite(office.scope, scopes=said["scopes"], message=said["message"], now=office.now)
        except Problem as problem:
            refuse_somewhere(form, problem)
        else:
            response = _answer(request, office, made=made)
            response["Cache-Control"] = "no-store"  # Shown once: no cache keeps it.
            return response
    return _answer(request, office, invite_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def withdraw(request: HttpRequest, office: Office, access_id: int) -> HttpResponse:
    """Take a request or a link back."""
    accesses.withdraw(office.scope, access_id, now=office.now)
    messages.success(request, _("Withdrawn."))
    return redirect("advertiser:business_creators", office.organisation.id)


def _answer(
    request: HttpRequest,
    office: Office,
    *,
    ask_form: AskForm | None = None,
    invite_form: InviteForm | None = None,
    made: Invited | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    found = reading.business_accesses(office.scope, paging_of(request), office.now)
    record = BusinessCreatorsPage(
        rows=tuple(_row(view) for view in found.items),
        next_cursor=found.next_cursor,
        made=made,
        qr=qr.svg_of(made.link) if made is not None else "",
    )
    forms = {"ask_form": ask_form or AskForm(), "invite_form": invite_form or InviteForm(prefix="invite")}
    return answer(request, office, "creators.html", record, status=status, **forms)


def _row(view: AccessView) -> BusinessRow:
    return BusinessRow(
        id=view.id,
        profile=view.profile,
        badge=words.badge_of(view.state),
        scopes=words.scope_words(view.scopes if view.granted_at is not None else view.asked_scopes),
        until=words.until_words(view),
        use=words.posts_words(view.consents) if view.consents else "",
        waits=view.state is AccessState.REQUESTED,
        live=view.state is AccessState.ACTIVE,
    )
