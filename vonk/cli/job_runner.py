"""Runs django-tasks jobs in threads of the work process, with django-tasks-db's own worker."""

import os
import re
import socket
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from django.db import close_old_connections
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

POLL_SECONDS: Final = 0.2
STOP_HEARD_SECONDS: Final = 0.5  # A thread without work looks so often whether it shall end.
CLOCK_STEP_SECONDS: Final = 5.0  # The instants compared are from clocks that may be set in between.
RUNS_MAX: Final = timedelta(hours=6)  # A job of another machine's worker that runs longer was abandoned.
QUEUE_DEFAULT: Final = "default"
QUEUE_MEDIA: Final = "media"
QUEUE_LISTS: Final = "lists"  # Of codes: a slice takes seconds, for which no letter should wait.
_BATCH_MAX: Final = 1  # One job at a time, so that a stop is heard between two.

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def start(media_threads: int, stop: threading.Event) -> list[threading.Thread]:
    """Start one thread for letters and other short jobs, one for lists of codes, and ``media_threads`` for videos.

    They run until ``stop`` is set.
    """
    queues = [QUEUE_DEFAULT, QUEUE_LISTS, *[QUEUE_MEDIA] * max(1, media_threads)]
    bells = {queue: threading.Event() for queue in queues}
    threads = [
        threading.Thread(
            target=_run, args=(queue, number, bells[queue], stop), name=f"jobs-{queue}-{number}", daemon=True
        )
        for number, queue in enumerate(queues)
    ]
    threads.append(threading.Thread(target=_look, args=(bells, stop), name="jobs-look", daemon=True))
    for thread in threads:
        thread.start()
    return threads


def put_back_abandoned() -> int:
    """Make jobs whose worker is gone ready to run again; return how many there were. Jobs are safe to repeat."""
    put_back = 0
    for job in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        if _is_abandoned(job):
            claimed = DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.RUNNING)
            put_back += claimed.update(status=TaskResultStatus.READY, started_at=None)
    if put_back:
        _log.warning("jobs.put_back", jobs=put_back)
    return put_back


def worker_id(number: int) -> str:
    """Return a name that says which thread of which process on which machine runs a job."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{number}"


def _look(bells: Mapping[str, threading.Event], stop: threading.Event) -> None:
    """Ring for each queue in which a job waits: one query for all of them, however many threads work."""
    while not stop.is_set():
        try:
            close_old_connections()
            waiting = DBTaskResult.objects.ready().order_by().values_list("queue_name", flat=True).distinct()
            for queue in waiting:
                if queue in bells:
                    bells[queue].set()
        except Exception:  # noqa: BLE001 - the database is away: it is looked at again.
            _log.exception("jobs.not_looked_at")
        stop.wait(POLL_SECONDS)


def _run(queue: str, number: int, bell: threading.Event, stop: threading.Event) -> None:
    while not stop.is_set():
        if not bell.wait(STOP_HEARD_SECONDS):
            continue
        bell.clear()  # If another thread should have heard it too, it rings again for what waits then.
        try:
            while not stop.is_set() and _work_off(queue, number):
                pass
        except Exception:  # noqa: BLE001 - whatever it is, the rest goes on; it is logged with its trace.
            _log.exception("jobs.failed", queue=queue)  # The database, not a job: those are marked failed.


def _work_off(queue: str, number: int) -> bool:
    """Run one job if there is one; the plain look before it spares the database an exclusive lock."""
    close_old_connections()
    if not DBTaskResult.objects.ready().filter(queue_name=queue).exists():
        return False
    Worker(
        queue_names=[queue],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=_BATCH_MAX,
        worker_id=worker_id(number),
    ).run()
    return True


def _is_abandoned(job: "DBTaskResult[..., object]") -> bool:
    machine, _, rest = (job.worker_ids[-1] if job.worker_ids else "").rpartition(":")[0].rpartition(":")
    if machine == socket.gethostname()[:30] and rest.isdigit():
        return int(rest) == os.getpid() or not _lives(int(rest)) or _is_younger(int(rest), job.started_at)
    return job.started_at is None or job.started_at + RUNS_MAX < timezone.now()


def _is_younger(process_id: int, instant: datetime | None) -> bool:
    """Say whether a process of this machine began after the instant: then it was given a dead one's number."""
    try:
        ticks = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19]
        booted = re.search(r"^btime (\d+)$", Path("/proc/stat").read_text(encoding="ascii"), re.MULTILINE)
    except OSError:
        return False  # It has just ended, or this system does not tell.
    if booted is None or instant is None:
        return False
    begun = int(booted[1]) + int(ticks) / os.sysconf("SC_CLK_TCK")
    return begun > instant.timestamp() + CLOCK_STEP_SECONDS


def _lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
