"""Keep reports, and have them sent."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core import signing
from django.db import transaction

from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity import queries as identity
from vonk.identity.queries.details import active_colleagues
from vonk.reporting.builder import asked
from vonk.reporting.builder.asked import Query
from vonk.reporting.builder.files import Format
from vonk.reporting.saved.errors import (
    RecipientNotMember,
    SavedNameTaken,
    SavedReportsLimited,
    SchedulesLimited,
)
from vonk.reporting.saved.rules import NAME_MAX, RECIPIENTS_MAX, SAVED_MAX, SCHEDULES_MAX, Plan, Rhythm, next_due
from vonk.reporting.saved_models import ReportRecipient, ReportSchedule, SavedReport

_NOUN: Final = "saved_report"
_SCHEDULE: Final = "report_schedule"
_SALT: Final = "vonk.reporting.unsubscribe"


@transaction.atomic
def save(scope: Scope, *, name: str, query: Query, shared: bool, now: datetime) -> int:
    """Keep a report under a name; return its id. Raises FieldInvalid, SavedNameTaken, SavedReportsLimited."""
    scope.require(Right.ACCOUNT_VIEW)
    asked.check(query)
    named = _name(name)
    mine = SavedReport.objects.filter(account_id=scope.account, owner_id=scope.person)
    if mine.count() >= SAVED_MAX:
        raise SavedReportsLimited(most=SAVED_MAX)
    if mine.filter(name=named).exists():
        raise SavedNameTaken(name=named)
    row = SavedReport.objects.create(
        account_id=scope.account,
        owner_id=scope.person,
        name=named,
        address=query.address,
        shared=shared,
        made_at=now,
        changed_at=now,
    )
    audit.record(scope, "saved_report.made", _NOUN, row.pk, at=now, detail={"shared": shared})
    return row.pk


@transaction.atomic
def change(
    scope: Scope,
    report_id: int,
    *,
    now: datetime,
    name: str | None = None,
    query: Query | None = None,
    shared: bool | None = None,
) -> None:
    """Change what is named. NotFound for what is not theirs to change; FieldInvalid, SavedNameTaken."""
    row = _mine(scope, report_id)
    if name is not None:
        row.name = _name(name)
        taken = SavedReport.objects.filter(account_id=row.account_id, owner_id=row.owner_id, name=row.name)
        if taken.exclude(pk=row.pk).exists():
            raise SavedNameTaken(name=row.name)
    if query is not None:
        asked.check(query)
        row.address = query.address
    if shared is not None:
        row.shared = shared
    row.changed_at = now
    row.save()
    audit.record(scope, "saved_report.changed", _NOUN, row.pk, at=now, detail={"shared": row.shared})


@transaction.atomic
def delete(scope: Scope, report_id: int, *, now: datetime) -> None:
    """Delete a report with its schedules; NotFound for what is not theirs to change."""
    row = _mine(scope, report_id)
    audit.record(scope, "saved_report.deleted", _NOUN, row.pk, at=now)
    row.delete()


@transaction.atomic
def schedule(
    scope: Scope, report_id: int, plan: Plan, *, people: Collection[int], file_format: Format, now: datetime
) -> int:
    """Have a report sent to people of the account; return the schedule's id.

    Whoever sees a report may have it sent; it is made with their rights. NotFound, FieldInvalid, RecipientNotMember,
    SchedulesLimited.
    """
    report = _seen(scope, report_id)
    _check(plan)
    _check_people(scope, people)
    if ReportSchedule.objects.filter(account_id=scope.account).count() >= SCHEDULES_MAX:
        raise SchedulesLimited(most=SCHEDULES_MAX)
    row = ReportSchedule.objects.create(
        report=report,
        account_id=scope.account,
        person_id=scope.person,
        rhythm=plan.rhythm.value,
        weekday=plan.weekday,
        day=plan.day,
        hour=plan.hour,
        file_format=file_format.value,
        next_at=_next(scope.account, plan, now),
        made_at=now,
    )
    ReportRecipient.objects.bulk_create(
        ReportRecipient(schedule=row, person_id=person_id) for person_id in sorted(set(people))
    )
    audit.record(scope, "report_schedule.made", _SCHEDULE, row.pk, at=now, detail={"people": len(set(people))})
    return row.pk


@transaction.atomic
def pause(scope: Scope, schedule_id: int, *, now: datetime) -> None:
    """Send nothing until it is resumed. Once more is the same; NotFound."""
    row = _my_schedule(scope, schedule_id)
    if row.paused_at is None:
        row.paused_at = now
        row.save(update_fields=["paused_at"])
        audit.record(scope, "report_schedule.paused", _SCHEDULE, row.pk, at=now)


@transaction.atomic
def resume(scope: Scope, schedule_id: int, *, now: datetime) -> None:
    """Go on, from now and with the rights of who says so; what was due meanwhile is not sent. NotFound."""
    row = _my_schedule(scope, schedule_id)
    row.paused_at, row.stopped, row.person_id = None, "", scope.person
    row.next_at = _next(row.account_id, plan_of(row), now)
    row.save()
    audit.record(scope, "report_schedule.resumed", _SCHEDULE, row.pk, at=now)


@transaction.atomic
def unschedule(scope: Scope, schedule_id: int, *, now: datetime) -> None:
    """Delete a schedule; NotFound."""
    row = _my_schedule(scope, schedule_id)
    audit.record(scope, "report_schedule.deleted", _SCHEDULE, row.pk, at=now)
    row.delete()


def unsubscribe_token(schedule_id: int, person_id: int) -> str:
    """Return what lets somebody end a schedule's letters to themselves without signing in."""
    return signing.dumps([str(schedule_id), str(person_id)], salt=_SALT)


