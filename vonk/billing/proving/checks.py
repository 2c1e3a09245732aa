"""What an audit finds: named checks, how much each looked at, and what is wrong, in words that name the row."""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from vonk.events.log import Position, StoredRecord

WRONG_TOLD_MAX: Final = 100  # Of one check; the rest is counted. More than that nobody reads.


class Check(msgspec.Struct, frozen=True):
    """One thing that was proved, or not: ``wrong`` is empty exactly when it holds for all that was ``counted``."""

    name: str
    counted: int
    wrong: tuple[str, ...]


class Finding:
    """A check in the making; keeps a bounded number of complaints and counts all of them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.counted = 0
        self._told: list[str] = []
        self._complaints = 0

    def count(self, number: int = 1) -> None:
        """Note that so many things were looked at."""
        self.counted += number

    def complain(self, what: str) -> None:
        """Note something wrong."""
        self._complaints += 1
        if len(self._told) < WRONG_TOLD_MAX:
            self._told.append(what)

    def check(self) -> Check:
        """Return what was found."""
        more = self._complaints - len(self._told)
        return Check(self.name, self.counted, (*self._told, *([f"… and {more} more"] if more else [])))


class Witness(Protocol):
    """Sees the log go by once, in order, up to its own position; then tells what it found."""

    until: Position

    def see(self, records: Sequence[StoredRecord]) -> None:
        """Look at the next records, none of them beyond ``until``."""
        ...

    def checks(self) -> list[Check]:
        """Return the findings, after the last record."""
        ...
