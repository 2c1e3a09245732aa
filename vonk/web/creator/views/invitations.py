"""Invitations to a code: a link and a QR code, shown once."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import invitations
from vonk.authorisation.queries import InvitationView
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import Problem
from vonk.web.common import problems, qr
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of
from vonk.web.creator.access import for_creators

SHOWN: Final = 50


class Made(msgspec.Struct, frozen=True):
    """A new invitation: its link, and the same as pictures that a page can hold."""

    link: str
    svg: str
    png: str
    ends_at: datetime


class InvitationRow(msgspec.Struct, frozen=True):
    """One that was made before."""

    id: int
    badge: Badge
    made_at: datetime
    ends_at: datetime
    account_name: str
    open: bool


class InvitationsPage(msgspec.Struct, frozen=True):
    """The page."""

    post_id: int
    consent_id: int
    made: Made | None
    rows: tuple[InvitationRow, ...]
    days_max: int


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_creators
def page(request: HttpRequest, scope: Scope, post_id: int, consent_id: int) -> HttpResponse:
    """Show a code's invitations. The answer to POST is the only one that ever holds the new one's link."""
    made, problem, status = None, None, HTTPStatus.OK
    if request.method == "POST":
        try:
            invited = invitations.make(scope, consent_id, now=now_of(request))
        except Problem as refused:
            known = problems.status_of(refused)
            if known is None or known is HTTPStatus.NOT_FOUND:
                raise
            problem, status = problems.view_of(refused), known
        else:
            made = Made(invited.link, qr.svg_of(invited.link), qr.png_of(invited.link), invited.ends_at)
    found = authorisation.invitations(scope, consent_id, Paging(size=SHOWN), now_of(request))
    record = InvitationsPage(post_id, consent_id, made, tuple(map(_row, found.items)), invitations.LASTS.days)
    return render(request, "creator/invitations.html", {"page": record, "problem": problem}, status=status)


@require_POST
@for_creators
def withdraw(request: HttpRequest, scope: Scope, post_id: int, consent_id: int, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    if invitations.withdraw(scope, invitation_id, now=now_of(request)):
        messages.success(request, _("The invitation no longer works."))
    else:
        messages.info(request, _("It was used, or over, before; nothing changed."))
    return redirect("creator:invitations", post_id, consent_id)


def _row(view: InvitationView) -> InvitationRow:
    if view.used_at is not None:
        badge = Badge(_("Used"), Tone.GOOD)
    else:
        badge = Badge(_("Open"), Tone.BUSY) if view.open else Badge(_("Over"), Tone.CALM)
    return InvitationRow(view.id, badge, view.made_at, view.ends_at, view.account_name or "", view.open)
