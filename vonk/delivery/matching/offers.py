"""The ads that a viewer may get, the highest bid first, read from the index no further than anybody asks."""

import heapq
import operator
from collections.abc import Iterator
from typing import Final

from vonk.delivery.auction import bidding
from vonk.delivery.auction.second_price import Race
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.order import BLOCK
from vonk.delivery.snapshot import Billing

_WORTH: Final = operator.attrgetter("worth")


def highest_first(index: Index, places: int, race: Race[Row], now_ms: int) -> Iterator[tuple[int, Row]]:
    """Yield each ad at these places with what it bids now, the highest bid first.

    A bid is never above the ad's worth, nor that above its block's bound: an ad is yielded as soon as nothing that is
    still unread can bid more. What cannot reach the race's threshold by then is left out.
    """
    waiting: list[tuple[int, int, Row]] = []  # A heap. The ad's id orders equal bids, so that rows are never compared.
    bounds, placed, edition = index.order.bounds, index.order.rows, index.edition.number
    for start, block in index.order.blocks(places):
        number = start // BLOCK
        bound = bounds[number]
        while waiting and -waiting[0][0] >= bound:
            negative, _, row = heapq.heappop(waiting)
            yield -negative, row
        if bound < race.threshold:
            break
        later = bounds[number + 1] if number + 1 < len(bounds) else 0
        if block & (block - 1):
            rows = sorted(index.rows_in(start, block), key=_WORTH, reverse=True)
        else:  # Few ads want a viewer: most blocks have one.
            alone = placed[start + block.bit_length() - 1]
            assert alone is not None, "A place in the bitmaps has a row."
            rows = [alone]
        for row in rows:
            worth = row.worth
            unread = worth if worth > later else later  # noqa: FURB136 - the call would cost more than the rest.
            while waiting and -waiting[0][0] >= unread:
                negative, _, first = heapq.heappop(waiting)
                yield -negative, first
            if worth < race.threshold:
                break
            if row.bid_from_ms <= now_ms < row.bid_until_ms and row.bid_edition == edition:
                bid = row.bid
            else:
                bid = bidding.settle_bid(row, now_ms)
            heapq.heappush(waiting, (-bid, row.ad.id, row))
    while waiting:
        negative, _, row = heapq.heappop(waiting)
        yield -negative, row


def most_promising(
    index: Index, places: int, reserve: int, now_ms: int, lift_max: float
) -> Iterator[tuple[int, int, Row]]:
    """Yield each ad at these places with the most that it can be worth to any viewer and what it bids now, the most
    promising first.

    ``lift_max``, 1 at least, is the most by which a prediction for one viewer raises the index's rate; an impression that
    bills itself is as likely for everybody. Who cannot be worth the reserve is left out.
    """
    waiting: list[tuple[int, int, int, Row]] = []
    edition = index.edition.number
    for bound, start, block in index.best_first(places):
        raised = bound * lift_max
        while waiting and -waiting[0][0] >= raised:
            negative, _, worth, row = heapq.heappop(waiting)
            yield -negative, worth, row
        if raised < reserve:
            break
        for row in index.rows_in(start, block):
            if row.bid_from_ms <= now_ms < row.bid_until_ms and row.bid_edition == edition:
                worth = row.bid
            else:
                worth = bidding.settle_bid(row, now_ms)
            most = worth if row.terms.billing is Billing.CPM else int(worth * lift_max)
            heapq.heappush(waiting, (-most, row.ad.id, worth, row))
    while waiting:
        negative, _, worth, row = heapq.heappop(waiting)
        yield -negative, worth, row
