"""All ads of a slot that may win, predicted at once: who they are, what each is worth to this viewer, the highest first.

Ads are listed by what they are worth, with the bonus of new ones, and predicted in rounds, each many times the one before, as
long as one that is not listed may be worth more than the best. A predictor lifts some ads above their own rates and lowers
others, for one viewer mostly all in one direction: how far it may lift one that is not listed is judged by its lifts of those
that are, in the same slot; nothing is remembered between slots. Kernels do what is done of each ad: here nothing is made or
called for one but where its paced bid is no longer known.
"""

from typing import Final, Protocol

import numpy as np

from vonk.delivery.auction import bidding
from vonk.delivery.auction.predictor import RATE_MIN
from vonk.delivery.matching.board import LISTED_MAX, Board
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.order import BLOCK
from vonk.delivery.matching.targets import Viewer
from vonk.delivery.prediction import listing_kernels
from vonk.delivery.prediction.listing import COUNT, LIFTED, LIFTS, STALE, TOP, TOP_LIFT
from vonk.delivery.prediction.plan import Floats, Ints

ROUNDS: Final = (64, 192, 512, 2_048, LISTED_MAX)  # Ads listed in each round; in the last only while none may be shown.
# How far beyond the highest lift, in its distance from the mean, one may lie that nobody asked about.
FURTHER: Final = 1.5
_WORD_BYTES: Final = 8


class Knowing(Protocol):
    """Who predicts ads by their places in the index. ``lift_max``, 1 at least, is as a Predictor has it."""

    lift_max: float

    def rates_at(self, viewer: Viewer, board: Board, places: Ints, now_ms: int, rates: Floats) -> None:
        """Set ``rates`` to how likely each ad leads to what it bids for."""
        ...


class Survey:
    """One slot's ads: what ``predictor.Surveyed`` is."""

    def __init__(
        self, board: Board, places: int, viewer: Viewer, knowing: Knowing, *, reserve: int, now_ms: int
    ) -> None:
        self._board, self._desk = board, board.desk
        self._viewer, self._knowing, self._now_ms = viewer, knowing, now_ms
        words = max(-(-places.bit_length() // (8 * _WORD_BYTES)), 1)
        self._words = np.frombuffer(places.to_bytes(words * _WORD_BYTES, "little"), np.uint64)
        self._least = reserve / knowing.lift_max
        self._round = self._valued = 0
        self._is_whole = False  # No ad is left that is not listed.
        self._desk.summed[:] = 0.0

    def widen(self, best: int) -> bool:
        came = False
        self._desk.summed[TOP] = best
        while self._round < len(ROUNDS) and not self._is_whole and self._goes_on():
            came = self._value_round(ROUNDS[self._round]) or came
            self._round += 1
        return came

    def best(self, closed: int, wanted: int) -> list[tuple[int, Row, float]]:
        desk, rows = self._desk, self._board.rows
        chosen, values = desk.chosen[:wanted], desk.chosen_values[:wanted]
        found = listing_kernels.choose(desk.values, self._valued, chosen, values)
        answers: list[tuple[int, Row, float]] = []
        places, rates = desk.places, desk.rates
        for value, number in zip(values[:found].tolist(), chosen[:found].tolist(), strict=True):
            if int(value) <= closed:
                break
            row = rows[places[number]]
            assert row is not None, "A place in the bitmaps has a row."
            answers.append((bidding.bid_now(row, self._now_ms), row, float(rates[number])))
        return answers

    def _value_round(self, wanted: int) -> bool:
        desk, board = self._desk, self._board
        count = self._list(wanted)
        former, self._valued = self._valued, count
        self._is_whole = count < wanted
        if count <= former:
            return False
        self._knowing.rates_at(self._viewer, board, desk.places[former:count], self._now_ms, desk.rates[former:count])
        listing_kernels.value(
            desk.places, former, count, board.columns, self._knowing.lift_max, RATE_MIN, desk.rates, desk.values,
            desk.summed,
        )  # fmt: skip
        return True

    def _list(self, wanted: int) -> int:
        """List the ads, so that the bids of all of them are known; return how many there are."""
        desk, board, now_ms = self._desk, self._board, self._now_ms
        while True:
            listing_kernels.list_best(
                self._words, board.columns, board.ads, board.tops, now_ms, self._least, wanted, desk.places, desk.keys,
                desk.stale, desk.told,
            )  # fmt: skip
            if not desk.told[STALE]:
                return int(desk.told[COUNT])
            for place in desk.stale[: desk.told[STALE]].tolist():
                row = board.rows[place]
                assert row is not None, "A place in the bitmaps has a row."
                bidding.settle_bid(row, now_ms)
                board.settle(row, now_ms)

    def _goes_on(self) -> bool:
        if not self._round:
            return True
        return self._may_win() if self._round < len(ROUNDS) - 1 else not self._desk.summed[TOP]

    def _may_win(self) -> bool:
        """Tell whether an ad that is not listed may well be worth more than the best, by the lifts of those that are."""
        summed = self._desk.summed
        top, lifted = float(summed[TOP_LIFT]), float(summed[LIFTED])
        mean = float(summed[LIFTS]) / lifted if lifted else 1.0
        usual = min(max(top + FURTHER * (top - mean), 1.0), self._knowing.lift_max)
        return float(self._desk.keys[self._valued - 1]) * usual > float(summed[TOP])


def warm() -> None:
    """Compile or load the kernels, so that no request waits for them."""
    board, words = Board([None] * BLOCK), np.frombuffer(bytes(_WORD_BYTES), np.uint64)
    desk = board.desk
    listing_kernels.list_best(
        words, board.columns, board.ads, board.tops, 0, 0.0, 1, desk.places, desk.keys, desk.stale, desk.told
    )
    listing_kernels.value(desk.places, 0, 0, board.columns, 1.0, RATE_MIN, desk.rates, desk.values, desk.summed)
    listing_kernels.choose(desk.values, 0, desk.chosen, desk.chosen_values)
