"""Which ad a slot gets: the story of a decision on one page.

Match targeting, meet the ads in the order of what they can be worth at most, refuse each with a reason or let it bid,
stop when no other can win or raise the price, charge the second price.
"""

import operator
from collections.abc import Collection
from typing import Final

import msgspec

from vonk.delivery import auction, bidding, eligibility, explain
from vonk.delivery.cells import Row
from vonk.delivery.counters import Counters
from vonk.delivery.index import Index
from vonk.delivery.refusals import Empty, Refusal
from vonk.delivery.targets import Viewer

_WORTH: Final = operator.itemgetter(0)
EXAMINED_MAX: Final = 5_000  # Keeps the worst decision, where most are refused for passing reasons, near 5 ms.


class Decision(msgspec.Struct, gc=False):
    """What one slot gets: a row at a price, or the reason why none."""

    row: Row | None
    seed: int
    candidates: int  # Ads that want such a viewer.
    refusals: dict[Refusal, int]
    empty: Empty | None = None
    price_micros: int = 0  # Of the event that bills.
    reserved_micros: int = 0  # What it will cost on average.
    worth: int = 0  # The winner's expected revenue of a thousand impressions, as all below it in micros.
    runner_up: Row | None = None
    runner_up_worth: int = 0
    propensity: float = 1.0


def decide(
    viewer: Viewer,
    index: Index,
    counters: Counters,
    *,
    matched: int,
    reserve: int,
    shown_campaigns: Collection[int],
    now_ms: int,
    seed: int,
) -> Decision:
    """Choose the ad for one slot, or say why there is none.

    ``matched`` are the places that ``index.match`` gave for the viewer, ``reserve`` the least revenue of a thousand
    impressions in micros, ``shown_campaigns`` those that an earlier slot of the same request shows.
    """
    race: auction.Race[Row] = auction.Race(reserve, seed)
    places = index.open_among(matched)
    refusals = index.parked_among(matched)
    examined = 0
    for bound, start, block in index.best_first(places):
        if bound < race.threshold or examined >= EXAMINED_MAX:
            break  # No later ad can win or raise the price.
        rows = index.rows_in(start, block)
        bids = [(bidding.paced_worth(row, now_ms), row) for row in rows if row.worth >= race.threshold]
        bids.sort(key=_WORTH, reverse=True)  # A block has no order within; the best first raise the threshold soonest.
        for worth, row in bids:
            if worth < race.threshold and race.best is not None:
                break  # Outbid, as all that follow are: whether they may be shown no longer matters.
            examined += 1
            refusal = _refuse(row, worth, race, viewer, counters, shown=shown_campaigns, now_ms=now_ms)
            if refusal is None:
                race.enter(row, row.ad.id, row.ad.account_id, worth)
                continue
            refusals[refusal] = refusals.get(refusal, 0) + 1
            explain.note(row, refusal, now_ms)
            lasts = eligibility.lasting(row, refusal, now_ms)
            if lasts is not None:
                index.park(row, refusal, *lasts)
    candidates = matched.bit_count()
    if race.best is None:
        below = places.bit_count() - examined if examined < EXAMINED_MAX else 0
        return _nothing(seed, candidates, refusals, below)
    return _won(race, race.best, seed, candidates, refusals)


def _refuse(
    row: Row,
    worth: int,
    race: auction.Race[Row],
    viewer: Viewer,
    counters: Counters,
    *,
    shown: Collection[int],
    now_ms: int,
) -> Refusal | None:
    """Return the reason against the ad's bid, None when it may take part."""
    if shown and row.ad.campaign_id in shown:
        return Refusal.CAMPAIGN_ALREADY_SHOWN
    refusal = eligibility.refuse(row, viewer, counters, now_ms)
    if refusal is None and worth < race.reserve:
        return Refusal.BELOW_RESERVE
    return refusal


def _nothing(seed: int, candidates: int, refusals: dict[Refusal, int], below: int) -> Decision:
    """Say why. ``below`` ads were not examined, because they could not reach the reserve."""
    if below:
        refusals[Refusal.BELOW_RESERVE] = refusals.get(Refusal.BELOW_RESERVE, 0) + below
    if not candidates:
        empty = Empty.NO_CANDIDATES
    else:
        empty = Empty.BELOW_RESERVE if Refusal.BELOW_RESERVE in refusals else Empty.ALL_REFUSED
    return Decision(None, seed, candidates, refusals, empty)


def _won(race: auction.Race[Row], row: Row, seed: int, candidates: int, refusals: dict[Refusal, int]) -> Decision:
    price = auction.price(row.terms.billing, row.bid_micros, row.rate, race.threshold)
    return Decision(
        row,
        seed,
        candidates,
        refusals,
        price_micros=price,
        reserved_micros=price if row.rate == 1.0 else int(price * row.rate) + 1,
        worth=race.best_worth,
        runner_up=race.runner_up,
        runner_up_worth=race.runner_up_worth,
        propensity=1.0 / race.tied,
    )
