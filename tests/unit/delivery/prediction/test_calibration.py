import numpy as np

from vonk.delivery.prediction import calibration
from vonk.delivery.prediction.learner import LABEL_DELAY_MS
from vonk.delivery.prediction.measures import ece


def probability(logits: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-logits)))


def test_what_is_twice_too_sure_is_set_right_for_each_surface() -> None:
    rng = np.random.default_rng(1)
    rows = 60_000
    surface = rng.integers(1, 3, rows)
    truth = rng.normal(-0.5, 1.0, rows)
    said = np.stack([2 * truth + (surface == 2)], axis=1)
    labels = (rng.random(rows) < probability(truth)).astype(np.int8)[:, None]
    times_ms = np.arange(rows) * 100
    learnt = calibration.identity(1)
    found = calibration.follow(said, surface, times_ms, times_ms + LABEL_DELAY_MS, labels, learnt)
    later = slice(40_000, None)
    for one in (1, 2):
        here = surface[later] == one
        assert ece(probability(said[later, 0][here]), labels[later, 0][here]) > 0.08
        assert ece(probability(found[later, 0][here]), labels[later, 0][here]) < 0.035
    assert np.abs(found[later, 0] - truth[later]).mean() < 0.15
    assert (learnt[4:] == calibration.identity(1)[4:]).all()  # Of surfaces that never were.


def test_labels_move_it_when_they_are_due_and_not_before() -> None:
    rows = 5_000
    said, surface = np.full((rows, 1), 2.0), np.ones(rows, np.int64)
    labels, times_ms = np.zeros((rows, 1), np.int8), np.arange(rows) * 10
    found = calibration.follow(said, surface, times_ms, times_ms + 20_000, labels, calibration.identity(1))
    moved = int(np.flatnonzero(found[:, 0] != 2.0)[0])
    assert moved == 1_999 + 2_000  # The last label of the first block is due 2,000 rows later.
    assert found[-1, 0] < 1.0
    unknown = np.full((rows, 1), -1, np.int8)
    kept = calibration.follow(said, surface, times_ms, times_ms, unknown, calibration.identity(1))
    assert (kept == 2.0).all()
