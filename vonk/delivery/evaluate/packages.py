"""Rotation of creatives and the rule of A/B tests, tried on a directory of real tests: impressions and clicks by arm.

``rotation``: each test's arms with their measured rates are creatives of one ad group; what is lost of the best one's clicks
over 50,000 impressions, decided in batches of ten. The prior is fitted to other tests than those played. ``aa``: tests of
one of these rates against itself, looked at daily by the platform's own rule. A test whose impressions fell unevenly on
its arms is flagged and takes part in neither (delivery science §8, §11).
"""

import sys
from math import lgamma
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from vonk.core.errors import Problem
from vonk.delivery.evaluate.errors import FeedColumnMissing, FeedDaysEmpty, FeedFileMissing
from vonk.delivery.experiments import proportions, splits
from vonk.delivery.experiments.proportions import Proportion
from vonk.delivery.prediction.plan import Floats, Ints
from vonk.delivery.prediction.prior import BONUS_MAX, EXPLORED_AT

FILE: Final = "packages.parquet"
TESTS_MAX: Final = 800
IMPRESSIONS: Final = 50_000
BATCH: Final = 10
EVIDENCE: Final = 2.0  # What is known counts so often: plain sampling explores longer than a campaign's end pays for.
ARMS_MAX: Final = 16
ARM_IMPRESSIONS_MIN: Final = 500  # Of fewer, an arm's rate is not known well enough to be played with.
RUNS: Final = 2_000
LOOKS: Final = 14
VIEWERS_A_LOOK: Final = 5_000  # Of each arm.
SEED: Final = 7
_NAIVE_Z: Final = 1.96
_ROWS_MAX: Final = 5_000_000
_Bools = npt.NDArray[np.bool_]


class Rotation(msgspec.Struct, frozen=True):
    """Mean share of the best arm's clicks lost: by sampling from the posterior, by the ad server's bonus, by equal split."""

    lost_share: float
    bonus_lost_share: float
    equal_lost_share: float
    tests: int
    prior: tuple[float, float]


class FalseAlarms(msgspec.Struct, frozen=True):
    """Of ``runs`` tests without a difference, the share that any look called conclusive: by the platform's rule, and naively."""

    false_positives: float
    naive_false_positives: float
    runs: int
    looks: int


class Found(msgspec.Struct, frozen=True):
    """``unbalanced`` and ``suspect`` tests take part in nothing: their splits are broken, or the archive says so."""

    rotation: Rotation
    aa: FalseAlarms
    tests: int
    unbalanced: int
    suspect: int


class Arms(NamedTuple):
    """Tests by arm: 0 impressions where a test has fewer arms."""

    impressions: Ints
    clicks: Ints


def holds_tests(directory: Path) -> bool:
    """Tell whether the directory has tests rather than a feed."""
    return (directory / FILE).is_file()


def main(directory: Path, *, as_json: bool) -> int:
    """Evaluate, print, and return the exit code: 0, or 2 for a file that will not do."""
    try:
        found = evaluate(directory / FILE)
    except Problem as problem:
        sys.stderr.write(f"{problem.code}: {problem} {problem.fill(type(problem).remedy)}\n")
        return 2
    rotation, aa = found.rotation, found.aa
    sys.stdout.write(
        msgspec.json.encode(found).decode() + "\n"
        if as_json
        else f"{found.tests} tests, {found.suspect} suspect, {found.unbalanced} unbalanced\n"
        f"rotation {rotation.lost_share:.4f} lost, {rotation.bonus_lost_share:.4f} by bonus, "
        f"{rotation.equal_lost_share:.4f} by equal split; {rotation.tests} tests\n"
        f"aa       {aa.false_positives:.4f} false positives of {aa.runs}, {aa.looks} looks; "
        f"{aa.naive_false_positives:.4f} naively\n"
    )
    return 0


