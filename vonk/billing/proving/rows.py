"""Room for millions of small rows of whole numbers, so that those with the same first number can be brought together.

Memory does not grow with the rows: beyond a size they lie in files, spread over them by their first number.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

ROWS_IN_MEMORY: Final = 1_000_000  # Some 30 MB while they are spread over the files.
FILES: Final = 256  # A billion rows make files of 100 MB, of which one is in memory at a time.
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)  # Odd: neighbouring numbers end up in different files.

Column = npt.NDArray[np.int64]
Table = npt.NDArray[np.int64]


class Rows:
    """Rows of ``columns`` 64-bit numbers; the first is the key. ``folder`` is the rows' own and need not exist yet."""

    def __init__(self, folder: Path, columns: int, in_memory: int = ROWS_IN_MEMORY) -> None:
        self._folder = folder
        self._in_memory = in_memory
        self._columns = columns
        self._waiting: list[Table] = []
        self._rows_waiting = 0
        self._spilled = False

    def add(self, *columns: Column) -> None:
        """Add rows, given column by column."""
        assert len(columns) == self._columns, "Every row has all columns."
        if not len(columns[0]):
            return
        self._waiting.append(np.column_stack(columns))
        self._rows_waiting += len(columns[0])
        if self._rows_waiting >= self._in_memory:
            self._spill()

    def parts(self) -> Iterator[Table]:
        """Yield all rows in parts; rows with the same key are in the same part, in the order in which they came."""
        if not self._spilled:
            if self._waiting:
                yield np.concatenate(self._waiting)
            return
        self._spill()
        for file in sorted(self._folder.iterdir()):
            yield np.fromfile(file, dtype=np.int64).reshape(-1, self._columns)

    def _spill(self) -> None:
        if not self._waiting:
            return
        self._folder.mkdir(exist_ok=True)
        rows = np.concatenate(self._waiting)
        self._waiting, self._rows_waiting, self._spilled = [], 0, True
        file_of = ((rows[:, 0].view(np.uint64) * _MIX) >> np.uint64(56)).astype(np.uint8)
        rows = rows[np.argsort(file_of, kind="stable")]
        ends = np.cumsum(np.bincount(file_of, minlength=FILES))
        start = 0
        for number, end in enumerate(ends):
            if end > start:
                with (self._folder / f"{number:03}").open("ab") as file:
                    rows[start:end].tofile(file)
            start = end


def repeated(rows: Table) -> Table:
    """Return the rows whose key is there more than once, sorted by key, otherwise in their order."""
    keys = rows[:, 0]
    ordered = np.sort(keys)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(twice):
        return rows[:0]
    found = rows[np.isin(keys, twice)]
    return found[np.argsort(found[:, 0], kind="stable")]


def column(numbers: Sequence[int]) -> Column:
    """Return the numbers as a column."""
    return np.array(numbers, dtype=np.int64)
