"""The books' proof, from the log and the tables; also while the platform runs.

The settled position is read first; only what lies up to it is judged. The books by themselves are judged one statement
at a time. Memory does not grow with the log: what must be remembered of it goes into a file on disk.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from vonk.billing.actions import settlement
from vonk.billing.proving import books
from vonk.billing.proving.charges import ChargesWitness
from vonk.billing.proving.checks import Check, Witness
from vonk.billing.proving.consents import ConsentsWitness
from vonk.billing.proving.events import EventsWitness
from vonk.billing.proving.scratch import Scratch
from vonk.billing.proving.walk import walk
from vonk.control import positions
from vonk.events.log import EventLog, Position


class Proof(msgspec.Struct, frozen=True):
    """What was proved, check by check, for the log up to ``position``."""

    position: Position
    lines: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not any(line.wrong for line in self.lines)


def prove(log: EventLog, *, now: datetime, more: Sequence[Callable[[Scratch], Witness]] = ()) -> Proof:
    """Return every check's outcome. ``more`` makes witnesses of higher areas, which see the same walk.

    Raises LogUnavailable when the log cannot be read at all.
    """
    settled = positions.of(settlement.CONSUMER)
    with Scratch() as scratch:
        witnesses: list[Witness] = [
            EventsWitness(scratch, settled),
            ChargesWitness(scratch, settled),
            ConsentsWitness(settled, now),
            *(make(scratch) for make in more),
        ]
        lines = walk(log, witnesses)
        for witness in witnesses:
            lines += witness.checks()
    return Proof(settled, (*lines, *books.checks()))
