"""Grows a second stage from rows: trees by LightGBM, their blend with the first stage, Platt's step after both.

As the evaluation does: the blend and the calibration are found on the newest rows by trees that do not know them; the trees
that are served know all rows.
"""

from typing import Final

import numpy as np

from vonk.delivery.prediction import calibration
from vonk.delivery.prediction import stage as stages
from vonk.delivery.prediction.forest import Forest
from vonk.delivery.prediction.plan import Floats
from vonk.delivery.prediction.second import Growing, TooFewRows, Trees
from vonk.delivery.prediction.stage import Blend, Stage
from vonk.delivery.trained import features
from vonk.delivery.trained.second_stage import SHARES_MAX, Grown, Rows
from vonk.delivery.trained.shelf import Share

SERVED: Final = Growing(trees=100, learning_rate=0.08)  # A third of the evaluation's trees, nine tenths of their gain.
TUNED_SHARE: Final = 0.2  # Of the rows, the newest: by them stages are blended.
NAMES: Final = stages.column_names(features.SPEC)


def grow(rows: Rows, growing: Growing = SERVED) -> Grown | None:
    """Return a second stage that has learnt these rows; None where no head has enough of both kinds of label."""
    own, said, labels = rows.own(), rows.streamed(), rows.labels
    cut = int(len(labels) * (1 - TUNED_SHARE))
    forests: dict[str, Forest] = {}
    blends: dict[str, Blend] = {}
    shares: dict[str, tuple[Share, ...]] = {}
    tuned, known = np.zeros((len(labels) - cut, len(features.HEADS))), np.full_like(labels[cut:], -1)
    for at, head in enumerate(features.HEADS):
        looked_at = stages.of_head(len(features.HEADS), at, own, said)
        try:
            early = Trees.grow(head, looked_at[:cut], labels[:cut, at], growing)
            late = Trees.grow(head, looked_at, labels[:, at], growing)
        except TooFewRows:
            continue
        by_trees, first = early.logits(looked_at[cut:]), said.logits[cut:, at]
        forests[head], shares[head] = late.forest(), _most_telling(late.importance())
        blends[head] = Blend.fit(by_trees, first, labels[cut:, at])
        tuned[:, at], known[:, at] = blends[head].logits(by_trees, first), labels[cut:, at]
    if not forests:
        return None
    steps, order = calibration.identity(len(features.HEADS)), np.arange(len(tuned), dtype=np.int64)
    calibration.follow(tuned, rows.surfaces[cut:], order, order, known, steps)
    return Grown(Stage(forests, blends, steps), shares)


def _most_telling(importance: Floats) -> tuple[Share, ...]:
    order = np.argsort(-importance, kind="stable")[:SHARES_MAX]
    return tuple(Share(NAMES[at], float(importance[at])) for at in order if importance[at] > 0)
