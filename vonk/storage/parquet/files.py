"""The archive's files: their names, and how one comes to stand there whole or not at all.

``day=2026-11-22/records-<first>-<last>.parquet`` holds the records with these positions. A file is written under a name
that no reader looks at, synced, renamed, and its folder synced: whoever dies in between leaves at most an unfinished
file, which the next writer removes.
"""

import contextlib
import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from vonk.events.archive import ArchiveUnavailable

_FOLDER: Final = re.compile(r"day=(\d{4}-\d{2}-\d{2})")
_NAME: Final = re.compile(r"records-(\d+)-(\d+)\.parquet")
UNFINISHED: Final = ".unfinished"
LOCK: Final = "lock"


class Kept(NamedTuple):
    """One file and the positions that its name tells."""

    first: int
    last: int
    day: date
    path: Path


def path_of(root: Path, day: date, first: int, last: int) -> Path:
    """Return where the records of these positions belong."""
    return root / f"day={day.isoformat()}" / f"records-{first}-{last}.parquet"


def kept_in(root: Path) -> list[Kept]:
    """Return the archive's files, in the order of their positions."""
    found = []
    with _named():
        for folder in _entries(root):
            day = _FOLDER.fullmatch(folder.name)
            if day is None:
                continue
            for file in _entries(folder):
                name = _NAME.fullmatch(file.name)
                if name is not None:
                    found.append(Kept(int(name[1]), int(name[2]), date.fromisoformat(day[1]), file))
    return sorted(found)


def write(path: Path, content: Callable[[Path], None]) -> None:
    """Make the file: ``content`` writes it under the name it is given. Whole and on disk when this returns."""
    with _named():
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, mode=0o700)
            sync(path.parent.parent)
        unfinished = path.with_name(f".{path.name}{UNFINISHED}")
        try:
            content(unfinished)
            sync(unfinished)
            unfinished.rename(path)
        except BaseException:
            with contextlib.suppress(OSError):
                unfinished.unlink()
            raise
        sync(path.parent)


def size(kept: Kept) -> int:
    """Return a file's bytes; 0 when it was dropped meanwhile."""
    with _named(), contextlib.suppress(FileNotFoundError):
        return kept.path.stat().st_size
    return 0


def remove(kept: Kept) -> None:
    """Delete a file, and its day's folder when that is empty."""
    with _named():
        kept.path.unlink(missing_ok=True)
        sync(kept.path.parent)
        with contextlib.suppress(OSError):
            kept.path.parent.rmdir()
            sync(kept.path.parent.parent)


def sync(path: Path) -> None:
    """Have a file's bytes, or a folder's names, on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Be the only one that changes the archive; what a dead one left unfinished is removed."""
    with _named():
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            for stray in root.glob(f"day=*/.*{UNFINISHED}"):
                stray.unlink()
            yield
        finally:
            os.close(descriptor)


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []  # Nothing was archived yet, or the day was dropped meanwhile.


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveUnavailable(reason=str(error)) from error
