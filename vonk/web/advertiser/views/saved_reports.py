"""Saved reports: their list, one of them with when it is sent, and the page on which its letters are ended."""

from http import HTTPStatus
from zoneinfo import ZoneInfo

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.core.errors import Problem
from vonk.identity.queries.details import active_colleagues
from vonk.reporting.builder import asked
from vonk.reporting.builder.asked import Query
from vonk.reporting.builder.dimensions import DIMENSIONS
from vonk.reporting.builder.errors import ReportQueryInvalid
from vonk.reporting.builder.files import Format
from vonk.reporting.builder.further import FIELDS
from vonk.reporting.saved import actions
from vonk.reporting.saved import queries as saved
from vonk.reporting.saved.queries import RecipientView, SavedView, ScheduleView
from vonk.reporting.saved.rules import Plan, Rhythm, RunState, Stopped
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.saved_reports import FORMATS, SavedReportForm, ScheduleForm
from vonk.web.advertiser.pages import answer, problem_of, refusal_status, refuse_somewhere
from vonk.web.advertiser.views.report_builder import period_titles
from vonk.web.common import problems
from vonk.web.common.records import Badge, Cause, Tone
from vonk.web.common.requests import now_of


class ScheduleCard(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule as people read it."""

    view: ScheduleView
    when: str
    file_format: str
    badge: Badge
    last: str
    to: tuple[str, ...]


class SavedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A saved report as people read it."""

    view: SavedView
    about: str
    url: str
    schedules: tuple[ScheduleCard, ...]


class SavedPage(msgspec.Struct, frozen=True):
    """The list."""

    rows: tuple[SavedRow, ...]
    time_zone: str


class OnePage(msgspec.Struct, frozen=True):
    """One report."""

    row: SavedRow
    time_zone: str


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the reports that are one's own or shared."""
    rows = tuple(_row(one, desk) for one in saved.saved_reports(desk.scope))
    return answer(request, desk, "saved_reports.html", SavedPage(rows, desk.account.time_zone))


@require_POST
@at_desk()
def keep(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep the report whose address the form holds; with ``report_id``, in place of what is kept there."""
    address = request.POST.get("address", "")
    back = f"{reverse('advertiser:report_build')}?{address[: asked.ADDRESS_CHARS_MAX]}"
    try:
        query = asked.read(address)
        given = request.POST.get("report_id", "")
        if given.isascii() and given.isdigit():
            report_id = int(given)
            actions.change(desk.scope, report_id, query=query, now=desk.now)
        else:
            form = SavedReportForm(request.POST)
            if not form.is_valid():
                messages.error(request, _("Give the report a name of at most 100 characters."))
                return redirect(back)
            report_id = actions.save(
                desk.scope,
                name=form.cleaned_data["name"],
                query=query,
                shared=form.cleaned_data["shared"],
                now=desk.now,
            )
    except Problem as problem:
        refusal_status(request, problem)  # What no page can show is raised.
        shown = problem_of(request, problem)
        messages.error(request, f"{shown.message} {shown.remedy}".strip())
        return redirect(back)
    messages.success(request, _("The report is kept."))
    return redirect(f"{reverse('advertiser:report_build')}?{query.address}&saved={report_id}")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def one(request: HttpRequest, desk: Desk, report_id: int) -> HttpResponse:
    """Show a saved report with its schedules; change its name and who sees it."""
    view = saved.saved_report(desk.scope, report_id)
    form = SavedReportForm(request.POST or None, initial={"name": view.name, "shared": view.shared})
    if request.method != "POST":
        return _one(request, desk, view, form)
    if form.is_valid():
        try:
            actions.change(
                desk.scope,
                report_id,
                name=form.cleaned_data["name"],
                shared=form.cleaned_data["shared"],
                now=desk.now,
            )
        except Problem as problem:
            refusal_status(request, problem)
            refuse_somewhere(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("advertiser:saved_report", report_id)
    return _one(request, desk, view, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@at_desk()
def delete(request: HttpRequest, desk: Desk, report_id: int) -> HttpResponse:
    """Delete a report with its schedules."""
    actions.delete(desk.scope, report_id, now=desk.now)
    messages.success(request, _("The report is deleted, and is sent to nobody."))
    return redirect("advertiser:saved_reports")


@require_POST
@at_desk()
def schedule(request: HttpRequest, desk: Desk, report_id: int) -> HttpResponse:
    """Have a report sent."""
    view = saved.saved_report(desk.scope, report_id)
    form = _schedule_form(desk, request)
    if form.is_valid():
        try:
            actions.schedule(
                desk.scope,
                report_id,
                form.plan(),
                people=form.cleaned_data["people"],
                file_format=Format(form.cleaned_data["file_format"]),
                now=desk.now,
            )
        except Problem as problem:
            refusal_status(request, problem)
            refuse_somewhere(form, problem)
        else:
            messages.success(request, _("The report will be sent."))
            return redirect("advertiser:saved_report", report_id)
    kept = SavedReportForm(initial={"name": view.name, "shared": view.shared})
    return _one(request, desk, view, kept, schedule_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@at_desk()
def act(request: HttpRequest, desk: Desk, report_id: int, schedule_id: int) -> HttpResponse:
    """Pause, resume or delete a schedule, as the button says."""
    doing = {"pause": actions.pause, "resume": actions.resume, "delete": actions.unschedule}
    chosen = doing.get(request.POST.get("act", ""))
    if chosen is None:
        raise ReportQueryInvalid(reason=_("this is no act of a schedule."))
    chosen(desk.scope, schedule_id, now=desk.now)
    messages.success(request, _("Done."))
    return redirect("advertiser:saved_report", report_id)


@csrf_exempt  # The token in the address is the permission; mail programs post without a cookie (RFC 8058).
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End a report's letters to whom the token names: asked once on a page, at once for a mail program's click."""
    name = saved.subscription(token)
    done = request.method == "POST"
    if done:
        actions.unsubscribe(token, now=now_of(request))
    response = render(request, "advertiser/report_unsubscribe.html", {"name": name, "done": done})
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _one(
    request: HttpRequest,
    desk: Desk,
    view: SavedView,
    form: SavedReportForm,
    *,
    schedule_form: ScheduleForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    record = OnePage(_row(view, desk), desk.account.time_zone)
    sending = schedule_form or _schedule_form(desk)
    return answer(request, desk, "saved_report.html", record, form=form, schedule_form=sending, status=status)


def _schedule_form(desk: Desk, request: HttpRequest | None = None) -> ScheduleForm:
    return ScheduleForm(
        request.POST if request is not None else None,
        people=active_colleagues(desk.scope),
        time_zone=desk.account.time_zone,
        initial={"people": [desk.scope.person]},
    )


def _row(view: SavedView, desk: Desk) -> SavedRow:
    try:
        about = _about(asked.read(view.address))
    except ReportQueryInvalid as problem:  # What it asks for is not on offer any more.
        about = problems.view_of(problem).message
    return SavedRow(
        view=view,
        about=about,
        url=f"{reverse('advertiser:report_build')}?{view.address}&saved={view.id}",
        schedules=tuple(_card(one, ZoneInfo(desk.account.time_zone)) for one in view.schedules),
    )


def _about(query: Query) -> str:
    names = [*query.rows, *([query.column] if query.column else [])]
    dimensions = " × ".join(str(DIMENSIONS[name].title) for name in names)
    metrics = ", ".join(str(FIELDS[name].title) for name in query.metrics[:4])
    if len(query.metrics) > 4:
        metrics += ", …"
    return f"{dimensions} · {metrics} · {period_titles()[query.period]}"


def _card(view: ScheduleView, zone: ZoneInfo) -> ScheduleCard:
    return ScheduleCard(
        view=view,
        when=_when(view.plan, str(zone)),
        file_format=dict(FORMATS)[Format(view.file_format)],
        badge=_badge(view),
        last=_last(view),
        to=tuple(_recipient(one) for one in view.recipients),
    )


def _when(plan: Plan, zone: str) -> str:
    values = {
        "hour": f"{plan.hour:02}:00",
        "zone": zone,
        "weekday": WEEKDAYS[plan.weekday],
        "day": plan.day,
    }
    match plan.rhythm:
        case Rhythm.DAILY:
            return _("Every day at %(hour)s, %(zone)s") % values
        case Rhythm.WEEKLY:
            return _("Every week on %(weekday)s at %(hour)s, %(zone)s") % values
    return _("Every month on day %(day)s at %(hour)s, %(zone)s") % values


def _badge(view: ScheduleView) -> Badge:
    if view.stopped is Stopped.PERSON_LEFT:
        remedy = _("Resume it to go on with your own rights.")
        return Badge(_("Stopped"), Tone.BAD, (Cause(_("Who had it made works in this ad account no more."), remedy),))
    if view.stopped is Stopped.NOBODY:
        remedy = _("Delete it, and make one for others.")
        return Badge(_("Stopped"), Tone.WARN, (Cause(_("Everybody left or wants it no more."), remedy),))
    return Badge(_("Paused"), Tone.CALM) if view.paused_at else Badge(_("Active"), Tone.GOOD)


def _last(view: ScheduleView) -> str:
    run = view.last
    if run is None:
        return _("Not sent yet.")
    if run.state is RunState.WAITING:
        return _("It is being made.")
    if run.state is RunState.SENT:
        return _("Sent to %(letters)d, lines: %(rows)d.") % {"letters": run.letters, "rows": run.rows}
    if run.problem in set(Stopped):
        return _("Not sent.")
    return _("Not sent: %(problem)s") % {"problem": run.problem or _("something went wrong on our side.")}


def _recipient(view: RecipientView) -> str:
    if view.left_at is not None:
        return _("somebody who left")
    name = view.name or _("somebody who left")
    return _("%(name)s (unsubscribed)") % {"name": name} if view.unsubscribed_at is not None else name
