"""Send what is due, each once.

That a report is due is written down with the next instant in one transaction, under the schedule's row; its letters are
written in one transaction with the end of the run. Whatever stops in between begins anew and finds either everything or
nothing. What was due while nobody worked is sent once, as of the last instant.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from vonk.control import notifications, wording
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import Forbidden, Missing, Problem
from vonk.identity import access
from vonk.identity import queries as identity
from vonk.identity.actions import letters
from vonk.identity.actions.letters import FILE_BYTES_MAX, Enclosed
from vonk.identity.queries import rights
from vonk.identity.queries.people import letter_language
from vonk.reporting.builder import asked, files
from vonk.reporting.builder.errors import ReportFileTooLarge
from vonk.reporting.builder.files import Format, ReportFile
from vonk.reporting.builder.labels import labels
from vonk.reporting.builder.periods import Period
from vonk.reporting.builder.queries import BuiltReport, report
from vonk.reporting.saved.actions import plan_of, unsubscribe_url
from vonk.reporting.saved.rules import RUNS_KEPT, RunState, Stopped, next_due
from vonk.reporting.saved_models import ReportRecipient, ReportRun, ReportSchedule

JOB: Final = "vonk.reporting.jobs.send_report"  # By name: jobs call actions.
KIND: Final = "report"
LINK: Final = "/advertiser/reports/saved/"
_DUE_MAX: Final = 200  # At a time: the rest is due a minute later.

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def begin_due(now: datetime) -> int:
    """Write down which reports are due and have each made by a job; return how many."""
    due = ReportSchedule.objects.filter(next_at__lte=now, paused_at=None, stopped="").order_by("next_at")
    return sum(_begin(schedule_id, now) for schedule_id in list(due.values_list("pk", flat=True)[:_DUE_MAX]))


@transaction.atomic
def _begin(schedule_id: int, now: datetime) -> bool:
    rows = ReportSchedule.objects.select_for_update().filter(pk=schedule_id, next_at__lte=now)
    row = rows.filter(paused_at=None, stopped="").first()
    if row is None:
        return False  # Another process was first, or it was paused meanwhile.
    time_zone = identity.account_facts(row.account_id).time_zone
    due_at = row.next_at
    while (later := next_due(plan_of(row), after=due_at, time_zone=time_zone)) <= now:
        due_at = later
    row.next_at = later
    row.save(update_fields=["next_at"])
    run = ReportRun.objects.create(schedule=row, due_at=due_at, state=RunState.WAITING.value)
    old = ReportRun.objects.filter(schedule=row).order_by("-due_at").values_list("pk", flat=True)[RUNS_KEPT:]
    ReportRun.objects.filter(pk__in=list(old)).delete()
    import_string(JOB).enqueue(run.pk)
    return True


def send(run_id: int, *, now: datetime) -> None:
    """Make the report and write its letters, or write down why not. Safe to repeat. A bug is written down too, and raised."""
    runs = ReportRun.objects.select_related("schedule__report")
    run = runs.filter(pk=run_id, state=RunState.WAITING.value).first()
    if run is None:
        return  # It is done, or its schedule was deleted.
    schedule = run.schedule
    scope = _scope(schedule)
    if scope is None:
        _stop(run, Stopped.PERSON_LEFT, now)
        return
    readers = _readers(schedule, now)
    if not readers:
        _stop(run, Stopped.NOBODY, now)
        return
    try:
        _send(run, scope, readers, now)
    except Problem as problem:
        _fail(run, _said(problem), now)
    except Exception:
        _fail(run, "", now)
        raise


def _scope(schedule: ReportSchedule) -> Scope | None:
    """Return the rights that the person has now whose report it is; None when they may look no more."""
    actor = access.Actor(schedule.person_id, Via.WORK)
    try:
        return access.advertiser(actor, schedule.account_id, may=Right.ACCOUNT_VIEW)
    except (Missing, Forbidden):
        return None


def _readers(schedule: ReportSchedule, now: datetime) -> list[int]:
    """Return to whom it goes: who works in the account still and wants it. Who left is written down."""
    members = {held.person_id for held in rights.in_accounts(account_ids=[schedule.account_id])}
    wanting = ReportRecipient.objects.filter(schedule=schedule, unsubscribed_at=None, left_at=None)
    people = list(wanting.values_list("person_id", flat=True).order_by("pk"))
    gone = set(people) - members
    if gone:
        wanting.filter(person_id__in=gone).update(left_at=now)
    return [person_id for person_id in people if person_id in members]


def _send(run: ReportRun, scope: Scope, readers: Sequence[int], now: datetime) -> None:
    schedule = run.schedule
    found = report(scope, asked.read(schedule.report.address), now=run.due_at)
    made: dict[str, ReportFile] = {}
    for language in {letter_language(person_id) for person_id in readers}:
        with translation.override(language):
            one = files.make(found, labels(scope, found), Format(schedule.file_format), title=schedule.report.name)
        if len(one.content) > FILE_BYTES_MAX:
            raise ReportFileTooLarge(most=FILE_BYTES_MAX // 1_000_000)
        made[language] = one
    lines = next(iter(made.values())).lines
    with transaction.atomic():
        waiting = ReportRun.objects.filter(pk=run.pk, state=RunState.WAITING.value)
        if not waiting.update(state=RunState.SENT.value, letters=len(readers), rows=lines, ended_at=now):
            return  # Another job was first: its letters are written.
        for person_id in readers:
            _write(run, person_id, found, made[letter_language(person_id)], now)


def _write(run: ReportRun, person_id: int, found: BuiltReport, made: ReportFile, now: datetime) -> None:
    unsubscribe = unsubscribe_url(run.schedule_id, person_id)
    days = found.days
    same = msgspec.structs.replace(found.query, period=Period.CUSTOM, first=days.first, last=days.last)
    values = {
        "name": run.schedule.report.name,
        "account": found.account.name,
        "lines": made.lines,
        "zone": found.account.time_zone,
        "link": f"{settings.VONK.site_url}/advertiser/reports/build/?{same.address}",
        "unsubscribe": unsubscribe,
    }
    with translation.override(letter_language(person_id)):
        values |= {"first": wording.day(found.days.first), "last": wording.day(found.days.last)}
        subject = _("Report “%(name)s”: %(first)s to %(last)s") % values
        body = _(
            "The report “%(name)s” of the ad account %(account)s is enclosed: %(first)s to %(last)s by the clock of "
            "%(zone)s, lines: %(lines)d.\n\nThe same report as a page:\n%(link)s\n\n"
            "You receive it because somebody in the ad account has it sent to you. To receive it no more:\n%(unsubscribe)s"
        )
    enclosed = Enclosed(run.schedule.account_id, made.name, made.content_type, made.content, unsubscribe)
    letters.to_person_enclosing(person_id, enclosed, subject=subject, body=body % values, now=now, link=LINK, kind=KIND)


@transaction.atomic
def _stop(run: ReportRun, why: Stopped, now: datetime) -> None:
    ReportSchedule.objects.filter(pk=run.schedule_id).update(stopped=why.value)
    ended = ReportRun.objects.filter(pk=run.pk, state=RunState.WAITING.value)
    ended.update(state=RunState.FAILED.value, problem=why.value, ended_at=now)
    _log.info("report.stopped", schedule_id=run.schedule_id, why=why.value)


@transaction.atomic
def _fail(run: ReportRun, problem: str, now: datetime) -> None:
    """Write down that it failed, and tell whose report it is in the product. The next one is tried when it is due."""
    waiting = ReportRun.objects.filter(pk=run.pk, state=RunState.WAITING.value)
    if not waiting.update(state=RunState.FAILED.value, problem=problem[:1_000], ended_at=now):
        return
    with translation.override(letter_language(run.schedule.person_id)):
        text = _("The report “%(name)s” was not sent.") % {"name": run.schedule.report.name}
    notifications.notify(run.schedule.person_id, kind=KIND, text=text, link=LINK, at=now)
    _log.warning("report.not_sent", schedule_id=run.schedule_id, problem=problem)


def _said(problem: Problem) -> str:
    """Return what went wrong, to be shown as it stands: in the language of the platform."""
    with translation.override(settings.LANGUAGE_CODE):
        return " ".join(wording.of_problem(problem, text) for text in (problem.message, problem.remedy) if text)