def evaluate(path: Path) -> Found:
    """Return what the tests in this file show. Raises FeedFileMissing, FeedColumnMissing, FeedDaysEmpty."""
    arms, suspect = _read(path)
    uneven = np.array([splits.broken(row[row > 0].tolist()) for row in arms.impressions], np.bool_)
    kept = ~uneven & ~suspect & ((arms.impressions >= ARM_IMPRESSIONS_MIN).sum(axis=1) > 1)
    arms = Arms(np.where(arms.impressions >= ARM_IMPRESSIONS_MIN, arms.impressions, 0), arms.clicks)
    chosen = np.random.default_rng(SEED).permutation(np.flatnonzero(kept))
    played, others = chosen[: min(TESTS_MAX, len(chosen) // 2)], chosen[min(TESTS_MAX, len(chosen) // 2) :]
    if not len(played):
        raise FeedDaysEmpty(purpose="play with: tests of several arms, of", days=f"{ARM_IMPRESSIONS_MIN} or more each")
    fitted = Arms(arms.impressions[others], arms.clicks[others])
    base = float(fitted.clicks[fitted.impressions > 0].sum() / fitted.impressions.sum())
    return Found(
        _rotation(Arms(arms.impressions[played], arms.clicks[played]), fit_prior(fitted)),
        false_alarms(base),
        len(kept),
        int((uneven & ~suspect).sum()),
        int(suspect.sum()),
    )


def fit_prior(arms: Arms) -> tuple[float, float]:
    """Return the beta distribution of the arms' rates: likeliest of the beta-binomial, by weight and mean in turn."""
    there = arms.impressions > 0
    shown, clicked = arms.impressions[there].tolist(), arms.clicks[there].tolist()
    mean = max(sum(clicked), 1) / (sum(shown) + 1)

    def likelihood(weight: float) -> float:
        a, b = mean * weight, (1 - mean) * weight
        each = lgamma(a + b) - lgamma(a) - lgamma(b)
        return sum(
            each + lgamma(a + hits) + lgamma(b + times - hits) - lgamma(a + b + times)
            for hits, times in zip(clicked, shown, strict=True)
        )

    weights = np.geomspace(10, 2_000, 40).tolist()
    weight = max(weights, key=likelihood)
    rates = [(hits + mean * weight) / (times + weight) for hits, times in zip(clicked, shown, strict=True)]
    mean = float(np.mean(rates))  # Each arm counts once: large tests are no better creatives.
    weight = max(weights, key=likelihood)
    return mean * weight, (1 - mean) * weight


def false_alarms(base: float) -> FalseAlarms:
    """Return how often tests of a rate against itself mislead who looks every day and stops at the first verdict."""
    chance = np.random.default_rng(SEED)
    did = chance.binomial(VIEWERS_A_LOOK, base, (RUNS, LOOKS, 2)).cumsum(axis=1)
    ours = naive = 0
    for run in did.tolist():
        called = crossed = False
        for at, (one, other) in enumerate(run, 1):
            arms = Proportion(one, at * VIEWERS_A_LOOK), Proportion(other, at * VIEWERS_A_LOOK)
            found = proportions.compare(*arms, progress=at / LOOKS)
            called |= found is not None and found.conclusive
            crossed |= found is not None and abs(proportions.z_score(*arms)) > _NAIVE_Z
        ours += called
        naive += crossed
    return FalseAlarms(ours / RUNS, naive / RUNS, RUNS, LOOKS)


def _rotation(arms: Arms, prior: tuple[float, float]) -> Rotation:
    there = arms.impressions > 0
    rates = np.where(there, arms.clicks / np.maximum(arms.impressions, 1), 0.0)
    best = rates.max(axis=1)
    rates, there, best = rates[best > 0], there[best > 0], best[best > 0]
    equal = 1 - rates.sum(axis=1) / there.sum(axis=1) / best
    return Rotation(
        _lost(rates, there, best, prior, by_sample=True),
        _lost(rates, there, best, prior, by_sample=False),
        float(equal.mean()),
        len(best),
        prior,
    )


def _lost(rates: Floats, there: _Bools, best: Floats, prior: tuple[float, float], *, by_sample: bool) -> float:
    """Play every test at once, a batch a step; return the mean share lost."""
    chance = np.random.default_rng(SEED)
    tests = np.arange(len(rates))
    shown, clicked = np.zeros(rates.shape), np.zeros(rates.shape)
    lost = np.zeros(len(rates))
    for _ in range(IMPRESSIONS // BATCH):
        above, below = prior[0] + clicked, prior[1] + shown - clicked
        scores = chance.beta(EVIDENCE * above, EVIDENCE * below) if by_sample else _optimistic(above, below, shown)
        chosen = np.where(there, scores, -1.0).argmax(axis=1)
        rate = rates[tests, chosen]
        shown[tests, chosen] += BATCH
        clicked[tests, chosen] += chance.binomial(BATCH, rate)
        lost += BATCH * (best - rate)
    return float((lost / (IMPRESSIONS * best)).mean())


def _optimistic(above: Floats, below: Floats, shown: Floats) -> Floats:
    """Return the auction's preference: below some impressions a deviation above the mean, at most a part of it."""
    weight = above + below
    mean = above / weight
    deviation = np.sqrt(mean * (1 - mean) / (weight + 1))
    found: Floats = np.where(shown >= EXPLORED_AT, mean, np.minimum(mean + deviation, mean * BONUS_MAX))
    return found


def _read(path: Path) -> tuple[Arms, _Bools]:
    """Return the tests, and which of them the archive itself suspects; arms beyond ``ARMS_MAX`` are left out."""
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise FeedFileMissing(path=str(path), reason=type(error).__name__) from error
    if table.num_rows > _ROWS_MAX:
        raise FeedFileMissing(path=str(path), reason=f"it has more than {_ROWS_MAX} rows")
    impressions, clicks = _counts(table, path, "impressions"), _counts(table, path, "clicks")
    if "clickability_test_id" not in table.column_names:
        raise FeedColumnMissing(path=path.name, column="clickability_test_id", reason="is not there")
    names, test = np.unique(np.array(table["clickability_test_id"].to_pylist()).astype(str), return_inverse=True)
    order = np.argsort(test, kind="stable")
    first = np.searchsorted(test[order], np.arange(len(names)))
    place = np.arange(len(order)) - first[test[order]]
    fits = place < ARMS_MAX
    found = Arms(np.zeros((len(names), ARMS_MAX), np.int64), np.zeros((len(names), ARMS_MAX), np.int64))
    at = (test[order][fits], place[fits])
    found.impressions[at] = impressions[order][fits]
    found.clicks[at] = np.minimum(clicks, impressions)[order][fits]
    suspect = np.zeros(len(names), np.bool_)
    if "randomization_suspect" in table.column_names:
        flags = table["randomization_suspect"].to_pylist()
        suspect[test[np.array([flag in (True, 1, "True", "true") for flag in flags], np.bool_)]] = True
    return found, suspect


def _counts(table: pa.Table, path: Path, name: str) -> Ints:
    if name not in table.column_names:
        raise FeedColumnMissing(path=path.name, column=name, reason="is not there")
    try:
        found = np.array(table[name].cast(pa.float64()).to_numpy(), np.float64)
    except pa.ArrowException as error:
        raise FeedColumnMissing(path=path.name, column=name, reason="does not hold numbers") from error
    return np.nan_to_num(np.clip(found, 0, 2**40)).astype(np.int64)
