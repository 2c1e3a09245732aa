"""Change many campaigns, ad groups or ads: say what, look at what would become of each, apply it, undo it."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising.actions import bulk_edits
from vonk.advertising.queries import bulk_edits as edits
from vonk.advertising.queries import kept_tables
from vonk.advertising.queries.bulk_edits import EditView, LineView
from vonk.advertising.queries.reported import Noun
from vonk.advertising.rules.bulk import GOOD, Act, Kind, State
from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.core.ids import parse_id
from vonk.identity.queries.details import colleagues
from vonk.reporting.tables import queries as tables
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.bulk import BulkForm
from vonk.web.advertiser.pages import answer
from vonk.web.advertiser.tables import told
from vonk.web.advertiser.tables.asked import asked_in
from vonk.web.advertiser.tables.billed import billed
from vonk.web.advertiser.tables.cells import LISTS
from vonk.web.advertiser.views.home import today_of
from vonk.web.advertiser.views.lists import noun_of
from vonk.web.common import problems
from vonk.web.common.records import Badge
from vonk.web.common.requests import paging_of

LINES_SHOWN: Final = 50


class FormPage(msgspec.Struct, frozen=True, kw_only=True):
    """Asking what shall become of the objects."""

    noun: Noun
    title: str
    subtitle: str
    back_url: str
    ids: tuple[int, ...]
    all: bool
    query: str


class Count(msgspec.Struct, frozen=True):
    """How many lines ended like this, and the address that shows them."""

    badge: Badge
    label: str
    count: int
    url: str
    chosen: bool


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One object: what changes of it, from what to what, or why nothing does."""

    number: int
    name: str
    url: str
    badge: Badge
    changes: tuple[tuple[str, str, str], ...]
    refusal: str
    made_url: str


class EditPage(msgspec.Struct, frozen=True, kw_only=True):
    """One edit."""

    id: int
    noun: Noun
    title: str
    state: str
    state_words: str
    made_at: datetime
    objects: int
    decided: int
    working: bool
    ready: bool
    effective: int
    counts: tuple[Count, ...]
    lines: tuple[Line, ...]
    next_url: str
    may_undo: bool
    undone_by: int | None
    undoes: int | None
    back_url: str
    apply_label: str
    loses: bool
    outcome: str


class EditRow(msgspec.Struct, frozen=True):
    """An edit in the list."""

    id: int
    title: str
    state_words: str
    made_at: datetime
    person_name: str
    objects: int
    refused: int


