"""The platform's secrets: made once, kept in the data directory, readable by its owner alone.

The key that signs tokens rotates: ``keys/tokens`` is the newest, ``keys/tokens.previous`` the one before it. So does
the one that signs receipts: ``keys/receipts``; ``keys/receipts.public`` has the public keys of all before it.
"""

import fcntl
import os
import secrets
import time
from pathlib import Path
from typing import Final

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vonk.core.clock import DAY_MS
from vonk.core.errors import Actor, Conflict
from vonk.events.tokens import COUNTS_FOR_MS, key_id

KEY_BYTES = 32
NEWEST: Final = "tokens"
PREVIOUS: Final = "tokens.previous"
RECEIPTS: Final = "receipts"
RECEIPTS_FORMER: Final = "receipts.public"
LOCK: Final = "rotation.lock"

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
_Marks = tuple[tuple[int, int, int] | None, ...]


class Keys(msgspec.Struct, frozen=True):
    """All secrets of one platform. ``tokens`` has the newest first."""

    django: bytes
    tokens: tuple[bytes, ...]
    codes: bytes


def load_or_create(data_dir: Path) -> Keys:
    """Return the data directory's keys, made now where they are missing."""
    folder = data_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _load_or_create(folder / NEWEST)
    return Keys(
        django=_load_or_create(folder / "django"), tokens=token_keys(data_dir), codes=_load_or_create(folder / "codes")
    )


def token_keys(data_dir: Path) -> tuple[bytes, ...]:
    """Return the keys of tokens, newest first. Raises OSError, and ValueError when a file does not hold a key."""
    folder = data_dir / "keys"
    newest = _read(folder / NEWEST)  # Before the previous one: between the two, a rotation only repeats a key.
    try:
        previous = _read(folder / PREVIOUS)
    except FileNotFoundError:
        return (newest,)
    return (newest,) if previous == newest else (newest, previous)


