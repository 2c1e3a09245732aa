"""Keys of what is crossed and counted, and the one table in which all counters are found by theirs.

A slot of the table is a key and, by head, three counts. It never grows: what has no room takes the place of the rarest
of its neighbours.
"""

from typing import Any, Final

import numpy as np

from vonk.delivery.prediction.compiling import compiled

PROBES: Final = 8  # Slots tried for a counter's key before the least of them gives way.
TAG_MASK: Final = 127  # Bits of a counter's key that say which counter it is, twice its place and 1.
N, S, E = 0, 1, 2  # Of a counter and a head: impressions whose label is known, successes, successes predicted.


@compiled(inline="always")
def mix(seed: Any, value: Any) -> Any:
    """Return 64 well-mixed bits of two."""
    mixed = (seed ^ value) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    return mixed ^ (mixed >> np.uint64(29))


@compiled()
def crossed(columns: Any, at: Any, codes: Any, salt: Any) -> Any:
    """Return the key of the codes in row ``at`` of columns together, odd; 0 where one is missing."""
    key = salt
    for k in range(columns.shape[1]):  # By places: a slice of an array would be counted, which costs more than it does.
        column = columns[at, k]
        if column < 0:
            break
        if codes[column] == 0:
            return np.uint64(0)
        key = mix(key, np.uint64(codes[column]))
    return key | np.uint64(1)


@compiled(inline="always")
def tagged(key: Any, c: Any) -> Any:
    """Return a counter's key with the counter's place in it, so that a slot tells whose it is; 0 stays 0."""
    if key == 0:
        return key
    return (key & ~np.uint64(TAG_MASK)) | np.uint64(2 * c + 1)


def counters_of(keys: Any) -> Any:
    """Return which counter each key is of: its place in the plan."""
    return (keys & np.uint64(TAG_MASK)) >> np.uint64(1)


@compiled()
def find(keys: Any, key: Any) -> Any:
    """Return the slot of a counter's key, -1 where it is not kept."""
    mask = keys.shape[0] - 1
    first = np.int64(key >> np.uint64(20)) & mask
    for probe in range(PROBES):
        slot = (first + probe) & mask
        if keys[slot] == key:
            return slot
        if keys[slot] == 0:
            break
    return -1


@compiled()
def find_or_make(keys: Any, counts: Any, key: Any) -> Any:
    """Return the slot of a counter's key; where there is no room, the rarest of its neighbours is forgotten."""
    mask = keys.shape[0] - 1
    first = np.int64(key >> np.uint64(20)) & mask
    rarest = first
    for probe in range(PROBES):
        slot = (first + probe) & mask
        if keys[slot] == key:
            return slot
        if keys[slot] == 0:
            keys[slot] = key
            return slot
        if counts[slot, 0, N] < counts[rarest, 0, N]:
            rarest = slot
    keys[rarest] = key
    counts[rarest] = 0
    return rarest
