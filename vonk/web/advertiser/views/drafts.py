"""Drafts of campaigns, ad groups and ads: kept while they are written, listed, gone on with, deleted."""

from datetime import datetime
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.actions import launch_drafts
from vonk.advertising.queries import LaunchDraftView
from vonk.advertising.rules.launch_drafts import Kind
from vonk.control.scope import Right
from vonk.core.errors import NotFound, Problem
from vonk.web.advertiser import drafting, launching
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.drafting import DraftState
from vonk.web.advertiser.pages import answer


class DraftRow(msgspec.Struct, frozen=True):
    """A draft in the list; ``url`` "" when what it adds to was deleted."""

    id: int
    name: str
    what: str
    url: str
    created_at: datetime
    modified_at: datetime


class DraftsPage(msgspec.Struct, frozen=True):
    """The page."""

    rows: tuple[DraftRow, ...]


@require_safe
@at_desk(Right.CAMPAIGN_EDIT)
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List what was begun and not submitted, the last changed first."""
    rows = tuple(_row(desk, draft) for draft in advertising.launch_drafts(desk.scope))
    return answer(request, desk, "drafts.html", DraftsPage(rows))


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def save(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep the form that is being written, and say so beside it."""
    sheet = launching.sheet_of(request, desk)
    state, url = kept(request, desk, sheet.kind, sheet.above_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if state.problem is not None else HTTPStatus.OK
    response = render(request, "advertiser/parts/draft_state.html", {"draft": state}, status=status)
    if url:
        response["HX-Replace-Url"] = url  # So that loading the page again goes on with it.
    return response


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def discard(request: HttpRequest, desk: Desk, draft_id: int) -> HttpResponse:
    """Delete a draft."""
    launch_drafts.discard(desk.scope, draft_id, now=desk.now)
    messages.success(request, _("The draft is deleted."))
    return redirect("advertiser:drafts")


def kept(request: HttpRequest, desk: Desk, kind: Kind, above_id: int, *, own: bool = False) -> tuple[DraftState, str]:
    """Keep the form that was sent (``own``: as a draft of its own); return what is said of it, and where it stands now."""
    over = None if own else drafting.kept_of(request.POST)
    try:
        saved = launch_drafts.save(desk.scope, drafting.written(kind, above_id, request.POST), over=over, now=desk.now)
    except Problem as problem:
        return drafting.refused(request, drafting.state(kind, above_id, request.POST), problem), ""
    return drafting.saved(desk, kind, above_id, saved), drafting.form_url(kind, above_id, saved.draft_id)


def _row(desk: Desk, draft: LaunchDraftView) -> DraftRow:
    what, url = _("A campaign with its ad group and ad"), drafting.form_url(draft.kind, draft.above_id, draft.id)
    try:
        if draft.kind is Kind.AD_GROUP:
            what = _("An ad group for “%(name)s”") % {"name": advertising.campaign(desk.scope, draft.above_id).name}
        elif draft.kind is Kind.AD:
            what = _("An ad for “%(name)s”") % {"name": advertising.ad_group(desk.scope, draft.above_id).name}
    except NotFound:
        what, url = _("What it was to be added to is deleted."), ""
    return DraftRow(draft.id, draft.name or _("Without a name"), what, url, draft.created_at, draft.modified_at)
