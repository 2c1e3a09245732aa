"""Have reports made in the background: what edges ask for, and what their job does."""

import zlib
from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.db import transaction
from django.utils.module_loading import import_string

from vonk.control import audit
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import NotFound
from vonk.identity import access
from vonk.reporting.models import ReportTask
from vonk.reporting.tasks.errors import ReportTaskOver, ReportTasksLimited
from vonk.reporting.tasks.queries import TaskFile
from vonk.reporting.tasks.rules import KEPT, NAME_MAX, OPEN, OPEN_MAX, State, may_cancel

_NOUN = "report_task"


class Claim(msgspec.Struct, frozen=True):
    """A task that is to be made now, for whom, and as whom: with the rights that the person has now."""

    task_id: int
    account_id: int
    actor: access.Actor
    asked: Mapping[str, object]
    file_name: str


@transaction.atomic
def create(scope: Scope, *, asked: Mapping[str, object], file_name: str, job: str, now: datetime) -> int:
    """Keep what is asked and enqueue ``job``, the dotted name of what makes it; return the task's id.

    Raises ReportTasksLimited.
    """
    scope.require(Right.ACCOUNT_VIEW)
    if ReportTask.objects.filter(account_id=scope.account, state__in=OPEN, expires_at__gt=now).count() >= OPEN_MAX:
        raise ReportTasksLimited(most=OPEN_MAX)
    row = ReportTask.objects.create(
        account_id=scope.account,
        person_id=scope.person,
        asked=dict(asked),
        file_name=file_name[:NAME_MAX],
        state=State.WAITING.value,
        made_at=now,
        expires_at=now + KEPT,
    )
    audit.record(scope, "report_task.made", _NOUN, row.pk, at=now)
    import_string(job).enqueue(row.pk)
    return row.pk


@transaction.atomic
def cancel(scope: Scope, task_id: int, *, now: datetime) -> None:
    """Make nothing of it. Once more is the same; NotFound, ReportTaskOver."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = ReportTask.objects.select_for_update().defer("content")
    row = rows.filter(pk=task_id, account_id=scope.account, expires_at__gt=now).first()
    if row is None:
        raise NotFound(noun="report task")
    if row.state == State.CANCELED.value:
        return
    if not may_cancel(State(row.state)):
        raise ReportTaskOver(state=row.state)
    ReportTask.objects.filter(pk=row.pk).update(state=State.CANCELED.value, ended_at=now)
    audit.record(scope, "report_task.canceled", _NOUN, row.pk, at=now)


def claim(task_id: int, *, now: datetime) -> Claim | None:
    """Take the task up; None when it was canceled or is done. A job that died is safe to run again."""
    claimed = ReportTask.objects.filter(pk=task_id, state__in=OPEN, expires_at__gt=now)
    if not claimed.update(state=State.RUNNING.value, claimed_at=now):
        return None
    row = ReportTask.objects.defer("content").get(pk=task_id)
    return Claim(row.pk, row.account_id, access.Actor(row.person_id, Via.WORK), row.asked, row.file_name)


def finish(task_id: int, made: TaskFile, *, rows: int, now: datetime) -> None:
    """Keep what was made, unless it was canceled in the meantime."""
    ReportTask.objects.filter(pk=task_id, state=State.RUNNING.value).update(
        state=State.READY.value,
        file_name=made.name,
        content_type=made.content_type,
        content=zlib.compress(made.content),
        rows=rows,
        ended_at=now,
    )


def fail(task_id: int, problem: str, *, now: datetime) -> None:
    """Say why nothing was made, unless it was canceled in the meantime."""
    running = ReportTask.objects.filter(pk=task_id, state=State.RUNNING.value)
    running.update(state=State.FAILED.value, problem=problem[:1_000], ended_at=now)


def forget(now: datetime) -> int:
    """Delete tasks that have expired, with their files; return how many."""
    return ReportTask.objects.filter(expires_at__lte=now).delete()[0]
