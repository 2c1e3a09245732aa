"""Identifiers: 64-bit, time-ordered, unique across processes without a coordinator (snowflake).

41 bits of milliseconds since 2013-01-01 UTC, 10 random bits per process, 12 bits of sequence. The epoch gives
19 decimal digits today, as clients of the business API expect of a post's id, and lasts until 2082.
"""

import os
import secrets
import threading
import time
import weakref
from typing import Final, NewType

Id = NewType("Id", int)

EPOCH_MS: Final = 1_356_998_400_000
_SEQUENCE_BITS: Final = 12
_NODE_BITS: Final = 10
_ID_MAX: Final = 2**63 - 1


class IdSource:
    """Makes ids that increase within the process; safe to call from several threads and after a fork."""

    def __init__(self, node: int | None = None) -> None:
        self._lock = threading.Lock()
        self._node = secrets.randbits(_NODE_BITS) if node is None else node
        self._last_ms = 0
        self._sequence = 0
        if node is None:
            _drawn.add(self)

    def redraw(self) -> None:
        """Make ids under another number: this is another process than the one that drew the present one."""
        self._lock = threading.Lock()  # Whoever held it is not here.
        self._node = secrets.randbits(_NODE_BITS)

    def next(self) -> int:
        """Return a new id. The machine's clock is read for uniqueness only, never as the time of anything."""
        with self._lock:
            now_ms = max(time.time_ns() // 1_000_000, self._last_ms)
            if now_ms == self._last_ms:
                self._sequence += 1
                if self._sequence >> _SEQUENCE_BITS:
                    now_ms += 1  # Borrow from the next millisecond rather than wait for it.
                    self._sequence = 0
            else:
                self._sequence = 0
            self._last_ms = now_ms
            return (
                ((now_ms - EPOCH_MS) << (_SEQUENCE_BITS + _NODE_BITS)) | (self._node << _SEQUENCE_BITS) | self._sequence
            )


def _redraw_all() -> None:
    for source in _drawn:
        source.redraw()


_drawn: weakref.WeakSet[IdSource] = weakref.WeakSet()
os.register_at_fork(
    after_in_child=_redraw_all
)  # Asking for the process's number each time would cost as much as the id.
_source = IdSource()


def new_id() -> int:
    """Return a new identifier from this process's source."""
    return _source.next()


def at_ms(made: int) -> int:
    """Return when an id was made, in milliseconds since 1970, by the clock of the machine that made it."""
    return (made >> (_SEQUENCE_BITS + _NODE_BITS)) + EPOCH_MS


def parse_id(text: str) -> int:
    """Return the id written as decimal digits; ValueError when it is not one."""
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        raise ValueError(f"not an id: {text[:40]!r}")
    number = int(text)
    if not 0 < number <= _ID_MAX:
        raise ValueError(f"not an id: {text[:40]!r}")
    return number
