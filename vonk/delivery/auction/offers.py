"""The ads that a viewer may get, the highest bid first, read from the index no further than anybody asks."""

import heapq
from collections.abc import Iterator

from vonk.delivery.auction import bidding
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.order import BLOCK
from vonk.delivery.pricing.second_price import Race


def highest_first(index: Index, places: int, race: Race[Row], now_ms: int) -> Iterator[tuple[int, Row]]:
    """Yield each ad at these places with what it bids now, the highest bid first.

    A bid is never above the ad's worth, nor that above its block's bound: it is read on until two accounts bid as much as
    anything that is unread could, since two mostly decide an auction, and further only if somebody asks for more. What cannot
    reach the race's threshold by then is left out.
    """
    waiting: list[tuple[int, int, Row]] = []  # The ad's id orders equal bids, so that rows are never compared.
    best = second = (
        account_id
    ) = -1  # Of those that wait: the highest bid, whose it is, and the highest of anybody else.
    bounds, edition = index.order.bounds, index.edition.number
    for start, block in index.order.blocks(places):
        bound = bounds[start // BLOCK]
        if second >= bound:
            yield from _from(waiting, bound)
            best = second = account_id = -1
            for negative, _, row in waiting:
                if best < 0:
                    best, account_id = -negative, row.ad.account_id
                elif row.ad.account_id != account_id:
                    second = -negative
                    break
        if bound < race.threshold:
            break
        for row in index.rows_in(start, block):
            if row.bid_from_ms <= now_ms < row.bid_until_ms and row.bid_edition == edition:
                bid = row.bid
            else:
                bid = bidding.settle_bid(row, now_ms)
            waiting.append((-bid, row.ad.id, row))
            if bid > second:
                if row.ad.account_id == account_id:
                    best = max(best, bid)
                elif bid > best:
                    best, second, account_id = bid, best, row.ad.account_id
                else:
                    second = bid
    yield from _from(waiting, 0)


def _from(waiting: list[tuple[int, int, Row]], least: int) -> Iterator[tuple[int, Row]]:
    """Yield those that bid at least so much, the highest first; the others go on waiting, in that order."""
    waiting.sort()
    met = 0
    for negative, _, row in waiting:
        if -negative < least:
            break
        met += 1
        yield -negative, row
    del waiting[:met]


def most_promising(
    index: Index, places: int, reserve: int, now_ms: int, *, lift_max: float, wanted: int
) -> Iterator[tuple[int, Row]]:
    """Yield each ad at these places with what it bids now, the most promising first: by the most that it can be worth to any
    viewer.

    ``lift_max``, 1 at least, is the most by which a prediction for one viewer raises the index's rate; an impression that
    bills itself is as likely for everybody. Who cannot be worth the reserve is left out. It is read on until as many as are
    ``wanted`` are known, and as many again each time that somebody asks for more.
    """
    waiting: list[tuple[float, int, int, Row]] = []
    tops: list[float] = []  # A heap of the most promising ``wanted`` of those that wait.
    bounds, edition = index.order.bounds, index.edition.number
    for start, block in index.order.blocks(places):
        raised = bounds[start // BLOCK] * lift_max
        if len(tops) == wanted and tops[0] >= raised:
            yield from _promising(waiting, raised)
            tops = [-negative for negative, _, _, _ in waiting[wanted - 1 :: -1]]  # Ascending, which is a heap.
        if raised < reserve:
            break
        for row in index.rows_in(start, block):
            if row.bid_from_ms <= now_ms < row.bid_until_ms and row.bid_edition == edition:
                worth = row.bid
            else:
                worth = bidding.settle_bid(row, now_ms)
            most = worth if row.aim is None else worth * lift_max
            waiting.append((-most, row.ad.id, worth, row))
            if len(tops) < wanted:
                heapq.heappush(tops, most)
            elif most > tops[0]:
                heapq.heapreplace(tops, most)
    yield from _promising(waiting, 0)


def _promising(waiting: list[tuple[float, int, int, Row]], least: float) -> Iterator[tuple[int, Row]]:
    """Yield those that can be worth at least so much, as ``_from`` does."""
    waiting.sort()
    met = 0
    for negative, _, worth, row in waiting:
        if -negative < least:
            break
        met += 1
        yield worth, row
    del waiting[:met]
