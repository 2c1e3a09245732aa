"""What a model looks at, declared as a table: fields, numbers, counters and how they meet. Knows no particular feed."""

import hashlib
import math
from enum import StrEnum
from typing import Final

import msgspec

from vonk.core.errors import Invalid

HEADS_MAX: Final = 16
FIELDS_MAX: Final = 128
NUMBERS_MAX: Final = 128
COUNTERS_MAX: Final = 64
CROSSES_MAX: Final = 256
CROSSED_MAX: Final = 3  # Fields in one cross or counter.
TABLE_BITS_MIN, TABLE_BITS_MAX = 8, 24  # 2^18 weights stay in cache (delivery science §3); 2^24 are the most to keep.


class SpecInvalid(Invalid):
    """A specification contradicts itself."""

    code = "prediction_spec_invalid"
    message = "The model's specification is wrong: %(reason)s."
    cause = "It names what it does not declare, declares something twice, or passes a bound."
    remedy = "Correct the specification and train again."


class Side(StrEnum):
    """What a value belongs to. What belongs to viewer or context alone is worked out once for all candidates."""

    VIEWER = "viewer"
    CONTEXT = "context"
    ITEM = "item"
    PAIR = "pair"  # Of this viewer and this item together.


class Field(msgspec.Struct, frozen=True):
    """A categorical value, given as a code: 0 where missing, else any positive 63-bit integer (``hashing.code``).

    ``ordinal`` codes are small and in a meaningful order, so that trees may split them.
    """

    name: str
    side: Side
    ordinal: bool = False


class Number(msgspec.Struct, frozen=True):
    """A number, NaN where missing; a line broken at evenly spaced knots from ``low`` to ``high``, flat beyond."""

    name: str
    side: Side
    low: float
    high: float


class Counter(msgspec.Struct, frozen=True):
    """Counts impressions and successes of each head by one field or the cross of up to three.

    ``weight``: impressions that the base rate counts for; ``residual_weight``: likewise for the mean of what happened
    beyond what was predicted.
    """

    fields: tuple[str, ...]
    weight: float = 20.0
    residual_weight: float = 20.0

    @property
    def name(self) -> str:
        """Return the fields' names, joined."""
        return "*".join(self.fields)


class Meeting(msgspec.Struct, frozen=True):
    """A counter's rate crossed with another counter's rate, or with a field: ``other`` is the name of either."""

    counter: str
    other: str


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that shapes a model. Two models with one ``digest`` read the same rows.

    ``heads`` are the events predicted; ``surface`` names the field by which calibrations are kept apart.
    """

    heads: tuple[str, ...]
    fields: tuple[Field, ...]
    surface: str
    numbers: tuple[Number, ...] = ()
    counters: tuple[Counter, ...] = ()
    crosses: tuple[tuple[str, ...], ...] = ()
    meetings: tuple[Meeting, ...] = ()
    table_bits: int = 18
    counter_bits: int = 18
    number_knots: int = 7
    rate_knots: int = 11

    def __post_init__(self) -> None:
        for reason in self._wrong():
            raise SpecInvalid(reason=reason)

    def digest(self) -> str:
        """Return the SHA-256 of the specification in hexadecimal."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()

    def field_place(self) -> dict[str, int]:
        """Return the column of each field in rows of codes."""
        return {field.name: place for place, field in enumerate(self.fields)}

    def is_common(self, names: tuple[str, ...]) -> bool:
        """Return whether these fields are the viewer's and the context's alone, so the same for every candidate."""
        sides = {field.name: field.side for field in self.fields}
        return all(sides[name] not in {Side.ITEM, Side.PAIR} for name in names)

    def _wrong(self) -> list[str]:
        fields = {field.name for field in self.fields}
        counters = {counter.name for counter in self.counters}
        named = [*(counter.fields for counter in self.counters), *self.crosses, (self.surface,)]
        bounds = (
            ("heads", len(self.heads), HEADS_MAX),
            ("fields", len(self.fields), FIELDS_MAX),
            ("numbers", len(self.numbers), NUMBERS_MAX),
            ("counters", len(self.counters), COUNTERS_MAX),
            ("crosses", len(self.crosses) + len(self.meetings), CROSSES_MAX),
        )
        found = [f"{count} {what}, {most} at most" for what, count, most in bounds if count > most]
        if not self.heads:
            found.append("it has no heads")
        found += [
            f"{'*'.join(names)} crosses {len(names)} fields" for names in named if not 0 < len(names) <= CROSSED_MAX
        ]
        found += [f"there is no field {name}" for names in named for name in names if name not in fields]
        for what, names in (
            ("head", list(self.heads)),
            ("field", [field.name for field in self.fields]),
            ("number", [number.name for number in self.numbers]),
            ("counter", [counter.name for counter in self.counters]),
            ("cross", ["*".join(names) for names in self.crosses]),
        ):
            found += [
                f"{what} {name} is there twice" for name in sorted({name for name in names if names.count(name) > 1})
            ]
        found += [
            f"{meeting.counter} and {meeting.other} cannot meet"
            for meeting in self.meetings
            if meeting.counter not in counters or meeting.other not in counters | fields
        ]
        found += [
            f"number {number.name} has no span"
            for number in self.numbers
            if not (math.isfinite(number.low) and math.isfinite(number.high) and number.low < number.high)
        ]
        found += [
            f"{name} is {bits}, {TABLE_BITS_MIN} to {TABLE_BITS_MAX} may be"
            for name, bits in (("table_bits", self.table_bits), ("counter_bits", self.counter_bits))
            if not TABLE_BITS_MIN <= bits <= TABLE_BITS_MAX
        ]
        found += [
            f"{name} is {knots}, 2 to 64 may be"
            for name, knots in (("number_knots", self.number_knots), ("rate_knots", self.rate_knots))
            if not 2 <= knots <= 64
        ]
        found += [
            f"counter {counter.name} has a weight of {min(counter.weight, counter.residual_weight)}"
            for counter in self.counters
            if not (counter.weight > 0 and counter.residual_weight > 0)
        ]
        return found
