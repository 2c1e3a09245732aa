"""How the second stage's trees are grown: LightGBM over what the first stage saw and said.

Who learns and who evaluates import this module. Serving does not: it knows trees as arrays (``forest``, ``stage``).
"""

from typing import Any, Final

import lightgbm
import msgspec
import numpy as np
import numpy.typing as npt

from vonk.core.errors import Invalid
from vonk.delivery.prediction import forest
from vonk.delivery.prediction.forest import Forest
from vonk.delivery.prediction.kernels import Halves
from vonk.delivery.prediction.plan import Floats

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

    def forest(self) -> Forest:
        """Return the trees as arrays, which say the same as ``logits``."""
        return forest.of_text(str(self._booster.model_to_string()))

    def importance(self) -> Floats:
        """Return each column's share of what all splits together gained."""
        gained = np.asarray(self._booster.feature_importance("gain"), np.float64)
        return gained / max(float(gained.sum()), 1e-12)
