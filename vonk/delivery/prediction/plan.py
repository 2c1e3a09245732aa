"""A specification as arrays, as kernels read it: what is common to all candidates first, then what is an item's own."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vonk.delivery.prediction.hashing import salt
from vonk.delivery.prediction.spec import CROSSED_MAX, Counter, Field, Meeting, Number, Side, Spec

COUNT_BINS: Final = 24  # Half powers of two, up to 2^11 impressions; 0 while there are none.
PER_COUNTER: Final = 5  # Weights that one counter moves per head: rate and residual at two knots each, and the count.
SURFACES: Final = 64  # Calibrations kept apart; a surface beyond shares one.

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Hashes = npt.NDArray[np.uint64]


class Plan(NamedTuple):
    """A compiled specification. Orders: ``cross_names`` and so on of ``Names``, not those of the specification."""

    crosses: Ints  # [crosses, 3] columns of codes, -1 beyond.
    cross_salts: Hashes
    crosses_common: int
    counters: Ints  # [counters, 3]
    counter_salts: Hashes
    weights: Floats
    residual_weights: Floats
    counters_common: int
    meetings: Ints  # [meetings, 3]: 1 if with a counter, the counter, the other counter or column.
    meeting_salts: Hashes
    meetings_common: int
    number_columns: Ints  # Column of each number in rows of numbers.
    number_low: Floats
    number_high: Floats
    numbers_common: int
    item_fields: Ints  # Columns of codes that are an item's, in the specification's order.
    item_numbers: Ints
    pair_fields: Ints
    pair_numbers: Ints
    surface: int
    number_knots: int
    rate_knots: int
    rates_from: int  # Where in the table of weights the regions begin.
    counts_from: int
    hashed_from: int
    mask: int  # Of the hashed region.
    heads: int


class Names(NamedTuple):
    """The order in which kernels go through counters and numbers, by name."""

    counters: tuple[str, ...]
    numbers: tuple[str, ...]


def compile_spec(spec: Spec) -> tuple[Plan, Names]:
    """Return the specification as arrays, and the names in the order of those."""
    place, sides = spec.field_place(), {field.name: field.side for field in spec.fields}
    counters = sorted(spec.counters, key=lambda counter: not spec.is_common(counter.fields))
    crosses = sorted(spec.crosses, key=lambda names: not spec.is_common(names))
    meetings = sorted(spec.meetings, key=lambda meeting: not _meets_common(spec, meeting))
    numbers = sorted(spec.numbers, key=lambda number: number.side in {Side.ITEM, Side.PAIR})
    counter_place = {counter.name: at for at, counter in enumerate(counters)}
    rates_from = len(numbers) * (spec.number_knots + 1)
    counts_from = rates_from + len(counters) * 2 * spec.rate_knots
    plan = Plan(
        crosses=_columns([mixed_order(names, sides) for names in crosses], place),
        cross_salts=_salts("cross", ["*".join(names) for names in crosses]),
        crosses_common=sum(spec.is_common(names) for names in crosses),
        counters=_columns([mixed_order(counter.fields, sides) for counter in counters], place),
        counter_salts=_salts("counter", [counter.name for counter in counters]),
        weights=np.array([counter.weight for counter in counters], np.float64),
        residual_weights=np.array([counter.residual_weight for counter in counters], np.float64),
        counters_common=sum(spec.is_common(counter.fields) for counter in counters),
        meetings=_meetings(meetings, counter_place, place),
        meeting_salts=_salts("meeting", [f"{meeting.counter}*{meeting.other}" for meeting in meetings]),
        meetings_common=sum(_meets_common(spec, meeting) for meeting in meetings),
        number_columns=_at(spec.numbers, numbers),
        number_low=np.array([number.low for number in numbers], np.float64),
        number_high=np.array([number.high for number in numbers], np.float64),
        numbers_common=sum(number.side not in {Side.ITEM, Side.PAIR} for number in numbers),
        item_fields=_of_side(spec.fields, Side.ITEM),
        item_numbers=_of_side(spec.numbers, Side.ITEM),
        pair_fields=_of_side(spec.fields, Side.PAIR),
        pair_numbers=_of_side(spec.numbers, Side.PAIR),
        surface=place[spec.surface],
        number_knots=spec.number_knots,
        rate_knots=spec.rate_knots,
        rates_from=rates_from,
        counts_from=counts_from,
        hashed_from=counts_from + len(counters) * COUNT_BINS,
        mask=(1 << spec.table_bits) - 1,
        heads=len(spec.heads),
    )
    return plan, Names(tuple(counter_place), tuple(number.name for number in numbers))


def weights_of(plan: Plan) -> int:
    """Return how many rows its table of weights has."""
    return plan.hashed_from + plan.mask + 1


def mixed_order(names: tuple[str, ...], sides: dict[str, Side]) -> tuple[str, ...]:
    """Return the order in which codes are mixed into a key, so that either side can work its half out alone.

    First those of viewer and context or those of the item, whichever are more, or declared first; then the other side's,
    of which there is one at most; then the pair's.
    """
    side = [Side.VIEWER if sides[name] is Side.CONTEXT else sides[name] for name in names]
    order = sorted(
        range(len(names)), key=lambda at: (side[at] is Side.PAIR, -side.count(side[at]), side.index(side[at]))
    )
    return tuple(names[at] for at in order)


def _meets_common(spec: Spec, meeting: Meeting) -> bool:
    fields: dict[str, Counter] = {counter.name: counter for counter in spec.counters}
    # A name may be a counter's and a field's: it then means the counter.
    other = fields[meeting.other].fields if meeting.other in fields else (meeting.other,)
    return spec.is_common((*fields[meeting.counter].fields, *other))


def _columns(crossed: list[tuple[str, ...]], place: dict[str, int]) -> Ints:
    found = np.full((len(crossed), CROSSED_MAX), -1, np.int64)
    for row, names in zip(found, crossed, strict=True):
        row[: len(names)] = [place[name] for name in names]
    return found


def _meetings(meetings: list[Meeting], counters: dict[str, int], place: dict[str, int]) -> Ints:
    rows = [
        (1, counters[meeting.counter], counters[meeting.other])
        if meeting.other in counters
        else (0, counters[meeting.counter], place[meeting.other])
        for meeting in meetings
    ]
    return np.array(rows, np.int64).reshape(len(rows), 3)


def _salts(kind: str, names: list[str]) -> Hashes:
    return np.array([salt(kind, name) for name in names], np.uint64)


def _at(declared: tuple[Number, ...], ordered: list[Number]) -> Ints:
    return np.array([declared.index(number) for number in ordered], np.int64)


def _of_side(declared: Sequence[Field | Number], side: Side) -> Ints:
    return np.array([at for at, value in enumerate(declared) if value.side is side], np.int64)
