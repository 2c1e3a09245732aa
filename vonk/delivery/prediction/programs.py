"""A plan cut in three for the hot path: what is the viewer's, what is an item's, and what only both together tell.

Each part is a program: rows of eight integers that ``frozen_kernels`` goes through. Row 0 is the head of the program,
with what is true of the whole model. What needs both sides is a *joint*: a place in the rows of parts, for which each
side works out its own half ahead.
"""

from typing import Final, NamedTuple

import numpy as np

from vonk.delivery.prediction.plan import Floats, Ints, Plan
from vonk.delivery.prediction.spec import CROSSED_MAX, Side, Spec

# Columns of a program. A, B, C are columns of codes, -1 beyond; what X, Y and Z are depends on the operation.
OP, SALT, A, B, C, X, Y, Z = range(8)
# Columns of its head, row 0.
MASK, HEADS, JOINTS, MET, ENTRIES, SLOTS, COUNTERS, SURFACE = range(8)
# Operations.
CROSS, NUMBER, COUNTER, MEETING, PART, HALF_OF_COUNTER, HALF_OF_FIELD = range(1, 8)
# Whose halves a joint has (bits), and who knows a counter or a code of a meeting.
OF_VIEWER, OF_ITEM, OF_PAIR = 1, 2, 4
FIELD: Final = 8  # In the head, the column of the surface stands above whose it is.

_OWN: Final = {Side.VIEWER: OF_VIEWER, Side.CONTEXT: OF_VIEWER, Side.ITEM: OF_ITEM, Side.PAIR: OF_PAIR}
_Lines = list[list[int]]


class Programs(NamedTuple):
    """What ``frozen_kernels`` goes through for each side and for pairs, and the sizes that follow."""

    viewer: Ints
    item: Ints
    pair: Ints
    spans: Floats  # [numbers, 2]: low and high.
    parts: int  # Columns of a row of parts: joints, halves of meetings by head, entries of counters.
    paired: bool  # Whether anything must be looked up for each viewer and item together.


class _Writer:
    """Writes the three programs line by line."""

    def __init__(self, spec: Spec, plan: Plan) -> None:
        self.plan = plan
        self.sides = [_OWN[field.side] for field in spec.fields]
        self.at = {  # Column of a field among those of its own side, as their rows of codes have it.
            OF_VIEWER: {column: column for column in range(len(spec.fields))},
            OF_ITEM: {int(column): at for at, column in enumerate(plan.item_fields)},
            OF_PAIR: {int(column): at for at, column in enumerate(plan.pair_fields)},
        }
        self.lines: dict[int, _Lines] = {OF_VIEWER: [], OF_ITEM: [], OF_PAIR: []}
        self.joints = 0

    def own(self, side: int, op: int, salt: int, columns: list[int], *, x: int, y: int = 0, z: int = 0) -> None:
        """Write a line of one side's program; columns of codes are told as that side has them."""
        places = [self.at[side][column] for column in columns]
        places += [-1] * (CROSSED_MAX - len(places))
        self.lines[side].append([op, _signed(salt), *places, x, y, z])

    def crossed(self, op: int, salt: int, columns: list[int], x: int) -> None:
        """Write a cross, or a counter: wholly its own side's, or its halves and what is done with both."""
        of = _of(self.sides, columns)
        if of in {OF_VIEWER, OF_ITEM}:
            self.own(of, op, salt, columns, x=x)
            return
        joint, self.joints = self.joints, self.joints + 1
        first = self.sides[columns[0]]
        for side in (OF_VIEWER, OF_ITEM):
            mine = [column for column in columns if self.sides[column] == side]
            if mine:  # Whoever comes first begins from the salt; the other half is one raw code.
                self.own(side, PART, salt if side == first else 0, mine, x=joint, y=int(side != first))
        pairs = [column for column in columns if self.sides[column] == OF_PAIR]
        if op != CROSS or pairs:  # Other crosses are what the main kernel is for.
            self.own(OF_PAIR, op, salt, pairs, x=x, y=joint, z=of)

    def number(self, q: int, fixed_from: int) -> None:
        column, knots = int(self.plan.number_columns[q]), self.plan.number_knots
        of = OF_VIEWER
        if column in self.plan.item_numbers:
            of, column = OF_ITEM, int(np.flatnonzero(self.plan.item_numbers == column)[0])
        elif column in self.plan.pair_numbers:
            of, column = OF_PAIR, int(np.flatnonzero(self.plan.pair_numbers == column)[0])
        self.lines[of].append([NUMBER, 0, column, q, knots, fixed_from + q * (knots + 1), 0, 0])


