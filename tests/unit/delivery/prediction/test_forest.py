"""Trees as arrays: they say what LightGBM says, and what are no trees is named."""

from typing import Any, Final

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.delivery.prediction.making import SPEC, planted_stage, stumps, taught, world
from vonk.delivery.prediction import forest
from vonk.delivery.prediction.forest import LEAVES_MAX, Forest, ForestInvalid
from vonk.delivery.prediction.forest_kernels import LANES, add_trees, bit_places
from vonk.delivery.prediction.learner import Learner
from vonk.delivery.prediction.second import Growing, Trees
from vonk.delivery.prediction.stage import Reranker, columns, fixed

pytestmark = pytest.mark.timeout(600)  # On a new machine the kernels are compiled here, once.
NEAR: Final = 1e-6


def said_by(found: Forest, looked_at: Any) -> Any:
    """Return what the kernel makes of rows, in bundles of 16."""
    laid, answers = forest.lay([found]), []
    for at in range(0, len(looked_at), LANES):
        lanes = np.zeros((looked_at.shape[1], LANES), np.float32)
        some = looked_at[at : at + LANES]
        lanes[:, : len(some)] = some.T
        sums = np.zeros(LANES)
        add_trees(
            laid.trees, 0, len(laid.trees), *laid[2:], bit_places(), lanes, LANES, np.zeros(LANES, np.uint32), sums
        )
        answers.append(sums[: len(some)])
    return np.concatenate(answers)


