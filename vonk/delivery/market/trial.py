"""Every method of pacing in one market, and ours through ``decide`` in a smaller one."""

from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from vonk.delivery.limits.counters import Counters
from vonk.delivery.market import figures, guards, kernel, live, regret, world
from vonk.delivery.market.figures import Figures
from vonk.delivery.market.guards import Slipped
from vonk.delivery.market.kernel import OURS, WAYS, Run
from vonk.delivery.market.regret import Regret
from vonk.delivery.market.world import Ints, World

LIVE_REQUESTS_EACH: Final = (
    1_667  # A day's requests for each campaign of the market that goes through decide: half the usual.
)


class Told(msgspec.Struct, frozen=True):
    """What is told of a trial. ``live`` holds ours through ``decide``, and by the kernel in that same market."""

    seed: int
    campaigns: int
    requests: int
    days: int
    binding: int
    methods: list[Figures]
    live: list[Figures]
    regret: list[Regret]
    guards: list[Slipped]


class Trial(msgspec.Struct, frozen=True):
    """What was found, with what charts need."""

    told: Told
    world: World
    runs: dict[str, Run]
    budgets: Ints

    def table(self) -> str:
        """Return what was found for people."""
        told = self.told
        parts = [
            f"{told.campaigns} campaigns ({told.binding} whose budget binds), {told.requests:,} requests, by the kernel",
            figures.table(told.methods),
        ]
        if told.live:
            parts += ["", "through decide, and the kernel in the same smaller market", figures.table(told.live)]
        if told.regret:
            parts += ["", "one bidder: budget, clicks of hindsight's, spent"]
            parts += [f"{of.budget_share:>8.4f}{of.of_hindsight:>9.1%}{of.spent:>9.1%}" for of in told.regret]
        if told.guards:
            parts += [
                "",
                f"{'billing by click, held back':38}{'lost':>10}{'mean':>8}{'p99':>8}{'delivered':>11}{'over':>6}",
            ]
            parts += [
                f"{of.guard:38}{of.lost:>10.3%}{of.lost_mean:>8.2%}{of.lost_p99:>8.2%}{of.delivered:>11.1%}"
                f"{of.billed_over_micros:>6}"
                for of in told.guards
            ]
        return "\n".join(parts)


def run(  # noqa: PLR0913 - what the command takes
    *,
    seed: int,
    campaigns: int,
    requests: int,
    days: int,
    traffic: Path | None,
    live_requests: int,
    regret_wanted: bool,
    guards_wanted: bool,
    counters: Counters,
) -> Trial:
    """Make the market and run everything in it; raises ValueError for what no market can be made of.

    ``counters`` are empty; what goes through ``decide`` is counted in them.
    """
    week = world.read_week(traffic, seed) if traffic is not None else None
    market = world.make(seed=seed, campaigns=campaigns, requests=requests, days=days, week=week)
    budgets = budgets_of(market)
    bound = _binding(market, budgets)
    runs = {way.name: kernel.run(market, way, budgets) for way in WAYS}
    told = Told(
        seed=seed,
        campaigns=campaigns,
        requests=int(market.requests.sum()),
        days=days,
        binding=int(bound.sum()),
        methods=[figures.judge(name, market, of_one, budgets, bound) for name, of_one in runs.items()],
        live=_live(market, live_requests, counters, week) if live_requests else [],
        regret=regret.measure(seed) if regret_wanted else [],
        guards=guards.measure(market, budgets) if guards_wanted else [],
    )
    return Trial(told, market, runs, budgets)


def budgets_of(market: World) -> Ints:
    """Return the budgets that follow from the market without any."""
    free = kernel.run(market, WAYS[0])
    spend = np.rint(free.spent.sum(axis=0) / market.days).astype(np.int64)
    return world.budgets(market, spend, free.impressions // market.days)


def _binding(market: World, budgets: Ints) -> npt.NDArray[np.bool_]:
    bound = figures.binding(market, budgets)
    if not bound.any():
        raise ValueError("no budget binds in this market: ask for more requests, or fewer campaigns")
    return bound


def _live(market: World, requests: int, counters: Counters, week: world.Floats | None) -> list[Figures]:
    campaigns = min(max(requests // LIVE_REQUESTS_EACH, 10), market.campaigns)
    small = live.comparable(
        world.make(seed=market.seed, campaigns=campaigns, requests=requests, days=market.days, week=week)
    )
    budgets = budgets_of(small)
    bound = _binding(small, budgets)
    ours = next(way for way in WAYS if way.name == OURS)
    return [
        figures.judge("ours, through decide", small, live.run(small, budgets, counters), budgets, bound),
        figures.judge("ours, by the kernel", small, kernel.run(small, ours, budgets), budgets, bound),
    ]
