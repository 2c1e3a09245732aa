"""A small share of slots goes to any ad that may be shown, so that models are trained and judged on more than their own choice.

Drawn by the decision's seed: the same seed, the same ad. What may be shown is what the auction would let take part:
consent, caps, budgets and the reserve hold here too.
"""

import random
from typing import Final

from vonk.delivery.auction import bidding
from vonk.delivery.auction.hearing import Hearing
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.index import Index
from vonk.delivery.pricing import second_price

EXAMINED_MAX: Final = 1_000  # Of more, as many are drawn first: some 1 ms.
_SALT: Final = 0x6472617764726177  # Keeps this drawing apart from that of ties.


def is_due(seed: int, share: float) -> bool:
    """Tell whether the slot with this seed is one of the share that is drawn."""
    return share > 0.0 and second_price.tie_break(seed, _SALT) < share * 2**64


def draw(
    hearing: Hearing, index: Index, places: int, *, reserve: int, now_ms: int, seed: int
) -> tuple[Row, float] | None:
    """Return one of the ads at these places that may be shown, each as likely, and how likely that is; None without any.

    Exact up to ``EXAMINED_MAX`` places; of more a sample is examined, and how many may be shown is estimated from it.
    """
    chance = random.Random(seed ^ _SALT)
    blocks = list(index.best_first(places))
    rows = [row for _, start, block in blocks for row in index.rows_in(start, block)]
    rows.sort(key=_id)  # Places change hands; ids do not.
    met = len(rows)
    if met > EXAMINED_MAX:
        rows = chance.sample(rows, EXAMINED_MAX)
    admitted = [row for row in rows if not row.standing and _may(hearing, row, reserve, now_ms)]
    if not admitted:
        return None
    return chance.choice(admitted), len(rows) / (met * len(admitted))


def _id(row: Row) -> int:
    return row.ad.id


def _may(hearing: Hearing, row: Row, reserve: int, now_ms: int) -> bool:
    return hearing.judge(row, bidding.bid_now(row, now_ms), reserve) is None
