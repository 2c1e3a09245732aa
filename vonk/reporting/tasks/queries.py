"""Read tasks of reports and their files."""

import zlib
from datetime import datetime

import msgspec

from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.reporting.models import ReportTask
from vonk.reporting.tasks.errors import ReportTaskNotReady
from vonk.reporting.tasks.rules import State


class TaskView(msgspec.Struct, frozen=True):
    """A task as people of its ad account see it. ``asked`` is in the words of the edge that makes it."""

    id: int
    state: State
    problem: str
    file_name: str
    rows: int
    asked: dict[str, object]
    made_at: datetime
    expires_at: datetime


class TaskFile(msgspec.Struct, frozen=True):
    """What was made."""

    name: str
    content_type: str
    content: bytes


def task(scope: Scope, task_id: int, *, now: datetime) -> TaskView:
    """Return a task of the account that has not expired; NotFound otherwise."""
    scope.require(Right.ACCOUNT_VIEW)
    row = ReportTask.objects.filter(pk=task_id, account_id=scope.account, expires_at__gt=now).defer("content").first()
    if row is None:
        raise NotFound(noun="report task")
    return TaskView(
        id=row.pk,
        state=State(row.state),
        problem=row.problem,
        file_name=row.file_name,
        rows=row.rows,
        asked=row.asked,
        made_at=row.made_at,
        expires_at=row.expires_at,
    )


def file(scope: Scope, task_id: int, *, now: datetime) -> TaskFile:
    """Return the file of a task of the account; NotFound, ReportTaskNotReady."""
    found = task(scope, task_id, now=now)
    if found.state is not State.READY:
        raise ReportTaskNotReady(state=found.state.value)
    row = ReportTask.objects.filter(pk=task_id, state=State.READY.value, expires_at__gt=now).first()
    if row is None or row.content is None:
        raise NotFound(noun="report task")
    return TaskFile(row.file_name, row.content_type, zlib.decompress(bytes(row.content)))
