"""The second stage: boosted trees over what the first stage saw and said, for the best 16 to 64 of a request.

Offline and re-ranking alone import this module; the first stage does not know it.
"""

from typing import Any, Final

import lightgbm
import msgspec
import numpy as np
import numpy.typing as npt

from vonk.core.errors import Invalid
from vonk.delivery.prediction.kernels import Halves
from vonk.delivery.prediction.learner import Streamed
from vonk.delivery.prediction.plan import Floats, Ints
from vonk.delivery.prediction.spec import Spec

ROWS_MIN: Final = 1_000
POSITIVES_MIN: Final = 100  # With fewer, trees learn the few by heart.
THREADS: Final = 1  # Trees of several heads grow side by side; threads of one tree wait for each other.
SEED: Final = 7


class TooFewRows(Invalid):
    """There are too few labels of one kind for trees."""

    code = "prediction_rows_few"
    message = "%(head)s has %(positives)s successes in %(rows)s rows, too few for a second stage."
    remedy = "Serve the first stage alone until there is more."


class Growing(msgspec.Struct, frozen=True):
    """Parameters of the trees. From delivery science §3, smaller and slower as chosen on 4 and 5 May."""

    trees: int = 300
    learning_rate: float = 0.03
    leaves: int = 15
    rows_in_leaf_min: int = 300
    feature_share: float = 0.3
    l2: float = 5.0


def columns(spec: Spec, head: int, codes: Ints, numbers: Floats, said: Streamed) -> Halves:
    """Return what trees look at for a head, [rows, columns]: ordinal fields, numbers, all heads' logits, and of each
    counter the impressions and the head's own rate and residual.
    """
    ordinal = [at for at, field in enumerate(spec.fields) if field.ordinal]
    heads = len(spec.heads)
    seen = said.seen
    parts = (codes[:, ordinal], numbers, said.logits, seen[:, 0], seen[:, 1 + head], seen[:, 1 + heads + head])
    return np.concatenate([part.astype(np.float32) for part in parts], axis=1)


class Trees:
    """One head's boosted trees."""

    def __init__(self, booster: lightgbm.Booster) -> None:
        self._booster = booster

    @classmethod
    def grow(cls, head: str, looked_at: Halves, labels: npt.NDArray[np.int8], growing: Growing = Growing()) -> "Trees":  # noqa: B008 - immutable
        """Return trees that fit the rows whose label is known. The same rows give the same trees. Raises TooFewRows."""
        known = labels >= 0
        positives = int((labels[known] > 0).sum())
        if known.sum() < ROWS_MIN or min(positives, known.sum() - positives) < POSITIVES_MIN:
            raise TooFewRows(head=head, positives=positives, rows=int(known.sum()))
        options: dict[str, Any] = {
            "objective": "binary",
            "learning_rate": growing.learning_rate,
            "num_leaves": growing.leaves,
            "min_data_in_leaf": growing.rows_in_leaf_min,
            "feature_fraction": growing.feature_share,
            "lambda_l2": growing.l2,
            "num_threads": THREADS,
            "seed": SEED,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }
        rows = lightgbm.Dataset(looked_at[known], labels[known].astype(np.float32), params={"verbosity": -1})
        return cls(lightgbm.train(options, rows, growing.trees))

    def logits(self, looked_at: Halves) -> Floats:
        """Return the trees' own logit of each row."""
        found = self._booster.predict(looked_at, raw_score=True, num_threads=THREADS)
        return np.asarray(found, np.float64)

    def text(self) -> str:
        """Return the trees as LightGBM writes them."""
        return str(self._booster.model_to_string())

    @classmethod
    def of_text(cls, text: str) -> "Trees":
        """Return the trees of such a text."""
        return cls(lightgbm.Booster(model_str=text))


class Blend(msgspec.Struct, frozen=True):
    """How both stages become one logit: ``trees`` * theirs + ``first`` * the first stage's + ``shift``."""

    trees: float = 1.0
    first: float = 0.0
    shift: float = 0.0

    @classmethod
    def fit(cls, trees: Floats, first: Floats, labels: npt.NDArray[np.int8]) -> "Blend":
        """Return the likeliest blend for rows that neither was fitted to, held to trees alone where they are few."""
        known = labels >= 0
        x = np.stack([trees[known], first[known], np.ones(int(known.sum()))], axis=1)
        y = labels[known].astype(np.float64)
        start = np.array([1.0, 0.0, 0.0])
        w = start.copy()
        for _ in range(BLEND_STEPS):
            p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
            gradient = x.T @ (p - y) + BLEND_STRENGTH * (w - start)
            curve = (x * (p * (1 - p))[:, None]).T @ x + BLEND_STRENGTH * np.eye(3)
            w -= np.linalg.solve(curve, gradient)
        return cls(*(float(value) for value in w))

    def logits(self, trees: Floats, first: Floats) -> Floats:
        """Return the blended logits."""
        return self.trees * trees + self.first * first + self.shift


BLEND_STEPS: Final = 12
BLEND_STRENGTH: Final = 20.0  # Of the prior that trees alone are right, in units of p(1-p).
