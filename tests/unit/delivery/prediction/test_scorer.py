import msgspec
import numpy as np
import pytest

from tests.unit.delivery.prediction.making import MANY_SIDED, SPEC, World, taught, world
from vonk.delivery.prediction.kernels import Halves
from vonk.delivery.prediction.learner import LABEL_DELAY_MS, Learner, RowsInvalid
from vonk.delivery.prediction.plan import Floats, Ints
from vonk.delivery.prediction.scorer import ASKED_MAX, Scorer
from vonk.delivery.prediction.spec import Spec

ITEM, PAIR = [0], [3]


def ask(scorer: Scorer, codes: Ints, numbers: Floats, viewer: int, *, watched: bool = False) -> Floats:
    """Score every row's item for the viewer and context of one row."""
    count = len(codes)
    return scorer.score(
        codes[viewer],
        numbers[viewer],
        codes[:, ITEM],
        numbers[:, [1]],
        np.arange(count),
        codes[:, PAIR],
        numbers[:, [0]],
        watched=watched,
    )


def told(learner: Learner, codes: Ints, numbers: Floats) -> tuple[Floats, Halves, Floats]:
    """Return logits, what counters said, and probabilities of these rows, as the learner has them."""
    rows, heads = len(codes), len(learner.spec.heads)
    at_ms = np.full(rows, learner.learnt_ms)
    nothing, late = np.full((rows, heads), -1, np.int8), at_ms + 2 * LABEL_DELAY_MS
    said = learner.stream(codes, numbers, at_ms, nothing, due_ms=late, watched=True)
    logits = learner.calibration[0, :, 0] * said.logits + learner.calibration[0, :, 1]
    surface = codes[:, learner.spec.field_place()[learner.spec.surface]]
    own = learner.calibration[1 + surface % 64]
    return said.logits, said.seen, 1 / (1 + np.exp(-(own[:, :, 0] * logits + own[:, :, 1])))


def shown(lived: World, viewer: int) -> tuple[Ints, Floats]:
    """Return 64 rows with every item and pair as it was, and the viewer and context of one of them."""
    codes, numbers = lived.codes[:64].copy(), lived.numbers[:64].copy()
    codes[:, [1, 2]] = codes[viewer, [1, 2]]
    numbers[:, 2] = numbers[viewer, 2]
    return codes, numbers


@pytest.mark.parametrize("viewer", [5, 6, 7, 40])
@pytest.mark.parametrize("surface", ["surface", "item", "met"])
@pytest.mark.parametrize("spec", [SPEC, MANY_SIDED], ids=["plain", "many-sided"])
def test_one_call_says_what_the_learner_would_say_of_each(spec: Spec, surface: str, viewer: int) -> None:
    learner, lived = taught(1_200, spec=msgspec.structs.replace(spec, surface=surface, table_bits=14))
    learner.calibration[...] = np.random.default_rng(viewer).uniform(0.5, 1.5, learner.calibration.shape)
    scorer = Scorer(learner)
    codes, numbers = shown(lived, viewer)
    logits, seen, wanted = told(learner, codes, numbers)
    probabilities = ask(scorer, codes, numbers, viewer, watched=True)
    assert np.allclose(scorer.logits, logits, atol=2e-6)
    assert np.array_equal(scorer.seen, seen)
    assert np.allclose(probabilities, wanted, atol=1e-6)
    assert np.unique(probabilities[:, 0]).size > 20

    rows = scorer.items.prepare_all(codes[:, ITEM], numbers[:, [1]])
    scorer.meet(codes[viewer], numbers[viewer])
    many = np.tile(rows, 3)[::-1].copy()
    pairs = np.tile(codes[:, PAIR], (3, 1))[::-1].copy(), np.tile(numbers[:, [0]], (3, 1))[::-1].copy()
    kept = scorer.score_rows(many, *pairs).copy()
    assert np.allclose(kept, np.tile(wanted, (3, 1))[::-1], atol=1e-6)
    assert (scorer.score_rows(rows, codes[:, PAIR], numbers[:, [0]]) == kept[:64][::-1]).all()


def test_pairs_of_whom_nothing_is_known_are_missing() -> None:
    learner, lived = taught(600, spec=MANY_SIDED)
    scorer = Scorer(learner)
    codes, numbers = shown(lived, 9)
    codes[:, PAIR], numbers[:, 0] = 0, np.nan
    scorer.meet(codes[9], numbers[9])
    found = scorer.score_rows(scorer.items.prepare_all(codes[:, ITEM], numbers[:, [1]]))
    assert np.allclose(found, told(learner, codes, numbers)[2], atol=1e-6)


