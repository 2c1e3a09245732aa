"""What ``vonk bench predict`` measures. Apart from the command, because it takes Numba, for which no other command should wait."""

import os
import time
from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np

from vonk.delivery.prediction.learner import Learner
from vonk.delivery.prediction.plan import Ints
from vonk.delivery.prediction.scorer import Scorer
from vonk.delivery.prediction.spec import Counter, Field, Side, Spec

HEADS: Final = ("click", "view_6s", "conversion")
OF_VIEWER, OF_AD = 4, 3  # Fields of each that are crossed with each other: twelve crosses.
ADS: Final = 5_000
CODES: Final = 2_000  # Values of a field.
VIEWERS: Final = 512
LISTS: Final = 16  # Of ads, one after the other.
CALLS_MAX, ROWS_ASKED = 2_000, 2_500_000  # Calls measured: fewer of the large.
SEED: Final = 17


class PredictFigures(msgspec.Struct, frozen=True):
    """µs of one thread's processor time for one viewer and so many ads that were prepared before.

    ``passing``: with ads that are not kept but come in the caller's tables. ``prepare_ns`` is for one ad, when it or its model
    changes, many at once.
    """

    table_bits: int
    counters: int
    ads_16_p50_us: float
    ads_16_p99_us: float
    ads_64_p50_us: float
    ads_64_p99_us: float
    ads_1000_p50_us: float
    ads_1000_p99_us: float
    ads_5000_p50_us: float
    ads_5000_p99_us: float
    passing_16_p50_us: float
    passing_64_p50_us: float
    prepare_ns: float
    machine_load: float  # Of the last minute, when it began: others' work on the same cores.


def measure(table_bits: int, *, counters: bool) -> PredictFigures:
    """Return the figures of a model with so many weights, in this thread."""
    machine_load = os.getloadavg()[0]
    rng = np.random.default_rng(SEED)
    learner = Learner(_spec(table_bits, counters=counters))
    learner.state.weights[:] = rng.normal(0, 0.05, learner.state.weights.shape)
    viewers, ads = _codes(rng, VIEWERS, OF_VIEWER + 1 + OF_AD), _codes(rng, ADS, OF_AD)
    if counters:
        rows, late = len(ads) * 4, np.arange(len(ads) * 4) * 1_000
        labels = rng.integers(0, 2, (rows, len(HEADS))).astype(np.int8)
        learner.stream(_codes(rng, rows, OF_VIEWER + 1 + OF_AD), np.zeros((rows, 0)), late, labels)
        learner.settle()
    scorer = Scorer(learner)
    scorer.warm()
    none, pair_codes, pair_numbers = np.zeros(0), np.zeros((64, 0), np.int64), np.zeros((64, 0))
    ad_numbers = np.zeros((ADS, 0))
    scorer.items.prepare_all(ads, ad_numbers)  # Makes room, so that what follows is the work alone.
    started = time.thread_time_ns()
    for row in range(0, ADS, 1_000):
        scorer.items.set(ads, ad_numbers, np.arange(row, row + 1_000), np.arange(row, row + 1_000))
    prepare_ns = (time.thread_time_ns() - started) / ADS

    def kept(viewer: Ints, asked: Ints) -> None:
        scorer.meet(viewer, none)
        scorer.score_rows(asked)

    def passing(viewer: Ints, asked: Ints) -> None:
        scorer.score(viewer, none, ads, ad_numbers, asked, pair_codes[: len(asked)], pair_numbers[: len(asked)])

    (few, few_p99), (list_, list_p99), (many, many_p99), (all_, all_p99) = (
        _cost(kept, viewers, rng, count) for count in (16, 64, 1_000, ADS)
    )
    return PredictFigures(
        table_bits,
        len(learner.spec.counters),
        few, few_p99, list_, list_p99, many, many_p99, all_, all_p99,
        _cost(passing, viewers, rng, 16)[0],
        _cost(passing, viewers, rng, 64)[0],
        round(prepare_ns, 1),
        round(machine_load, 2),
    )  # fmt: skip


def _cost(
    ask: Callable[[Ints, Ints], None], viewers: Ints, rng: np.random.Generator, count: int
) -> tuple[float, float]:
    """Return median and 99th percentile of one call in µs."""
    calls = min(CALLS_MAX, ROWS_ASKED // count)
    asked = [rng.permutation(ADS)[:count] for _ in range(LISTS)]
    took: list[int] = []
    for call in range(calls):
        viewer, these = viewers[call % len(viewers)], asked[call % len(asked)]
        started = time.thread_time_ns()
        ask(viewer, these)
        took.append(time.thread_time_ns() - started)
    took.sort()
    return round(took[calls // 2] / 1000, 1), round(took[calls * 99 // 100] / 1000, 1)


def _spec(table_bits: int, *, counters: bool) -> Spec:
    of_viewer = [Field(f"viewer_{number}", Side.VIEWER) for number in range(OF_VIEWER)]
    of_ad = [Field(f"ad_{number}", Side.ITEM) for number in range(OF_AD)]
    both = (Counter(("viewer_0", "ad_1")), Counter(("surface", "ad_0"))) if counters else ()
    return Spec(
        heads=HEADS,
        fields=(*of_viewer, Field("surface", Side.CONTEXT), *of_ad),
        surface="surface",
        crosses=tuple((viewer.name, ad.name) for viewer in of_viewer for ad in of_ad),
        counters=both,
        table_bits=table_bits,
    )


def _codes(rng: np.random.Generator, rows: int, fields: int) -> Ints:
    return rng.integers(1, CODES, (rows, fields))
