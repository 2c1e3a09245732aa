"""What a column of a report is: a formula over counters and spend, or something that is said of the object."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from vonk.advertising.queries.reported import ReportedFacts
from vonk.identity.queries import AccountFacts
from vonk.reporting.metrics import BY_NAME, Counts, Unit, Value

ORGANIC_PLAYS: Final = "organic_plays"
"""Plays of the ads' posts outside ads: beside the counters, because a post's are not any one ad's."""

VOUCHERS: Final = "spend_from_vouchers"
"""The part of spend that vouchers paid."""

_OF: Final = "of "
_WORTH: Final = "worth "


class Kind(StrEnum):
    """How a value is to be read."""

    COUNT = "count"
    MONEY = "money"  # Micros of the account's currency.
    PERCENT = "percent"  # 0.05 is five percent.
    RATIO = "ratio"
    SECONDS = "seconds"
    TEXT = "text"


class Told(msgspec.Struct, frozen=True):
    """What the texts of a row are told from. ``facts`` is None where the row is of no object."""

    account: AccountFacts
    facts: ReportedFacts | None


class Column(msgspec.Struct, frozen=True):
    """One column: either ``formula`` over the counters in ``needs``, or ``text``.

    ``additive`` says that the value of all rows together follows from the sums of what its formula needs.
    """

    kind: Kind
    formula: Callable[[Counts], Value] | None = None
    text: Callable[[Told], str] | None = None
    needs: frozenset[str] = frozenset()
    additive: bool = True


class _Asked(Mapping[str, int]):
    """Counters that are all 1 and remember which of them a formula asks for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> int:
        self.names.add(name)
        return 1

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


_KIND_OF_UNIT: Final[dict[Unit, Kind]] = {
    Unit.COUNT: Kind.COUNT,
    Unit.RATIO: Kind.PERCENT,
    Unit.MICROS: Kind.MONEY,
    Unit.MILLISECONDS: Kind.SECONDS,
    Unit.TIMES: Kind.RATIO,
}


def of_formula(kind: Kind, formula: Callable[[Counts], Value], *, additive: bool = True) -> Column:
    """Return a column of this formula, which needs what it asks for when every counter is 1."""
    asked = _Asked()
    formula(asked)
    return Column(kind, formula, None, frozenset(asked.names), additive)


def of_metric(name: str) -> Column:
    """Return the column of a declared metric (``reporting.metrics``)."""
    metric = BY_NAME[name]
    if metric.unit is not Unit.MILLISECONDS:
        return of_formula(_KIND_OF_UNIT[metric.unit], metric.formula, additive=not metric.people)

    def seconds(counts: Counts) -> Value:
        value = metric.formula(counts)
        return None if value is None else value / 1_000

    return of_formula(Kind.SECONDS, seconds)


def of_counters(*names: str) -> Column:
    """Return a count that is the sum of counters."""
    return of_formula(Kind.COUNT, lambda counts: sum(counts.get(name, 0) for name in names))


def share(above: str, below: str) -> Column:
    """Return a percentage of two counters."""
    return of_formula(Kind.PERCENT, lambda counts: _divided(counts.get(above, 0), counts.get(below, 0)))


def ratio(above: str, below: str) -> Column:
    """Return how many times the one goes into the other."""
    return of_formula(Kind.RATIO, lambda counts: _divided(counts.get(above, 0), counts.get(below, 0)))


def money(name: str) -> Column:
    """Return an amount that is counted as it is."""
    return of_formula(Kind.MONEY, lambda counts: counts.get(name, 0))


def money_per(above: str, below: str) -> Column:
    """Return an amount for each of what is counted."""
    return of_formula(Kind.MONEY, lambda counts: _divided(counts.get(above, 0), counts.get(below, 0)))


def nothing(kind: Kind, *, additive: bool = True) -> Column:
    """Return a column of which nothing is ever counted here."""
    return Column(kind, lambda _: 0, additive=additive)


def saying(text: Callable[[Told], str]) -> Column:
    """Return a column that says something of the object or account."""
    return Column(Kind.TEXT, None, text, frozenset(), additive=False)


def converted(name: str, touch: str = "") -> str:
    """Return the counter of conversions of a name, after one kind of touch or ("") any."""
    return f"{_OF}{name} {touch}"


def worth(name: str, touch: str = "") -> str:
    """Return the counter of what conversions of a name were worth, in micros."""
    return f"{_WORTH}{name} {touch}"


def of_conversions(needs: frozenset[str]) -> bool:
    """Say whether any of these counters is told by attribution under a name."""
    return any(name.startswith((_OF, _WORTH)) for name in needs)


def _divided(above: int, below: int) -> Value:
    return above / below if below > 0 else None
