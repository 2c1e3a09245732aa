"""Replays an advertiser's day of three-slot auctions with a budget and a target cost, and scores the bidder against hindsight.

The bidder is delivery's: two duals run by themselves of which the lower bid counts (delivery science §5). The budget's
follows a plan of spend; the plan of a day is learned from the other days of the directory alone: by tick, what a bidder
of twice the target would have spent on them, because money should follow supply and not the clock. With one day alone
the plan is even. A day's own rivals are never looked at before they are met.

``score = conversions * min(1, (target / cost per conversion) ** 2)``, divided by the best that one fixed multiplier of the
target reaches in hindsight. Costs and conversions are expected values; amounts are the directory's units.
"""

import argparse
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

Floats = npt.NDArray[np.float64]

ETA: Final = 2.0  # Of the budget's dual, for a day of some fifty ticks.
KAPPA: Final = 2.0  # How sharply the bid answers to what conversions cost.
SWING: Final = (0.5, 1.6)  # Of the target: the least and the most that the cost's multiplier bids.
SUPPLY_BID: Final = 2.0  # Of the target: what the bidder bids by whom other days' supply is measured.
HINDSIGHT: Final = np.geomspace(0.05, 4.0, 400)  # Multipliers of the target among which hindsight chooses.
ROWS_MAX: Final = 20_000_000
TICKS_MAX: Final = 10_000
_COLUMNS: Final = ("tick", "pvalue", "c1", "c2", "c3")


class DayTerms(msgspec.Struct, frozen=True):
    """What stands beside an advertiser-day."""

    budget: Annotated[float, msgspec.Meta(gt=0)]
    target_cpa: Annotated[float, msgspec.Meta(gt=0)]
    ticks: Annotated[int, msgspec.Meta(ge=1, le=TICKS_MAX)] = 48
    slot_exposure: tuple[float, float, float] = (1.0, 0.8, 0.6)
    reserve: Annotated[float, msgspec.Meta(ge=0)] = 0.0001


class ReplayMalformed(Exception):
    """A directory that holds no advertiser-days, or one that cannot be read."""


class Tick(msgspec.Struct, frozen=True):
    """One tick's opportunities, in their order: probability of a conversion, and for each slot its price and exposure."""

    pvalue: Floats
    prices: tuple[Floats, Floats, Floats]


class Day:
    """One advertiser-day."""

    def __init__(self, name: str, terms: DayTerms, table: pa.Table) -> None:
        columns = {column: table[column].to_numpy().astype(np.float64) for column in _COLUMNS}
        if not all(np.isfinite(values).all() for values in columns.values()) or (columns["pvalue"] < 0).any():
            raise ReplayMalformed(f"{name}: a value is negative or no number.")
        self.name = name
        self.terms = terms
        place = columns["tick"].astype(np.int64)
        if len(place) and not 0 <= place.min() <= place.max() < terms.ticks:
            raise ReplayMalformed(f"{name}: ticks are from 0 to {terms.ticks - 1}.")
        order = np.argsort(place, kind="stable")  # Within a tick the rows are in the order of arrival.
        edges = np.searchsorted(place[order], np.arange(terms.ticks + 1))
        self.ticks = [self._tick(columns, order[edges[k] : edges[k + 1]]) for k in range(terms.ticks)]

    def _tick(self, columns: dict[str, Floats], rows: npt.NDArray[np.int64]) -> Tick:
        first, second, third = (columns[name][rows] for name in ("c1", "c2", "c3"))
        return Tick(columns["pvalue"][rows], (first, second, third))

    def play(self, tick: int, multiplier: float, left: float) -> tuple[float, float]:
        """Return cost and conversions of a tick at this multiple of the target, no more than ``left``."""
        now, terms = self.ticks[tick], self.terms
        bids = multiplier * terms.target_cpa * now.pvalue
        first, second, third = now.prices
        beaten = [bids > first, bids > second, bids > third]
        exposure = np.select(beaten, list(terms.slot_exposure), 0.0)
        price = np.maximum(np.select(beaten, [first, second, third], 0.0), terms.reserve)
        shown = (exposure > 0) & (bids >= terms.reserve)
        cost = np.where(shown, exposure * price, 0.0)
        paid = np.cumsum(cost)
        until = int(np.searchsorted(paid, left, side="right"))  # The first that would pass the budget ends the day.
        if until == 0:
            return 0.0, 0.0
        return float(paid[until - 1]), float((exposure * now.pvalue * shown)[:until].sum())

    def score(self, cost: float, conversions: float) -> float:
        """Return the score of a day that cost so much for so many conversions."""
        return conversions * min(1.0, (self.terms.target_cpa * conversions / cost) ** 2) if cost > 0 else 0.0

    def hindsight(self) -> tuple[float, float]:
        """Return the score of the best fixed multiplier, and that multiplier."""
        best = (0.0, 0.0)
        for multiplier in HINDSIGHT:
            cost = conversions = 0.0
            for tick in range(self.terms.ticks):
                of_tick = self.play(tick, float(multiplier), self.terms.budget - cost)
                cost, conversions = cost + of_tick[0], conversions + of_tick[1]
            best = max(best, (self.score(cost, conversions), float(multiplier)))
        return best

    def supply(self) -> Floats:
        """Return, by tick, the share of the day's spend of a bidder of ``SUPPLY_BID`` without a budget."""
        costs = np.array([self.play(tick, SUPPLY_BID, np.inf)[0] for tick in range(self.terms.ticks)])
        return costs / costs.sum() if costs.sum() > 0 else np.full(self.terms.ticks, 1 / self.terms.ticks)


