"""The rows that trees grow from, on disk: a few files of a fixed width, the newest of them written anew as it fills.

A file that is lost or damaged costs its own rows alone. No code of a viewer is in them.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import structlog

from vonk.delivery.trained.second_stage import WIDTH, Rows
from vonk.delivery.trained.shelf import write_whole

SUFFIX: Final = ".rows"
ROWS_PER_FILE: Final = 20_000  # Some 3 MB.
FILES_MAX: Final = 10
_HEADS: Final = 3
_ROW: Final = np.dtype([("looked_at", "<f4", (WIDTH,)), ("surface", "<i8"), ("labels", "i1", (_HEADS,))])
_DIGEST_BYTES: Final = 32
_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Segment(msgspec.Struct, frozen=True):
    """One file, and how many rows are in it."""

    name: str
    rows: int


def append(directory: Path, segments: Sequence[Segment], parts: Sequence[Rows], *, stamp: str) -> list[Segment]:
    """Write rows after those of the segments, durably; return the segments then, without the oldest where they are too
    many. Files of no segment any more are left for ``tidy``. Raises OSError.
    """
    fresh = np.concatenate([_packed(part) for part in parts]) if parts else np.zeros(0, _ROW)
    if not len(fresh):
        return list(segments)
    kept = list(segments)
    if kept and kept[-1].rows < ROWS_PER_FILE:
        fresh = np.concatenate([_read(directory, kept.pop()), fresh])
    for number, at in enumerate(range(0, len(fresh), ROWS_PER_FILE)):
        some = fresh[at : at + ROWS_PER_FILE]
        segment = Segment(f"watched-{stamp}-{number}{SUFFIX}", len(some))
        content = some.tobytes()
        write_whole(directory / segment.name, content + hashlib.sha256(content).digest())
        kept.append(segment)
    return kept[-FILES_MAX:]


def load(directory: Path, segments: Sequence[Segment]) -> Rows:
    """Return the rows of the segments, oldest first; what cannot be read is told and passed over."""
    packed = np.concatenate([np.zeros(0, _ROW), *(_read(directory, segment) for segment in segments)])
    return Rows(
        np.ascontiguousarray(packed["looked_at"]),
        np.ascontiguousarray(packed["surface"]),
        np.ascontiguousarray(packed["labels"]),
    )


def tidy(directory: Path, segments: Sequence[Segment]) -> None:
    """Remove files of rows that are no segment's."""
    names = {segment.name for segment in segments}
    for path in directory.glob(f"*{SUFFIX}"):
        if path.name not in names:
            path.unlink(missing_ok=True)


def _packed(rows: Rows) -> np.ndarray:
    found = np.zeros(len(rows.labels), _ROW)
    found["looked_at"], found["surface"], found["labels"] = rows.looked_at, rows.surfaces, rows.labels
    return found


def _read(directory: Path, segment: Segment) -> np.ndarray:
    try:
        content = (directory / segment.name).read_bytes()
    except OSError as error:
        _log.warning("training.rows_lost", file=segment.name, reason=type(error).__name__)
        return np.zeros(0, _ROW)
    body, digest = content[:-_DIGEST_BYTES], content[-_DIGEST_BYTES:]
    if len(body) != segment.rows * _ROW.itemsize or hashlib.sha256(body).digest() != digest:
        _log.warning("training.rows_lost", file=segment.name, reason="damaged")
        return np.zeros(0, _ROW)
    return np.frombuffer(body, _ROW)
