"""What the platform earns, and what it owes creators."""

from datetime import date

import msgspec

from vonk.billing import queries
from vonk.billing.queries import By, Earning, Revenue
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation


class Days(Body, frozen=True):
    """Both days are included."""

    start_date: date
    end_date: date


class RevenueReport(msgspec.Struct, frozen=True):
    items: tuple[Revenue, ...]


class EarningsReport(msgspec.Struct, frozen=True):
    """``owed_micros`` is everything not paid out yet, by currency."""

    items: tuple[Earning, ...]
    owed_micros: dict[str, int]


@operation("GET", "/revenue", may=Right.OPERATE, summary="Read the platform's revenue")
def read_revenue(call: Call[Nothing, Days]) -> RevenueReport:
    """By UTC day and currency."""
    days = call.query
    return RevenueReport(
        tuple(queries.revenue(call.scope, start_date=days.start_date, end_date=days.end_date, by=By.DAY))
    )


@operation("GET", "/me/earnings", may=Right.CREATE, summary="Read one's earnings")
def read_earnings(call: Call[Nothing, Days]) -> EarningsReport:
    """One's share of what Spark Ads with one's posts were billed, by post and UTC day."""
    days = call.query
    return EarningsReport(
        tuple(queries.earnings(call.scope, start_date=days.start_date, end_date=days.end_date)),
        queries.earned(call.scope),
    )
