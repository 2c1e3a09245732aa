# ruff: noqa: PLR0917 - kernels take their arrays one by one: compiled code has no keywords
"""The compiled second stage: for a few rows at once, what the first stage saw and said, through all trees, blended and calibrated."""

import math
from typing import Any, Final

import numpy as np

from vonk.delivery.prediction.compiling import compiled
from vonk.delivery.prediction.kernels import LOGIT_MAX

LANES: Final = 16  # Rows are gone through in whole bundles of so many: a remainder would cost as much.
LANES_MAX: Final = 64
_ALL: Final = np.uint32(0xFFFFFFFF)
_FIRST: Final = np.uint32(1)
_SPREAD: Final = np.uint32(0x077CB531)  # de Bruijn: a single bit times this has its place in the upper five bits.
_PLACE_SHIFT: Final = np.uint32(27)


def bit_places() -> Any:
    """Return where a single bit is, by what it makes of ``_SPREAD``."""
    found = np.zeros(32, np.int64)
    for at in range(32):
        found[((0x077CB531 << at) & 0xFFFFFFFF) >> 27] = at
    return found


@compiled()
def add_trees(
    trees: Any,
    first: Any,
    last: Any,
    features: Any,
    thresholds: Any,
    masks: Any,
    leaves: Any,
    places: Any,
    looked_at: Any,
    lanes: Any,
    left: Any,
    sums: Any,
) -> None:
    """Set ``sums`` of the lanes to the leaves of trees ``first`` to ``last``. ``looked_at`` is [columns, lanes]; ``left`` is room."""
    for k in range(lanes):
        sums[k] = 0
    for t in range(first, last):
        for k in range(lanes):
            left[k] = _ALL
        for i in range(trees[t, 0], trees[t, 1]):
            column, threshold, mask = features[i], thresholds[i], masks[i]
            for k in range(lanes):
                left[k] &= mask if looked_at[column, k] > threshold else _ALL
        for i in range(trees[t, 1], trees[t, 2]):
            column, threshold, mask = features[i], thresholds[i], masks[i]
            for k in range(lanes):
                left[k] &= _ALL if looked_at[column, k] <= threshold else mask
        leaf = trees[t, 3]
        for k in range(lanes):
            own = np.uint32(left[k] & (~left[k] + _FIRST))
            sums[k] += leaves[leaf + places[np.uint32(own * _SPREAD) >> _PLACE_SHIFT]]


@compiled()
def rerank(
    heads: Any,
    trees: Any,
    features: Any,
    thresholds: Any,
    masks: Any,
    leaves: Any,
    places: Any,
    blends: Any,
    affine: Any,
    fixed: Any,
    logits: Any,
    seen: Any,
    found: Any,
    surfaces: Any,
    wanted: Any,
    looked_at: Any,
    left: Any,
    sums: Any,
    chosen: Any,
    probabilities: Any,
) -> None:
    """Set the probabilities of the heads that a row wants and that have trees; leave the others as they are.

    For each row of ``wanted`` (heads as bits; 64 at most): ``fixed`` ordinal fields and numbers, ``logits`` of the first stage, ``found`` the
    entries of ``seen`` by counter, ``surfaces`` its code. The last arrays are room.
    """
    count, known, own = wanted.shape[0], found.shape[1], fixed.shape[1]
    every = heads.shape[0] - 1
    for h in range(every):
        if heads[h] == heads[h + 1]:
            continue
        rows = 0
        for k in range(count):
            if (wanted[k] >> h) & 1:
                chosen[rows] = k
                rows += 1
        if rows == 0:
            continue
        for at in range(rows):
            k = chosen[at]
            for c in range(own):
                looked_at[c, at] = fixed[k, c]
            for c in range(every):
                looked_at[own + c, at] = logits[k, c]
            for c in range(known):
                entry = found[k, c]
                looked_at[own + every + c, at] = seen[entry, 0]
                looked_at[own + every + known + c, at] = seen[entry, 1 + h]
                looked_at[own + every + 2 * known + c, at] = seen[entry, 1 + every + h]
        lanes = -(-rows // LANES) * LANES
        add_trees(
            trees, heads[h], heads[h + 1], features, thresholds, masks, leaves, places, looked_at, lanes, left, sums
        )
        for at in range(rows):
            k = chosen[at]
            logit = blends[h, 0] * sums[at] + blends[h, 1] * logits[k, h] + blends[h, 2]
            surface = 1 + surfaces[k] % (affine.shape[0] - 1)
            logit = affine[surface, 0, h] * logit + affine[surface, 1, h]
            probabilities[k, h] = 1.0 / (1.0 + math.exp(-min(max(logit, -LOGIT_MAX), LOGIT_MAX)))
