"""What billing by click lets slip: prices fall due up to ten minutes after their impressions (delivery science §6, row 8).

A charge that would pass the budget is not billed: that is the platform's loss, and nothing is ever billed beyond a budget.
Each guard says what is held back until an impression's window closes. The bids are paced by ``pacing.step``.
"""

from enum import IntEnum
from typing import Any, Final

import msgspec
import numba
import numpy as np

from vonk.delivery.limits import pacing
from vonk.delivery.market.kernel import mixed
from vonk.delivery.market.world import FACTORS, MINUTES, RESERVE_MICROS, SEGMENTS, Ints, World

CLICK_RATE: Final = 0.1  # Of the middle impression: its factor times this. A click's bid is the same for all.
WINDOW_MINUTES: Final = 10
_step: Final[Any] = numba.njit(pacing.step)


class Guard(IntEnum):
    """What is held back for an open impression, and whether bids are paced."""

    BILLED_AT_ONCE = 0  # Nothing, and bids are whole.
    BILLED = 1  # Nothing.
    EXPECTED = 2  # Rate times price: what the ad server does.
    FULL = 3  # The whole price of a click.


class Slipped(msgspec.Struct, frozen=True):
    """Shares of what was billed, and of the budgets. ``billed_over_micros`` is what was billed beyond a budget."""

    guard: str
    lost: float
    lost_mean: float  # Of a campaign.
    lost_p99: float
    delivered: float
    billed_over_micros: int


def measure(world: World, budgets: Ints) -> list[Slipped]:
    """Return what each guard lets slip in the market's first day."""
    found = []
    for guard in Guard:
        billed, lost = _run(
            int(guard),
            world.requests[:MINUTES],
            world.plan,
            world.wants,
            world.means,
            world.factors,
            budgets,
            world.seed,
        )
        each = lost / np.maximum(billed, 1)
        found.append(
            Slipped(
                guard.name.lower(),
                float(lost.sum() / max(billed.sum(), 1)),
                float(each.mean()),
                float(np.quantile(each, 0.99)),
                float((billed / budgets).mean()),
                int(np.maximum(billed - budgets, 0).sum()),
            )
        )
    return found


@numba.njit(cache=True)
def _run(guard, requests, plan, wants, means, factors, budgets, seed):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901, PLR0912, PLR0913, PLR0914, PLR0915, PLR0917 - one compiled loop
    campaigns, minutes = len(means), len(requests)
    billed, lost, held = np.zeros(campaigns, np.int64), np.zeros(campaigns, np.int64), np.zeros(campaigns, np.int64)
    last, m = np.zeros(campaigns, np.int64), np.full(campaigns, 1.0 if guard == 0 else 0.3)
    total = requests.sum()
    # Open impressions: campaign, price of a click (0 where none comes), what is held, and the next due in that minute.
    whose, price, hold = np.zeros(total, np.int64), np.zeros(total, np.int64), np.zeros(total, np.int64)
    following, due = np.full(total, -1, np.int64), np.full(minutes + WINDOW_MINUTES + 1, -1, np.int64)
    request = 0
    for minute in range(minutes + WINDOW_MINUTES + 1):
        entry = due[minute]
        while entry >= 0:
            j = whose[entry]
            held[j] -= hold[entry]
            if price[entry] > 0:
                if billed[j] + price[entry] <= budgets[j]:
                    billed[j] += price[entry]
                else:
                    lost[j] += price[entry]
            entry = following[entry]
        if minute >= minutes:
            continue
        for _ in range(requests[minute]):
            request += 1
            segment = mixed(request, seed) % np.uint64(SEGMENTS)
            best, second, winner, rate = 0.0, 0.0, -1, 0.0
            for j in range(campaigns):
                if not wants[segment, j]:
                    continue
                likely = min(1.0, CLICK_RATE * factors[mixed(request, j + 1) % np.uint64(FACTORS)])
                each = means[j] / CLICK_RATE * likely * m[j]
                if each < RESERVE_MICROS or billed[j] + held[j] + means[j] / CLICK_RATE > budgets[j]:
                    continue
                if each > best:
                    best, second, winner, rate = each, best, j, likely
                elif each > second:
                    second = each
            if winner < 0:
                continue
            click = np.int64(max(second, RESERVE_MICROS) / rate)
            entry = request - 1
            dice = mixed(request, -7)
            happens = (dice >> np.uint64(40)) * 2.0**-24 < rate
            falls = minute + (1 + np.int64(dice % np.uint64(WINDOW_MINUTES)) if happens else WINDOW_MINUTES)
            whose[entry], price[entry] = winner, click if happens else 0
            hold[entry] = click if guard == 3 else (np.int64(click * rate) + 1 if guard == 2 else 0)
            held[winner] += hold[entry]
            following[entry], due[falls] = due[falls], entry
        if guard == 0 or minute + 1 >= minutes:
            continue
        ahead, coming = plan[minute + 1 : minutes].sum(), plan[minute + 1]
        for j in range(campaigns):
            committed = billed[j] + (held[j] if guard == 2 else 0)
            spent = max(committed - last[j], 0)
            last[j] = committed
            m[j] = _step(
                m[j], max(budgets[j] - committed, 0), budgets[j], spent, plan[minute], coming, ahead, 0.05, 0.005
            )
    return billed, lost
