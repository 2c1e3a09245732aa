"""Follows the shelf's pointer in a running ad server: loads what it names beside the loop, and refuses what is not whole.

Knows no Numba: who makes the watch says how a model's file becomes a predictor.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from vonk.core.errors import Problem
from vonk.delivery.auction.predictor import Predictor
from vonk.delivery.trained.shelf import POINTER, Shelf

RETRY_SECONDS: Final = 30.0  # After a refusal: a file may still be on its way.

Load = Callable[[Path, str], Predictor]
_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class ModelWatch:
    """What is served: ``predictor`` is None while that is the prior. ``look`` in any one thread, the rest in any."""

    def __init__(self, directory: Path, load: Load) -> None:
        self.predictor: Predictor | None = None
        self.refused: dict[str, int] = {}  # Pointers and files that could not be taken over, by code.
        self.swaps = 0
        self._shelf = Shelf(directory)
        self._load = load
        self._seen: tuple[int, int, int] | None = None  # The pointer's file when it was last followed.
        self._retry_at = 0.0

    @property
    def version(self) -> str:
        """The model that is served, "" for the prior."""
        return self.predictor.version if self.predictor is not None else ""

    def look(self) -> None:
        """Take over what the pointer names now; what is served stays when that cannot be."""
        seen = self._stamp()
        if seen == self._seen and (not self._retry_at or time.monotonic() < self._retry_at):
            return
        self._seen, self._retry_at = seen, 0.0
        try:
            name = self._shelf.pointer().name
            if name == self.version:
                return
            self.predictor = self._load(self._shelf.path(name), name) if name else None
        except Problem as problem:
            self._refuse(problem.code, str(problem))
            return
        except Exception as error:  # noqa: BLE001 - whatever a file does to its reader, ads are served on.
            self._refuse("model_unreadable", repr(error))
            return
        self.swaps += 1
        _log.info("model.served", model=name or "prior")

    def _refuse(self, code: str, reason: str) -> None:
        self.refused[code] = self.refused.get(code, 0) + 1
        self._retry_at = time.monotonic() + RETRY_SECONDS
        _log.error("model.refused", code=code, reason=reason, serving=self.version or "prior")

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = (self._shelf.directory / POINTER).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
