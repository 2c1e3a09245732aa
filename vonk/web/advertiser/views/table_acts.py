"""What is done in a table where one stands: change a value, see a row anew, choose columns, keep a view."""

from http import HTTPStatus
from typing import Any, Final

import msgspec
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.actions import bulk_edits, tables
from vonk.advertising.actions.bulk_lines import row_values
from vonk.advertising.errors.tables import TableViewNamed
from vonk.advertising.queries import bulk_edits as edits
from vonk.advertising.queries import kept_tables
from vonk.advertising.queries.bulk_edits import EditView, LineView
from vonk.advertising.queries.kept_tables import KeptView
from vonk.advertising.queries.reported import Noun
from vonk.advertising.rules.bulk import Act, Kind, Outcome
from vonk.control.scope import Right
from vonk.core.errors import FieldInvalid, NotFound, Problem
from vonk.core.money import format_micros
from vonk.reporting.tables import queries as reading
from vonk.web.advertiser.access import Desk, at_desk, safe_next
from vonk.web.advertiser.forms.fields import AmountField
from vonk.web.advertiser.forms.tables import ViewForm
from vonk.web.advertiser.pages import answer
from vonk.web.advertiser.tables import cells
from vonk.web.advertiser.tables.asked import VIEW, asked_in, kept_of
from vonk.web.advertiser.tables.billed import billed
from vonk.web.advertiser.tables.cells import LISTS, GridRow
from vonk.web.advertiser.tables.told import refusal_words
from vonk.web.advertiser.views.home import today_of
from vonk.web.advertiser.views.lists import has_days, noun_of
from vonk.web.common import problems

FIELDS: Final[dict[str, tuple[Kind, frozenset[str]]]] = {
    "name": (Kind.NAME, frozenset({"campaign", "ad_group", "ad"})),
    "budget": (Kind.BUDGET, frozenset({"campaign", "ad_group"})),
    "bid": (Kind.BID, frozenset({"ad_group"})),
}
_KEYS: Final = {"name": "name", "budget": "budget", "bid": "bid_micros"}


class InlineForm(msgspec.Struct, frozen=True, kw_only=True):
    """A value that is being changed in its cell. ``seen`` is what it was when it was opened."""

    url: str
    field: str
    label: str
    value: str
    seen: str
    suffix: str
    money: bool
    error: str


class ViewPage(msgspec.Struct, frozen=True):
    """A saved view that is renamed. ``address``: the table as it keeps it."""

    view: KeptView
    address: str


class RowPart(msgspec.Struct, frozen=True):
    """One row, drawn anew."""

    row: GridRow


@require_safe
@at_desk()
def row(request: HttpRequest, desk: Desk, noun: str, object_id: int) -> HttpResponse:
    """Show one row of the table that the address describes."""
    return _row(request, desk, noun_of(noun), object_id, request.GET)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def edit(request: HttpRequest, desk: Desk, noun: str, object_id: int, field: str) -> HttpResponse:
    """Let a name, budget or bid be typed in its cell; keep it, unless somebody changed it in the meantime."""
    kind, nouns = FIELDS.get(field, (Kind.NAME, frozenset[str]()))
    of = noun_of(noun)
    if of not in nouns:
        raise NotFound(noun="page")
    if request.method != "POST":
        return _form(request, desk, of, object_id, field)
    typed, seen = request.POST.get("value", ""), request.POST.get("seen", "")
    try:
        act = _act(kind, field, typed, desk.account.currency)
    except ValidationError as error:
        return _form(request, desk, of, object_id, field, typed=typed, seen=seen, error=" ".join(error.messages))
    try:
        present = _value(desk, of, object_id, field)
        if present != seen:
            shown = _shown(desk, field, present)
            told = _("It is %(value)s now: somebody changed it meanwhile. Press Enter again to replace it.") % {
                "value": shown
            }
            return _form(request, desk, of, object_id, field, typed=typed, error=told)
        edit_id = _applied(desk, of, object_id, act)
    except Problem as problem:
        view = problems.view_of(problem)
        words = " ".join(part for part in (view.message, view.remedy) if part)
        return _form(request, desk, of, object_id, field, typed=typed, seen=seen, error=words)
    found = edits.edit(desk.scope, edit_id, now=desk.now)
    line = edits.lines(desk.scope, edit_id, size=1)[0][0]
    if line.outcome not in {Outcome.CHANGED, Outcome.UNCHANGED}:
        return _form(request, desk, of, object_id, field, typed=typed, seen=seen, error=refusal_words(line))
    return _done(request, desk, found, line)


