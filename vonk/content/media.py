"""Where video files, posters, pictures and avatars are kept: the MediaStore port, its keys, and a place for unfinished files."""

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Final, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from vonk.content.hosted import is_remote

KEY: Final = re.compile(r"[0-9a-f]{32}\.[0-9a-z]{2,5}")
ENGINE_DEFAULT: Final = "vonk.storage.files.media_store.FilesMediaStore"
MEDIA_PATH: Final = "/media/"  # vonk.web.common.media answers there.

CONTENT_TYPES: Final[dict[str, str]] = {
    "mp4": "video/mp4",
    "m4a": "audio/mp4",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}
"""What may be served, by the key's ending. An uploaded source ("src") is in nobody's reach."""


class Chunks(Protocol):
    """The bytes of a range, in order. Close it when you stop before the end."""

    def __iter__(self) -> Iterator[bytes]: ...
    def __next__(self) -> bytes: ...
    def close(self) -> None: ...


class MediaStore(Protocol):
    """Keeps files under opaque keys made by ``new_key``. Whatever is no such key is missing (MediaMissing)."""

    def put(self, key: str, file: Path) -> None:
        """Take the file in, whole or not at all, durably. The file at the path is used up."""
        ...

    def read(self, key: str, start: int = 0, length: int | None = None) -> Chunks:
        """Open ``length`` bytes from ``start`` (to the end when None); MediaMissing when there is no such key."""
        ...

    def local(self, key: str) -> AbstractContextManager[Path]:
        """Lend a file on this machine with the key's bytes, to be read only; MediaMissing when there is none."""
        ...

    def size(self, key: str) -> int:
        """Return the number of bytes; MediaMissing when there is no such key."""
        ...

    def exists(self, key: str) -> bool:
        """Say whether the key holds anything."""
        ...

    def delete(self, key: str) -> None:
        """Forget the key; nothing happens when it holds nothing."""
        ...

    def keys(self, *, older_than_seconds: float) -> Iterator[str]:
        """Return the keys that were put at least so long ago, in no order."""
        ...


def store() -> MediaStore:
    """Return the engine that ``settings.VONK_MEDIA_STORE`` names."""
    return _engine(getattr(settings, "VONK_MEDIA_STORE", ENGINE_DEFAULT), Path(settings.MEDIA_ROOT))


@cache
def _engine(dotted_path: str, root: Path) -> MediaStore:
    return cast("MediaStore", import_string(dotted_path)(root))


def new_key(ending: str) -> str:
    """Return a key that nobody can guess; ``ending`` says what the bytes are ("mp4", "m4a", "jpg", "png", "webp", "src")."""
    return f"{secrets.token_hex(16)}.{ending}"


def url_of(key: str | None) -> str:
    """Return the path on site under which the key is served, "" for none; the address itself of a file that stays at a host."""
    if not key or is_remote(key):
        return key or ""
    return MEDIA_PATH + key


def scratch_root() -> Path:
    """Return the folder of unfinished files, in the data directory."""
    return Path(settings.VONK.data_dir) / "scratch"


@contextmanager
def scratch(name: str) -> Iterator[Path]:
    """Lend an empty folder for unfinished files; it is gone afterwards. After a kill ``clear_abandoned`` removes it."""
    while True:
        folder = scratch_root() / f"{name}.{secrets.token_hex(4)}"
        folder.mkdir(parents=True)
        held = _hold(folder)
        if held is not None:
            break
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def clear_abandoned() -> int:
    """Remove the folders that dead processes left; return how many there were. The living hold a lock on theirs."""
    removed = 0
    for folder in scratch_root().glob("*.*"):
        held = _hold(folder)
        if held is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(held)
            removed += 1
    return removed


def _hold(folder: Path) -> int | None:
    """Lock a folder until the descriptor is closed or the process ends; None when another has it or it is gone."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    if not folder.exists():  # Removed between the two.
        os.close(descriptor)
        return None
    return descriptor
