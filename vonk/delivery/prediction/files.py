"""Models on disk: one file a model, written whole or not at all, never overwritten, believed only when its digest is right.

A file is ``VONKMODL``, four bytes of format version, eight of the header's length, the header as JSON, the parts (each
an array, compressed) and 32 bytes SHA-256 over all before. Old files stay, so that a former model
can be served again. What still waits for its labels is not kept: settle a learner before it is saved.
"""

import hashlib
import os
import zlib
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from vonk.core.errors import Conflict, Invalid, Missing
from vonk.delivery.prediction import stage
from vonk.delivery.prediction.forest import LEAVES_MAX, TREES_MAX, ForestInvalid
from vonk.delivery.prediction.keys import counters_of
from vonk.delivery.prediction.learner import Learner, Speeds
from vonk.delivery.prediction.measures import Measures
from vonk.delivery.prediction.plan import Floats
from vonk.delivery.prediction.spec import Spec, SpecInvalid
from vonk.delivery.prediction.stage import Stage

MAGIC: Final = b"VONKMODL"
OLDEST: Final = 2  # 1 had other keys of counters, and mixed crosses of three fields in another order.
VERSION: Final = 3  # With a second stage; a file without one says 2, so that earlier versions read it.
SUFFIX: Final = ".model"
FILE_BYTES_MAX: Final = 1 << 30
HEADER_BYTES_MAX: Final = 1 << 20
STAGE_CELLS_MAX: Final = TREES_MAX * LEAVES_MAX  # Of any array of a second stage.
LEVEL: Final = 3  # Of compression: most of it is zeros.
_LENGTHS: Final = 4 + 8
_DIGEST_BYTES: Final = 32
AnyArray = npt.NDArray[np.generic]


class ModelMissing(Missing):
    """There is no such file, or it cannot be read."""

    code = "model_missing"
    message = "The model %(path)s cannot be read: %(reason)s."
    remedy = "Choose one of the models that are there, or train one."


class ModelForeign(Invalid):
    """The file is something else."""

    code = "model_foreign"
    message = "%(path)s is no model of Vonk's."
    remedy = "Choose one of the models that are there, or train one."


class ModelNewer(Conflict):
    """The file was written by a later version."""

    code = "model_newer"
    message = "%(path)s has format %(version)s; this version reads up to %(known)s."
    remedy = "Update this server, or serve an earlier model."


class ModelOlder(Conflict):
    """The file was written by an earlier version whose keys mean something else now."""

    code = "model_older"
    message = "%(path)s has format %(version)s; this version reads none before %(known)s."
    remedy = "Train a model with this version."


class ModelDamaged(Invalid):
    """The file is not as it was written."""

    code = "model_damaged"
    message = "The model %(path)s is damaged: %(reason)s."
    remedy = "Serve an earlier model, and train anew."


class ModelExists(Conflict):
    """A model is never written over another."""

    code = "model_exists"
    message = "%(path)s is there already."
    remedy = "Save it under another name; models are kept so that they can be served again."


class Training(msgspec.Struct, frozen=True):
    """What a model was made from, and how well it did on events kept back: for its card, and before it is served.

    Instants in milliseconds. ``measures`` by stage and head.
    """

    from_ms: int
    until_ms: int
    trained_ms: int
    rows: int
    measures: dict[str, dict[str, Measures]] = {}


class Part(msgspec.Struct, frozen=True):
    """Bytes of the file: an array of this type and shape."""

    name: str
    kind: str
    shape: tuple[int, ...]
    bytes_packed: int


class Header(msgspec.Struct, frozen=True):
    """What can be known of a model without unpacking it."""

    spec: Spec
    spec_digest: str
    speeds: Speeds
    training: Training
    learnt_ms: int
    parts: tuple[Part, ...]


class Model(msgspec.Struct, frozen=True):
    """A model as saved: the first stage, and the second where it has one."""

    learner: Learner
    training: Training
    second: Stage | None = None


