"""How the platform's own parts are doing, for operators: jobs that wait or failed, and what storage takes."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from django.conf import settings
from django.db import connection
from django.db.models import Max, Min
from django_tasks_db.models import DBTaskResult

from vonk.control.scope import Right, Scope

ERRORS_SHOWN: Final = 10
FILES_COUNTED_MAX: Final = 200_000  # Of one part; beyond, it is at least so large.
LATELY: Final = timedelta(days=1)


class FailedJob(msgspec.Struct, frozen=True):
    """A job that failed: what it was, with which error, how often of late."""

    job: str
    error: str
    message: str
    count: int
    last_at: datetime


class Jobs(msgspec.Struct, frozen=True):
    """The queue of jobs. ``oldest_seconds``: for how long the oldest that may begin waits, 0 when none does."""

    waiting: int
    running: int
    failed: int
    oldest_seconds: float
    failures: tuple[FailedJob, ...]


class Part(msgspec.Struct, frozen=True):
    """What a part of the data directory takes; ``whole`` False: there is more than was counted."""

    name: str
    size_bytes: int
    whole: bool


class Storage(msgspec.Struct, frozen=True):
    """What storage takes on this machine, and what is free on its disk."""

    parts: tuple[Part, ...]
    free_bytes: int
    disk_bytes: int

    @property
    def free_share(self) -> float:
        """Which share of the disk is free."""
        return self.free_bytes / self.disk_bytes if self.disk_bytes else 0.0


def jobs(scope: Scope) -> Jobs:
    """Return how the queue of jobs stands, and what failed within a day (Right.OPERATE). By the machine's clock, as jobs are."""
    scope.require(Right.OPERATE)
    now = datetime.now(UTC)
    ready = DBTaskResult.objects.ready()
    oldest = ready.aggregate(oldest=Min("enqueued_at"))["oldest"]
    failed = DBTaskResult.objects.failed().filter(finished_at__gte=now - LATELY)
    kinds = failed.order_by().values_list("task_path", "exception_class_path").annotate(last=Max("finished_at"))
    return Jobs(
        waiting=ready.count(),
        running=DBTaskResult.objects.running().count(),
        failed=failed.count(),
        oldest_seconds=max(0.0, (now - oldest).total_seconds()) if oldest is not None else 0.0,
        failures=tuple(_failure(*kind) for kind in kinds.order_by("-last")[:ERRORS_SHOWN]),
    )


def storage(scope: Scope) -> Storage:
    """Return what each part takes (Right.OPERATE). The control database's size is its engine's own word for it."""
    scope.require(Right.OPERATE)
    folder: Path = settings.VONK.data_dir
    parts = [Part("control", _database_bytes(), whole=True)]
    for name in ("events", "archive", "media", "models"):
        size, whole = _folder_bytes(folder / name)
        if size:
            parts.append(Part(name, size, whole))
    disk = shutil.disk_usage(folder)
    return Storage(tuple(parts), disk.free, disk.total)


def _failure(job: str, error: str, last_at: datetime) -> FailedJob:
    rows = DBTaskResult.objects.failed().filter(task_path=job, exception_class_path=error)
    newest = rows.order_by("-finished_at").values_list("traceback", flat=True).first() or ""
    lines = newest.strip().splitlines()
    return FailedJob(job, error.rpartition(".")[2], lines[-1][:300] if lines else "", rows.count(), last_at)


def _database_bytes() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    file = Path(str(connection.settings_dict["NAME"]))
    beside = (file, file.with_name(f"{file.name}-wal"))
    return sum(one.stat().st_size for one in beside if one.is_file())


def _folder_bytes(folder: Path) -> tuple[int, bool]:
    size = 0
    for number, entry in enumerate(_files(folder)):
        if number == FILES_COUNTED_MAX:
            return size, False
        try:
            size += entry.stat(follow_symlinks=False).st_size
        except FileNotFoundError:  # Deleted while we look.
            continue
    return size, True


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from _files(Path(entry.path))
                else:
                    yield entry
    except (FileNotFoundError, NotADirectoryError):
        return
