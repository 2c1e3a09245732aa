"""Places for ads, the most valuable first, so that a decision can stop early.

A place is a bit in the index's bitmaps. Places come in blocks of 32; each block knows the most that any ad in it or
in a later block can be worth. New ads go where their worth belongs while there is room, else nearby: order is a
matter of speed, the bounds are always true. Freed places are used again.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Final

from vonk.delivery.matching.cells import Row

BLOCK: Final = 32
FILL: Final = 24  # Places used of each block when the order is made anew: the rest is room for changes.
PAGE: Final = 2048  # Bits handled at once; the whole bitmap of 100,000 ads would be copied at every step.
_BLOCK_MASK: Final = (1 << BLOCK) - 1
_PAGE_MASK: Final = (1 << PAGE) - 1
_NEARBY_BLOCKS: Final = 64


class Order:
    """Which row has which place, and each block's bound."""

    def __init__(self) -> None:
        self.rows: list[Row | None] = []
        self.bounds: list[int] = []  # For each block: no row here or later is worth more. Never rises.
        self._edges: list[int] = []  # For each block: minus the least bound it was made for. Never falls.
        self._free: list[list[int]] = []
        self.strays = 0  # Rows placed away from where they belong since the order was made.

    def take(self, row: Row) -> int:
        """Give the row a place and return it."""
        home = min(bisect_left(self._edges, -row.bound), max(len(self._free) - 1, 0))
        for block in range(home, max(home - _NEARBY_BLOCKS, -1), -1):
            if self._free and self._free[block]:
                break
        else:
            block = next((block for block in range(home, len(self._free)) if self._free[block]), -1)
            self.strays += 1
        if block < 0 or not self._free:
            block = self._extend(row.bound)
        place = self._free[block].pop()
        self.rows[place] = row
        for earlier in range(block, -1, -1):
            if self.bounds[earlier] >= row.bound:
                break
            self.bounds[earlier] = row.bound
        return place

    def release(self, place: int) -> None:
        """Make the place free."""
        self.rows[place] = None
        self._free[place // BLOCK].append(place)

    def make(self, rows: Iterable[Row]) -> None:
        """Order all rows anew; each one's ``place`` is set."""
        ordered = sorted(rows, key=lambda row: (-row.bound, row.ad.id))
        self.rows, self.bounds, self._edges, self._free, self.strays = [], [], [], [], 0
        for start in range(0, len(ordered), FILL):
            block = ordered[start : start + FILL]
            self._extend(block[-1].bound)
            self.bounds[-1] = block[0].bound
            for row in block:
                row.place = self._free[-1].pop()
                self.rows[row.place] = row

    def blocks(self, bits: int) -> Iterator[tuple[int, int]]:
        """Yield the first place and the bits of each block that has any, most valuable first."""
        start = 0
        while bits:
            page = bits & _PAGE_MASK
            bits >>= PAGE
            place = start
            while page:
                block = page & _BLOCK_MASK
                if block:
                    yield place, block
                page >>= BLOCK
                place += BLOCK
            start += PAGE

    def _extend(self, edge: int) -> int:
        """Add an empty block at the end, return its number."""
        block = len(self._free)
        self._free.append(list(range((block + 1) * BLOCK - 1, block * BLOCK - 1, -1)))
        self.rows.extend([None] * BLOCK)
        self.bounds.append(0)
        self._edges.append(max(-edge, self._edges[-1]) if self._edges else -edge)
        return block
