"""Which audiences hold a digest or a person, for whoever serves: what an audience holds is kept in memory until it changes.

An audience of customers has up to 16 MB of digests; to read them for each viewer would take longer than all else.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

from vonk.advertising.models import CustomAudience
from vonk.advertising.rules import customer_files, lookalikes

BYTES_KEPT_MAX: Final = 128 * 1_048_576  # Of one process; beyond it the audience looked at longest ago is let go.
Key = tuple[int, datetime]


class _Kept:
    """Packed digests by audience and the instant of its last change. Used by several threads."""

    def __init__(self) -> None:
        self._packed: OrderedDict[Key, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Key) -> bytes | None:
        with self._lock:
            found = self._packed.get(key)
            if found is not None:
                self._packed.move_to_end(key)
            return found

    def put(self, key: Key, packed: bytes) -> None:
        with self._lock:
            if key not in self._packed and len(packed) <= BYTES_KEPT_MAX:
                self._packed[key] = packed
                self._bytes += len(packed)
            while self._bytes > BYTES_KEPT_MAX:
                _, gone = self._packed.popitem(last=False)
                self._bytes -= len(gone)


_kept: Final = _Kept()


def holding_digest(audience_ids: Collection[int], digest: bytes) -> frozenset[int]:
    """Return which of these audiences of customers hold the digest of an address."""
    return _holding(audience_ids, lambda packed: customer_files.holds(packed, digest))


def holding_person(audience_ids: Collection[int], person_id: int) -> frozenset[int]:
    """Return which of these lookalikes the person is in."""
    return _holding(audience_ids, lambda packed: lookalikes.holds(packed, person_id))


def _holding(audience_ids: Collection[int], holds: Callable[[bytes], bool]) -> frozenset[int]:
    rows = CustomAudience.objects.filter(pk__in=audience_ids, deleted_at=None)
    return frozenset(key[0] for key in rows.values_list("pk", "modified_at") if holds(_packed(key)))


def _packed(key: Key) -> bytes:
    found = _kept.get(key)
    if found is None:
        found = bytes(CustomAudience.objects.values_list("digests", flat=True).get(pk=key[0]))
        _kept.put(key, found)
    return found
