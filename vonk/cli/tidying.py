"""Forgets what nobody needs any more, takes up what dead processes left, and tells what follows of many counts."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from vonk.advertising.actions import bulk_edits, customer_files
from vonk.authorisation.actions import imports
from vonk.content.actions import library_files, post_pictures, videos
from vonk.control import idempotency
from vonk.control.webhooks import sending
from vonk.reporting import goals
from vonk.reporting.fates import store as fates
from vonk.reporting.lift import store as lift
from vonk.reporting.public_ads import store as public_ads
from vonk.reporting.saved import sending as due_reports
from vonk.reporting.tasks import actions as reports

ANSWERS_KEPT: Final = timedelta(days=7)
JOBS_KEPT: Final = timedelta(days=7)
LISTS_SILENT: Final = timedelta(minutes=5)  # So long after its last sign of life a list of codes is taken up anew.


class Chore(msgspec.Struct, frozen=True):
    """One thing that is done now and then. ``do`` is told the platform's present instant."""

    every_seconds: float
    do: Callable[[datetime], object]


def retake(_now: datetime) -> None:
    """Take up videos whose worker died. Whether one lives is the machine clock's to say: the sandbox's may jump."""
    videos.retake_abandoned(datetime.now(UTC))


def resume(now: datetime) -> None:
    """Go on with lists of codes and changes of many objects whose job ended badly; what waits for its turn is safe to enqueue twice."""
    imports.resume(now, silent_before=now - LISTS_SILENT)
    bulk_edits.resume(now, silent_before=now - LISTS_SILENT)


def forget(now: datetime) -> None:
    """Delete answers to old idempotency keys, files and digests of customers that waited for a day, codes in old lists that failed, old events,
    ended sessions, and old jobs.
    """
    idempotency.forget(before=now - ANSWERS_KEPT)
    imports.forget(now)
    reports.forget(now)
    library_files.tidy(now)
    post_pictures.tidy(now)
    customer_files.tidy(now)
    sending.tidy(now)
    SessionStore.clear_expired()
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - JOBS_KEPT).delete()


def sweep(_now: datetime) -> None:
    """Delete media that no row names, and unfinished files of dead processes."""
    videos.sweep()


CHORES: Final = (
    Chore(10.0, retake),
    Chore(60.0, fates.let_go),
    Chore(60.0, lift.harvest),
    Chore(60.0, goals.publish),
    Chore(60.0, resume),
    Chore(60.0, due_reports.begin_due),
    Chore(600.0, forget),
    Chore(600.0, public_ads.let_go),
    Chore(3_600.0, sweep),
)


class Tidying:
    """Does chores when they are due: most rounds of work have nothing to do here."""

    def __init__(self, chores: tuple[Chore, ...] = CHORES) -> None:
        self._due = dict.fromkeys(chores, -float("inf"))

    def tidy(self, now: datetime) -> None:
        """Do what is due; at the first call that is everything."""
        for chore, due in self._due.items():
            if time.monotonic() >= due:
                self._due[chore] = time.monotonic() + chore.every_seconds
                chore.do(now)
