"""What kernels read of every ad in the index: arrays by the ad's place, made when first asked for and kept up with single ads.

A bid that stands here is what the ad bids now, or is marked as not known; then the ad's KEY bounds it.
"""

import struct
from collections.abc import Iterable
from typing import Final, TypeVar

import numpy as np

from vonk.delivery.matching.cells import OCPM_LIFT_MAX, Row
from vonk.delivery.matching.order import BLOCK
from vonk.delivery.prediction.listing import (
    BID,
    BY_CLICK,
    BY_CONVERSION,
    BY_SHOWING,
    BY_VIEW,
    COLUMNS,
    FROM,
    KEY,
    PER_IMPRESSION,
    UNTIL,
)
from vonk.delivery.prediction.plan import Floats, Ints
from vonk.delivery.snapshot import Billing, Goal

_AIMS: Final = {None: BY_SHOWING, Goal.CLICK: BY_CLICK, Goal.VIEW: BY_VIEW, Goal.CONVERSION: BY_CONVERSION}
_COLUMNS: Final = struct.Struct(f"{PER_IMPRESSION + 1}d")  # In their order.
_ROW_BYTES: Final = 8 * COLUMNS
_ANY_LIFT: Final = float("inf")
LISTED_MAX: Final = 5_000  # Ads of one slot that are predicted.
CHOSEN_MAX: Final = 16  # Of those, how many may be looked at together.


class Desk:
    """Arrays for the ads of one slot at a time, in the order of their listing."""

    def __init__(self) -> None:
        self.places, self.stale = np.zeros(LISTED_MAX, np.int64), np.zeros(LISTED_MAX, np.int64)
        self.keys, self.rates, self.values = np.zeros(LISTED_MAX), np.zeros(LISTED_MAX), np.zeros(LISTED_MAX)
        self.told, self.summed = np.zeros(2, np.int64), np.zeros(4)
        self.chosen, self.chosen_values = np.zeros(CHOSEN_MAX, np.int64), np.zeros(CHOSEN_MAX)


class Board:
    """Columns of ``prediction.listing`` for each place. One thread at a time.

    ``stamps`` are others whenever another ad comes to a place; ``tops`` are by block: no key there or later is more.
    """

    def __init__(self, rows: list[Row | None]) -> None:
        self.rows = rows  # The order's own, by place.
        self.desk = Desk()
        places = max(len(rows), BLOCK)
        self._take(
            np.zeros((places, COLUMNS)), np.zeros(places, np.int64), np.zeros(places, np.int64),
            np.zeros(places, np.int64), np.zeros(places // BLOCK),
        )  # fmt: skip
        self.category_numbers: dict[str, int] = {"": 0}
        self._stamp = 0
        for row in rows:
            if row is not None:
                self._place(row)
        of_block = self.columns[:, KEY].reshape(-1, BLOCK).max(axis=1, initial=0.0)
        self.tops[:] = np.maximum.accumulate(of_block[::-1])[::-1]

    def place(self, row: Row) -> None:
        """Take in an ad that came to its place."""
        if row.place >= len(self.ads):
            self._grow()
        self._raise_tops(row.place, self._place(row))

    def change(self, row: Row) -> None:
        """Take in what an ad is worth by its newest results."""
        self._raise_tops(row.place, self._set(row))

    def settle(self, row: Row, now_ms: int) -> None:
        """Take in what an ad bids now, as its row keeps it: at least for this instant."""
        columns, place = self.columns, row.place
        columns[place, BID], columns[place, FROM] = row.bid, now_ms
        columns[place, UNTIL] = max(row.bid_until_ms, now_ms + 1)

    def unsettle(self, rows: Iterable[Row | None]) -> None:
        """Note that nobody knows what these ads bid now."""
        for row in rows:
            if row is not None and row.place >= 0:
                self.columns[row.place, UNTIL] = 0

    def forget(self) -> None:
        """Let everything that was made of ads and posts be made anew."""
        self.stamps[:] = np.arange(self._stamp + 1, self._stamp + 1 + len(self.stamps))
        self._stamp += len(self.stamps)

    def _take(self, columns: Floats, ads: Ints, stamps: Ints, categories: Ints, tops: Floats) -> None:
        """Keep the arrays, and views of them: a single number is written in a view in a fifth of the time."""
        self.columns, self.ads, self.stamps, self.categories, self.tops = columns, ads, stamps, categories, tops
        self._bytes = columns.data.cast("B")
        self._ads, self._stamps, self._categories = _whole(ads), _whole(stamps), _whole(categories)
        self._tops = tops.data.cast("B").cast("d")

    def _place(self, row: Row) -> float:
        place, category = row.place, row.ad.category
        self._stamp += 1
        self._stamps[place], self._ads[place] = self._stamp, row.ad.id
        self._categories[place] = self.category_numbers.setdefault(category, len(self.category_numbers))
        return self._set(row)

    def _set(self, row: Row) -> float:
        """Write down the ad's columns; return its key."""
        esteem, after = row.esteem, row.group.after
        lift = OCPM_LIFT_MAX if row.terms.billing is Billing.OCPM else _ANY_LIFT
        key = (row.worth - esteem) * row.bonus + (esteem if esteem > 0 else 0)  # noqa: FURB136 - the call would cost more.
        _COLUMNS.pack_into(
            self._bytes, row.place * _ROW_BYTES,
            _AIMS[row.aim], row.rate, row.bonus, esteem, lift, key, 0.0, 0.0, 0.0,
            after.per_click, after.of_model, after.per_impression,
        )  # fmt: skip
        return key

    def _raise_tops(self, place: int, key: float) -> None:
        tops = self._tops
        for block in range(place // BLOCK, -1, -1):
            if tops[block] >= key:
                break
            tops[block] = key

    def _grow(self) -> None:
        """Make room for all places of the order, and as many again."""
        places = 2 * len(self.rows)
        self._take(
            _longer(self.columns, places), _longer(self.ads, places), _longer(self.stamps, places),
            _longer(self.categories, places), _longer(self.tops, places // BLOCK),
        )  # fmt: skip


_Array = TypeVar("_Array", Floats, Ints)


def _longer(array: _Array, rows: int) -> _Array:
    longer = np.zeros((rows, *array.shape[1:]), array.dtype)
    longer[: len(array)] = array
    return longer


def _whole(array: Ints) -> "memoryview[int]":
    return array.data.cast("B").cast("q")
