"""What became of ads in slots: won, outbid, refused and why, by hour."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from vonk.control.scope import Right
from vonk.reporting.fates import queries
from vonk.reporting.fates.queries import Fates
from vonk.reporting.fates.rules import Gathered
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation


class FatesQuery(Body, frozen=True):
    """Days, both included, 30 at most: the account's, or the platform's where all ads are asked for."""

    start_date: date
    end_date: date


class HourOfFates(msgspec.Struct, frozen=True, kw_only=True):
    """One UTC hour. ``gathered`` sums refusals by what keeps the ad back, ``waiting`` has shares of the time.

    ``exact`` is false where an ad server ended without handing over its last minutes: there were at least so many.
    """

    start: datetime
    slots_asked: int
    won: int
    lost: int
    gap_micros: int
    held_back: int
    refused: Mapping[str, int]
    gathered: Mapping[Gathered, int]
    waiting: Mapping[str, float]
    exact: bool


class FatesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Hours in which nothing was counted are left out. ``through`` is up to when anything was handed over."""

    ads: int
    through: datetime | None
    exact: bool
    hours: tuple[HourOfFates, ...]


@operation(
    "GET", "/accounts/{account_id}/ads/{ad_id}/fates", may=Right.ACCOUNT_VIEW, summary="Read why an ad was shown or not"
)
def read_ad_fates(call: Call[Nothing, FatesQuery]) -> FatesAnswer:
    """By hour, summed over the ad servers. A slot for which the ad's bid could not win is not counted."""
    start, end = queries.instants(call.scope, call.query.start_date, call.query.end_date)
    return _answer(queries.of_ad(call.scope, call.id("ad_id"), start=start, end=end))


@operation(
    "GET",
    "/accounts/{account_id}/ad_groups/{ad_group_id}/fates",
    may=Right.ACCOUNT_VIEW,
    summary="Read why an ad group's ads were shown or not",
)
def read_ad_group_fates(call: Call[Nothing, FatesQuery]) -> FatesAnswer:
    """All of its ads together, deleted ones left out."""
    start, end = queries.instants(call.scope, call.query.start_date, call.query.end_date)
    return _answer(queries.of_ad_group(call.scope, call.id("ad_group_id"), start=start, end=end))


@operation("GET", "/operating/fates", may=Right.OPERATE, summary="Read what became of all ads in slots")
def read_fates(call: Call[Nothing, FatesQuery]) -> FatesAnswer:
    """``ads`` is 0: they are not counted, and so nothing is said of waiting."""
    start, end = queries.instants(call.scope, call.query.start_date, call.query.end_date)
    return _answer(queries.of_all(call.scope, start=start, end=end))


def _answer(found: Fates) -> FatesAnswer:
    return FatesAnswer(
        ads=found.ads,
        through=found.through,
        exact=found.exact,
        hours=tuple(
            HourOfFates(
                start=hour.start,
                slots_asked=hour.asked,
                won=hour.won,
                lost=hour.lost,
                gap_micros=hour.gap_micros,
                held_back=hour.held_back,
                refused=hour.refused,
                gathered=hour.gathered(),
                waiting=hour.waiting,
                exact=hour.exact,
            )
            for hour in found.hours
        ),
    )
