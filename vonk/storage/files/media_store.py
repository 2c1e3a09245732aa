"""Media as plain files: one file a key, in folders by the key's first two characters."""

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from vonk.content.errors import MediaMissing
from vonk.content.media import KEY

CHUNK_BYTES: Final = 262_144
_DRAFTS: Final = "drafts"


class FileChunks:
    """The bytes of a range of an open file."""

    def __init__(self, file: BinaryIO, left: int) -> None:
        self._file = file
        self._left = left

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = self._file.read(min(CHUNK_BYTES, self._left)) if self._left > 0 else b""
        if not chunk:
            self.close()
            raise StopIteration
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        """Give the file back; may be called twice."""
        self._left = 0
        self._file.close()


class FilesMediaStore:
    """The embedded MediaStore. A file appears under its key by a rename, after its bytes reached the disk."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, file: Path) -> None:
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        if _device(file) == _device(target.parent):
            _sync(file)
            file.replace(target)
        else:
            self._copy_in(file, target)
            file.unlink()
        _sync(target.parent)

    def read(self, key: str, start: int = 0, length: int | None = None) -> FileChunks:
        try:
            file = self._path(key).open("rb")
        except FileNotFoundError as error:
            raise MediaMissing from error
        size = os.fstat(file.fileno()).st_size
        file.seek(min(start, size))
        left = max(size - start, 0)
        return FileChunks(file, left if length is None else min(left, length))

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        path = self._path(key)
        if not path.is_file():
            raise MediaMissing
        yield path

    def size(self, key: str) -> int:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError as error:
            raise MediaMissing from error

    def exists(self, key: str) -> bool:
        return bool(KEY.fullmatch(key)) and self._path(key).is_file()

    def delete(self, key: str) -> None:
        if KEY.fullmatch(key):
            self._path(key).unlink(missing_ok=True)

    def keys(self, *, older_than_seconds: float) -> Iterator[str]:
        for path in self._root.glob("[0-9a-f][0-9a-f]/*"):
            try:
                old = time.time() - path.stat().st_mtime >= older_than_seconds
            except FileNotFoundError:
                continue  # Deleted while we looked.
            if old and KEY.fullmatch(path.name):
                yield path.name

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise MediaMissing
        return self._root / key[:2] / key

    def _copy_in(self, file: Path, target: Path) -> None:
        """Copy from another file system: a draft beside the others, then the rename."""
        drafts = self._root / _DRAFTS
        drafts.mkdir(parents=True, exist_ok=True)
        draft = drafts / secrets.token_hex(8)
        try:
            shutil.copyfile(file, draft)
            _sync(draft)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


def _device(path: Path) -> int:
    return path.stat().st_dev


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
