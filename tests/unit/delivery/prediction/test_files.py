import hashlib
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.unit.delivery.prediction.making import SPEC, planted_stage, stumps, taught, world
from vonk.delivery.prediction import files, stage
from vonk.delivery.prediction.kernels import State
from vonk.delivery.prediction.learner import Learner
from vonk.delivery.prediction.measures import Measures
from vonk.delivery.prediction.stage import Stage

SMALL = msgspec.structs.replace(SPEC, table_bits=10, counter_bits=10)
TRAINING = files.Training(1, 2, 3, 400, {"hot": {"click": Measures(9, 0.7, 0.6, 0.9, 0.01, 1.0)}})


@pytest.fixture
def model() -> files.Model:
    learner, _ = taught(400, spec=SMALL)
    learner.calibration[0, 0] = (0.9, 0.1)
    return files.Model(learner, TRAINING, planted_stage(SMALL, {"click": stumps(3)}))


def assert_same(found: Stage | None, wanted: Stage | None) -> None:
    assert found is not None
    assert wanted is not None
    assert found.blends == wanted.blends
    one, other = stage.arrays_of(found), stage.arrays_of(wanted)
    assert set(one) == set(other)
    assert all(np.array_equal(one[name], other[name]) for name in one)


def sealed(content: bytes) -> bytes:
    return content + hashlib.sha256(content).digest()


def test_what_is_saved_is_what_is_loaded(model: files.Model, tmp_path: Path) -> None:
    path = tmp_path / "models" / "2026-03-02.model"
    digest = files.save(path, model)
    found = files.load(path)
    for name in State._fields:
        was, now = getattr(model.learner.state, name), getattr(found.learner.state, name)
        assert was.dtype == now.dtype
        assert np.array_equal(was, now)
    assert np.array_equal(model.learner.calibration, found.learner.calibration)
    assert (found.training, found.learner.spec) == (TRAINING, SMALL)
    assert_same(found.second, model.second)
    assert files.read_header(path).spec_digest == SMALL.digest()
    assert path.read_bytes()[-32:].hex() == digest
    later = world(300, 9)
    later = later._replace(times_ms=later.times_ms + 10**9)
    assert np.array_equal(found.learner.stream(*later).logits, model.learner.stream(*later).logits)
    assert files.listed(path.parent) == [path]
    assert list(path.parent.iterdir()) == [path]  # Nothing is left lying about.


def test_a_model_is_never_written_over(model: files.Model, tmp_path: Path) -> None:
    path = tmp_path / "a.model"
    files.save(path, model)
    before = path.read_bytes()
    with pytest.raises(files.ModelExists):
        files.save(path, files.Model(Learner(SMALL), TRAINING))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(files.ModelMissing):
        files.load(tmp_path / "absent.model")
    with pytest.raises(files.ModelMissing):
        files.load(tmp_path)
    foreign = tmp_path / "foreign.model"
    foreign.write_bytes(b"PAR1" * 100)
    with pytest.raises(files.ModelForeign):
        files.load(foreign)
    foreign.write_bytes(b"")
    with pytest.raises(files.ModelForeign):
        files.load(foreign)


@pytest.mark.parametrize(("written", "error"), [(files.VERSION + 1, files.ModelNewer), (1, files.ModelOlder)])
def test_another_format_is_named(
    model: files.Model, tmp_path: Path, written: int, error: type[files.ModelNewer | files.ModelOlder]
) -> None:
    path = tmp_path / "a.model"
    files.save(path, model)
    content = path.read_bytes()
    path.write_bytes(sealed(content[:8] + written.to_bytes(4, "big") + content[12:-32]))
    for read in (files.load, files.read_header):
        with pytest.raises(error) as caught:
            read(path)
        known = files.VERSION if error is files.ModelNewer else files.OLDEST
        assert caught.value.values == {"path": str(path), "version": written, "known": known}


