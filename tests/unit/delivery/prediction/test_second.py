import numpy as np
import pytest

from tests.unit.delivery.prediction.making import SPEC, world
from vonk.delivery.prediction.forest import Forest
from vonk.delivery.prediction.learner import Learner
from vonk.delivery.prediction.measures import auc
from vonk.delivery.prediction.second import Growing, TooFewRows, Trees
from vonk.delivery.prediction.stage import Blend, column_names, columns

SMALL = Growing(trees=20, learning_rate=0.2, leaves=7, rows_in_leaf_min=20)


def test_trees_find_a_planted_taste_and_say_by_what() -> None:
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
    again = Trees.grow("click", looked_at[:3_000], labels[:3_000], SMALL)
    once, twice = trees.forest(), again.forest()
    assert all(np.array_equal(getattr(once, name), getattr(twice, name)) for name in Forest._fields)
    names, shares = column_names(SPEC), trees.importance()
    assert (len(names), shares.sum()) == (looked_at.shape[1], pytest.approx(1.0))
    assert names[int(shares.argmax())] == "alike"


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
