"""Follows the shelf's pointer in a process that serves the feed: loads what it names, and keeps what it had when that fails."""

import threading
import time
from pathlib import Path
from typing import Final

import structlog

from vonk.core.errors import Problem
from vonk.delivery.foryou import files
from vonk.delivery.foryou.learnt import ForYou
from vonk.delivery.trained.shelf import POINTER, Shelf

LOOK_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 30.0  # After a refusal: a file may still be on its way.

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class LearntWatch:
    """What is served in this process. Safe to ask from any thread; reading a new file takes one request some milliseconds."""

    def __init__(self, directory: Path) -> None:
        self._shelf = Shelf(directory)
        self._lock = threading.Lock()
        self._served: ForYou | None = None
        self._stamp: tuple[int, int] | None = None
        self._look_at = 0.0

    def now(self) -> ForYou | None:
        """Return what is served, None where that is nothing: then the formula orders the feed."""
        if time.monotonic() >= self._look_at and self._lock.acquire(blocking=False):
            try:
                self._look_at = time.monotonic() + LOOK_SECONDS
                self._look()
            finally:
                self._lock.release()
        return self._served

    def _look(self) -> None:
        try:
            found = (self._shelf.directory / POINTER).stat()
            stamp: tuple[int, int] | None = (found.st_ino, found.st_mtime_ns)
        except OSError:
            stamp = None
        if stamp == self._stamp:
            return
        try:
            name = self._shelf.pointer().name
            self._served = files.load(self._shelf.path(name), name) if name else None
            self._stamp = stamp
            _log.info("feed.served", model=name or "formula")
        except (Problem, OSError) as problem:
            self._look_at = time.monotonic() + RETRY_SECONDS
            _log.error("feed.refused", reason=str(problem), serving=self._served.version if self._served else "formula")
