"""What ``vonk bench shortlist`` measures. Apart from the command, because it takes Numba, for which no other command should wait."""

import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import typer

from vonk.cli import bench_model
from vonk.delivery.auction.hearing import EXAMINED_MAX
from vonk.delivery.auction.predictor import SHORTLIST, Surveyor
from vonk.delivery.auction.survey import Survey
from vonk.delivery.decide import Decision, decide
from vonk.delivery.matching.board import Board
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.viewers import Viewer
from vonk.delivery.prediction.hashing import code
from vonk.delivery.prediction.plan import Floats, Ints
from vonk.delivery.trained import served
from vonk.delivery.trained.shelf import Shelf

RESERVE_MICROS: Final = 100_000
TURNS: Final = 6  # Each slot is timed so often in each way, after it was decided once in each.


class ShortlistFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A list of 16 that grows by what the slot shows, and all that may win. Shares of the winners' worth; µs of this thread's
    processor time, ``less`` the median of differences on the same slot. ``eligible`` ads want the viewer, in the mean.
    """

    eligible: float
    list_lost: float
    all_lost: float
    list_us: float
    list_least_us: float
    all_us: float
    all_least_us: float
    less_us: float
    machine_load: float  # Of the last minute, when it began: others' work on the same cores.


class Noise(Surveyor):
    """Likes each ad, for each viewer, its own rate times a log-normal factor of mean 1."""

    version = "noise"
    second_stage = False

    def __init__(self, deviation: float) -> None:
        self.lift_max = served.LIFT_MAX
        self._deviation = deviation

    def rates(self, viewer: Viewer, rows: Sequence[Row], now_ms: int) -> list[float]:
        """See Predictor."""
        del now_ms
        factors = self._factors(viewer, np.array([row.ad.id for row in rows], np.int64))
        return [row.rate * factor for row, factor in zip(rows, factors.tolist(), strict=True)]

    def rates_at(self, viewer: Viewer, board: Board, places: Ints, now_ms: int, rates: Floats) -> None:
        """See ``survey.Knowing``."""
        del now_ms
        own = [row.rate for place in places.tolist() if (row := board.rows[place]) is not None]
        rates[:] = np.array(own) * self._factors(viewer, board.ads[places])

    def survey(self, index: Index, places: int, viewer: Viewer, *, reserve: int, now_ms: int) -> Survey:
        """See Surveyor."""
        return Survey(index.board(), places, viewer, self, reserve=reserve, now_ms=now_ms)

    def _factors(self, viewer: Viewer, ads: Ints) -> Floats:
        seed = np.uint64(code(viewer.viewer_id))
        first, second = (_uniform(ads.astype(np.uint64) * np.uint64(2) + np.uint64(one), seed) for one in (0, 1))
        normal = np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second)  # Box and Muller.
        return np.asarray(np.exp(self._deviation * normal - self._deviation**2 / 2), np.float64)


def _uniform(numbers: np.ndarray[tuple[int], np.dtype[np.uint64]], seed: np.uint64) -> Floats:
    """Return a number above 0 and up to 1 for each, by SplitMix64's finaliser."""
    z = numbers ^ seed
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return np.asarray(((z >> np.uint64(11)) + np.uint64(1)) / 2.0**53, np.float64)


def measure(ads: int, eligible: float, *, noise: float, slots: int) -> ShortlistFigures:
    """Return what both ways lose and cost, with the benchmark's model, or with noise of this deviation."""
    machine_load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="vonk-bench-") as name:
        predictor: Surveyor = Noise(noise)
        if not noise:
            bench_model.publish(Path(name), ads)
            predictor = served.load(Shelf(Path(name)).path(bench_model.NAME), bench_model.NAME)
    index, counters = bench_model.loaded(ads, eligible)
    now_ms = time.time_ns() // 1_000_000
    viewers = bench_model.viewers(now_ms)[:slots]
    matches = [index.match(viewer) for viewer in viewers]

    def ask(number: int, shortlist: int | None) -> Decision:
        return decide(
            viewers[number], index, counters, matched=matches[number], reserve=RESERVE_MICROS, shown_campaigns=(),
            now_ms=now_ms, seed=bench_model.SEED + number, predictor=predictor, shortlist=shortlist,
        )  # fmt: skip

    worths = [
        [ask(number, length).worth for length in (EXAMINED_MAX, SHORTLIST, None)] for number in range(len(viewers))
    ]
    whole, listed, surveyed = (sum(column) for column in zip(*worths, strict=True))
    if not whole:
        raise typer.BadParameter("no slot has an ad that may be shown: raise --ads or --eligible")
    of_list, of_all = _times(ask, len(viewers))
    return ShortlistFigures(
        eligible=round(statistics.mean(matched.bit_count() for matched in matches), 1),
        list_lost=round(1 - listed / whole, 6),
        all_lost=round(1 - surveyed / whole, 6),
        list_us=_us(statistics.median(of_list)),
        list_least_us=_us(min(of_list)),
        all_us=_us(statistics.median(of_all)),
        all_least_us=_us(min(of_all)),
        less_us=_us(statistics.median(one - other for one, other in zip(of_list, of_all, strict=True))),
        machine_load=round(machine_load, 2),
    )


def _times(ask: Callable[[int, int | None], Decision], slots: int) -> tuple[list[int], list[int]]:
    """Return nanoseconds of each decision with a list and with all, the one and the other first by turns.

    Between the two another viewer is asked about, so that neither finds anything worked out for its viewer.
    """
    took: tuple[list[int], list[int]] = ([], [])
    gc.collect()
    gc.disable()
    try:
        for turn in range(TURNS):
            for number in range(slots):
                for way in (0, 1) if (turn + number) % 2 else (1, 0):
                    ask((number + 1) % slots, None if way else SHORTLIST)
                    started = time.thread_time_ns()
                    ask(number, None if way else SHORTLIST)
                    took[way].append(time.thread_time_ns() - started)
    finally:
        gc.enable()
    return took


def _us(nanoseconds: float) -> float:
    return round(nanoseconds / 1000, 1)
