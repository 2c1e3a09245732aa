"""The books' proof, from the log and the tables; also while the platform runs.

The settled position is read first; only what lies up to it is judged. The books by themselves are judged one statement
at a time. Memory does not grow with the log: what must be remembered of it goes into files on disk.
"""

import gc
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from vonk.billing.actions import settlement
from vonk.billing.proving import books
from vonk.billing.proving.charges import ChargesWitness
from vonk.billing.proving.checks import Check, Witness
from vonk.billing.proving.consents import ConsentsWitness
from vonk.billing.proving.decisions import DecisionsWitness
from vonk.billing.proving.events import EventsWitness
from vonk.billing.proving.findings import FindingsWitness
from vonk.billing.proving.walk import Kept, Progress, kept_by, walk
from vonk.control import positions
from vonk.events.log import EventLog, Position

NewWitness = Callable[[Path, Kept], Witness]  # Given a folder of its own to remember in, and where the log begins.


class Proof(msgspec.Struct, frozen=True):
    """What was proved, check by check, for the log from position ``first`` up to ``position``."""

    position: Position
    lines: tuple[Check, ...]
    first: Position

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not any(line.wrong for line in self.lines)


def prove(
    log: EventLog, *, now: datetime, more: Sequence[NewWitness] = (), progress: Progress = lambda *_: None
) -> Proof:
    """Return every check's outcome. ``more`` makes witnesses of higher areas, which see the same walk.

    ``progress`` is told now and then how many of how many records were seen. Raises LogUnavailable or
    ArchiveUnavailable when the log cannot be read at all.
    """
    settled = positions.of(settlement.CONSUMER)
    kept = kept_by(log)
    with tempfile.TemporaryDirectory(prefix="vonk-audit-") as name, _without_collection():
        folder = Path(name)
        witnesses: list[Witness] = [
            EventsWitness(log, kept, folder, settled),
            DecisionsWitness(log, folder, settled),
            ChargesWitness(log, kept, folder, settled),
            FindingsWitness(log, kept, settled),
            ConsentsWitness(settled, now),
            *(make(folder, kept) for make in more),
        ]
        lines = walk(log, kept, witnesses, progress=progress)
        for witness in witnesses:
            lines += witness.checks()
    return Proof(settled, (*lines, *books.checks()), kept.first)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Have Python not look for cycles meanwhile: millions of records come and go, and none is in one."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