@require_POST
@at_desk()
def choose_columns(request: HttpRequest, desk: Desk, noun: str) -> HttpResponse:
    """Keep which columns the person wants to see, in which order; none: the usual ones."""
    of = noun_of(noun)
    names = [] if "usual" in request.POST else request.POST.getlist("column")
    tables.choose_columns(desk.scope, of, names)
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    query.pop("columns", None)
    return redirect(f"{reverse(f'advertiser:{LISTS[of]}')}?{query.urlencode()}")


@require_POST
@at_desk()
def keep_view(request: HttpRequest, desk: Desk, noun: str) -> HttpResponse:
    """Keep the table as it is under a name."""
    of = noun_of(noun)
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    try:
        view_id = tables.keep_view(
            desk.scope,
            of,
            name=request.POST.get("name", ""),
            shared=request.POST.get("shared") == "1",
            query=kept_of(query, days=request.POST.get("days") == "fixed"),
            now=desk.now,
        )
    except Problem as problem:
        view = problems.view_of(problem)
        messages.error(request, " ".join(part for part in (view.message, view.remedy) if part))
    else:
        messages.success(request, _("The view is kept."))
        query[VIEW] = str(view_id)
    return redirect(f"{reverse(f'advertiser:{LISTS[of]}')}?{query.urlencode()}")


@require_POST
@at_desk()
def save_view(request: HttpRequest, desk: Desk, view_id: int) -> HttpResponse:
    """Have a view of one's own keep the table as it is now; days only if it kept days."""
    noun, view = kept_tables.view(desk.scope, view_id)
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    tables.change_view(desk.scope, view_id, query=kept_of(query, days=has_days(view)), now=desk.now)
    messages.success(request, _("“%(name)s” keeps the table as it is now.") % {"name": view.name})
    query[VIEW] = str(view_id)
    return redirect(f"{reverse(f'advertiser:{LISTS[noun]}')}?{query.urlencode()}")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def rename_view(request: HttpRequest, desk: Desk, view_id: int) -> HttpResponse:
    """Call a view of one's own otherwise, share it or not."""
    noun, view = kept_tables.view(desk.scope, view_id)
    address = f"{reverse(f'advertiser:{LISTS[noun]}')}?{view.query}&{VIEW}={view_id}"
    form = ViewForm(request.POST or None, initial={"name": view.name, "shared": view.shared})
    if form.is_valid():
        said = form.cleaned_data
        try:
            tables.change_view(desk.scope, view_id, name=said["name"], shared=said["shared"], now=desk.now)
        except (FieldInvalid, TableViewNamed) as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("The view is changed."))
            return redirect(address)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    record = ViewPage(view, address)
    return render(request, "advertiser/table_view.html", {"page": record, "form": form, "desk": desk}, status=status)


@require_POST
@at_desk()
def delete_view(request: HttpRequest, desk: Desk, view_id: int) -> HttpResponse:
    """Forget a view of one's own."""
    tables.delete_view(desk.scope, view_id, now=desk.now)
    messages.success(request, _("The view is deleted."))
    return redirect(safe_next(request.POST.get("next"), "advertiser:campaigns"))


