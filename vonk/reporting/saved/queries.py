"""Read saved reports and their schedules."""

from datetime import datetime

import msgspec
from django.db.models import Q

from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.queries.details import active_colleagues
from vonk.reporting.saved.actions import may_change, plan_of, read_token
from vonk.reporting.saved.rules import Plan, RunState, Stopped
from vonk.reporting.saved_models import ReportRecipient, ReportRun, ReportSchedule, SavedReport


class RecipientView(msgspec.Struct, frozen=True):
    """To whom a report goes, and why it goes to them no more. ``name`` is "" of somebody who left."""

    name: str
    unsubscribed_at: datetime | None
    left_at: datetime | None


class RunView(msgspec.Struct, frozen=True):
    """What became of one sending. ``problem`` is in the platform's language; "" of a fault of ours."""

    due_at: datetime
    state: RunState
    problem: str
    letters: int
    rows: int
    ended_at: datetime | None


class ScheduleView(msgspec.Struct, frozen=True, kw_only=True):
    """When a report is sent, and to whom. ``maker`` is whose rights it is made with, "" of somebody who left."""

    id: int
    plan: Plan
    file_format: str
    next_at: datetime
    paused_at: datetime | None
    stopped: Stopped | None
    maker: str
    recipients: tuple[RecipientView, ...]
    last: RunView | None
    may_change: bool


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A saved report as somebody of the account sees it. ``owner`` is "" of somebody who left."""

    id: int
    name: str
    address: str
    shared: bool
    owner: str
    mine: bool
    may_change: bool
    changed_at: datetime
    schedules: tuple[ScheduleView, ...]


def saved_reports(scope: Scope) -> tuple[SavedView, ...]:
    """Return the acting person's reports of the account and those that are shared in it, by name."""
    scope.require(Right.ACCOUNT_VIEW)
    seen = SavedReport.objects.filter(account_id=scope.account).filter(Q(owner_id=scope.person) | Q(shared=True))
    return _views(scope, list(seen.order_by("name", "pk")))


def saved_report(scope: Scope, report_id: int) -> SavedView:
    """Return one of them; NotFound."""
    found = [one for one in saved_reports(scope) if one.id == report_id]
    if not found:
        raise NotFound(noun="report")
    return found[0]


def subscription(token: str) -> str:
    """Return the name of the report that a token's letters are about. NotFound."""
    schedule_id, person_id = read_token(token)
    row = ReportRecipient.objects.filter(schedule_id=schedule_id, person_id=person_id)
    found = row.values_list("schedule__report__name", flat=True).first()
    if found is None:
        raise NotFound(noun="report schedule")
    return found


def _views(scope: Scope, rows: list[SavedReport]) -> tuple[SavedView, ...]:
    names = dict(active_colleagues(scope))
    schedules: dict[int, list[ScheduleView]] = {}
    found = ReportSchedule.objects.filter(report__in=rows).select_related("report").order_by("pk")
    runs: dict[int, ReportRun] = {}
    for run in ReportRun.objects.filter(schedule__report__in=rows).order_by("due_at"):
        runs[run.schedule_id] = run  # The last one stays.
    recipients: dict[int, list[RecipientView]] = {}
    for one in ReportRecipient.objects.filter(schedule__report__in=rows).order_by("pk"):
        told = RecipientView(names.get(one.person_id, ""), one.unsubscribed_at, one.left_at)
        recipients.setdefault(one.schedule_id, []).append(told)
    for schedule in found:
        view = _schedule(scope, schedule, names, tuple(recipients.get(schedule.pk, ())), runs.get(schedule.pk))
        schedules.setdefault(schedule.report_id, []).append(view)
    return tuple(
        SavedView(
            id=row.pk,
            name=row.name,
            address=row.address,
            shared=row.shared,
            owner=names.get(row.owner_id, ""),
            mine=row.owner_id == scope.person,
            may_change=row.owner_id == scope.person or (row.shared and Right.ACCOUNT_EDIT in scope.rights),
            changed_at=row.changed_at,
            schedules=tuple(schedules.get(row.pk, ())),
        )
        for row in rows
    )


def _schedule(
    scope: Scope,
    row: ReportSchedule,
    names: dict[int, str],
    recipients: tuple[RecipientView, ...],
    run: ReportRun | None,
) -> ScheduleView:
    return ScheduleView(
        id=row.pk,
        plan=plan_of(row),
        file_format=row.file_format,
        next_at=row.next_at,
        paused_at=row.paused_at,
        stopped=Stopped(row.stopped) if row.stopped else None,
        maker=names.get(row.person_id, ""),
        recipients=recipients,
        last=None
        if run is None
        else RunView(run.due_at, RunState(run.state), run.problem, run.letters, run.rows, run.ended_at),
        may_change=may_change(scope, row),
    )