class TokenKeys:
    """The keys of tokens as they stand on disk; tells when they have changed. Costs two looks at the directory."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._marks = _marks(data_dir)
        self.keys = token_keys(data_dir)

    def renewed(self) -> tuple[bytes, ...] | None:
        """Return the keys when they have changed since the last call, else None; also when they cannot be read."""
        marks = _marks(self._data_dir)
        if marks == self._marks:
            return None
        try:
            keys = token_keys(self._data_dir)
        except (OSError, ValueError) as error:  # What was good a moment ago goes on; the next call tries again.
            _log.warning("keys.unreadable", error=str(error))
            return None
        self._marks = marks
        if keys == self.keys:
            return None
        self.keys = keys
        return keys


class ReceiptKeys:
    """The key that signs receipts, as it stands on disk: read for each, so that a rotation counts at once."""

    def __init__(self, data_dir: Path | None) -> None:
        """Without a data directory a key that lives as long as the process."""
        self._folder = None if data_dir is None else data_dir / "keys"
        self._ephemeral = secrets.token_bytes(KEY_BYTES)
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _load_or_create(self._folder / RECEIPTS)

    def seed(self) -> bytes:
        """Return the private key. Raises OSError, and ValueError when the file does not hold one."""
        return self._ephemeral if self._folder is None else _read(self._folder / RECEIPTS)

    def former(self) -> tuple[bytes, ...]:
        """Return the public keys that were in use before, newest first, 32 bytes each."""
        if self._folder is None:
            return ()
        try:
            held = (self._folder / RECEIPTS_FORMER).read_bytes()
        except FileNotFoundError:
            return ()
        return tuple(held[start : start + KEY_BYTES] for start in range(0, len(held), KEY_BYTES))


def rotate_receipts(data_dir: Path) -> None:
    """Sign receipts with a new key from now on. The public key of before stays known, for the receipts it signed.

    Whenever the machine dies, the files hold the key of before or of after, and no public key is lost.
    """
    folder = data_dir / "keys"
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        kept = ReceiptKeys(data_dir)
        public = Ed25519PrivateKey.from_private_bytes(kept.seed()).public_key()
        newest = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        _replace(folder / RECEIPTS_FORMER, b"".join((newest, *(key for key in kept.former() if key != newest))))
        _replace(folder / RECEIPTS, secrets.token_bytes(KEY_BYTES))
    finally:
        os.close(descriptor)


class Rotation(msgspec.Struct, frozen=True):
    """What a rotation would do. ``loses``: tokens that still count were signed with the key that it drops."""

    newest: bytes
    drops: bool
    made_ago_seconds: float
    loses: bool


class RotatedTooSoon(Conflict):
    """The key that would go has signed tokens that still count."""

    code = "rotated_too_soon"
    message = "The last rotation was %(days).1f days ago; tokens count for %(counts_days)d days."
    cause = "Events of showings signed with the key before it would be refused, and with them what they bill."
    remedy = "Wait until the seven days are over; if the key is in wrong hands, use --force."
    actor = Actor.OPERATOR


class RotatedMeanwhile(Conflict):
    """Somebody else has rotated since this rotation was planned."""

    code = "rotated_meanwhile"
    message = "The keys were rotated by somebody else a moment ago."
    cause = "Two rotations would drop a key that is in use."
    remedy = "Nothing is to be done: there is a new key."
    actor = Actor.OPERATOR


def plan_rotation(data_dir: Path, *, now_seconds: float | None = None) -> Rotation:
    """Return what a rotation now would do. Raises OSError, and ValueError when a file does not hold a key."""
    now = time.time() if now_seconds is None else now_seconds
    keys = token_keys(data_dir)
    made_ago = now - (data_dir / "keys" / NEWEST).stat().st_mtime
    drops = len(keys) > 1
    return Rotation(keys[0], drops, made_ago, loses=drops and made_ago * 1000 < COUNTS_FOR_MS)


def rotate(data_dir: Path, plan: Rotation, *, force: bool, now_seconds: float | None = None) -> None:
    """Make a new key the newest and keep the former one; the one before that is gone.

    Whenever the machine dies, the files hold the keys of before, of after, or the former key twice; every one of these
    reads what is in use. Raises RotatedTooSoon unless forced, RotatedMeanwhile when the plan is no longer true.
    """
    folder = data_dir / "keys"
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        present = plan_rotation(data_dir, now_seconds=now_seconds)
        if present.newest != plan.newest:
            raise RotatedMeanwhile
        if present.loses and not force:
            days = present.made_ago_seconds / 86_400
            raise RotatedTooSoon(days=days, counts_days=COUNTS_FOR_MS // DAY_MS)
        _replace(folder / PREVIOUS, present.newest)
        _replace(folder / NEWEST, _unlike(present.newest))
    finally:
        os.close(descriptor)  # And with it the lock.


def ephemeral() -> Keys:
    """Return keys that live as long as the process, for tools that only look at the code."""
    return Keys(
        django=secrets.token_bytes(KEY_BYTES),
        tokens=(secrets.token_bytes(KEY_BYTES),),
        codes=secrets.token_bytes(KEY_BYTES),
    )


def _unlike(key: bytes) -> bytes:
    """Return a new key that tokens name by another byte than this one."""
    while key_id(made := secrets.token_bytes(KEY_BYTES)) == key_id(key):
        pass
    return made


def _marks(data_dir: Path) -> _Marks:
    """Return what changes when a key's file is replaced."""
    marks: list[tuple[int, int, int] | None] = []
    for name in (NEWEST, PREVIOUS):
        try:
            status = (data_dir / "keys" / name).stat()
        except OSError:
            marks.append(None)
        else:
            marks.append((status.st_ino, status.st_mtime_ns, status.st_size))
    return tuple(marks)


def _replace(path: Path, key: bytes) -> None:
    """Put the key in place at once, durably."""
    _draft(path, key).replace(path)
    _sync(path.parent)


def _draft(path: Path, key: bytes) -> Path:
    """Write the key beside its place, durably, under a name of its own."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _load_or_create(path: Path) -> bytes:
    """Return the key at ``path``. Two processes that start together agree: the first file to be linked stays."""
    if not path.exists():
        draft = _draft(path, secrets.token_bytes(KEY_BYTES))
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