def write(spec: Spec, plan: Plan, fixed_from: int) -> Programs:
    """Return the programs of a plan. ``fixed_from``: where the weights of numbers begin in the packed table."""
    writer = _Writer(spec, plan)
    of_counter = [_of(writer.sides, _columns(plan.counters[c])) for c in range(len(plan.counters))]
    crosses = sorted(  # What pairs need comes last, so that the main kernel's joints are the first.
        range(len(plan.crosses)), key=lambda k: bool(_of(writer.sides, _columns(plan.crosses[k])) & OF_PAIR)
    )
    for k in crosses:
        columns = _columns(plan.crosses[k])
        if _of(writer.sides, columns) & OF_PAIR:
            break
        writer.crossed(CROSS, int(plan.cross_salts[k]), columns, 0)
    plain = writer.joints
    for k in crosses:
        columns = _columns(plan.crosses[k])
        if _of(writer.sides, columns) & OF_PAIR:
            writer.crossed(CROSS, int(plan.cross_salts[k]), columns, 0)
    for c in range(len(plan.counters)):
        writer.crossed(COUNTER, int(plan.counter_salts[c]), _columns(plan.counters[c]), c)
    for q in range(len(plan.number_columns)):
        writer.number(q, fixed_from)
    halves = [m for m in range(len(plan.meetings)) if _write_met(writer, of_counter, m)]
    met_from = writer.joints
    for at, m in enumerate(halves):
        _write_halves(writer, of_counter, m, met_from + at * plan.heads)
    entries_from = met_from + len(halves) * plan.heads
    head = [plan.mask, plan.heads, plain, met_from, entries_from, 0, len(plan.counters), 0]
    parts = entries_from + len(plan.counters) + 1  # The last is the code of the surface.
    surface = writer.sides[plan.surface]
    head[SURFACE] = surface + FIELD * writer.at[surface][plan.surface]
    if surface != OF_PAIR:
        writer.own(surface, PART, 0, [plan.surface], x=parts - 1, y=1)
    viewer, item, pair = (np.array([head, *writer.lines[side]], np.int64) for side in (OF_VIEWER, OF_ITEM, OF_PAIR))
    spans = np.stack([plan.number_low, plan.number_high], axis=1)
    return Programs(viewer, item, pair, spans, parts, paired=bool(writer.lines[OF_PAIR]) or surface != OF_VIEWER)


def _write_met(writer: _Writer, of_counter: list[int], m: int) -> bool:
    """Write a meeting that is one side's or needs both looked up; True for one that has two halves."""
    plan = writer.plan
    counted, own, other = (int(value) for value in plan.meetings[m])
    of_own = of_counter[own]
    of_other = of_counter[other] if counted else writer.sides[other]
    line = [MEETING, _signed(int(plan.meeting_salts[m])), own, other, counted, 0, 0, 0]
    both = of_own | of_other
    if both in {OF_VIEWER, OF_ITEM}:
        line[B] = other if counted else writer.at[both][other]
        writer.lines[both].append(line)
        return False
    if both == OF_VIEWER | OF_ITEM and both not in {of_own, of_other}:
        return True
    if not counted:
        line[B] = writer.at[of_other][other]
        if of_other != OF_PAIR:  # Its raw code travels in a joint.
            line[B], writer.joints = writer.joints, writer.joints + 1
            writer.own(of_other, PART, 0, [other], x=line[B], y=1)
    line[X], line[Y] = of_own, of_other
    writer.lines[OF_PAIR].append(line)
    return False


def _write_halves(writer: _Writer, of_counter: list[int], m: int, part: int) -> None:
    plan = writer.plan
    counted, own, other = (int(value) for value in plan.meetings[m])
    salt = _signed(int(plan.meeting_salts[m]))
    writer.lines[of_counter[own]].append([HALF_OF_COUNTER, salt, own, 1, 0, part, 0, 0])
    if counted:
        writer.lines[of_counter[other]].append([HALF_OF_COUNTER, 0, other, 0, 0, part, 0, 0])
    else:
        side = writer.sides[other]
        writer.lines[side].append([HALF_OF_FIELD, 0, writer.at[side][other], 0, 0, part, 0, 0])


def _of(sides: list[int], columns: list[int]) -> int:
    """Return whose these columns are, as bits."""
    found = 0
    for column in columns:
        found |= sides[column]
    return found


def _columns(padded: Ints) -> list[int]:
    return [int(column) for column in padded if column >= 0]


def _signed(salt: int) -> int:
    """Return the same 64 bits as a signed integer."""
    return salt - (1 << 64) if salt >> 63 else salt
