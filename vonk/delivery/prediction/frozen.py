"""A model as it is served: frozen, packed so that all heads of a weight lie in one cache line, counters worked out."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vonk.delivery.prediction import frozen_kernels
from vonk.delivery.prediction.kernels import Halves
from vonk.delivery.prediction.learner import Learner, make_read, make_rows
from vonk.delivery.prediction.plan import COUNT_BINS, Floats, Hashes
from vonk.delivery.prediction.programs import SLOTS, Programs, write

CACHE_LINE_BYTES: Final = 64


class Frozen(NamedTuple):
    """What ``frozen_kernels`` read. Entries of counters: slots of ``keys``, then one for each counter of which nothing
    is known, then one that is nothing at all.
    """

    programs: Programs
    table: Halves  # [2^bits + 1 + places of numbers, lanes]: hashed weights, one of nothing, those of numbers.
    affine: Floats  # [1 + surfaces, 2, heads]: slope and intercept, both steps of calibration in one.
    bias: Floats  # [lanes]
    keys: Hashes
    added: Halves  # [entries, lanes]: what a counter adds to the logits.
    bins: npt.NDArray[np.uint8]  # [entries, heads]: its rates' knots, for meetings.
    seen: Halves  # [entries, 1 + 2 * heads]: what it says, for the second stage.


def freeze(learner: Learner) -> Frozen:
    """Return the model as the learner knows it now; what is learnt later does not change it."""
    plan, state, heads = learner.plan, learner.state, learner.plan.heads
    lanes = -(-heads // frozen_kernels.LANE) * frozen_kernels.LANE
    hashed = plan.mask + 1
    table = _aligned(hashed + 1 + plan.rates_from, lanes)
    table[:hashed, :heads] = state.weights[plan.hashed_from :]
    table[hashed + 1 :, :heads] = state.weights[: plan.rates_from]
    programs = write(learner.spec, plan, hashed + 1)
    slots = 1 << int(2 * np.count_nonzero(state.keys) + 1).bit_length()
    for program in (programs.viewer, programs.item, programs.pair):
        program[0, SLOTS] = slots
    entries = slots + len(plan.counters) + 1
    keys: Hashes = np.zeros(slots, np.uint64)
    added, bins = _aligned(entries, lanes), np.zeros((entries, heads), np.uint8)
    seen = np.zeros((entries, 1 + 2 * heads), np.float32)
    frozen_kernels.freeze(plan, state, make_rows(plan, 1), make_read(plan), keys, added, bins, seen)
    unknown = state.weights[plan.counts_from : plan.counts_from + len(plan.counters) * COUNT_BINS : COUNT_BINS]
    added[slots : slots + len(plan.counters), :heads] = unknown
    bias = np.zeros(lanes)
    bias[:heads] = state.bias
    return Frozen(programs, table, _affine(learner.calibration), bias, keys, added, bins, seen)


def _affine(calibration: Floats) -> Floats:
    """Return both steps, every surface's and the surface's own, as one: slope and intercept."""
    slope = calibration[:, :, 0] * calibration[0, :, 0]
    intercept = calibration[:, :, 0] * calibration[0, :, 1] + calibration[:, :, 1]
    return np.ascontiguousarray(np.stack([slope, intercept], axis=1))


def _aligned(rows: int, columns: int) -> Halves:
    """Return zeros whose first row begins a cache line, so that no row of four lies in two."""
    room = np.zeros(rows * columns + CACHE_LINE_BYTES // 4, np.float32)
    skipped = -room.ctypes.data % CACHE_LINE_BYTES // 4
    return room[skipped : skipped + rows * columns].reshape(rows, columns)
