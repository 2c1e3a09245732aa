"""Borrow the event log, with its archive, for one request."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string

from vonk.events.log import EventLog

ENGINE: Final = "vonk.config.wiring.history"  # By name: wiring alone chooses engines, and it lies above whoever asks.


@contextmanager
def lent() -> Iterator[EventLog]:
    """Open the platform's event log and close it afterwards. Raises LogUnavailable."""
    log: EventLog = import_string(ENGINE)(settings.VONK)
    try:
        yield log
    finally:
        log.close()