def test_an_item_may_change_and_go() -> None:
    learner, lived = taught(600)
    scorer = Scorer(learner)
    codes, numbers = lived.codes[:80], lived.numbers[:80]
    rows = [scorer.items.prepare(codes[at, ITEM], numbers[at, [1]]) for at in range(80)]
    assert rows == list(range(80))
    scorer.meet(codes[0], numbers[0])
    before = scorer.score_rows(np.arange(80)).copy()
    assert scorer.items.prepare(codes[3, ITEM], numbers[3, [1]], 70) == 70
    scorer.items.release(2)
    assert len(scorer.items) == 79
    assert scorer.items.prepare(codes[70, ITEM], numbers[70, [1]]) == 2
    after = scorer.score_rows(np.arange(80))
    assert (after[70] == before[3]).all()
    assert (after[2] == before[70]).all()
    assert (np.delete(after, [2, 70], axis=0) == np.delete(before, [2, 70], axis=0)).all()
    for row in (-1, 80):
        with pytest.raises(RowsInvalid, match=f"no item {row}"):
            scorer.items.prepare(codes[0, ITEM], numbers[0, [1]], row)
        with pytest.raises(RowsInvalid, match=f"no item {row}"):
            scorer.items.release(row)
    scorer.items.release(5)
    with pytest.raises(RowsInvalid, match="no item 5"):
        scorer.items.release(5)
    with pytest.raises(RowsInvalid, match="shape"):
        scorer.items.prepare(codes[0], numbers[0])
    assert len(scorer.items) == 79


def test_rows_that_never_were_are_refused() -> None:
    learner, lived = taught(100)
    scorer = Scorer(learner)
    rows = scorer.items.prepare_all(lived.codes[:3, ITEM], lived.numbers[:3, [1]])
    scorer.meet(lived.codes[0], lived.numbers[0])
    assert scorer.score_rows(rows[:0]).shape == (0, 2)
    for row in (-1, 3, 63, 64, 2**62):
        with pytest.raises(RowsInvalid, match=f"no item {row}"):
            scorer.score_rows(np.array([0, row, 1]))
    with pytest.raises(RowsInvalid, match="64-bit"):
        scorer.score_rows(np.zeros(1, np.int32))
    with pytest.raises(RowsInvalid, match="pairs"):
        scorer.score_rows(rows, lived.codes[:2, PAIR])
    with pytest.raises(RowsInvalid, match="in one call"):
        scorer.score_rows(np.zeros(ASKED_MAX + 1, np.int64))


def test_a_scorer_keeps_to_what_was_known_when_it_was_made() -> None:
    learner, lived = taught(500)
    scorer = Scorer(learner)
    first = ask(scorer, lived.codes[:64], lived.numbers[:64], 3).copy()
    later = world(500, 2)
    learner.stream(*later._replace(times_ms=later.times_ms + 10**9))
    learner.settle()
    assert (ask(scorer, lived.codes[:64], lived.numbers[:64], 3) == first).all()
    assert (ask(Scorer(learner), lived.codes[:64], lived.numbers[:64], 3) != first).any()


def test_asking_changes_nothing() -> None:
    learner, lived = taught(500)
    scorer, before = Scorer(learner), learner.state.weights.copy()
    codes, numbers = lived.codes[:64].copy(), lived.numbers[:64].copy()
    first = ask(scorer, codes, numbers, 3).copy()
    scorer.warm()
    assert (ask(scorer, codes, numbers, 3) == first).all()
    assert np.array_equal(codes, lived.codes[:64])
    assert np.array_equal(numbers, lived.numbers[:64], equal_nan=True)
    assert (learner.state.weights == before).all()


def test_few_many_and_wrong_items() -> None:
    learner, lived = taught(100)
    scorer = Scorer(learner)
    codes, numbers = lived.codes[:65], lived.numbers[:65]
    assert ask(scorer, codes[:1], numbers[:1], 0).shape == (1, 2)
    viewer, tables = (codes[0], numbers[0]), (codes[:, ITEM], numbers[:, [1]])
    nothing = scorer.score(*viewer, *tables, np.zeros(0, np.int64), codes[:0, PAIR], numbers[:0, [0]])
    assert nothing.shape == (0, 2)
    with pytest.raises(RowsInvalid, match="65 items"):
        ask(scorer, codes, numbers, 0)
    for items in ([65], [-1]):
        with pytest.raises(RowsInvalid, match="outside"):
            scorer.score(*viewer, *tables, np.array(items), codes[:1, PAIR], numbers[:1, [0]])
    with pytest.raises(RowsInvalid, match="shape"):
        scorer.score(*viewer, *tables, np.array([1, 2]), codes[:1, PAIR], numbers[:1, [0]])
    with pytest.raises(RowsInvalid, match="as many"):
        scorer.score(codes[0, :2], numbers[0], *tables, np.array([1]), codes[:1, PAIR], numbers[:1, [0]])


def test_who_knows_nothing_says_even_odds() -> None:
    scorer = Scorer(Learner(SPEC))
    none = np.zeros((1, 4), np.int64), np.full((1, 3), np.nan)
    assert ask(scorer, *none, 0).tolist() == [[0.5, 0.5]]