class Bidder:
    """Two duals: the budget against its plan, the cost against its target. Looks back and never ahead."""

    def __init__(self, terms: DayTerms, plan: Floats) -> None:
        self._terms = terms
        self._plan = plan
        self._ahead = np.append(np.cumsum(plan[::-1])[::-1], 0.0)
        self._log = 0.0
        self.cost = 0.0
        self.conversions = 0.0

    def multiplier(self) -> float:
        """Return what to bid for a conversion now, in targets: the lower of both."""
        terms = self._terms
        if self.cost <= 0:
            return float(np.exp(self._log))
        dear = (terms.target_cpa * self.conversions / self.cost) ** KAPPA
        return float(min(np.exp(self._log), max(dear, SWING[0]), SWING[1]))

    def learn(self, tick: int, cost: float, conversions: float) -> None:
        """Take in what the tick cost and brought; what is left is planned anew over what is ahead."""
        left = 1.0 - self.cost / self._terms.budget
        wanted = self._plan[tick] * left / max(self._ahead[tick], 1e-3)
        self._log += ETA * (wanted - cost / self._terms.budget)
        self.cost += cost
        self.conversions += conversions


def play_day(day: Day, plan: Floats) -> dict[str, float]:
    """Return how the bidder fared on the day by the plan, and how hindsight would have."""
    bidder = Bidder(day.terms, plan)
    for tick in range(day.terms.ticks):
        bidder.learn(tick, *day.play(tick, bidder.multiplier(), day.terms.budget - bidder.cost))
    best, multiplier = day.hindsight()
    score = day.score(bidder.cost, bidder.conversions)
    return {
        "score": score,
        "hindsight": best,
        "hindsight_multiplier": multiplier,
        "share": score / best if best > 0 else 1.0,
        "cpa_share": bidder.cost / bidder.conversions / day.terms.target_cpa if bidder.conversions > 0 else 0.0,
        "spent_share": bidder.cost / day.terms.budget,
    }


def plan_for(day: Day, others: list[Day]) -> Floats:
    """Return the day's planned share of spend by tick, from other days of as many ticks; else an even one."""
    alike = [other.supply() for other in others if other.terms.ticks == day.terms.ticks]
    if alike:
        return np.asarray(np.mean(alike, axis=0))
    return np.full(day.terms.ticks, 1 / day.terms.ticks)


def holds_days(directory: Path) -> bool:
    """Tell whether the directory holds advertiser-days: a .json with a budget beside a .parquet of the same name."""
    return any(path.with_suffix(".parquet").is_file() for path in directory.glob("*.json"))


def read_days(directory: Path) -> list[Day]:
    """Return the directory's advertiser-days by name; raises ReplayMalformed with the file and what is wrong."""
    days = []
    for path in sorted(directory.glob("*.json")):
        beside = path.with_suffix(".parquet")
        if not beside.is_file():
            continue
        try:
            terms = msgspec.json.decode(path.read_bytes(), type=DayTerms)
            if pq.read_metadata(beside).num_rows > ROWS_MAX:
                raise ReplayMalformed(f"{beside.name}: more than {ROWS_MAX} rows.")
            days.append(Day(path.stem, terms, pq.read_table(beside, columns=list(_COLUMNS))))
        except (msgspec.MsgspecError, pa.ArrowException, OSError, KeyError) as error:
            raise ReplayMalformed(f"{path.name} or {beside.name} cannot be read: {error}") from error
    if not days:
        raise ReplayMalformed(f"{directory}: no advertiser-days, a .json beside a .parquet of the same name each.")
    return days


def run(directory: Path | str) -> dict[str, Any]:
    """Return each day's figures and their means. The plan of each day is learned from the others alone."""
    days = read_days(Path(directory))
    figures = {day.name: play_day(day, plan_for(day, [other for other in days if other is not day])) for day in days}
    return {
        "days": figures,
        "share_mean": float(np.mean([of_day["share"] for of_day in figures.values()])),
        "cpa_share_max": max(of_day["cpa_share"] for of_day in figures.values()),
        "plan": "other days" if len(days) > 1 else "even",
    }


def table(result: dict[str, Any]) -> str:
    """Return the figures for people."""
    lines = [f"{'day':28} {'score':>8} {'hindsight':>10} {'share':>7} {'cpa/target':>11} {'spent':>7}"]
    lines += [
        f"{name:28} {of_day['score']:8.2f} {of_day['hindsight']:10.2f} {of_day['share']:7.1%}"
        f" {of_day['cpa_share']:11.2f} {of_day['spent_share']:7.1%}"
        for name, of_day in result["days"].items()
    ]
    return "\n".join([*lines, f"{'mean':28} {'':19} {result['share_mean']:7.1%} {result['cpa_share_max']:11.2f} worst"])


def main(arguments: list[str] | None = None) -> int:
    """Run the replay on a directory; 0, or 2 when it cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m vonk.delivery.evaluate.replay", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="A directory of advertiser-days.")
    parser.add_argument("--json", action="store_true", help="One JSON object for machines instead of a table.")
    asked = parser.parse_args(arguments)
    try:
        result = run(asked.data)
    except ReplayMalformed as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write((msgspec.json.encode(result).decode() if asked.json else table(result)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
