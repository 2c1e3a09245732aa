"""Whether a candidate may be served: judged on events that it has not learnt, against what is served and the prior.

Pure. "Worse" is what chance does not explain and what is more than a trifle: the mean difference of the rows' log losses is
more than two of its standard errors above nothing, and more than half a percent of the rival's. "Uncalibrated" is a mean prediction further than a quarter from the mean label, beyond
three standard errors of it.
"""

import math
from typing import Any, Final

import numpy as np

from vonk.delivery.prediction.measures import CLIP, measure
from vonk.delivery.prediction.plan import Floats
from vonk.delivery.trained.shelf import Bin, HeadCard

ROWS_MIN: Final = 1_000  # Held back; fewer judge nothing.
LABELS_MIN: Final = 20  # Of each kind, for a head to be judged.
ERRORS_WORSE: Final = 2.0
MARGIN: Final = 0.005  # Of the rival's log loss: where nothing can be known, learning it costs this much at most.
ERRORS_UNCALIBRATED: Final = 3.0
CALIBRATION_MAX: Final = 1.25  # Mean prediction over mean label, or the reverse.
BINS: Final = 10


def judge(
    heads: tuple[str, ...], labels: Any, candidate: Floats, prior: Floats, published: Floats | None
) -> tuple[dict[str, HeadCard], tuple[str, ...]]:
    """Return each head's card, and the reasons why the candidate may not be served, none when it may.

    Arrays [rows, heads] of probabilities, and of labels 0, 1 or -1. A head with fewer than ``LABELS_MIN`` labels of
    either kind is shown and not judged; without any that is judged, that is a reason.
    """
    cards: dict[str, HeadCard] = {}
    reasons: list[str] = []
    judged = 0
    if not np.isfinite(candidate).all() or candidate.min(initial=0.0) < 0 or candidate.max(initial=0.0) > 1:
        return {}, ("predictions_are_none",)
    for at, head in enumerate(heads):
        known = labels[:, at] >= 0
        p, y = candidate[known, at], labels[known, at].astype(np.float64)
        of_candidate, of_prior = measure(p, y), measure(prior[known, at], y)
        if of_candidate is None or of_prior is None:
            continue
        rival = None if published is None else published[known, at]
        of_published = None if rival is None else measure(rival, y)
        cards[head] = HeadCard(of_candidate, of_prior, of_published, _bins(p, y))
        if not is_known(y):
            continue
        judged += 1
        if _worse(p, prior[known, at], y):
            reasons.append(f"{head}:worse_than_prior")
        if rival is not None and _worse(p, rival, y):
            reasons.append(f"{head}:worse_than_published")
        if _uncalibrated(p, y):
            reasons.append(f"{head}:uncalibrated")
    if not judged:
        reasons.append("too_few_labels")
    return cards, tuple(reasons)


def is_known(labels: Any) -> bool:
    """Tell whether a head with these labels held back can be judged, and so relied on."""
    happened = int((labels > 0).sum())
    return min(happened, int((labels == 0).sum())) >= LABELS_MIN


def gained(p: Floats, rival: Floats, y: Floats) -> tuple[float, float]:
    """Return by how much the rival's log loss is less than that of ``p``, a row, and the standard error of that."""
    less = _losses(p, y) - _losses(rival, y)
    return float(less.mean()), float(less.std() / math.sqrt(len(y)))


def is_better(p: Floats, rival: Floats, y: Floats) -> bool:
    """Tell whether the rival predicts better than ``p`` by more than chance explains, and means what it says."""
    gain, error = gained(p, rival, y)
    sound = bool(np.isfinite(rival).all())
    return sound and gain > ERRORS_WORSE * error and not _uncalibrated(rival, y)


def _losses(p: Floats, y: Floats) -> Floats:
    clipped = np.clip(p, CLIP, 1 - CLIP)
    return np.asarray(-(y * np.log(clipped) + (1 - y) * np.log1p(-clipped)))


def _worse(p: Floats, rival: Floats, y: Floats) -> bool:
    theirs = _losses(rival, y)
    more = _losses(p, y) - theirs
    chance = ERRORS_WORSE * more.std() / math.sqrt(len(y))
    return bool(more.mean() > max(chance, MARGIN * theirs.mean()))


def _uncalibrated(p: Floats, y: Floats) -> bool:
    ratio = float(p.mean() / y.mean())
    error = math.sqrt(max(float((p * (1 - p)).sum()), 1e-12))
    far = not 1 / CALIBRATION_MAX <= ratio <= CALIBRATION_MAX
    return far and abs(float((p - y).sum())) > ERRORS_UNCALIBRATED * error


def _bins(p: Floats, y: Floats) -> tuple[Bin, ...]:
    order = np.argsort(p, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return tuple(Bin(float(p[part].mean()), float(y[part].mean()), len(part)) for part in parts)
