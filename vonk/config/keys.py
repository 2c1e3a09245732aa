"""The platform's secrets: made once, kept in the data directory, readable by its owner alone."""

import os
import secrets
from pathlib import Path

import msgspec

KEY_BYTES = 32


class Keys(msgspec.Struct, frozen=True):
    """All secrets of one platform. ``tokens`` has the newest first."""

    django: bytes
    tokens: tuple[bytes, ...]
    codes: bytes


def load_or_create(data_dir: Path) -> Keys:
    """Return the data directory's keys, made now where they are missing."""
    folder = data_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    tokens = [_load_or_create(folder / "tokens")]
    previous = folder / "tokens.previous"
    if previous.is_file():
        tokens.append(_read(previous))
    return Keys(
        django=_load_or_create(folder / "django"), tokens=tuple(tokens), codes=_load_or_create(folder / "codes")
    )


def ephemeral() -> Keys:
    """Return keys that live as long as the process, for tools that only look at the code."""
    return Keys(
        django=secrets.token_bytes(KEY_BYTES),
        tokens=(secrets.token_bytes(KEY_BYTES),),
        codes=secrets.token_bytes(KEY_BYTES),
    )


def _load_or_create(path: Path) -> bytes:
    """Return the key at ``path``. Two processes that start together agree: the first file to be linked stays."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # The other process was first; its key is the one.
        finally:
            draft.unlink()
    return _read(path)


def _read(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(f"{path} does not hold a key of {KEY_BYTES} bytes; restore it from a backup")
    return key
