"""What kernels read of every ad in the index: arrays by the ad's place, made when first asked for and kept up with single ads.

A bid that stands here is what the ad bids now, or is marked as not known; then the ad's KEY bounds it.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from vonk.delivery.matching.cells import OCPM_LIFT_MAX, Row
from vonk.delivery.matching.order import BLOCK
from vonk.delivery.prediction.listing import (
    AIM,
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
        self.columns: Floats = np.zeros((len(rows), COLUMNS))
        self.ads: Ints = np.zeros(len(rows), np.int64)
        self.stamps: Ints = np.zeros(len(rows), np.int64)
        self.categories: Ints = np.zeros(len(rows), np.int64)  # As ``category_numbers`` counts them.
        self.category_numbers: dict[str, int] = {"": 0}
        self._stamp = 0
        for row in rows:
            if row is not None:
                self._place(row)
        of_block = self.columns[:, KEY].reshape(-1, BLOCK).max(axis=1, initial=0.0)
        self.tops: Floats = np.maximum.accumulate(of_block[::-1])[::-1].copy()

    def place(self, row: Row) -> None:
        """Take in an ad that came to its place."""
        if row.place >= len(self.ads):
            self._grow()
        self._place(row)
        self._raise_tops(row.place)

    def change(self, row: Row) -> None:
        """Take in what an ad is worth by its newest results."""
        self._set(row)
        self._raise_tops(row.place)

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

    def _place(self, row: Row) -> None:
        place, category = row.place, row.ad.category
        self._stamp += 1
        self.stamps[place], self.ads[place] = self._stamp, row.ad.id
        self.categories[place] = self.category_numbers.setdefault(category, len(self.category_numbers))
        self._set(row)

    def _set(self, row: Row) -> None:
        esteem, after = row.esteem, row.group.after
        lift = OCPM_LIFT_MAX if row.terms.billing is Billing.OCPM else _ANY_LIFT
        key = (row.worth - esteem) * row.bonus + max(esteem, 0)
        self.columns[row.place, AIM : PER_IMPRESSION + 1] = (
            _AIMS[row.aim], row.rate, row.bonus, esteem, lift, key, 0.0, 0.0, 0.0,
            after.per_click, after.of_model, after.per_impression,
        )  # fmt: skip

    def _raise_tops(self, place: int) -> None:
        tops, key = self.tops, self.columns[place, KEY]
        for block in range(place // BLOCK, -1, -1):
            if tops[block] >= key:
                break
            tops[block] = key

    def _grow(self) -> None:
        """Make room for all places of the order, and as many again."""
        places = 2 * len(self.rows)
        self.columns, self.ads, self.stamps = (
            _longer(self.columns, places),
            _longer(self.ads, places),
            _longer(self.stamps, places),
        )
        self.categories = _longer(self.categories, places)
        self.tops = _longer(self.tops, places // BLOCK)


def _longer(array: np.ndarray, rows: int) -> np.ndarray:
    longer = np.zeros((rows, *array.shape[1:]), array.dtype)
    longer[: len(array)] = array
    return longer