def unsubscribe_url(schedule_id: int, person_id: int) -> str:
    """Return the whole address of the page on which they do."""
    return f"{settings.VONK.site_url}/reports/unsubscribe/{unsubscribe_token(schedule_id, person_id)}/"


def unsubscribe(token: str, *, now: datetime) -> bool:
    """End a schedule's letters to whom the token names; say whether they were to go on. Once more is the same.

    Raises NotFound for a token that is not ours, and for a schedule that is gone.
    """
    schedule_id, person_id = read_token(token)
    found = ReportRecipient.objects.filter(schedule_id=schedule_id, person_id=person_id)
    if not found.exists():
        raise NotFound(noun="report schedule")
    return bool(found.filter(unsubscribed_at=None).update(unsubscribed_at=now))


def read_token(token: str) -> tuple[int, int]:
    """Return the schedule and the person that a token names; NotFound for one that is not ours."""
    try:
        schedule_id, person_id = signing.loads(token, salt=_SALT)
        return int(schedule_id), int(person_id)
    except (signing.BadSignature, TypeError, ValueError):
        raise NotFound(noun="report schedule") from None


def plan_of(row: ReportSchedule) -> Plan:
    """Return when a schedule's report is due."""
    return Plan(Rhythm(row.rhythm), row.hour, row.weekday, row.day)


def forget(person_id: int) -> None:
    """Delete what an erased person kept for themselves, and send them nothing; what they shared stays, without schedules
    of theirs.
    """
    ReportRecipient.objects.filter(person_id=person_id).delete()
    ReportSchedule.objects.filter(person_id=person_id).delete()
    SavedReport.objects.filter(owner_id=person_id, shared=False).delete()


def _name(name: str) -> str:
    words = " ".join(name.split())
    if not 1 <= len(words) <= NAME_MAX:
        raise FieldInvalid("name", "1 to %(most)s characters", most=NAME_MAX)
    return words


def _check(plan: Plan) -> None:
    for field, number, least, most in (
        ("hour", plan.hour, 0, 23),
        ("weekday", plan.weekday, 0, 6),
        ("day", plan.day, 1, 31),
    ):
        if not least <= number <= most:
            raise FieldInvalid(field, "from %(least)s to %(most)s", least=least, most=most)


def _check_people(scope: Scope, people: Iterable[int]) -> None:
    wanted = set(people)
    if not 1 <= len(wanted) <= RECIPIENTS_MAX:
        raise FieldInvalid("people", "1 to %(most)s people", most=RECIPIENTS_MAX)
    if wanted - {one.person_id for one in active_colleagues(scope)}:
        raise RecipientNotMember


def _next(account_id: int, plan: Plan, now: datetime) -> datetime:
    return next_due(plan, after=now, time_zone=identity.account_facts(account_id).time_zone)


def _seen(scope: Scope, report_id: int) -> SavedReport:
    scope.require(Right.ACCOUNT_VIEW)
    row = SavedReport.objects.filter(pk=report_id, account_id=scope.account).first()
    if row is None or not (row.shared or row.owner_id == scope.person):
        raise NotFound(noun="report")
    return row


def _mine(scope: Scope, report_id: int) -> SavedReport:
    """Return a report that the acting person made, or that is shared in an account that they administer."""
    _seen(scope, report_id)
    row = SavedReport.objects.select_for_update().filter(pk=report_id, account_id=scope.account).first()
    if row is None or not (row.owner_id == scope.person or (row.shared and Right.ACCOUNT_EDIT in scope.rights)):
        raise NotFound(noun="report")
    return row


def _my_schedule(scope: Scope, schedule_id: int) -> ReportSchedule:
    """Return a schedule of theirs, of a report of theirs, or of a shared one in an account that they administer."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = ReportSchedule.objects.select_for_update(of=("self",)).select_related("report")
    row = rows.filter(pk=schedule_id, account_id=scope.account).first()
    if row is None or not may_change(scope, row):
        raise NotFound(noun="report schedule")
    return row


def may_change(scope: Scope, row: ReportSchedule) -> bool:
    """Say whether the acting person may pause, resume or delete a schedule of the scope's account."""
    administers = row.report.shared and Right.ACCOUNT_EDIT in scope.rights
    return scope.person in {row.person_id, row.report.owner_id} or administers
