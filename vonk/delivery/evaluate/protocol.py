"""The protocol of the evaluation: train, tune on the days between, judge later days by what was known at each instant.

A label counts from a minute after its impression, for weights, counters and calibrations alike. The first stage learns
on as it would in service. Trees are grown once, on what was known when the first day judged began; how they blend with
the first stage is found on the days between, by trees that know only the days before those.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from vonk.delivery.evaluate import features
from vonk.delivery.evaluate.candidates import Candidates
from vonk.delivery.evaluate.errors import FeedDaysEmpty
from vonk.delivery.evaluate.feed import Feed
from vonk.delivery.prediction import calibration
from vonk.delivery.prediction.learner import LABEL_DELAY_MS, Learner, Streamed
from vonk.delivery.prediction.measures import Measures, auc_by_group, measure
from vonk.delivery.prediction.plan import Floats, Ints
from vonk.delivery.prediction.second import TooFewRows, Trees
from vonk.delivery.prediction.stage import Blend, columns

TEST_DAYS: Final = 2  # The last of the record, unless told.
TUNE_DAYS: Final = 2  # Before those, unless told; within the training where no day lies between.
THREADS: Final = 2
RANKED: Final = "long_view"
Tell = Callable[[str], None]


class Days(msgspec.Struct, frozen=True):
    """yyyymmdd: training up to and with one, judged from another, blended on those from ``tune_from`` to before it."""

    train_until: int
    tune_from: int
    test_from: int


class Ranking(msgspec.Struct, frozen=True):
    """Mean AUC within one viewer's day, plain and weighted by rows, over viewers' days with labels of both kinds."""

    auc_per_user_day: float | None
    auc_by_rows: float | None
    user_days: int


class Evaluation(msgspec.Struct, frozen=True):
    hot: dict[str, Measures]
    second: dict[str, Measures]
    ranking: dict[str, Ranking]
    days: Days
    rows: int
    left_out: int
    candidates: Candidates | None = None  # None where nothing was watched long before, or nothing after.


class Split(NamedTuple):
    """Places of rows: those that trees may learn before the tuning days, before the test, and both kinds of days."""

    before_tune: npt.NDArray[np.bool_]
    before_test: npt.NDArray[np.bool_]
    tune: npt.NDArray[np.bool_]
    test: npt.NDArray[np.bool_]


def choose_days(dates: Ints, train_until: int | None, test_from: int | None) -> Days:
    """Return the days to train, tune and judge by. Raises FeedDaysEmpty where one of these would have no rows."""
    known = np.unique(dates)
    if test_from is None:
        later = known if train_until is None else known[known > train_until]
        test_from = int(later[-TEST_DAYS:][0]) if len(later) else 0
    before = known[known < test_from]
    if train_until is None:
        train_until = int(before[-1 - TUNE_DAYS]) if len(before) > TUNE_DAYS else int(before[0]) if len(before) else 0
    if not (known <= min(train_until, test_from - 1)).any():
        raise FeedDaysEmpty(purpose="train on until", days=train_until)
    if not (known >= test_from).any():
        raise FeedDaysEmpty(purpose="judge by from", days=test_from)
    if train_until >= test_from:
        raise FeedDaysEmpty(purpose="judge by after training until", days=f"{train_until}, before {test_from}")
    between = before[before > train_until]
    tune = between if len(between) else before[-min(TUNE_DAYS, len(before)) :]
    return Days(train_until, int(tune[0]), test_from)


def evaluate(feed: Feed, days: Days, tell: Tell) -> Evaluation:
    """Return how well both stages predict the days judged. ``tell`` is told of progress, a line at a time."""
    shown = feed.impressions
    tell(f"{len(shown.time_ms)} impressions, {shown.left_out} left out; training until {days.train_until}, "
         f"tuning from {days.tune_from}, judging from {days.test_from}")  # fmt: skip
    rows = features.make_rows(feed)
    tell("first stage")
    streamed, hot = _first_stage(rows, feed, shown.time_ms + LABEL_DELAY_MS)
    split = _split(feed, days)
    measured = _measured(shown.heads, hot[split.test], shown.labels[split.test])
    tell("second stage")
    with ThreadPoolExecutor(THREADS) as pool:  # Trees of one thread each, so that heads do not wait for each other.
        stages = pool.map(lambda head: _second_stage(rows, feed, split, streamed, head), shown.heads)
        second: dict[str, Measures] = {}
        for at, (head, found) in enumerate(zip(shown.heads, stages, strict=True)):
            tell(f"second stage: {head}{'' if found is not None else ', too few labels'}")
            if found is not None:
                second |= _measured((head,), found[:, None], shown.labels[split.test][:, [at]])
    tell("ranking within a viewer's day")
    return Evaluation(measured, second, _ranking(rows, feed, split), days, int(split.test.sum()), shown.left_out)


def _measured(heads: tuple[str, ...], probabilities: Floats, labels: npt.NDArray[np.int8]) -> dict[str, Measures]:
    found = {head: measure(probabilities[:, at], labels[:, at]) for at, head in enumerate(heads)}
    return {head: measures for head, measures in found.items() if measures is not None}


def _split(feed: Feed, days: Days) -> Split:
    shown = feed.impressions
    tune = (shown.date >= days.tune_from) & (shown.date < days.test_from)
    test = shown.date >= days.test_from
    due = shown.time_ms + LABEL_DELAY_MS
    return Split(due <= shown.time_ms[tune][0], due <= shown.time_ms[test][0], tune, test)


def _first_stage(rows: features.Rows, feed: Feed, due_ms: Ints) -> tuple[Streamed, Floats]:
    """Return what the first stage saw and said of each row, and its calibrated probabilities."""
    shown = feed.impressions
    learner = Learner(rows.spec)
    streamed = learner.stream(rows.codes, rows.numbers, shown.time_ms, shown.labels, due_ms=due_ms, watched=True)
    surface = _surface(rows)
    logits = calibration.follow(streamed.logits, surface, shown.time_ms, due_ms, shown.labels, learner.calibration)
    return streamed, _probability(logits)


def _second_stage(rows: features.Rows, feed: Feed, split: Split, streamed: Streamed, head: str) -> Floats | None:
    """Return the calibrated probabilities of the rows judged, None where there are too few labels for trees."""
    shown = feed.impressions
    at = shown.heads.index(head)
    looked_at = columns(rows.spec, at, rows.codes, rows.numbers, streamed)
    labels, first = shown.labels[:, at], streamed.logits[:, at]
    try:
        early = Trees.grow(head, looked_at[split.before_tune], labels[split.before_tune])
        late = Trees.grow(head, looked_at[split.before_test], labels[split.before_test])
    except TooFewRows:
        return None
    tuned = early.logits(looked_at[split.tune])
    # Known when the first day judged begins; what came too late takes no part.
    in_time = split.before_test[split.tune]
    blend = Blend.fit(tuned[in_time], first[split.tune][in_time], labels[split.tune][in_time])
    judged = blend.logits(late.logits(looked_at[split.test]), first[split.test])
    time_ms = shown.time_ms[split.test]
    logits = calibration.follow(
        judged[:, None],
        _surface(rows)[split.test],
        time_ms,
        time_ms + LABEL_DELAY_MS,
        labels[split.test][:, None],
        calibration.identity(1),  # New trees, so nothing is known of how they err.
    )
    return _probability(logits[:, 0])


def _ranking(rows: features.Rows, feed: Feed, split: Split) -> dict[str, Ranking]:
    """Return how well long views are ranked within a viewer's day, by models that learn nothing during the day."""
    shown = feed.impressions
    if RANKED not in shown.heads:
        return {}
    frozen = features.without_running(rows)
    starts = np.flatnonzero(np.diff(shown.day)) + 1
    following = np.searchsorted(starts, np.arange(len(shown.day)), side="right")
    next_day = np.append(shown.time_ms[starts], np.int64(2**62))[following]
    due_ms = np.maximum(next_day, shown.time_ms + LABEL_DELAY_MS)
    streamed, _ = _first_stage(frozen, feed, due_ms)
    at = shown.heads.index(RANKED)
    labels = shown.labels[:, at]
    judged = split.test & (labels >= 0)
    days = np.unique(shown.user[judged] * 100_000 + shown.day[judged], return_inverse=True)[1]
    found = {"hot": _ranked(streamed.logits[judged, at], labels[judged], days)}
    looked_at = columns(frozen.spec, at, frozen.codes, frozen.numbers, streamed)
    try:
        trees = Trees.grow(RANKED, looked_at[split.before_test], labels[split.before_test])
    except TooFewRows:
        return found
    return found | {"second": _ranked(trees.logits(looked_at[judged]), labels[judged], days)}


def _ranked(scores: Floats, labels: npt.NDArray[np.int8], groups: Ints) -> Ranking:
    return Ranking(*auc_by_group(scores, labels, groups))


def _surface(rows: features.Rows) -> Ints:
    return np.ascontiguousarray(rows.codes[:, rows.spec.field_place()[rows.spec.surface]])


def _probability(logits: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
