"""What was learnt, on disk: one file, written whole, believed only when its digest is right.

``VONKFEED``, a version, the length of the header, the header as JSON, the arrays, and SHA-256 over all before.
"""

import hashlib
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from vonk.core.errors import Invalid
from vonk.delivery.foryou.learnt import COLUMNS, HEADS, ForYou, Posts
from vonk.delivery.prediction.factors import WIDTH
from vonk.delivery.trained.shelf import write_whole

MAGIC: Final = b"VONKFEED"
VERSION: Final = 1
FILE_BYTES_MAX: Final = 1 << 28
POSTS_MAX: Final = 500_000
DIGEST: Final = hashlib.sha256(repr((VERSION, HEADS, COLUMNS, WIDTH)).encode()).hexdigest()
_DIGEST_BYTES: Final = 32
_ARRAYS: Final = (
    ("ids", "<i8", 1), ("vectors", "<f4", WIDTH), ("recent", "<f4", 1), ("shown", "<i8", 1), ("long", "<i8", 1),
)  # fmt: skip


class LearntUnreadable(Invalid):
    """A file is not what this version writes."""

    code = "learnt_unreadable"
    message = "What was learnt for the feed cannot be read from %(path)s: %(reason)s."
    remedy = "Serve an earlier file, or learn anew: vonk model train --feed --now."


class Header(msgspec.Struct, frozen=True):
    """What is needed to read the arrays."""

    digest: str
    posts: int
    until_ms: int
    weights: tuple[tuple[float, ...], ...]


def save(path: Path, learnt: ForYou) -> str:
    """Write the file, over an unfinished one of the same name; return its digest. Raises OSError."""
    weights = tuple(tuple(map(float, row)) for row in learnt.weights)
    header = msgspec.json.encode(Header(DIGEST, len(learnt.posts.ids), learnt.until_ms, weights))
    arrays = b"".join(
        np.ascontiguousarray(getattr(learnt.posts, name), dtype=kind).tobytes() for name, kind, _ in _ARRAYS
    )
    whole = b"".join((MAGIC, VERSION.to_bytes(4, "big"), len(header).to_bytes(8, "big"), header, arrays))
    digest = hashlib.sha256(whole)
    write_whole(path, whole + digest.digest())
    return digest.hexdigest()


def load(path: Path, version: str = "") -> ForYou:
    """Return what a file holds. Raises LearntUnreadable."""
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise LearntUnreadable(path=str(path), reason="it is too large")
        whole = path.read_bytes()
    except OSError as error:
        raise LearntUnreadable(path=str(path), reason=error.strerror or "unknown") from error
    if not whole.startswith(MAGIC):
        raise LearntUnreadable(path=str(path), reason="it is something else")
    body, digest = whole[:-_DIGEST_BYTES], whole[-_DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        raise LearntUnreadable(path=str(path), reason="its digest is another")
    if int.from_bytes(body[8:12], "big") != VERSION:
        raise LearntUnreadable(path=str(path), reason="another version wrote it")
    start = 20 + int.from_bytes(body[12:20], "big")
    try:
        header = msgspec.json.decode(body[20:start], type=Header)
    except msgspec.MsgspecError as error:
        raise LearntUnreadable(path=str(path), reason="its header is none") from error
    if header.digest != DIGEST:
        raise LearntUnreadable(path=str(path), reason="another version wrote it")
    return _read(path, header, body[start:], version)


def _read(path: Path, header: Header, arrays: bytes, version: str) -> ForYou:
    found, at = {}, 0
    if not 0 <= header.posts <= POSTS_MAX:
        raise LearntUnreadable(path=str(path), reason="it holds no such number of posts")
    for name, kind, width in _ARRAYS:
        size = header.posts * width * np.dtype(kind).itemsize
        one = np.frombuffer(arrays[at : at + size], dtype=kind)
        if len(one) != header.posts * width:
            raise LearntUnreadable(path=str(path), reason=f"its {name} are cut")
        found[name], at = one.reshape(header.posts, width) if width > 1 else one, at + size
    weights = np.array(header.weights, np.float64)
    whole = weights.shape == (len(HEADS), len(COLUMNS)) and np.isfinite(weights).all()
    if not whole or not np.isfinite(found["vectors"]).all() or (np.diff(found["ids"]) <= 0).any():
        raise LearntUnreadable(path=str(path), reason="it holds what is no number or no order")
    posts = Posts(
        found["ids"].astype(np.int64),
        found["vectors"].astype(np.float64),
        found["recent"].astype(np.float64),
        found["shown"].astype(np.int64),
        found["long"].astype(np.int64),
    )
    return ForYou(posts, weights, until_ms=header.until_ms, version=version)