def test_a_key_of_no_counter_is_damage(model: files.Model, tmp_path: Path) -> None:
    """The scorer would look beside its tables for what such a key adds."""
    keys = model.learner.state.keys
    keys[np.flatnonzero(keys)[3]] |= np.uint64(127)
    files.save(tmp_path / "a.model", model)
    with pytest.raises(files.ModelDamaged, match="no counter"):
        files.load(tmp_path / "a.model")


def test_damage_anywhere_is_found(model: files.Model, tmp_path: Path) -> None:
    path = tmp_path / "a.model"
    files.save(path, model)
    content = path.read_bytes()
    for at in (12, 19, 25, 400, len(content) // 2, len(content) - 33, len(content) - 1):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises(files.ModelDamaged):
            files.load(path)
    for length in (8, 40, 300, len(content) - 1):
        path.write_bytes(content[:length])
        with pytest.raises(files.ModelDamaged):
            files.load(path)
    path.write_bytes(content + b"more")
    with pytest.raises(files.ModelDamaged):
        files.load(path)


def test_a_digest_over_nonsense_does_not_help(model: files.Model, tmp_path: Path) -> None:
    """Whoever can write the file can make its digest right: what is in it must still fit its specification."""
    path = tmp_path / "a.model"
    files.save(path, model)
    content = path.read_bytes()
    length = int.from_bytes(content[12:20], "big")
    header, parts = msgspec.json.decode(content[20 : 20 + length], type=files.Header), content[20 + length : -32]

    def rewritten(**changed: object) -> bytes:
        written = msgspec.json.encode(msgspec.structs.replace(header, **changed))
        return sealed(content[:12] + len(written).to_bytes(8, "big") + written + parts)

    first, second, *rest = header.parts
    huge = msgspec.structs.replace(first, shape=(2**40,))
    negative = msgspec.structs.replace(first, shape=(-1,))
    other = msgspec.structs.replace(header.spec, rate_knots=12)
    for wrong in (
        {"parts": (huge, second, *rest)},
        {"parts": (negative, second, *rest)},
        {"parts": (second, first, *rest)},
        {"parts": header.parts[:-2]},
        {"parts": (first, msgspec.structs.replace(second, name="second:x"), *rest)},
        {"spec": other},
        {"spec": other, "spec_digest": other.digest(), "parts": (first,)},
    ):
        path.write_bytes(rewritten(**wrong))
        with pytest.raises(files.ModelDamaged):
            files.load(path)
    path.write_bytes(rewritten())
    assert_same(files.load(path).second, model.second)


def test_a_failed_write_leaves_nothing(model: files.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vonk.delivery.prediction.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.save(tmp_path / "a.model", model)
    assert list(tmp_path.iterdir()) == []


def test_a_model_without_a_second_stage_is_written_for_earlier_versions_too(model: files.Model, tmp_path: Path) -> None:
    for name, second, version in (("with", model.second, files.VERSION), ("without", None, files.OLDEST)):
        path = tmp_path / f"{name}.model"
        files.save(path, files.Model(model.learner, TRAINING, second))
        assert int.from_bytes(path.read_bytes()[8:12], "big") == version
    assert files.load(tmp_path / "without.model").second is None


def test_a_second_stage_that_is_none_is_named(model: files.Model, tmp_path: Path) -> None:
    assert model.second is not None
    path, good = tmp_path / "a.model", model.second.forests["click"]
    for wrong in (
        good._replace(left=good.left.copy() * 0),  # In a circle.
        good._replace(features=good.features + 1_000),
        good._replace(leaves=good.leaves[:-1]),
        good._replace(thresholds=good.thresholds.astype(np.float32)),
    ):
        path.unlink(missing_ok=True)
        files.save(path, files.Model(model.learner, TRAINING, planted_stage(SMALL, {"click": wrong})))
        with pytest.raises(files.ModelDamaged, match="second stage"):
            files.load(path)
