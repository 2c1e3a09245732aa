"""Lists of codes: pasted or uploaded, worked off in the background, a result for each line."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.authorisation import code_lists
from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import imports
from vonk.authorisation.errors.table import TABLE
from vonk.authorisation.queries import ImportView, LineView
from vonk.authorisation.queries.imports import FAILED
from vonk.authorisation.rules.imports import FILE_BYTES_MAX, GOOD, LINES_MAX, LineOutcome
from vonk.control.scope import Right
from vonk.core import sheets
from vonk.core.errors import Problem, RightMissing
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.imports import ListForm
from vonk.web.advertiser.forms.library import CodeForm
from vonk.web.advertiser.pages import answer, problem_of, refusal_status
from vonk.web.advertiser.views import spark_posts
from vonk.web.advertiser.views.reports import Choice
from vonk.web.common.problems import ACTOR_TEXTS
from vonk.web.common.records import Badge, Cause, Tone
from vonk.web.common.requests import paging_of

LINES_SHOWN: Final = 50
HEADER: Final = ("line", "row", "code_ends_with", "result", "explanation", "what_helps", "authorisation_id")
_ERRORS: Final = {row.code: row.error for row in TABLE} | {RightMissing.code: RightMissing}


class ListRow(msgspec.Struct, frozen=True, kw_only=True):
    """A list in the list of lists."""

    id: int
    title: str
    made_at: datetime
    person_name: str
    lines: int
    done: int
    badge: Badge


class ListsPage(msgspec.Struct, frozen=True):
    """All lists, and the form for another one."""

    rows: tuple[ListRow, ...]
    next_cursor: str | None
    lines_max: int
    megabytes_max: int


class Count(msgspec.Struct, frozen=True):
    """How many lines ended like this, and the address that shows them."""

    label: str
    count: int
    tone: Tone
    url: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line with its result. ``look``: its code can be looked at as if it were pasted, terms and all."""

    number: int
    row: int
    hint: str
    badge: Badge
    consent_id: int | None
    look: bool


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """One list."""

    id: int
    title: str
    made_at: datetime
    person_name: str
    lines: int
    done: int
    working: bool
    counts: tuple[Count, ...]
    retryable: int
    shown: tuple[Line, ...]
    next_cursor: str | None
    outcomes: tuple[Choice, ...]
    csv_url: str