class EditsPage(msgspec.Struct, frozen=True):
    """All of the account's edits."""

    rows: tuple[EditRow, ...]
    next_cursor: str | None


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def begin(request: HttpRequest, desk: Desk, noun: str) -> HttpResponse:
    """Look at once at what switching would do; ask what else shall be done."""
    of = noun_of(noun)
    chosen = request.POST.get("act")
    if chosen in {"on", "off"}:
        return _start(request, desk, of, Act(kind=Kind.SWITCH, enabled=chosen == "on"))
    form = BulkForm(noun=of, currency=desk.account.currency)
    return _ask(request, desk, of, form)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def start(request: HttpRequest, desk: Desk, noun: str) -> HttpResponse:
    """Look at what the act would do to each object."""
    of = noun_of(noun)
    form = BulkForm(request.POST, noun=of, currency=desk.account.currency)
    if not form.is_valid():
        return _ask(request, desk, of, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _start(request, desk, of, form.wanted())


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the account's edits."""
    found = edits.edits(desk.scope, paging_of(request), now=desk.now)
    people = colleagues(desk.scope)
    rows = tuple(
        EditRow(
            one.id,
            _title(desk, one),
            told.state_words(one),
            one.made_at,
            people.get(one.person_id, ""),
            one.objects,
            sum(count for outcome, count in one.outcomes.items() if outcome and outcome not in GOOD),
        )
        for one in found.items
    )
    return answer(request, desk, "bulk_edits.html", EditsPage(rows, found.next_cursor))


@require_safe
@at_desk()
def edit(request: HttpRequest, desk: Desk, edit_id: int) -> HttpResponse:
    """Show what would become of each object, or what became of it."""
    return answer(request, desk, "bulk_edit.html", _record(request, desk, edit_id))


@require_safe
@at_desk()
def state(request: HttpRequest, desk: Desk, edit_id: int) -> HttpResponse:
    """Show how far it is; the whole page anew once it has ended."""
    record = _record(request, desk, edit_id)
    response = answer(request, desk, "parts/bulk_state.html", record)
    if not record.working:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def apply(request: HttpRequest, desk: Desk, edit_id: int) -> HttpResponse:
    """Do what was looked at."""
    _try(request, lambda: bulk_edits.apply(desk.scope, edit_id, now=desk.now))
    _work_if_small(desk, edit_id)
    return redirect("advertiser:bulk_edit", edit_id)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def cancel(request: HttpRequest, desk: Desk, edit_id: int) -> HttpResponse:
    """Do nothing more of it."""
    _try(request, lambda: bulk_edits.cancel(desk.scope, edit_id, now=desk.now))
    return redirect("advertiser:bulk_edit", edit_id)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def undo(request: HttpRequest, desk: Desk, edit_id: int) -> HttpResponse:
    """Set back what the edit changed: at once where it is little, else after a look."""
    try:
        undoing = bulk_edits.start_undo(desk.scope, edit_id, now=desk.now)
    except Problem as problem:
        _say(request, problem)
        return redirect("advertiser:bulk_edit", edit_id)
    _work_if_small(desk, undoing)
    found = edits.edit(desk.scope, undoing, now=desk.now)
    if found.state is State.CHECKED and found.effective == found.objects:
        bulk_edits.apply(desk.scope, undoing, now=desk.now)
        _work_if_small(desk, undoing)
    return redirect("advertiser:bulk_edit", undoing)


def _start(request: HttpRequest, desk: Desk, noun: Noun, act: Act) -> HttpResponse:
    try:
        edit_id = bulk_edits.start(desk.scope, noun, act, _ids(request, desk, noun), now=desk.now)
    except Problem as problem:
        _say(request, problem)
        return redirect(_back(noun, request.POST.get("query", "")))
    _work_if_small(desk, edit_id)
    return redirect("advertiser:bulk_edit", edit_id)


def _work_if_small(desk: Desk, edit_id: int) -> None:
    if bulk_edits.is_small(edits.edit(desk.scope, edit_id, now=desk.now).objects):
        bulk_edits.work(desk.scope, edit_id, billed=billed(desk.now), now=desk.now)


def _try(request: HttpRequest, act: Callable[[], None]) -> None:
    try:
        act()
    except Problem as problem:
        _say(request, problem)


def _say(request: HttpRequest, problem: Problem) -> None:
    view = problems.view_of(problem)
    messages.error(request, " ".join(part for part in (view.message, view.remedy) if part))


def _ids(request: HttpRequest, desk: Desk, noun: Noun) -> list[int]:
    """Return the ids that are ticked, or all that match the table's filters."""
    if request.POST.get("all") == "1":
        query = QueryDict(request.POST.get("query", ""))
        chosen = kept_tables.chosen_columns(desk.scope, noun)
        asked = asked_in(request, query, desk, noun, today=today_of(desk), chosen=chosen)
        return tables.ids(desk.scope, asked.wanted, now=desk.now)
    found = []
    for text in request.POST.getlist("ids"):
        try:
            found.append(parse_id(text))
        except ValueError:
            continue  # Not an id: nothing is called so.
    return found


def _ask(
    request: HttpRequest, desk: Desk, noun: Noun, form: BulkForm, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    every = request.POST.get("all") == "1"
    ids = _ids(request, desk, noun)
    if not ids:
        messages.error(request, _("Select what to change first."))
        return redirect(_back(noun, request.POST.get("query", "")))
    count = len(ids)
    titles = {
        "campaign": ngettext("Change %(count)d campaign", "Change %(count)d campaigns", count),
        "ad_group": ngettext("Change %(count)d ad group", "Change %(count)d ad groups", count),
        "ad": ngettext("Change %(count)d ad", "Change %(count)d ads", count),
    }
    record = FormPage(
        noun=noun,
        title=titles[noun] % {"count": count},
        subtitle=_("Nothing changes before you have seen what would become of each."),
        back_url=_back(noun, request.POST.get("query", "")),
        ids=() if every else tuple(ids),
        all=every,
        query=request.POST.get("query", ""),
    )
    return answer(request, desk, "bulk_form.html", record, form=form, status=status)


def _back(noun: Noun, query: str = "") -> str:
    return f"{reverse(f'advertiser:{LISTS[noun]}')}?{query}"


def _title(desk: Desk, found: EditView) -> str:
    words = told.act_words(found.act, desk.account.currency)
    count = {
        "campaign": ngettext("%(count)d campaign", "%(count)d campaigns", found.objects),
        "ad_group": ngettext("%(count)d ad group", "%(count)d ad groups", found.objects),
        "ad": ngettext("%(count)d ad", "%(count)d ads", found.objects),
    }[found.noun] % {"count": found.objects}
    return f"{words} · {count}"


def _record(request: HttpRequest, desk: Desk, edit_id: int) -> EditPage:
    found = edits.edit(desk.scope, edit_id, now=desk.now)
    outcome = request.GET.get("outcome")
    after = request.GET.get("after", "")
    start_after = int(after) if after.isascii() and after.isdigit() and len(after) < 8 else 0
    shown, more = edits.lines(desk.scope, edit_id, outcome=outcome, after=start_after, size=LINES_SHOWN)
    here = reverse("advertiser:bulk_edit", args=[edit_id])
    narrowed = f"outcome={outcome}&" if outcome is not None else ""
    return EditPage(
        id=found.id,
        noun=found.noun,
        title=_title(desk, found),
        state=found.state.value,
        state_words=told.state_words(found),
        made_at=found.made_at,
        objects=found.objects,
        decided=found.decided,
        working=found.working,
        ready=found.state is State.CHECKED and found.effective > 0,
        effective=found.effective,
        counts=_counts(found, here, outcome),
        lines=tuple(_line(desk, found, line) for line in shown),
        next_url=f"{here}?{narrowed}after={shown[-1].number}" if more else "",
        may_undo=found.may_undo and found.effective > 0,
        undone_by=found.undone_by,
        undoes=found.undoes,
        back_url=_back(found.noun),
        apply_label=ngettext("Apply to %(count)d", "Apply to %(count)d", found.effective) % {"count": found.effective},
        loses=found.act.kind is Kind.DELETE,
        outcome=outcome or "",
    )


def _counts(found: EditView, here: str, chosen: str | None) -> tuple[Count, ...]:
    return tuple(
        Count(
            badge := told.outcome_badge(outcome, found.state),
            badge.label
            if outcome in GOOD or not outcome
            else _("Refused: %(why)s") % {"why": outcome.replace("_", " ")},
            count,
            f"{here}?outcome={outcome}",
            outcome == chosen,
        )
        for outcome, count in sorted(found.outcomes.items())
    )


def _line(desk: Desk, found: EditView, line: LineView) -> Line:
    refused = line.outcome not in GOOD and line.outcome != ""
    return Line(
        number=line.number,
        name=line.name or (str(line.object_id) if line.object_id else _("New")),
        url=reverse(f"advertiser:{found.noun}", args=[line.object_id]) if line.object_id else "",
        badge=told.outcome_badge(line.outcome, found.state),
        changes=() if refused else told.changes(line.before, line.after, desk.account.currency),
        refusal=told.refusal_words(line) if refused else "",
        made_url=reverse(f"advertiser:{found.noun}", args=[line.made_id]) if line.made_id else "",
    )
