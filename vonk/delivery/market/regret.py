"""One bidder against drawn rivals: what the dual gets of what the best fixed multiplier gets in hindsight (row 9).

The price to beat is log-normal, correlated with the chance of a click (delivery science §6: mu 3.41, sigma 1.15,
correlation .35). The dual never looks ahead; it plans by the number of auctions, and takes a step an auction.
"""

from typing import Any, Final

import msgspec
import numba
import numpy as np

from vonk.delivery.limits import pacing
from vonk.delivery.market.world import Floats

MU: Final = 3.41
SIGMA: Final = 1.15
CORRELATION: Final = 0.35
CLICK_MEAN: Final = 0.0034
CLICK_SIGMA: Final = 0.8
BUDGETS: Final = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2)
ETA: Final = 0.002  # An auction; the reference found .001 to .003 alike.
AUCTIONS: Final = 156_063
CEILING: Final = (
    float(np.exp(MU + 2 * SIGMA)) / CLICK_MEAN
)  # A bid for a click that mostly wins: its level is found below.
_step: Final[Any] = numba.njit(pacing.step)


class Regret(msgspec.Struct, frozen=True):
    """At one budget, as a share of what winning every auction costs: of hindsight's clicks, and of the budget spent."""

    budget_share: float
    of_hindsight: float
    spent: float


def measure(seed: int, auctions: int = AUCTIONS) -> list[Regret]:
    """Return the dual's share of hindsight's clicks at each of ``BUDGETS``."""
    chance = np.random.default_rng(seed)
    shared, own = chance.normal(size=(2, auctions))
    clicks = CLICK_MEAN * np.exp(CLICK_SIGMA * shared - CLICK_SIGMA**2 / 2)
    prices = np.exp(MU + SIGMA * (CORRELATION * shared + np.sqrt(1 - CORRELATION**2) * own))
    found = []
    for share in BUDGETS:
        budget = share * float(prices.sum())
        got, paid = _dual(clicks, prices, budget, CEILING, ETA)
        found.append(Regret(share, got / hindsight(clicks, prices, budget), paid / budget))
    return found


def hindsight(clicks: Floats, prices: Floats, budget: float) -> float:
    """Return the clicks of the best fixed bid for a click: the cheapest by click are bought until the budget is gone."""
    order = np.argsort(prices / clicks)
    paid = np.cumsum(prices[order])
    return float(clicks[order][: int(np.searchsorted(paid, budget, side="right"))].sum())


@numba.njit(cache=True)
def _dual(clicks: Floats, prices: Floats, budget: float, ceiling: float, eta: float) -> Any:
    """Return clicks and cost of the dual."""
    got, left, multiplier, each = 0.0, budget, 0.3, 1.0 / len(clicks)
    for place in range(len(clicks)):
        bid = multiplier * ceiling * clicks[place]
        cost = 0.0
        if bid > prices[place] and prices[place] <= left:
            cost = prices[place]
            got += clicks[place]
            left -= cost
        ahead = 1.0 - (place + 1) * each
        if ahead > 0:
            multiplier = _step(multiplier, left, budget, cost, each, each, ahead, eta, 0.0005)
    return got, budget - left
