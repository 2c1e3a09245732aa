# ruff: noqa: PLR0917 - kernels take their arrays one by one: compiled code has no keywords
"""Platt's step, online: a slope and an intercept per head, and again per head and surface.

Every ``BLOCK`` labels move both by a Newton step on the block, weighed against all that was known before: a prior that
they are right as they are, and earlier blocks, each counting ``MEMORY`` of the one after it. So an odd block moves
little, and a lasting shift is followed. Labels are used from when they are due and not before, as in learning.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from vonk.delivery.prediction.kernels import calibrated, sigmoid
from vonk.delivery.prediction.plan import SURFACES, Floats, Ints

BLOCK: Final = 2_000  # Labels (delivery science §3).
STRENGTH: Final = 2_000.0  # Of the prior, in units of p(1-p): some 8,000 labels at even odds.
MEMORY: Final = 0.95  # What a block counts for, of the one after it.


def identity(heads: int) -> Floats:
    """Return a calibration that changes nothing."""
    found = np.zeros((1 + SURFACES, heads, 2))
    found[:, :, 0] = 1.0
    return found


def sums(heads: int) -> Floats:
    """Return empty sums: of the blocks under way six, then the curvature of the blocks before in three."""
    return np.zeros((1 + SURFACES, heads, 9))


def follow(logits: Floats, surfaces: Ints, times_ms: Ints, due_ms: Ints, labels: Any, calibration: Floats) -> Floats:
    """Return the logits, each calibrated by what was due when it was predicted; move ``calibration`` along.

    Shapes: logits and labels [rows, heads], -1 where a label is unknown; the others [rows], in order of time.
    """
    found = np.empty_like(logits)
    _follow(logits, surfaces, times_ms, due_ms, labels, calibration, sums(logits.shape[1]), found)
    return found


@njit(cache=True)
def _follow(
    logits: Any,
    surfaces: Any,
    times_ms: Any,
    due_ms: Any,
    labels: Any,
    calibration: Any,
    sums: Any,
    found: Any,
) -> None:
    used = 0
    for i in range(logits.shape[0]):
        while used < i and due_ms[used] <= times_ms[i]:
            for h in range(logits.shape[1]):
                if labels[used, h] >= 0:
                    _add(calibration, sums, surfaces[used], h, logits[used, h], labels[used, h])
            used += 1
        for h in range(logits.shape[1]):
            found[i, h] = calibrated(calibration, surfaces[i], h, logits[i, h])


@njit(cache=True)
def _add(calibration: Any, sums: Any, surface: Any, h: Any, logit: Any, label: Any) -> None:
    overall = calibration[0, h, 0] * logit + calibration[0, h, 1]
    slot = 1 + np.int64(surface) % (calibration.shape[0] - 1)
    _gather(calibration, sums, 0, h, logit, label)
    _gather(calibration, sums, slot, h, overall, label)


@njit(cache=True)
def _gather(calibration: Any, sums: Any, slot: Any, h: Any, logit: Any, label: Any) -> None:
    p = sigmoid(calibration[slot, h, 0] * logit + calibration[slot, h, 1])
    block = sums[slot, h]
    block[0] += (p - label) * logit
    block[1] += p - label
    block[2] += p * (1 - p) * logit * logit
    block[3] += p * (1 - p) * logit
    block[4] += p * (1 - p)
    block[5] += 1
    if block[5] >= BLOCK:
        for at in range(3):
            block[6 + at] = MEMORY * block[6 + at] + block[2 + at]
        a, b, d = block[6] + STRENGTH, block[7], block[8] + STRENGTH
        determinant = a * d - b * b
        calibration[slot, h, 0] -= (d * block[0] - b * block[1]) / determinant
        calibration[slot, h, 1] -= (a * block[1] - b * block[0]) / determinant
        block[:6] = 0
