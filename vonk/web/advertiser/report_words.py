"""Values of reports as people read them."""

from collections.abc import Mapping
from typing import Final

import msgspec
from django.utils.translation import gettext as _

from vonk.core.money import MICROS_PER_UNIT
from vonk.reporting.breakdowns.columns import Kind
from vonk.reporting.builder.fields import Field
from vonk.reporting.builder.queries import Sums, value
from vonk.reporting.metrics import Value
from vonk.web.common import formats

EVEN_BELOW: Final = 0.0005  # A change that reads as 0.0 % is none.


class Cell(msgspec.Struct, frozen=True):
    """A value; with a comparison what it was, and by how much it is more or less."""

    text: str
    before: str = ""
    change: str = ""
    direction: str = ""  # "up", "down" or "even"; "" without a comparison.


def text(field: Field, found: Value, currency: str) -> str:
    """Return a metric's value; a dash where it cannot be told."""
    if found is None:
        return formats.NO_VALUE
    match field.kind:
        case Kind.MONEY:
            return formats.money(round(found), currency)
        case Kind.PERCENT:
            return formats.percent(round(found, 4))
        case Kind.RATIO:
            return _("%(number)s×") % {"number": formats.number(found, 2)}
        case Kind.SECONDS:
            return _("%(number)s s") % {"number": formats.number(round(found, 1), 1)}
    return formats.number(found)


def plotted(field: Field, found: Value) -> float | None:
    """Return a value as a chart draws it: units of the currency, percent; a gap where it cannot be told."""
    if found is None:
        return None
    scale = {Kind.MONEY: 1 / MICROS_PER_UNIT, Kind.PERCENT: 100.0}.get(field.kind, 1.0)
    return float(found) * scale


def cell(field: Field, sums: Sums, currency: str) -> Cell:
    """Return a metric of some sums, with its change where they are compared."""
    now = value(field, sums.counts)
    if sums.before is None:
        return Cell(text(field, now, currency))
    before = value(field, sums.before)
    change, direction = _change(now, before)
    return Cell(text(field, now, currency), text(field, before, currency), change, direction)


def _change(now: Value, before: Value) -> tuple[str, str]:
    if now is None or before is None:
        return formats.NO_VALUE, "even"
    if before == 0:
        return (formats.percent(0, 1), "even") if now == 0 else (_("new"), "up")
    relative = now / before - 1
    if abs(relative) < EVEN_BELOW:
        return formats.percent(0, 1), "even"
    return signed(relative), "up" if relative > 0 else "down"


def signed(share: float, decimals: int = 1) -> str:
    """Return a relative difference with its sign."""
    return ("+" if share >= 0 else "−") + formats.percent(round(abs(share), decimals + 2), decimals)


def cells(fields: tuple[Field, ...], sums: Sums, currency: str) -> tuple[Cell, ...]:
    """Return all metrics of some sums."""
    return tuple(cell(field, sums, currency) for field in fields)


NOTHING: Final = Sums({})


def of_column(row: Mapping[str, Sums], column: str, *, compared: bool) -> Sums:
    """Return a row's cell; nothing was counted where there is none."""
    return row.get(column, Sums({}, {}) if compared else NOTHING)
