import msgspec
import numpy as np
import pytest

from tests.unit.delivery.prediction.making import MANY_SIDED, SPEC, world
from tests.unit.delivery.prediction.reference import Reference
from vonk.delivery.prediction import hashing
from vonk.delivery.prediction.keys import find, find_or_make
from vonk.delivery.prediction.learner import LABEL_DELAY_MS, Learner, RowsInvalid, Speeds
from vonk.delivery.prediction.measures import measure
from vonk.delivery.prediction.spec import Counter, Field, Meeting, Number, Side, Spec, SpecInvalid


@pytest.mark.parametrize(("seed", "spec", "rows"), [(1, SPEC, 1_500), (2, SPEC, 1_500), (3, MANY_SIDED, 400)])
def test_the_kernel_says_what_the_formulas_say(seed: int, spec: Spec, rows: int) -> None:
    lived, speeds = world(rows, seed, heads=len(spec.heads)), Speeds(step=0.05)
    reference = Reference(spec, speeds)
    wanted = [
        reference.predict(codes, numbers, at_ms, labels, at_ms + LABEL_DELAY_MS)
        for codes, numbers, at_ms, labels in zip(*(column.tolist() for column in lived), strict=True)
    ]
    found = Learner(spec, speeds).stream(*lived).logits
    assert np.abs(found - np.array(wanted)).max() < 2e-3  # Tables hold 32 bits.
    assert np.abs(np.diff(found, axis=0)).max() > 0.5


def test_a_label_says_nothing_before_it_is_due() -> None:
    """Predictions of a row are the same whatever the labels of the minute before it, and not a moment longer."""
    lived = world(800, 3, holes=False)
    found = Learner(SPEC).stream(*lived).logits
    at = 600
    turned = lived.labels.copy()
    secret = lived.times_ms > lived.times_ms[at] - LABEL_DELAY_MS
    turned[secret] = 1 - turned[secret]
    again = Learner(SPEC).stream(*lived._replace(labels=turned)).logits
    assert (again[: at + 1] == found[: at + 1]).all()
    told = int(np.flatnonzero(secret)[0]) - 1  # The last whose label is due.
    turned = lived.labels.copy()
    turned[told] = 1 - turned[told]
    assert (Learner(SPEC).stream(*lived._replace(labels=turned)).logits[at] != found[at]).all()
    early = Learner(SPEC).stream(*lived, due_ms=lived.times_ms).logits
    assert (early[at] != found[at]).all()


def test_a_stream_in_pieces_is_the_stream() -> None:
    lived = world(900, 4)
    whole = Learner(SPEC)
    wanted = whole.stream(*lived, watched=True)
    pieces = Learner(SPEC)
    found = [pieces.stream(*lived.part(start, start + 7), watched=True) for start in range(0, 900, 7)]
    assert (np.concatenate([piece.logits for piece in found]) == wanted.logits).all()
    assert (np.concatenate([piece.seen for piece in found]) == wanted.seen).all()
    assert pieces.waiting() == whole.waiting() > 0
    for learner in (whole, pieces):
        learner.settle()
        assert learner.waiting() == 0
    assert (pieces.state.weights == whole.state.weights).all()


def test_more_rows_may_wait_than_there_was_room_for() -> None:
    lived = world(3_000, 5)
    late = np.full(3_000, lived.times_ms[-1] + 1)
    learner = Learner(SPEC)
    learner.stream(*lived.part(0, 100), due_ms=late[:100])
    learner.stream(*lived.part(100, 3_000), due_ms=late[100:])
    assert learner.waiting() == 3_000
    assert not learner.state.weights.any()
    learner.settle()
    at_once = Learner(SPEC)
    at_once.stream(*lived, due_ms=late)
    at_once.settle()
    assert (learner.state.weights == at_once.state.weights).all()
    assert learner.state.base[:, 0].tolist() == [(lived.labels[:, head] >= 0).sum() for head in range(2)]


