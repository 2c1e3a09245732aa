"""How good predictions are: order, log loss, and whether they mean what they say."""

from typing import Any, Final

import msgspec
import numpy as np

from vonk.delivery.prediction.plan import Floats, Ints

BINS: Final = 15  # Of equal mass (delivery science §3).
CLIP: Final = 1e-7  # Probabilities nearer to 0 or 1 are not told apart.


class Measures(msgspec.Struct, frozen=True):
    """Of predictions against labels. None where labels of both kinds are needed and there are not.

    ``ne``: log loss over the entropy of the base rate; ``ece``: mean distance of prediction and label over bins of
    equal mass; ``cal``: mean prediction over mean label.
    """

    rows: int
    auc: float | None
    logloss: float
    ne: float | None
    ece: float
    cal: float | None


def measure(probabilities: Floats, labels: Any) -> Measures | None:
    """Return the measures over rows whose label is known (0 or 1), None if there are none."""
    known = labels >= 0
    p = np.clip(probabilities[known], CLIP, 1 - CLIP)
    y = labels[known].astype(np.float64)
    if not len(y):
        return None
    logloss = float(-np.mean(y * np.log(p) + (1 - y) * np.log1p(-p)))
    base = float(y.mean())
    mixed = 0.0 < base < 1.0
    entropy = -(base * np.log(base) + (1 - base) * np.log(1 - base)) if mixed else None
    return Measures(
        rows=len(y),
        auc=auc(p, y),
        logloss=logloss,
        ne=float(logloss / entropy) if entropy is not None else None,
        ece=ece(p, y),
        cal=float(p.mean() / base) if base > 0 else None,
    )


def auc(scores: Floats, labels: Any) -> float | None:
    """Return how likely a success scores above a failure, ties counting half; None without one of each."""
    successes = float(labels.sum())
    failures = len(labels) - successes
    if not successes or not failures:
        return None
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]  # Ties share their mean rank.
    return float((ranks[labels > 0].sum() - successes * (successes + 1) / 2) / (successes * failures))


def ece(probabilities: Floats, labels: Any) -> float:
    """Return the expected calibration error over ``BINS`` bins of equal mass."""
    order = np.argsort(probabilities, kind="stable")
    gaps = [
        len(part) * abs(float(probabilities[part].mean() - labels[part].mean()))
        for part in np.array_split(order, BINS)
        if len(part)
    ]
    return sum(gaps) / len(order)


def auc_by_group(scores: Floats, labels: Any, groups: Ints) -> tuple[float | None, float | None, int]:
    """Return the mean AUC over groups that hold successes and failures, plain and weighted by rows; and their number."""
    order = np.argsort(groups, kind="stable")
    bounds = np.flatnonzero(np.diff(groups[order])) + 1
    found = [(auc(scores[part], labels[part]), len(part)) for part in np.split(order, bounds)]
    judged = [(value, rows) for value, rows in found if value is not None]
    if not judged:
        return None, None, 0
    values, rows = np.array([value for value, _ in judged]), np.array([rows for _, rows in judged])
    return float(values.mean()), float(np.average(values, weights=rows)), len(judged)