@given(
    seed=st.integers(0, 10_000), holes=st.sampled_from((0.0, 0.2)), leaves=st.integers(2, LEAVES_MAX), trees=st.integers(1, 40),
    digits=st.sampled_from((0, 1, 9)),
)  # fmt: skip
@settings(max_examples=20, deadline=None)
def test_the_kernel_says_what_lightgbm_says(seed: int, holes: float, leaves: int, trees: int, digits: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(0, 2, (1_500, 5)).astype(np.float32)
    rows = np.round(rows, digits)  # Where they are few, many lie on a threshold.
    rows[rng.random(rows.shape) < holes] = np.nan
    labels = (rng.random(1_500) < 1 / (1 + np.exp(-np.nan_to_num(rows[:, 0] * rows[:, 1])))).astype(np.float32)
    options = {"objective": "binary", "num_leaves": leaves, "min_data_in_leaf": 5, "verbosity": -1, "num_threads": 1}
    booster = lightgbm.train(options, lightgbm.Dataset(rows, labels, params={"verbosity": -1}), trees)
    found = forest.of_text(booster.model_to_string())
    forest.check(found, 5)
    asked = np.concatenate([rows[:100], rng.normal(0, 5, (100, 5)).astype(np.float32)])
    asked[rng.random(asked.shape) < 0.1] = np.nan  # Also where trees have never seen one missing,
    asked[:2] = [[np.inf], [-np.inf]]  # and what nobody expects.
    wanted = booster.predict(asked, raw_score=True, num_threads=1)
    assert np.abs(said_by(found, asked) - wanted).max() < NEAR


def test_trees_that_split_nothing_say_their_mean() -> None:
    labels = np.tile([0.0, 0.0, 1.0], 700)
    booster = lightgbm.train(
        {"objective": "binary", "verbosity": -1}, lightgbm.Dataset(np.zeros((2_100, 2)), labels, params={"verbosity": -1}), 3
    )  # fmt: skip
    found = forest.of_text(booster.model_to_string())
    forest.check(found, 2)
    assert said_by(found, np.zeros((3, 2), np.float32)) == pytest.approx(np.log(0.5), abs=NEAR)


def test_a_stage_blends_and_calibrates_after_its_trees() -> None:
    learner, _ = taught(3_000)
    lived = world(200, 5)
    lived = lived._replace(times_ms=lived.times_ms + 10**9)
    said = learner.stream(*lived, watched=True)
    looked_at = columns(SPEC, 0, lived.codes, lived.numbers, said)
    stage = planted_stage(SPEC, {"click": stumps(3)})
    stage.calibration[0, 0] = (0.9, 0.1)
    stage.calibration[1 + 2, 0] = (1.1, -0.2)  # Of surface 2.
    first = np.full((200, 2), 0.125)
    surfaces = np.ascontiguousarray(lived.codes[:, 2])
    found = Reranker(stage, SPEC).of_rows(fixed(SPEC, lived.codes, lived.numbers), said, surfaces, first)
    column = looked_at[:, 0]
    trees = sum(np.where(column <= at, -0.1, 0.2) for at in range(3)) + 0.05
    logits = 0.9 * (trees + 0.5 * said.logits[:, 0] - 0.25) + 0.1
    logits = np.where(surfaces == 2, 1.1 * logits - 0.2, logits)
    assert np.abs(found[:, 0] - 1 / (1 + np.exp(-logits))).max() < NEAR
    assert (found[:, 1] == 0.125).all()  # No trees, so nothing else.


def test_a_grown_stage_says_what_its_trees_say() -> None:
    lived = world(4_000, 1)
    said = Learner(SPEC).stream(*lived, watched=True)
    looked_at = columns(SPEC, 0, lived.codes, lived.numbers, said)
    trees = Trees.grow("click", looked_at, lived.labels[:, 0], Growing(trees=20, rows_in_leaf_min=20))
    assert np.abs(said_by(trees.forest(), looked_at) - trees.logits(looked_at)).max() < NEAR


def _changed(name: str, at: int, value: float) -> Forest:
    good = stumps(3)
    array = getattr(good, name).copy()
    array[at] = value
    return good._replace(**{name: array})


@pytest.mark.parametrize(
    "wrong",
    [
        _changed("left", 1, 1),  # Its own child.
        _changed("left", 1, 0),  # A circle.
        _changed("right", 2, ~0),  # A leaf with two parents, and one with none.
        _changed("right", 2, ~99),
        _changed("right", 0, 77),
        _changed("roots", 0, 2),
        _changed("features", 0, 5),
        _changed("features", 0, -1),
        _changed("thresholds", 0, np.nan),
        _changed("leaves", 0, np.inf),
        _changed("leaves", 0, 1e9),
        _changed("missing_left", 0, 7),
        stumps(3)._replace(leaves=stumps(3).leaves[:-1]),
        stumps(3)._replace(left=stumps(3).left[:-1]),
        stumps(3)._replace(roots=stumps(3).roots[:0]),
        stumps(3)._replace(features=np.zeros((3, 1), np.int32)),
        stumps(forest.TREES_MAX + 1),
    ],
)
def test_what_are_no_trees_is_named(wrong: Forest) -> None:
    forest.check(stumps(3), 5)
    with pytest.raises(ForestInvalid):
        forest.check(wrong, 5)


def test_a_tree_that_is_too_large_is_named() -> None:
    nodes = np.arange(LEAVES_MAX, dtype=np.int32)
    chain = Forest(
        roots=np.zeros(1, np.int32), features=nodes * 0, thresholds=nodes.astype(np.float64), missing_left=nodes * 0,
        left=~nodes, right=np.append(nodes[1:], ~np.int32(LEAVES_MAX)).astype(np.int32),
        leaves=np.zeros(LEAVES_MAX + 1),
    )  # fmt: skip
    with pytest.raises(ForestInvalid):
        forest.check(chain, 1)


@pytest.mark.parametrize(
    "text", ["", "no trees", "tree\n\nTree=0\nnum_leaves=2\n", "tree\n\nTree=0\nnum_leaves=x\nleaf_value=1\n"]
)
def test_text_that_is_not_lightgbms_is_named(text: str) -> None:
    with pytest.raises(ForestInvalid):
        forest.check(forest.of_text(text), 5)