def test_a_planted_taste_is_learnt() -> None:
    lived = world(6_000, 6, holes=False)
    logits = Learner(SPEC).stream(*lived).logits
    later = slice(4_000, None)
    clicks = measure(1 / (1 + np.exp(-logits[later, 0])), lived.labels[later, 0])
    assert clicks is not None
    assert clicks.auc is not None
    assert clicks.auc > 0.67
    noise = measure(1 / (1 + np.exp(-logits[later, 1])), lived.labels[later, 1])
    assert noise is not None
    assert noise.auc == pytest.approx(0.5, abs=0.05)  # There is nothing to learn there.
    shuffled = np.random.default_rng(1).permutation(lived.labels)
    blind = measure(
        1 / (1 + np.exp(-Learner(SPEC).stream(*lived._replace(labels=shuffled)).logits[later, 0])), shuffled[later, 0]
    )
    assert blind is not None
    assert blind.auc == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"codes": lambda codes: codes[:, :2]}, "shape"),
        ({"numbers": lambda numbers: np.where(np.isnan(numbers), np.inf, numbers)}, "infinite"),
        ({"times_ms": lambda times: times[::-1].copy()}, "fall"),
        ({"labels": lambda labels: np.full_like(labels, 2)}, "label"),
        ({"codes": lambda codes: -codes}, "negative"),
    ],
)
def test_rows_that_do_not_fit_are_refused_and_change_nothing(changed: dict, reason: str) -> None:  # type: ignore[type-arg]  # of arrays' changes
    lived, learner = world(50, 7), Learner(SPEC)
    wrong = lived._replace(**{name: change(getattr(lived, name)) for name, change in changed.items()})
    with pytest.raises(RowsInvalid, match=reason):
        learner.stream(*wrong)
    assert learner.waiting() == 0
    assert not learner.state.weights.any()


def test_a_label_cannot_be_due_before_its_row() -> None:
    lived = world(10, 8)
    with pytest.raises(RowsInvalid, match="before its row"):
        Learner(SPEC).stream(*lived, due_ms=lived.times_ms - 1)


def test_no_rows_are_no_trouble() -> None:
    found = Learner(SPEC).stream(*world(0, 1), watched=True)
    assert found.logits.shape == (0, 2)
    assert found.seen.shape == (0, 5, 5)


def test_a_full_table_of_counters_forgets_the_rarest() -> None:
    keys, counts = np.zeros(8, np.uint64), np.zeros((8, 1, 3), np.float32)
    for key in range(1, 9):
        counts[find_or_make(keys, counts, np.uint64(key * 2 + 1)), 0, 0] = key
    assert find(keys, np.uint64(99)) == -1
    slot = find_or_make(keys, counts, np.uint64(99))
    assert find(keys, np.uint64(99)) == slot
    assert find(keys, np.uint64(3)) == -1
    assert counts[slot].tolist() == [[0, 0, 0]]
    assert sorted(counts[:, 0, 0]) == [0, 2, 3, 4, 5, 6, 7, 8]


def test_codes_are_the_same_everywhere() -> None:
    assert (hashing.code(None), hashing.code("")) == (0, 0)
    assert hashing.code(7) == hashing.code("7") == 8333924190356522945
    assert 0 < hashing.code("\ud800") < 2**63


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"heads": ()}, "no heads"),
        ({"heads": ("a", "a")}, "twice"),
        ({"surface": "nowhere"}, "nowhere"),
        ({"crosses": (("item", "viewer", "surface", "met"),)}, "crosses 4"),
        ({"counters": (Counter(("item",), 0.0),), "meetings": ()}, "weight"),
        ({"meetings": (Meeting("item", "nobody"),)}, "cannot meet"),
        ({"numbers": (Number("age", Side.ITEM, 1.0, 1.0),)}, "no span"),
        ({"table_bits": 40}, "table_bits"),
        ({"rate_knots": 1}, "rate_knots"),
        ({"fields": tuple(Field(f"f{at}", Side.ITEM) for at in range(200))}, "200 fields"),
    ],
)
def test_a_specification_that_contradicts_itself_is_refused(changed: dict, reason: str) -> None:  # type: ignore[type-arg]  # of a specification's parts
    with pytest.raises(SpecInvalid, match=reason):
        msgspec.structs.replace(SPEC, **changed)


def test_a_specification_has_a_name_of_its_own() -> None:
    assert SPEC.digest() == msgspec.json.decode(msgspec.json.encode(SPEC), type=Spec).digest()
    assert SPEC.digest() != msgspec.structs.replace(SPEC, rate_knots=12).digest()
