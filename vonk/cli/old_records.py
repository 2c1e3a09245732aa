"""What work does with old records, in a thread of its own: settling never waits for it."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from django.db import close_old_connections

from vonk.cli import archiving
from vonk.cli.monitor import Monitor
from vonk.config import wiring
from vonk.config.options import Options
from vonk.control import clock
from vonk.core.errors import Problem
from vonk.privacy.actions import redactions
from vonk.reporting import lookalikes

IDLE_SECONDS: Final = 30.0  # Between two rounds that found nothing to do: days pass slowly.

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class OldRecords:
    """Archives, redacts and drops what is due."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._log = wiring.event_log(options)
        self._archive = wiring.archive_in(options.data_dir)

    def compact(self, now: datetime) -> bool:
        """Move one piece of old records to the archive; return whether there is more to do."""
        return archiving.compact(self._log, self._archive, keep_days=self._options.log_keep_days, now=now).more

    def redact(self, now: datetime) -> bool:
        """Take erased people's pseudonyms out of log and archive."""
        redactions.redact(self._log, self._archive, now=now)
        return False

    def drop(self, now: datetime) -> bool:
        """Forget archived days whose time is over."""
        archiving.drop_old(self._archive, keep_days=self._options.archive_keep_days, now=now)
        return False

    def liken(self, now: datetime) -> bool:
        """Make the lookalikes that wait: they are learnt from what was watched in the last weeks."""
        lookalikes.make_waiting(self._log, now=now)
        return False

    def round(self, monitor: Monitor) -> bool:
        """Do each once, whatever becomes of the others; return whether there is more to do at once."""
        todo: tuple[tuple[str, Callable[[datetime], bool]], ...] = (
            ("redact", self.redact),
            ("compact", self.compact),
            ("drop", self.drop),
            ("liken", self.liken),
        )
        more = False
        for name, act in todo:
            try:
                with monitor.timed(name):
                    more |= act(clock.present().now())
            except Problem as problem:
                monitor.failed(name)
                _log.error("work.step_failed", step=name, code=problem.code, error=str(problem))
            except Exception:  # noqa: BLE001 - whatever it is, the rest goes on; it is logged with its trace.
                monitor.failed(name)
                _log.exception("work.step_failed", step=name)
        return more

    def close(self) -> None:
        """Release log and archive."""
        self._log.close()
        self._archive.close()


def start(options: Options, stop: threading.Event, monitor: Monitor) -> threading.Thread:
    """Look after old records until asked to stop. Raises LogUnavailable."""
    old = OldRecords(options)

    def run() -> None:
        try:
            while not stop.is_set():
                more = old.round(monitor)
                close_old_connections()  # A broken one is opened anew in the next round.
                if not more:
                    stop.wait(IDLE_SECONDS)
        finally:
            old.close()

    thread = threading.Thread(target=run, name="old-records", daemon=True)
    thread.start()
    return thread
