"""What a table is asked for, and what it answers."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

import msgspec

from vonk.advertising.queries.reported import Noun
from vonk.advertising.queries.tables import Order, Sought
from vonk.advertising.queries.views import AdGroupView, AdView, CampaignView
from vonk.advertising.rules import Primary, Status
from vonk.control.paging import Numbering
from vonk.reporting.metrics import Value

TREND_DAYS_MAX: Final = 92  # Of a row's sparkline: a day is a query, and a point of it a few pixels.


class Days(msgspec.Struct, frozen=True):
    """Local days of the account, both included."""

    first: date
    last: date


class Condition(msgspec.Struct, frozen=True):
    """Rows are kept of which the metric is at least, or at most, so much; what has no value is never kept.

    ``bound`` is as the metric's formula gives it: micros, a ratio, a count.
    """

    metric: str
    at_least: bool
    bound: float

    def fulfilled(self, value: Value) -> bool:
        """Say whether the value is within the bound."""
        if value is None:
            return False
        return value >= self.bound if self.at_least else value <= self.bound


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which objects, in which order, and which of their numbers.

    ``statuses``: what a status comes down to; none: any. ``before``: the span to compare with. ``trend``: the metric whose
    days are wanted, of spans of at most TREND_DAYS_MAX days.
    """

    noun: Noun
    sought: Sought = Sought()
    statuses: Collection[Primary] = ()
    conditions: tuple[Condition, ...] = ()
    days: Days
    before: Days | None = None
    metrics: tuple[str, ...] = ()
    order: Order = Order()
    trend: str = ""


class Row(msgspec.Struct, frozen=True):
    """An object with its status and numbers. ``before`` is empty and ``trend`` too where nobody asked for them."""

    view: CampaignView | AdGroupView | AdView
    status: Status
    values: Mapping[str, Value]
    before: Mapping[str, Value]
    trend: tuple[Value, ...] = ()


class Page(msgspec.Struct, frozen=True):
    """Some rows, and how many there are on all pages."""

    rows: tuple[Row, ...]
    total: int
    numbering: Numbering


class Totals(msgspec.Struct, frozen=True):
    """The values of all rows together: of rates those of the sums, of reach different viewers."""

    objects: int
    values: Mapping[str, Value]
    before: Mapping[str, Value]