def save(path: Path, model: Model) -> str:
    """Write the model to a new file, durably, and return its digest in hexadecimal. Raises ModelExists, OSError."""
    if path.exists():
        raise ModelExists(path=str(path))
    learner = model.learner
    arrays = _arrays(learner) | (stage.arrays_of(model.second) if model.second is not None else {})
    packed: list[tuple[Part, bytes]] = [_pack(name, array) for name, array in arrays.items()]
    version = VERSION if model.second is not None else OLDEST
    header = msgspec.json.encode(
        Header(
            learner.spec, learner.spec.digest(), learner.speeds, model.training, learner.learnt_ms,
            tuple(part for part, _ in packed),
        )
    )  # fmt: skip
    content = b"".join([
        MAGIC, version.to_bytes(4, "big"), len(header).to_bytes(8, "big"), header, *(body for _, body in packed)
    ])  # fmt: skip
    digest = hashlib.sha256(content)
    _write(path, content + digest.digest())
    return digest.hexdigest()


def load(path: Path) -> Model:
    """Return the model of a file. Raises ModelMissing, ModelForeign, ModelNewer, ModelOlder, ModelDamaged."""
    content = _read(path)
    header, start = _header(path, content)
    _check_digest(path, content)
    try:
        learner = Learner(header.spec, header.speeds)
    except (MemoryError, ValueError) as error:
        raise ModelDamaged(path=str(path), reason="its tables cannot be made") from error
    arrays: dict[str, AnyArray] = {}
    for part in header.parts:
        body = content[start : start + part.bytes_packed]
        start += part.bytes_packed
        arrays[part.name] = _array(path, part, body, learner)
    if start != len(content) - _DIGEST_BYTES:
        raise ModelDamaged(path=str(path), reason="its parts are not as long as it says")
    second = {name: array for name, array in arrays.items() if stage.is_part(name)}
    _fill(path, learner, {name: array for name, array in arrays.items() if name not in second})
    learner.learnt_ms = header.learnt_ms
    try:
        return Model(learner, header.training, stage.of_arrays(second, header.spec))
    except ForestInvalid as invalid:
        raise ModelDamaged(path=str(path), reason=f"its second stage is none: {invalid.values['reason']}") from invalid


def read_header(path: Path) -> Header:
    """Return what a file says of its model, once its digest is found right. Raises as ``load``."""
    content = _read(path)
    header, _ = _header(path, content)
    _check_digest(path, content)
    return header


def listed(directory: Path) -> list[Path]:
    """Return the models of a directory by name, oldest first if their names begin with their instants."""
    return sorted(directory.glob(f"*{SUFFIX}"))


def _arrays(learner: Learner) -> dict[str, AnyArray]:
    """Return what was learnt; of the tables only the places that were ever touched."""
    state, first = learner.state, np.float32(learner.speeds.first_squares)
    touched = np.flatnonzero((state.squares != first).any(axis=1) | (state.weights != 0).any(axis=1)).astype(np.int32)
    slots = np.flatnonzero(state.keys).astype(np.int32)
    return {
        "touched": touched,
        "weights": state.weights[touched],
        "squares": state.squares[touched],
        "bias": state.bias,
        "base": state.base,
        "slots": slots,
        "keys": state.keys[slots],
        "counts": state.counts[slots],
        "calibration": learner.calibration,
    }


def _fill(path: Path, learner: Learner, arrays: dict[str, AnyArray]) -> None:
    """Put what was learnt back in its places."""
    wanted = _arrays(learner)
    if set(arrays) != set(wanted):
        raise ModelDamaged(path=str(path), reason="parts are missing")
    for name, array in arrays.items():
        empty = wanted[name]
        if array.dtype != empty.dtype or array.shape[1:] != empty.shape[1:]:
            raise ModelDamaged(path=str(path), reason=f"{name} does not fit its specification")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ModelDamaged(path=str(path), reason=f"{name} holds what is no number")
    state = learner.state
    for index, names, table in (
        ("touched", ("weights", "squares"), state.weights),
        ("slots", ("keys", "counts"), state.keys),
    ):
        places = arrays[index]
        if len(places) and not 0 <= int(places.min()) <= int(places.max()) < len(table):
            raise ModelDamaged(path=str(path), reason=f"{index} lie outside their table")
        for name in names:
            if len(arrays[name]) != len(places):
                raise ModelDamaged(path=str(path), reason=f"{name} does not fit its specification")
            getattr(state, name)[places] = arrays[name]
    if len(arrays["keys"]) and int(counters_of(arrays["keys"]).max()) >= len(learner.plan.counters):
        raise ModelDamaged(path=str(path), reason="keys are of no counter of its specification")
    for name, whole in (("bias", state.bias), ("base", state.base), ("calibration", learner.calibration)):
        _copy(path, name, arrays[name], whole)


