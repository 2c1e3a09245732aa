"""Ads as the scorer keeps them: what is theirs alone is worked out once, when an ad or its model changes."""

from typing import Final

import numpy as np

from vonk.delivery.prediction import frozen_kernels
from vonk.delivery.prediction.frozen import Frozen
from vonk.delivery.prediction.learner import RowsInvalid
from vonk.delivery.prediction.plan import Floats, Hashes, Ints, Plan

ROWS_FIRST: Final = 64
ROWS_MAX: Final = 1 << 22  # Ads of one server, with room to spare.


class Items:
    """Rows of prepared items. A row's number stays its item's until it is released. One thread at a time.

    Codes and numbers of an item stand in the order of the specification's item fields and item numbers.
    """

    def __init__(self, frozen: Frozen, plan: Plan) -> None:
        self._frozen = frozen
        self._fields, self._numbers = len(plan.item_fields), len(plan.item_numbers)
        self.parts: Hashes = np.zeros((ROWS_FIRST, frozen.programs.parts), np.uint64)
        self.own: Floats = np.zeros((ROWS_FIRST, frozen.table.shape[1]))
        self._free: dict[
            int, None
        ] = {}  # In the order in which they were released; of many thousands one is found at once.
        self.used = 0  # Rows that were ever given out.

    def __len__(self) -> int:
        return self.used - len(self._free)

    def prepare(self, codes: Ints, numbers: Floats, row: int | None = None) -> int:
        """Take in an item, or say anew what ``row`` is; return its row. Raises RowsInvalid."""
        if row is not None and not 0 <= row < self.used:
            raise RowsInvalid(reason=f"there is no item {row}")
        rows = np.array([self._next() if row is None else row])
        try:
            self.set(codes.reshape(1, -1), numbers.reshape(1, -1), np.zeros(1, np.int64), rows)
        except RowsInvalid:
            if row is None:
                self._free[int(rows[0])] = None
            raise
        return int(rows[0])

    def prepare_all(self, codes: Ints, numbers: Floats) -> Ints:
        """Take in an item for each row of both tables; return their rows. Raises RowsInvalid."""
        self._check(codes, numbers)
        rows = np.array([self._next() for _ in range(len(codes))], np.int64)
        self.set(codes, numbers, np.arange(len(codes)), rows)
        return rows

    def release(self, row: int) -> None:
        """Let another item have this row."""
        if not 0 <= row < self.used or row in self._free:
            raise RowsInvalid(reason=f"there is no item {row}")
        self._free[row] = None

    def clear(self) -> None:
        """Release all rows."""
        self._free.clear()
        self.used = 0

    def set(self, codes: Ints, numbers: Floats, sources: Ints, rows: Ints) -> None:
        """Say what ``rows`` are: the items at ``sources`` of both tables. Raises RowsInvalid."""
        self._check(codes, numbers)
        self._make_room(int(rows.max(initial=-1)) + 1)
        frozen = self._frozen
        frozen_kernels.describe(
            frozen.programs.item, frozen.programs.spans, frozen.table, frozen.keys, frozen.added, frozen.bins,
            codes, numbers, sources, rows, self.parts, self.own,
        )  # fmt: skip

    def _next(self) -> int:
        if self._free:
            return self._free.popitem()[0]
        self.used += 1
        return self.used - 1

    def _check(self, codes: Ints, numbers: Floats) -> None:
        if codes.shape != (len(codes), self._fields) or numbers.shape != (len(codes), self._numbers):
            raise RowsInvalid(reason="a table of items has another shape than the specification's")

    def _make_room(self, rows: int) -> None:
        if rows > ROWS_MAX:
            raise RowsInvalid(reason=f"{rows} items, {ROWS_MAX} may be")
        size = len(self.parts)
        if rows > size:
            more = max(rows, 2 * size) - size
            self.parts = np.concatenate([self.parts, np.zeros((more, self.parts.shape[1]), np.uint64)])
            self.own = np.concatenate([self.own, np.zeros((more, self.own.shape[1]))])
