"""What an audit finds: named checks, how much each looked at, how long it took, and what is wrong, naming the row."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

import msgspec

from vonk.billing.proving.pages import Page
from vonk.core.clock import from_ms
from vonk.events.log import Position

SQL_INTEGERS: Final = range(-(2**63), 2**63)  # A record may hold larger numbers; no table does.
WRONG_TOLD_MAX: Final = 100  # Of one check; the rest is counted. More than that nobody reads.


class Check(msgspec.Struct, frozen=True):
    """One thing that was proved, or not: ``wrong`` is empty exactly when it holds for all that was ``counted``.

    ``seconds`` is what the check itself took; reading the log is part of ``log_is_whole``.
    """

    name: str
    counted: int
    wrong: tuple[str, ...]
    complaints: int = 0  # How many there were; ``wrong`` tells the first hundred and how many more.
    seconds: float = 0.0


class Finding:
    """A check in the making; keeps a bounded number of complaints and counts all of them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.counted = 0
        self._told: list[str] = []
        self._complaints = 0
        self._seconds = 0.0

    def count(self, number: int = 1) -> None:
        """Note that so many things were looked at."""
        self.counted += number

    def complain(self, what: str) -> None:
        """Note something wrong."""
        self._complaints += 1
        if len(self._told) < WRONG_TOLD_MAX:
            self._told.append(what)

    def complain_of(self, many: int) -> None:
        """Note so many more wrong things that nobody will read one by one."""
        self._complaints += many

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Add the time that the block takes to the check's."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._seconds += time.perf_counter() - began

    def check(self) -> Check:
        """Return what was found."""
        more = self._complaints - len(self._told)
        told = (*self._told, *([f"… and {more} more"] if more else []))
        return Check(self.name, self.counted, told, self._complaints, round(self._seconds, 3))


class Witness(Protocol):
    """Sees the log go by once, in order, up to its own position; then tells what it found."""

    until: Position

    def see(self, page: Page) -> None:
        """Look at the next records, none of them beyond ``until``."""
        ...

    def checks(self) -> list[Check]:
        """Return the findings, after the last record."""
        ...


def instant(ms: int) -> str:
    """Return an instant in words, also one that no calendar has: the log may hold anything."""
    try:
        return from_ms(ms).isoformat()
    except (ValueError, OverflowError, OSError):
        return f"{ms} ms"