@sensitive_post_parameters("codes")
@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the lists; take another one."""
    if request.method != "POST":
        return _lists(request, desk, ListForm())
    desk.scope.require(Right.CAMPAIGN_EDIT)
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _lists(request, desk, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    file = form.cleaned_data["file"]
    try:
        if file is not None:
            found = code_lists.in_file(file.read(FILE_BYTES_MAX + 1))
        else:
            found = code_lists.pasted(form.cleaned_data["codes"])
        import_id = imports.start(desk.scope, found, file_name=file.name if file is not None else "", now=desk.now)
    except Problem as problem:
        status = refusal_status(request, problem)
        return _lists(request, desk, form, status=status, problem=problem)
    return redirect("advertiser:import", import_id)


@require_safe
@at_desk()
def one(request: HttpRequest, desk: Desk, import_id: int) -> HttpResponse:
    """Show one list, line by line."""
    return answer(request, desk, "import.html", _page(request, desk, import_id))


@require_safe
@at_desk()
def state(request: HttpRequest, desk: Desk, import_id: int) -> HttpResponse:
    """Answer the part of the page that renews itself while the list is worked off; at the end, the whole page."""
    record = _page(request, desk, import_id)
    response = answer(request, desk, "parts/import_state.html", record)
    if not record.working:
        response["HX-Refresh"] = "true"
    return response


@require_safe
@at_desk()
def download(request: HttpRequest, desk: Desk, import_id: int) -> HttpResponseBase:
    """Send the results as a file, line by line; of a code its last characters alone."""
    lines = authorisation.all_import_lines(desk.scope, import_id, outcome=request.GET.get("outcome"))
    response = StreamingHttpResponse(sheets.lines(HEADER, map(_cells, lines)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="codes-{import_id}.csv"'
    return response


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def retry(request: HttpRequest, desk: Desk, import_id: int) -> HttpResponse:
    """Work off the failed lines once more."""
    count = imports.retry(desk.scope, import_id, now=desk.now)
    text = ngettext("%(count)d line is tried again.", "%(count)d lines are tried again.", count)
    messages.success(request, text % {"count": count})
    return redirect("advertiser:import", import_id)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def look(request: HttpRequest, desk: Desk, import_id: int, number: int) -> HttpResponse:
    """Show what the code of a failed line gives now, with the terms it may ask for, as if it were pasted."""
    code = imports.code_of_line(desk.scope, import_id, number)
    return spark_posts.look(request, desk, CodeForm({"code": code}))


def _lists(
    request: HttpRequest,
    desk: Desk,
    form: ListForm,
    *,
    problem: Problem | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    found = authorisation.imports(desk.scope, paging_of(request))
    record = ListsPage(tuple(map(_list_row, found.items)), found.next_cursor, LINES_MAX, FILE_BYTES_MAX // 1024**2)
    shown = problem_of(request, problem) if problem is not None else None
    return answer(request, desk, "imports.html", record, form=form, problem=shown, status=status)


def _list_row(view: ImportView) -> ListRow:
    return ListRow(
        id=view.id,
        title=_title(view),
        made_at=view.made_at,
        person_name=view.person_name or "",
        lines=view.lines,
        done=view.done,
        badge=_list_badge(view),
    )


def _list_badge(view: ImportView) -> Badge:
    if view.finished_at is None:
        return Badge(_("In work"), Tone.BUSY)
    if view.failed:
        text = ngettext("%(count)d failed", "%(count)d failed", view.failed)
        return Badge(text % {"count": view.failed}, Tone.WARN)
    return Badge(_("All redeemed"), Tone.GOOD)


def _title(view: ImportView) -> str:
    return view.file_name or _("Pasted list")


def _page(request: HttpRequest, desk: Desk, import_id: int) -> ListPage:
    view = authorisation.code_import(desk.scope, import_id)
    outcome = request.GET.get("outcome", "")
    lines = authorisation.import_lines(
        desk.scope, import_id, paging_of(request, size=LINES_SHOWN), outcome=outcome or None
    )
    here = reverse("advertiser:import", args=[import_id])
    names = {"": _("All lines"), FAILED: _("All that failed")}
    names |= {name: _label(name) for name in view.outcomes}
    csv = reverse("advertiser:import_csv", args=[import_id])
    return ListPage(
        id=view.id,
        title=_title(view),
        made_at=view.made_at,
        person_name=view.person_name or "",
        lines=view.lines,
        done=view.done,
        working=view.finished_at is None,
        counts=tuple(
            Count(_label(name), count, _tone(name), f"{here}?outcome={name}") for name, count in view.outcomes.items()
        ),
        retryable=view.retryable if view.finished_at is not None and desk.may_edit else 0,
        shown=tuple(_line(line, may_edit=desk.may_edit) for line in lines.items),
        next_cursor=lines.next_cursor,
        outcomes=tuple(Choice(value, label, value == outcome) for value, label in names.items()),
        csv_url=f"{csv}?outcome={outcome}" if outcome in names and outcome else csv,
    )


def _line(line: LineView, *, may_edit: bool) -> Line:
    return Line(
        number=line.number,
        row=line.row,
        hint=line.code_hint,
        badge=_badge(line.outcome),
        consent_id=line.consent_id,
        look=line.may_retry and may_edit,
    )


def _badge(outcome: str | None) -> Badge:
    if outcome is None:
        return Badge(_("Waiting"), Tone.BUSY)
    cause, remedy, link = _explained(outcome)
    causes = (Cause(cause, remedy, link),) if cause or remedy else ()
    return Badge(_label(outcome), _tone(outcome), causes)


def _explained(outcome: str) -> tuple[str, str, str]:
    """Return why a line ended like this, who can do what about it, and where. Texts with values in them stay away."""
    error = _ERRORS.get(outcome)
    if error is None:
        return "", "", ""
    cause, remedy = (_(text) if text and "%(" not in text else "" for text in (error.cause, error.remedy))
    actor = str(ACTOR_TEXTS[error.actor])
    link = error.link if error.link.startswith("/advertiser/terms") else ""
    return cause, f"{remedy} {actor}".strip(), link


def _label(outcome: str) -> str:
    labels = {
        LineOutcome.REDEEMED.value: _("Redeemed"),
        LineOutcome.AGAIN.value: _("Yours already"),
        LineOutcome.DUPLICATE.value: _("Twice in the list"),
    }
    error = _ERRORS.get(outcome)
    return labels.get(outcome) or (_(error.message) if error is not None and "%(" not in error.message else outcome)


def _tone(outcome: str) -> Tone:
    if outcome == LineOutcome.REDEEMED.value:
        return Tone.GOOD
    return Tone.CALM if outcome in GOOD else Tone.BAD


def _cells(line: LineView) -> tuple[str, ...]:
    outcome = line.outcome or "waiting"
    cause, remedy, _link = _explained(outcome)
    return (
        str(line.number),
        str(line.row),
        sheets.harmless(line.code_hint),
        outcome,
        cause,
        remedy,
        str(line.consent_id) if line.consent_id is not None else "",
    )
