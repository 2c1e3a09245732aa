"""Predictions on the hot path: one viewer, a few ads or all of them, every head."""

from typing import Final

import numpy as np
import numpy.typing as npt

from vonk.delivery.prediction import frozen_kernels
from vonk.delivery.prediction.frozen import freeze
from vonk.delivery.prediction.items import Items
from vonk.delivery.prediction.learner import Learner, RowsInvalid
from vonk.delivery.prediction.plan import Floats, Ints

ITEMS_MAX: Final = 64  # Of one call with the caller's own tables; who has more prepares them.
ASKED_MAX: Final = 1 << 17  # Rows of one call.
_INT: Final = np.dtype(np.int64)


class Scorer:
    """A model that answers, as its learner knew it when the scorer was made. Its answers live in its own arrays until it is
    asked again: one thread at a time.

    Ads are prepared once (``items.prepare``), a viewer is met once a request (``meet``), and ``score_rows`` then looks up what
    they tell together: some tens of nanoseconds an ad. ``score`` does all three at once, for items that are not kept.
    """

    def __init__(self, learner: Learner) -> None:
        self.spec = learner.spec
        self.names = learner.names
        self._plan = plan = learner.plan
        self._frozen = frozen = freeze(learner)
        self.items = Items(frozen, plan)
        self._passing = Items(frozen, plan)  # Of calls that bring their items along.
        self._passing.used = ITEMS_MAX
        self._heads, self._counters = len(self.spec.heads), len(self.spec.counters)
        self._one = np.zeros(1, np.int64)
        self._places = np.arange(ITEMS_MAX)
        self._viewer = np.zeros((1, frozen.programs.parts), np.uint64)
        self._viewer_own = np.zeros((1, frozen.table.shape[1]))
        self._codes = np.zeros((1, len(self.spec.fields)), np.int64)
        self._numbers = np.full((1, len(self.spec.numbers)), np.nan)
        self._logits = self._probabilities = np.zeros((0, 0))
        self._found, self._met = np.zeros((0, 0), np.int64), np.zeros((0, 2), np.uint64)
        self._seen = np.zeros((ITEMS_MAX, 1 + 2 * self._heads, self._counters), np.float32)
        self._make_room(ITEMS_MAX)
        self._no_codes, self._no_numbers = self._absent_pairs(0)

    def warm(self) -> None:
        """Compile or load the kernels, so that the first request does not wait for them. Asks, so forgets the last answer."""
        items = np.zeros((1, len(self._plan.item_fields)), np.int64)
        numbers = np.full((1, len(self._plan.item_numbers)), np.nan)
        viewer = np.zeros(len(self.spec.fields), np.int64), np.full(len(self.spec.numbers), np.nan)
        self.score(*viewer, items, numbers, np.zeros(1, np.int64), *self._absent_pairs(1), watched=True)

    def meet(self, codes: Ints, numbers: Floats) -> None:
        """Take in viewer and context, once a request. What is an item's or a pair's in them is not read.

        ``codes`` and ``numbers`` stand in the specification's order. Raises RowsInvalid.
        """
        if len(codes) != self._codes.shape[1] or len(numbers) != self._numbers.shape[1]:
            raise RowsInvalid(reason="codes or numbers are not as many as the specification's")
        self._codes[0] = codes
        self._numbers[0] = numbers
        frozen = self._frozen
        frozen_kernels.describe(
            frozen.programs.viewer, frozen.programs.spans, frozen.table, frozen.keys, frozen.added, frozen.bins,
            self._codes, self._numbers, self._one, self._one, self._viewer, self._viewer_own,
        )  # fmt: skip
        self._viewer_own += frozen.bias

    def score_rows(self, rows: Ints, pair_codes: Ints | None = None, pair_numbers: Floats | None = None) -> Floats:
        """Return the calibrated probabilities [len(rows), heads] for the viewer met last, a view that the next call
        writes over.

        ``rows`` (64-bit integers) are rows of ``items``. What belongs to pairs has a row for each of them; left out, it is missing.
        Raises RowsInvalid, also for a row that never was; a released one answers as what it was.
        """
        return self._score(self.items, rows, pair_codes, pair_numbers)

    def score(  # noqa: PLR0917 - the arrays of one call, as the kernel takes them
        self,
        codes: Ints,
        numbers: Floats,
        item_codes: Ints,
        item_numbers: Floats,
        items: Ints,
        pair_codes: Ints,
        pair_numbers: Floats,
        *,
        watched: bool = False,
    ) -> Floats:
        """Return the calibrated probabilities [len(items), heads], a view that the next call writes over.

        ``codes`` and ``numbers`` are as ``meet`` has them. ``items``, 64 at most, are rows of the caller's tables, whose
        columns stand in the order of the specification's fields and numbers of an item; what belongs to pairs has a row for
        each of ``items``. With ``watched``, ``logits`` and ``seen`` then hold what the second stage wants.
        """
        count = len(items)
        if count > ITEMS_MAX:
            raise RowsInvalid(reason=f"{count} items in one call, {ITEMS_MAX} may be")
        if not count:
            return self._probabilities[:0]
        self.meet(codes, numbers)
        if items.min() < 0 or items.max() >= min(len(item_codes), len(item_numbers)):
            raise RowsInvalid(reason="items lie outside their tables")
        rows = self._places[:count]
        self._passing.set(item_codes, item_numbers, items, rows)
        return self._score(self._passing, rows, pair_codes, pair_numbers, watched=watched)

    def _score(
        self, items: Items, rows: Ints, pair_codes: Ints | None, pair_numbers: Floats | None, *, watched: bool = False
    ) -> Floats:
        count = len(rows)
        if rows.dtype != _INT or rows.ndim != 1:
            raise RowsInvalid(reason="rows are no row of 64-bit integers")
        if count > len(self._logits):
            self._make_room(count)
        frozen = self._frozen
        scored = frozen_kernels.score(
            frozen.programs.viewer, frozen.table, frozen.affine, items.parts, items.own, self._viewer, self._viewer_own,
            rows, items.used, self._logits, self._probabilities,
        )  # fmt: skip
        if scored < count:
            raise RowsInvalid(reason=f"there is no item {rows[scored]}")
        if frozen.programs.paired or watched:
            self._add_paired(items, rows, pair_codes, pair_numbers)
        if watched:
            self._seen[:count] = frozen.seen[self._found[:count]].transpose(0, 2, 1)
        return self._probabilities[:count]

    def _add_paired(self, items: Items, rows: Ints, codes: Ints | None, numbers: Floats | None) -> None:
        if codes is None or numbers is None:
            absent = self._absent_pairs(len(rows))
            codes, numbers = absent[0] if codes is None else codes, absent[1] if numbers is None else numbers
        plan, frozen = self._plan, self._frozen
        if codes.shape != (len(rows), len(plan.pair_fields)) or numbers.shape != (len(rows), len(plan.pair_numbers)):
            raise RowsInvalid(reason="a table of pairs has another shape than the specification's")
        frozen_kernels.add_paired(
            frozen.programs.pair, frozen.programs.spans, frozen.table, frozen.keys, frozen.added, frozen.bins,
            frozen.affine, items.parts, self._viewer, rows, codes, numbers, self._found, self._met,
            self._logits, self._probabilities,
        )  # fmt: skip

    def _absent_pairs(self, rows: int) -> tuple[Ints, Floats]:
        """Return codes and numbers of pairs of whom nothing is known."""
        codes, numbers = len(self._plan.pair_fields), len(self._plan.pair_numbers)
        return np.zeros((rows, codes), np.int64), np.full((rows, numbers), np.nan)

    def _make_room(self, rows: int) -> None:
        if rows > ASKED_MAX:
            raise RowsInvalid(reason=f"{rows} items in one call, {ASKED_MAX} may be")
        lanes = self._frozen.table.shape[1]
        self._logits, self._probabilities = np.zeros((rows, lanes)), np.zeros((rows, self._heads))
        self._found = np.zeros((rows, self._counters), np.int64)
        self._met = np.zeros((rows, 2), np.uint64)

    def last(self, rows: int) -> tuple[Floats, npt.NDArray[np.float32], Ints]:
        """Return what the second stage looks at of the last call's first rows, as its kernel takes it: uncalibrated logits, what
        all counters say, and by row which of that is theirs. Only where the specification has something of pairs.
        """
        assert self._frozen.programs.paired, "Nobody has looked up which counters are theirs."
        return self._logits[:rows], self._frozen.seen, self._found[:rows]

    @property
    def logits(self) -> Floats:
        """Uncalibrated logits of the last call, [64 or more, heads]."""
        return self._logits[:, : self._heads]

    @property
    def seen(self) -> npt.NDArray[np.float32]:
        """What the counters said in the last watched call, as ``learner.Streamed`` has it."""
        return self._seen
