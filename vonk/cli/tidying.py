"""Forgets what nobody needs any more: answers to old idempotency keys, ended sessions, jobs that are done."""

import time
from datetime import datetime, timedelta
from typing import Final

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from vonk.control import idempotency

EVERY_SECONDS: Final = 600.0
ANSWERS_KEPT: Final = timedelta(days=7)
JOBS_KEPT: Final = timedelta(days=7)

_last = {"at": -EVERY_SECONDS}


def tidy(now: datetime) -> None:
    """Do it now and then: most rounds of work have nothing to do here."""
    if time.monotonic() - _last["at"] < EVERY_SECONDS:
        return
    _last["at"] = time.monotonic()
    idempotency.forget(before=now - ANSWERS_KEPT)
    SessionStore.clear_expired()
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - JOBS_KEPT).delete()
