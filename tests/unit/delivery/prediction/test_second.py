import numpy as np
import pytest

from tests.unit.delivery.prediction.making import SPEC, world
from vonk.delivery.prediction.learner import Learner
from vonk.delivery.prediction.measures import auc
from vonk.delivery.prediction.second import Blend, Growing, TooFewRows, Trees, columns

SMALL = Growing(trees=20, learning_rate=0.2, leaves=7, rows_in_leaf_min=20)


def test_trees_find_a_planted_taste_and_survive_being_written() -> None:
    lived = world(4_000, 1)
    said = Learner(SPEC).stream(*lived, watched=True)
    looked_at = columns(SPEC, 0, lived.codes, lived.numbers, said)
    assert looked_at.shape == (4_000, 2 + 3 + 2 + 3 * 5)
    labels = lived.labels[:, 0]
    trees = Trees.grow("click", looked_at[:3_000], labels[:3_000], SMALL)
    later, known = looked_at[3_000:], labels[3_000:] >= 0
    found = auc(trees.logits(later)[known], labels[3_000:][known])
    assert found is not None
    assert found > 0.65
    assert np.array_equal(Trees.of_text(trees.text()).logits(later), trees.logits(later))
    again = Trees.grow("click", looked_at[:3_000], labels[:3_000], SMALL)
    assert again.text() == trees.text()


def test_too_few_rows_grow_no_trees() -> None:
    with pytest.raises(TooFewRows):
        Trees.grow("like", np.zeros((5_000, 2), np.float32), np.zeros(5_000, np.int8), SMALL)
    with pytest.raises(TooFewRows):
        Trees.grow("like", np.zeros((300, 2), np.float32), np.arange(300).astype(np.int8) % 2, SMALL)


def test_a_blend_leans_on_who_knows() -> None:
    rng = np.random.default_rng(1)
    truth, noise = rng.normal(0, 1.5, (2, 20_000))
    labels = (rng.random(20_000) < 1 / (1 + np.exp(-truth - 0.5))).astype(np.int8)
    knows = Blend.fit(noise, truth, labels)
    assert (knows.trees, knows.first, knows.shift) == pytest.approx((0.0, 1.0, 0.5), abs=0.1)
    unknown = np.full(20_000, -1, np.int8)
    assert Blend.fit(noise, truth, unknown) == Blend(1.0, 0.0, 0.0)
