"""A model that learns from a stream in one pass: predict, wait until the labels are due, learn."""

from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from vonk.core.errors import Invalid
from vonk.delivery.prediction import calibration, kernels
from vonk.delivery.prediction.plan import PER_COUNTER, Floats, Hashes, Ints, Names, Plan, compile_spec, weights_of
from vonk.delivery.prediction.spec import Spec

LABEL_DELAY_MS: Final = 60_000  # A label may be used so long after its impression, not earlier (delivery science §3).
RING_MIN: Final = 1_024
ROWS_WAITING_MAX: Final = 2_000_000
FOREVER_MS: Final = 2**62


class RowsInvalid(Invalid):
    """Rows do not fit the model, or each other."""

    code = "prediction_rows_invalid"
    message = "These rows cannot be learnt from or predicted: %(reason)s."
    cause = "They were made for another specification, or are out of order."
    remedy = "Make the rows by the model's specification, in the order of their instants."


class Speeds(msgspec.Struct, frozen=True):
    """Parameters of learning (delivery science §3; the first sum of squares was chosen on 4 and 5 May)."""

    step: float = 0.02
    first_squares: float = 0.5
    l2: float = 1e-4
    bias_step: float = 0.002


class Streamed(NamedTuple):
    """What was predicted of each row before its labels were known.

    ``seen`` [rows, 1 + 2 * heads, counters] is what counters said: impressions, rates by head, residuals by head.
    """

    logits: Floats
    seen: kernels.Halves


class Learner:
    """The state of a model and the rows whose labels it waits for. One thread at a time."""

    def __init__(self, spec: Spec, speeds: Speeds = Speeds()) -> None:  # noqa: B008 - immutable
        self.spec = spec
        self.speeds = speeds
        self.plan: Plan
        self.names: Names
        self.plan, self.names = compile_spec(spec)
        self.state = fresh(self.plan, spec, speeds)
        self.calibration = calibration.identity(len(spec.heads))
        self.learnt_ms = 0  # The latest instant that it has predicted.
        self._ring = make_rows(self.plan, RING_MIN)
        self._cursor = np.zeros(2, np.int64)  # Rows learnt, rows predicted, since it was made.
        self._due_ms = 0
        self._read = make_read(self.plan)

    def waiting(self) -> int:
        """Return how many rows have been predicted and not yet learnt."""
        return int(self._cursor[1] - self._cursor[0])

    def stream(
        self,
        codes: Ints,
        numbers: Floats,
        times_ms: Ints,
        labels: npt.NDArray[np.int8],
        *,
        due_ms: Ints | None = None,
        watched: bool = False,
    ) -> Streamed:
        """Predict rows in order, each with what was due by its instant, and learn from them as they fall due.

        Codes [rows, fields] and numbers [rows, numbers] stand in the specification's order; labels [rows, heads] are
        0, 1, or -1 where unknown. ``due_ms``, never falling, says from when a row's labels may be used: a minute
        after its instant unless given. Rows not due by the last instant wait for the next call, or for ``settle``.
        """
        due_ms = times_ms + LABEL_DELAY_MS if due_ms is None else due_ms
        self._check(codes, numbers, times_ms, labels, due_ms)
        self._make_room(times_ms, due_ms)
        heads, counters = len(self.spec.heads), len(self.spec.counters)
        logits = np.zeros((len(codes), heads))
        seen = np.zeros((len(codes) if watched else 0, 1 + 2 * heads, counters), np.float32)
        kernels.stream(
            self.plan, self.state, codes, numbers, times_ms, due_ms, labels,
            self._ring, self._cursor, self._read, self._rates(), logits, seen,
        )  # fmt: skip
        if len(codes):
            self.learnt_ms, self._due_ms = int(times_ms[-1]), int(due_ms[-1])
        return Streamed(logits, seen)

    def settle(self) -> None:
        """Learn from every row that still waits, due or not: after the last row of a training."""
        kernels.learn_due(self.plan, self.state, self._ring, self._cursor, FOREVER_MS, self._rates())

    def _rates(self) -> kernels.Rates:
        return kernels.Rates(self.speeds.step, self.speeds.l2, self.speeds.bias_step)

    def _check(self, codes: Ints, numbers: Floats, times_ms: Ints, labels: npt.NDArray[np.int8], due_ms: Ints) -> None:
        rows = len(codes)
        shapes = (
            ("codes", codes.shape, (rows, len(self.spec.fields))),
            ("numbers", numbers.shape, (rows, len(self.spec.numbers))),
            ("instants", times_ms.shape, (rows,)),
            ("labels", labels.shape, (rows, len(self.spec.heads))),
            ("due instants", due_ms.shape, (rows,)),
        )
        for what, shape, wanted in shapes:
            if shape != wanted:
                raise RowsInvalid(reason=f"{what} have the shape {shape}, not {wanted}")
        if rows and (codes.min() < 0 or labels.min() < -1 or labels.max() > 1):
            raise RowsInvalid(reason="a code is negative, or a label none of -1, 0 and 1")
        if np.isinf(numbers).any():
            raise RowsInvalid(reason="a number is infinite")
        if rows and (
            np.diff(times_ms, prepend=self.learnt_ms).min() < 0 or np.diff(due_ms, prepend=self._due_ms).min() < 0
        ):
            raise RowsInvalid(reason="instants fall")
        if rows and (due_ms < times_ms).any():
            raise RowsInvalid(reason="a label is due before its row")

    def _make_room(self, times_ms: Ints, due_ms: Ints) -> None:
        """See to it that the ring holds whatever can wait at once; the rows waiting now keep their order."""
        if not len(times_ms):
            return
        learnt = np.searchsorted(due_ms, times_ms, side="right")
        most = int((np.arange(1, len(times_ms) + 1) - np.minimum(learnt, np.arange(len(times_ms)))).max())
        wanted = self.waiting() + most
        if wanted > ROWS_WAITING_MAX:
            raise RowsInvalid(reason=f"{wanted} rows would wait for their labels, {ROWS_WAITING_MAX} may")
        old, size = self._ring, len(self._ring.due_ms)
        if wanted <= size:
            return
        self._ring = make_rows(self.plan, wanted)
        kept = np.arange(self._cursor[0], self._cursor[1])
        for name in kernels.Rows._fields:
            getattr(self._ring, name)[kept % wanted] = getattr(old, name)[kept % size]


