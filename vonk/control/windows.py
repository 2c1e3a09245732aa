"""How often one caller may ask: fixed windows of a minute in the process's memory."""

import threading
import time
from typing import Final

import msgspec

from vonk.core.errors import Limited

WINDOW_SECONDS: Final = 60
CALLERS_MAX: Final = 50_000  # Some 10 MB. Beyond, windows begin anew: too lenient for a moment, never too strict.


class TooManyRequests(Limited):
    """One caller does not take everything."""

    code = "too_many_requests"
    message = "More than %(most)d requests in a minute."
    remedy = "Wait as long as Retry-After says; spread requests over time."

    def __init__(self, *, most: int, retry_after_seconds: int) -> None:
        super().__init__(most=most)
        self.retry_after_seconds = retry_after_seconds


class Allowance(msgspec.Struct, frozen=True):
    """What is left of the caller's window."""

    most: int
    left: int
    reset_seconds: int

    def header(self) -> str:
        """Return it as the RateLimit header says it."""
        return f"limit={self.most}, remaining={self.left}, reset={self.reset_seconds}"


class Windows:
    """Counts requests by caller; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = -1
        self._counts: dict[str, int] = {}

    def take(self, caller: str, most: int) -> Allowance:
        """Count one request; TooManyRequests when the window is full."""
        second = time.monotonic()
        minute, reset = int(second // WINDOW_SECONDS), WINDOW_SECONDS - int(second % WINDOW_SECONDS)
        with self._lock:
            if minute != self._minute or len(self._counts) >= CALLERS_MAX:
                self._minute = minute
                self._counts = {}
            count = self._counts[caller] = self._counts.get(caller, 0) + 1
        if count > most:
            raise TooManyRequests(most=most, retry_after_seconds=reset)
        return Allowance(most, most - count, reset)


WINDOWS: Final = Windows()
