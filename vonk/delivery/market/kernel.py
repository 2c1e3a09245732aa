"""Runs the market: second-price auctions minute by minute, each campaign paced by one method, in one compiled loop.

The dual's step is ``delivery.pacing.step`` itself, compiled. The baselines follow their short descriptions in delivery
science §6; where those leave a choice it is made here and told beside it.
"""

from enum import IntEnum
from typing import Any, Final

import msgspec
import numba
import numpy as np

from vonk.delivery.limits import pacing
from vonk.delivery.market.world import ENDLESS, FACTORS, MINUTES, RESERVE_MICROS, SEGMENTS, Floats, Ints, World

_step: Final[Any] = numba.njit(pacing.step)


class Method(IntEnum):
    """How a budget is spread."""

    HELD = 0  # Each campaign keeps the multiplier it is given.
    DUAL = 1  # pacing.step with eta.
    SKIP = (
        2  # Takes part with a probability that moves by a tenth a minute, up where less than planned was spent so far.
    )
    PID = 3  # On the relative gap of the minute's spend: gain of the smoothed gap, gain of its sum, smoothing.
    RATIO = 4  # On the logarithm of wanted over smoothed spend: gain, smoothing, the most it moves up.


class Ways(msgspec.Struct, frozen=True):
    """One method with its parameters."""

    name: str
    method: Method
    gains: tuple[float, float, float] = (0.0, 0.0, 0.0)


WAYS: Final = (
    Ways("none (ASAP)", Method.HELD),
    Ways("skip probability +-10 % per minute", Method.SKIP),
    Ways("PID on multiplier (1, .05, .05)", Method.PID, (1.0, 0.05, 0.05)),
    Ways("PID (.3, .02, 0)", Method.PID, (0.3, 0.02, 1.0)),
    Ways("dual mirror, eta .02", Method.DUAL, (0.02, 0, 0)),
    Ways("dual mirror, eta .05", Method.DUAL, (0.05, 0, 0)),
    Ways("dual mirror, eta .1", Method.DUAL, (0.1, 0, 0)),
    Ways("EWMA log-ratio (.1, .1, .05)", Method.RATIO, (0.1, 0.1, 0.05)),
)
OURS: Final = "dual mirror, eta .05"


class Run(msgspec.Struct, frozen=True):
    """What came of it. ``spent`` and ``multipliers`` are by minute and campaign, ``value`` in micros."""

    spent: Ints
    multipliers: Floats
    value: Floats
    impressions: Ints


def run(world: World, way: Ways, budgets: Ints | None = None, held: Floats | None = None) -> Run:
    """Run the market's days; without ``budgets`` nobody has one. A first day starts at ``pacing.NEW``, others go on."""
    campaigns = world.campaigns
    start = np.ones(campaigns) if way.method is Method.HELD else np.full(campaigns, pacing.NEW)
    spent, multipliers, value, impressions = _run(
        int(way.method),
        np.array(way.gains),
        world.requests,
        world.plan,
        world.wants,
        world.means,
        world.factors,
        np.full(campaigns, ENDLESS) if budgets is None else budgets,
        start if held is None else held,
        world.seed,
    )
    return Run(spent, multipliers, value, impressions)


@numba.njit(cache=True)
def mixed(a: int, b: int) -> Any:
    """Return 64 bits drawn by two numbers (SplitMix64's finaliser)."""
    z = np.uint64(a) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(b) * np.uint64(0xD1B54A32D192ED03)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@numba.njit(cache=True)
def _moved(method, gains, m, left, budget, spent, last, coming, ahead, smooth, total):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0913, PLR0917 - compiled: plain numbers
    """Return multiplier, smoothed gap or spend, and sum of gaps after a minute."""
    if method == 1:
        return _step(m, left, budget, spent, last, coming, ahead, gains[0], 0.005), smooth, total
    wanted = left * coming / max(ahead, coming)
    scaled = spent * coming / max(last, 1e-12)
    if method == 2:
        return min(1.0, max(0.001, m * (1.1 if left > budget * ahead else 0.9))), smooth, total
    if method == 3:
        gap = min(max((wanted - scaled) / max(budget * coming, 1.0), -3.0), 1.0)
        smooth += gains[2] * (gap - smooth)
        total = min(max(total + gains[1] * gap, np.log(0.005)), 0.0)
        return min(1.0, max(0.005, np.exp(total + gains[0] * smooth))), smooth, total
    if method == 4:
        smooth += gains[1] * (scaled - smooth)
        move = gains[0] * np.log(max(wanted, 1.0) / max(smooth, 1.0))
        return min(1.0, max(0.005, m * np.exp(min(max(move, -1.0), gains[2])))), smooth, total
    return m, smooth, total


@numba.njit(cache=True)
def _run(method, gains, requests, plan, wants, means, factors, budgets, start, seed):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901, PLR0912, PLR0913, PLR0914, PLR0915, PLR0917 - one compiled loop
    campaigns, minutes = len(means), len(requests)
    spent = np.zeros((minutes, campaigns), np.int64)
    kept = np.zeros((minutes, campaigns))
    value = np.zeros(campaigns)
    impressions = np.zeros(campaigns, np.int64)
    m, left = start.copy(), budgets.copy()
    dawn = start.copy()  # The multiplier at the end of the last day's first hour.
    smooth, total = np.zeros(campaigns), np.log(start)
    request = 0
    for minute in range(minutes):
        of_day = minute % MINUTES
        if of_day == 0:
            left[:] = budgets
            if minute:
                m[:] = dawn
                total[:] = np.log(dawn)
        for _ in range(requests[minute]):
            request += 1
            drawn = mixed(request, seed)
            segment = drawn % np.uint64(SEGMENTS)
            best, second, winner, worth = 0.0, 0.0, -1, 0.0
            for j in range(campaigns):
                if not wants[segment, j] or left[j] < RESERVE_MICROS:
                    continue
                dice = mixed(request, j + 1)
                each = means[j] * factors[dice % np.uint64(FACTORS)]
                if method == 2:
                    bid = each
                    if (dice >> np.uint64(40)) * 2.0**-24 >= m[j]:
                        continue
                else:
                    bid = each * m[j]
                if bid < RESERVE_MICROS or bid > left[j]:
                    continue
                if bid > best:
                    best, second, winner, worth = bid, best, j, each
                elif bid > second:
                    second = bid
            if winner >= 0:
                price = max(np.int64(second), np.int64(RESERVE_MICROS))
                left[winner] -= price
                spent[minute, winner] += price
                value[winner] += worth
                impressions[winner] += 1
        day_start = minute - of_day
        ahead = plan[minute + 1 : day_start + MINUTES].sum()
        coming = plan[minute + 1] if of_day < MINUTES - 1 else 0.0
        for j in range(campaigns):
            if coming > 0:
                m[j], smooth[j], total[j] = _moved(
                    method,
                    gains,
                    m[j],
                    left[j],
                    budgets[j],
                    spent[minute, j],
                    plan[minute],
                    coming,
                    ahead,
                    smooth[j],
                    total[j],
                )
            if of_day == 59:
                dawn[j] = m[j]
            kept[minute, j] = m[j]
    return spent, kept, value, impressions