def _row(request: HttpRequest, desk: Desk, noun: Noun, object_id: int, query: QueryDict) -> HttpResponse:
    chosen = kept_tables.chosen_columns(desk.scope, noun)
    asked = asked_in(request, query, desk, noun, today=today_of(desk), chosen=chosen)
    found = reading.rows(desk.scope, asked.wanted, [object_id], now=desk.now)
    if not found:
        raise NotFound(noun=noun.replace("_", " "))
    record = RowPart(cells.grid_row(desk, noun, found[0], asked.columns, asked.carried))
    return answer(request, desk, "parts/grid_row.html", record, row=record.row, grid_query=asked.address())


def _form(
    request: HttpRequest,
    desk: Desk,
    noun: Noun,
    object_id: int,
    field: str,
    *,
    typed: str | None = None,
    seen: str | None = None,
    error: str = "",
) -> HttpResponse:
    present = _value(desk, noun, object_id, field)
    record = InlineForm(
        url=reverse("advertiser:table_edit", args=[noun, object_id, field]),
        field=field,
        label={"name": _("Name"), "budget": _("Budget"), "bid": _("Bid")}[field],
        value=present if typed is None else typed,
        seen=present if seen is None else seen,
        suffix="" if field == "name" else desk.account.currency,
        money=field != "name",
        error=error,
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return answer(request, desk, "parts/grid_edit.html", record, status=status)


def _done(request: HttpRequest, desk: Desk, found: EditView, line: LineView) -> HttpResponse:
    """Answer with the row as it is now, and say what can be undone."""
    object_id = line.object_id
    query = QueryDict(request.headers.get("HX-Current-URL", "").partition("?")[2])
    response = _row(request, desk, found.noun, object_id, query)
    response["HX-Retarget"] = f"#row-{object_id}"
    response["HX-Reswap"] = "outerHTML"
    undo = (
        reverse("advertiser:bulk_undo", args=[found.id]) if found.may_undo and line.outcome == Outcome.CHANGED else ""
    )
    said = _("Saved.") if line.outcome == Outcome.CHANGED else _("Nothing was changed.")
    told = {"table:saved": {"text": said, "undo": undo, "label": _("Undo"), "row": str(object_id)}}
    response["HX-Trigger"] = msgspec.json.encode(told).decode("ascii", "backslashreplace")
    return response


def _act(kind: Kind, field: str, typed: str, currency: str) -> Act:
    """Return what is asked for. Raises ValidationError with words for whoever typed it."""
    if field == "name":
        return Act(kind=kind, name=typed)
    amount = AmountField(required=True)
    amount.currency = currency
    micros = amount.clean(typed)
    assert micros is not None, "Required."
    return Act(kind=kind, amount=micros)


def _applied(desk: Desk, noun: Noun, object_id: int, act: Act) -> int:
    """Look at the change and make it, at once; return the edit's id."""
    edit_id = bulk_edits.start(desk.scope, noun, act, [object_id], now=desk.now)
    bulk_edits.work(desk.scope, edit_id, billed=billed(desk.now), now=desk.now)
    if edits.edit(desk.scope, edit_id, now=desk.now).effective:
        bulk_edits.apply(desk.scope, edit_id, now=desk.now)
        bulk_edits.work(desk.scope, edit_id, billed=billed(desk.now), now=desk.now)
    return edit_id


def _value(desk: Desk, noun: Noun, object_id: int, field: str) -> str:
    """Return the value as it is typed; NotFound when there is no such object."""
    views: dict[str, Any] = {"campaign": advertising.campaign, "ad_group": advertising.ad_group, "ad": advertising.ad}
    view = views[noun](desk.scope, object_id)
    value = row_values(view)[_KEYS[field]]
    if field == "name":
        return str(value)
    micros = value["micros"] if field == "budget" else value
    return format_micros(micros, desk.account.currency) if micros else ""


def _shown(desk: Desk, field: str, value: str) -> str:
    return value if field == "name" or not value else f"{value} {desk.account.currency}"
