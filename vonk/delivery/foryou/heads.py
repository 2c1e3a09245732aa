"""Four small logistic regressions on the columns of ``learnt``: by Newton's steps, with a ridge. Pure."""

from typing import Final

import numpy as np

from vonk.delivery.foryou.learnt import COLUMNS, HEADS
from vonk.delivery.prediction.plan import Floats

RIDGE: Final = 5.0
STEPS: Final = 30
STEP_MAX: Final = 5.0  # So far a weight moves at once: few labels, easily parted, would lead it away.
LABELS_MIN: Final = 20  # Of each kind; with fewer a head says what is usual, and nothing of the viewer.


def fit(columns: Floats, labels: Floats) -> Floats:
    """Return the weights [heads, columns] for labels [rows, heads] of 0 and 1."""
    found = np.zeros((len(HEADS), len(COLUMNS)))
    for head in range(len(HEADS)):
        happened = labels[:, head]
        yes, no = float(happened.sum()), float((1 - happened).sum())
        found[head, 0] = np.log((yes + 0.5) / (no + 50.0 if yes < LABELS_MIN else no + 0.5))
        if min(yes, no) >= LABELS_MIN:
            found[head] = _fitted(columns, happened, found[head])
    return found


def _fitted(columns: Floats, happened: Floats, start: Floats) -> Floats:
    ridge = np.full(columns.shape[1], RIDGE)
    ridge[0] = 1e-6
    weights = start.copy()
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(columns @ weights, -30, 30)))
        slope = columns.T @ (chance - happened) + ridge * weights
        curve = (columns * (chance * (1 - chance))[:, None]).T @ columns + np.diag(ridge)
        step = np.clip(np.linalg.solve(curve, slope), -STEP_MAX, STEP_MAX)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-8:
            break
    return weights
