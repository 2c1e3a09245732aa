"""The audit trail: who did what, when, through which surface."""

from datetime import datetime

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.control import trail
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.control.trail import Entry
from vonk.identity import queries as identity
from vonk.web.common.requests import paging_of
from vonk.web.operator.access import for_platform
from vonk.web.operator.forms import TrailForm


class TrailRow(msgspec.Struct, frozen=True, kw_only=True):
    """One act."""

    id: int
    at: datetime
    who: str
    account_id: int | None
    account_name: str
    via: str
    action: str
    noun: str
    object_id: int
    detail: tuple[tuple[str, str], ...]


class Trail(msgspec.Struct, frozen=True):
    """The page."""

    rows: tuple[TrailRow, ...]
    next_cursor: str | None
    narrowed: bool


@require_safe
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the trail, newest first, of one account, kind of object, or object when asked."""
    form = TrailForm(request.GET, nouns=trail.nouns(scope))
    form.full_clean()
    record = _page(scope, paging_of(request), form)
    return render(request, "operator/trail.html", {"page": record, "form": form})


def _page(scope: Scope, paging: Paging, form: TrailForm) -> Trail:
    asked = form.cleaned_data
    account_id, noun, object_id = asked.get("account"), asked.get("noun") or None, asked.get("object_id")
    found = trail.entries(scope, paging, account_id=account_id, noun=noun, object_id=object_id)
    people = identity.person_names(row.person_id for row in found.items if row.person_id is not None)
    accounts = identity.accounts_facts(row.account_id for row in found.items if row.account_id is not None)

    def shown(entry: Entry) -> TrailRow:
        account = accounts.get(entry.account_id) if entry.account_id is not None else None
        return TrailRow(
            id=entry.id,
            at=entry.at,
            who=_("the platform") if entry.person_id is None else people.get(entry.person_id, str(entry.person_id)),
            account_id=entry.account_id,
            account_name=account.name if account is not None else "",
            via=entry.via.replace("_", " "),
            action=entry.action,
            noun=entry.noun,
            object_id=entry.object_id,
            detail=tuple((name.replace("_", " "), str(value)) for name, value in entry.detail.items()),
        )

    narrowed = any(value is not None for value in (account_id, noun, object_id))
    return Trail(tuple(shown(entry) for entry in found.items), found.next_cursor, narrowed)