def _copy(path: Path, name: str, array: AnyArray, whole: Floats) -> None:
    if array.shape != whole.shape:
        raise ModelDamaged(path=str(path), reason=f"{name} does not fit its specification")
    whole[:] = array


def _pack(name: str, array: AnyArray) -> tuple[Part, bytes]:
    little = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False)
    body = zlib.compress(little.tobytes(), LEVEL)
    return Part(name, array.dtype.str.lstrip("<>=|"), array.shape, len(body)), body


def _array(path: Path, part: Part, body: bytes, learner: Learner) -> AnyArray:
    kinds = {"f4", "f8", "i4", "u8"}
    cells_max = max(len(learner.state.weights), len(learner.state.keys)) * max(1, learner.plan.heads) * 3
    if stage.is_part(part.name):
        cells_max = STAGE_CELLS_MAX
    cells = int(np.prod(part.shape, dtype=np.float64)) if part.shape else 0
    if part.kind not in kinds or min(part.shape, default=0) < 0 or cells > cells_max:
        raise ModelDamaged(path=str(path), reason=f"{part.name} is not what its specification makes")
    bytes_wanted = cells * int(part.kind[1])
    whole = _unpacked(path, body, bytes_wanted)
    if len(whole) != bytes_wanted:
        raise ModelDamaged(path=str(path), reason=f"{part.name} is cut off")
    return np.frombuffer(whole, "<" + part.kind).reshape(part.shape).astype(part.kind)


def _unpacked(path: Path, body: bytes, bytes_max: int) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        whole = unpacking.decompress(body, bytes_max + 1)
    except zlib.error as error:
        raise ModelDamaged(path=str(path), reason="it cannot be unpacked") from error
    if len(whole) > bytes_max:
        raise ModelDamaged(path=str(path), reason="a part is larger than it may be")
    return whole


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise ModelForeign(path=str(path))
        return path.read_bytes()
    except OSError as error:
        raise ModelMissing(path=str(path), reason=type(error).__name__) from error


def _header(path: Path, content: bytes) -> tuple[Header, int]:
    """Return the header, and where the parts begin."""
    start = len(MAGIC) + _LENGTHS
    if not content.startswith(MAGIC):
        raise ModelForeign(path=str(path))
    if len(content) < start + _DIGEST_BYTES:
        raise ModelDamaged(path=str(path), reason="it is cut off")
    version = int.from_bytes(content[len(MAGIC) : len(MAGIC) + 4], "big")
    if version > VERSION:
        raise ModelNewer(path=str(path), version=version, known=VERSION)
    if version < OLDEST:
        raise ModelOlder(path=str(path), version=version, known=OLDEST)
    length = int.from_bytes(content[len(MAGIC) + 4 : start], "big")
    if length > min(HEADER_BYTES_MAX, len(content)):
        raise ModelDamaged(path=str(path), reason="its header is longer than it may be")
    try:
        header = msgspec.json.decode(content[start : start + length], type=Header)
    except (msgspec.MsgspecError, SpecInvalid) as error:
        raise ModelDamaged(path=str(path), reason="its header cannot be read") from error
    if header.spec.digest() != header.spec_digest:
        raise ModelDamaged(path=str(path), reason="its specification is not the one it was trained by")
    return header, start + length


def _check_digest(path: Path, content: bytes) -> None:
    if hashlib.sha256(content[:-_DIGEST_BYTES]).digest() != content[-_DIGEST_BYTES:]:
        raise ModelDamaged(path=str(path), reason="its digest is wrong")


def _write(path: Path, content: bytes) -> None:
    """Put the content in place at once: whoever looks finds nothing or all of it, also after a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)  # Unlike a rename, it never replaces what is there.
        except FileExistsError as error:
            raise ModelExists(path=str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