def fresh(plan: Plan, spec: Spec, speeds: Speeds) -> kernels.State:
    """Return the state of a model that has learnt nothing."""
    heads, slots = len(spec.heads), 1 << spec.counter_bits
    return kernels.State(
        weights=np.zeros((weights_of(plan), heads), np.float32),
        squares=np.full((weights_of(plan), heads), speeds.first_squares, np.float32),
        bias=np.zeros(heads),
        base=np.zeros((heads, 2)),
        keys=np.zeros(slots, np.uint64),
        counts=np.zeros((slots, heads, 3), np.float32),
    )


def make_rows(plan: Plan, rows: int) -> kernels.Rows:
    """Return room for the features of so many rows."""
    places = len(plan.crosses) + 2 * len(plan.number_low)
    own = PER_COUNTER * len(plan.counters) + len(plan.meetings)
    keys: Hashes = np.zeros((rows, len(plan.counters)), np.uint64)
    return kernels.Rows(
        places=np.full((rows, places), -1, np.int32),
        values=np.zeros((rows, places), np.float32),
        own_places=np.full((rows, plan.heads, own), -1, np.int32),
        own_values=np.zeros((rows, plan.heads, own), np.float32),
        keys=keys,
        logits=np.zeros((rows, plan.heads)),
        again=np.zeros((rows, plan.heads)),
        labels=np.full((rows, plan.heads), -1, np.int8),
        due_ms=np.zeros(rows, np.int64),
    )


def make_read(plan: Plan) -> kernels.Read:
    """Return room for what the counters say about one row."""
    counters = len(plan.counters)
    return kernels.Read(
        known=np.zeros((counters, plan.heads), np.float32),
        rate=np.zeros((counters, plan.heads), np.float32),
        residual=np.zeros((counters, plan.heads), np.float32),
        bins=np.zeros((counters, plan.heads), np.int64),
    )
