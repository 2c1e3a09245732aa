"""A model that answers the auction: the predictor of `vonk.delivery.auction.predictor`, made of a model's file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from vonk.core.clock import HOUR_MS
from vonk.core.errors import Conflict
from vonk.delivery.auction import survey
from vonk.delivery.auction.predictor import Surveyor
from vonk.delivery.auction.survey import Survey
from vonk.delivery.matching.board import LISTED_MAX, Board
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.order import BLOCK
from vonk.delivery.matching.viewers import Viewer, known
from vonk.delivery.prediction import files, listing_kernels
from vonk.delivery.prediction.files import ModelDamaged
from vonk.delivery.prediction.learner import Learner
from vonk.delivery.prediction.plan import Floats, Ints
from vonk.delivery.prediction.prior import converting
from vonk.delivery.prediction.scorer import ITEMS_MAX, Scorer
from vonk.delivery.prediction.stage import Reranker, Stage
from vonk.delivery.snapshot import AdDocument, Goal, PostDocument
from vonk.delivery.trained import features

LIFT_MAX: Final = 4.0  # What lies above is cut off: so far a viewer's own rate may be above the ad's.
ADS_MET_MAX: Final = 200_000  # Their codes are remembered, some 200 bytes each; then all are forgotten.
_CLICK, _VIEW, _CONVERSION = (features.HEADS.index(head) for head in features.HEADS)
_WANTED: Final = {  # Heads as bits, as the second stage takes them.
    None: 0,
    Goal.CLICK: 1 << _CLICK,
    Goal.VIEW: 1 << _VIEW,
    Goal.CONVERSION: 1 << _CLICK | 1 << _CONVERSION,
}
_NOBODY: Final = Viewer("", "", "", "", "", "", ())
_HOUR, _INTERESTED = (features.ORDINAL.index(name) for name in ("hour", features.INTERESTED))
_HOUR_CODE: Final = features.COMMON.index("hour")
_SURFACE: Final = features.COMMON.index(features.SPEC.surface)


class ModelOther(Conflict):
    """The model looks at other things than this version tells it."""

    code = "model_other"
    message = "The model %(path)s was trained to look at other things than this version knows."
    remedy = "Train anew with this version, or update the ad server."


class ServedModel(Surveyor):
    """Answers for one model. One thread at a time. ``version`` is its name on the shelf.

    ``converts``: its head of conversions was judged. Otherwise how often clicks convert is as attribution counted.
    With ``second``, its trees answer for the heads that have some, from what the first stage says and saw.
    """

    def __init__(self, learner: Learner, version: str, *, converts: bool = True, second: Stage | None = None) -> None:
        self._second = Reranker(second, features.SPEC) if second is not None else None
        self._own = np.zeros((ITEMS_MAX, len(features.ORDINAL)), np.float32)
        self._surfaces = np.zeros(ITEMS_MAX, np.int64)
        self._wanted = np.zeros(ITEMS_MAX, np.int64)
        self._converts = converts
        self.lift_max = LIFT_MAX
        self.version = version
        self._scorer = Scorer(learner)
        self._viewer: Viewer | None = None
        self._hour = -1
        self._codes = np.zeros(len(features.SPEC.fields), np.int64)
        self._no_numbers = np.zeros(0)
        self._items: dict[
            int, tuple[AdDocument, PostDocument | None, int]
        ] = {}  # By ad: of what its row in the scorer was made.
        self._rows = np.zeros(LISTED_MAX, np.int64)
        self._pair_codes = np.zeros((LISTED_MAX, 1), np.int64)
        self._pair_numbers = np.zeros((LISTED_MAX, 0))
        self.second_stage = self._second is not None
        self._board: Board | None = None  # Of which the following are known.
        self._stamps = self._places = np.zeros(0, np.int64)  # By place: the stamp when the ad was prepared, its item.
        self._interests = np.zeros(0, np.int64)  # By the board's number of a category: the code of ``interested``.
        self._interests_of: Viewer | None = None
        self._missing = np.zeros(LISTED_MAX, np.int64)

    def warm(self) -> None:
        """Compile or load the kernels, so that no request waits for them."""
        self._scorer.warm()
        survey.warm()
        board = Board([None] * BLOCK)
        self.rates_at(_NOBODY, board, board.desk.places[:0], 0, board.desk.rates[:0])
        self._rerank(np.zeros((1, len(features.HEADS))), [0])
        self._viewer = self._interests_of = None  # Somebody else was met meanwhile.

    def probe(self, path: Path) -> None:
        """Ask it something. Raises ModelDamaged when the answer is no probability."""
        self._viewer = self._interests_of = None  # As after ``warm``.
        found = self._scorer.score(
            self._codes, self._no_numbers, np.zeros((1, len(features.ITEM)), np.int64), np.zeros((1, 0)),
            np.zeros(1, np.int64), self._pair_codes[:1], self._pair_numbers[:1],
        )  # fmt: skip
        self._rerank(found, [(1 << len(features.HEADS)) - 1])
        if not (np.isfinite(found).all() and found.min() >= 0 and found.max() <= 1):
            raise ModelDamaged(path=str(path), reason="it answers with what is no probability")

    def rates(self, viewer: Viewer, rows: Sequence[Row], now_ms: int) -> Sequence[float]:
        """Return how likely each row's ad leads to what it bids for; see Predictor."""
        if len(rows) > ITEMS_MAX:
            parts = [rows[at : at + ITEMS_MAX] for at in range(0, len(rows), ITEMS_MAX)]
            return [rate for part in parts for rate in self._some(viewer, part, now_ms)]
        return self._some(viewer, rows, now_ms)

    def survey(self, index: Index, places: int, viewer: Viewer, *, reserve: int, now_ms: int) -> Survey:
        """Begin with the ads at these places; see Surveyor."""
        return Survey(index.board(), places, viewer, self, reserve=reserve, now_ms=now_ms)

    def rates_at(self, viewer: Viewer, board: Board, places: Ints, now_ms: int, rates: Floats) -> None:
        """Set the first stage's word on the ads at these places; see ``survey.Knowing``."""
        self._meet_viewer(viewer, now_ms)
        if board is not self._board or len(board.stamps) != len(self._stamps):
            self._board, self._interests_of = board, None
            self._stamps, self._places = np.zeros(len(board.stamps), np.int64), np.zeros(len(board.stamps), np.int64)
        if viewer is not self._interests_of or len(board.category_numbers) != len(self._interests):
            self._meet_interests(viewer, board)
        count = len(places)
        rows, pairs = self._rows[:count], self._pair_codes[:count]
        missing = listing_kernels.find_items(
            places, board.stamps, self._stamps, self._places, board.categories, self._interests, rows, pairs,
            self._missing,
        )  # fmt: skip
        if missing:
            self._meet_places(board, places, self._missing[:missing].tolist())
        found = self._scorer.score_rows(rows, pairs, self._pair_numbers[:count])
        conversion = _CONVERSION if self._converts else -1
        listing_kernels.answer(places, board.columns, found, _CLICK, _VIEW, conversion, rates)

    def _meet_interests(self, viewer: Viewer, board: Board) -> None:
        numbers, interests = board.category_numbers, viewer.interests
        if len(self._interests) != len(numbers):
            self._interests = np.zeros(len(numbers), np.int64)
        self._interests[:] = features.INTERESTED_NOT
        self._interests[0] = features.INTERESTED_UNKNOWN
        for interest in interests:
            if interest in numbers:
                self._interests[numbers[interest]] = features.INTERESTED_IS
        self._interests_of = viewer

    def _meet_places(self, board: Board, places: Ints, missing: list[int]) -> None:
        """Prepare ads that came to their places since they were asked about."""
        if len(self._items) + len(missing) > ADS_MET_MAX:
            self._items.clear()
            self._scorer.items.clear()
            self._stamps[:] = 0
            missing = list(range(len(places)))
        for number in missing:
            place = int(places[number])
            row = board.rows[place]
            assert row is not None, "A place in the bitmaps has a row."
            item = self._items.get(row.ad.id)
            if item is None or item[0] is not row.ad or item[1] is not row.post.known:
                item = self._meet(row)
            self._rows[number] = self._places[place] = item[2]
            if item[1] is not None:  # Else its post comes later.
                self._stamps[place] = board.stamps[place]

    def _meet_viewer(self, viewer: Viewer, now_ms: int) -> None:
        if viewer is not self._viewer or self._hour != now_ms // HOUR_MS:
            self._codes[: len(features.COMMON)] = features.common(
                viewer.viewer_id, known(viewer), viewer.surface, now_ms
            )
            self._scorer.meet(self._codes, self._no_numbers)
            self._viewer, self._hour = viewer, now_ms // HOUR_MS
            self._own[:, _HOUR] = self._codes[_HOUR_CODE]
            self._surfaces[:] = self._codes[_SURFACE]

    def _some(self, viewer: Viewer, rows: Sequence[Row], now_ms: int) -> list[float]:
        self._meet_viewer(viewer, now_ms)
        count = len(rows)
        if len(self._items) + count > ADS_MET_MAX:
            self._items.clear()
            self._scorer.items.clear()
            self._stamps[:] = 0
        items, interests = self._items, viewer.interests
        places: list[int] = []
        for row in rows:
            item = items.get(row.ad.id)
            if item is None or item[0] is not row.ad or item[1] is not row.post.known:
                item = self._meet(row)
            places.append(item[2])
        self._rows[:count] = places
        self._pair_codes[:count, 0] = [  # As ``features.interest`` says, spelled out: the calls would cost more.
            features.INTERESTED_UNKNOWN
            if not row.ad.category
            else features.INTERESTED_IS
            if row.ad.category in interests
            else features.INTERESTED_NOT
            for row in rows
        ]
        found = self._scorer.score_rows(self._rows[:count], self._pair_codes[:count], self._pair_numbers[:count])
        if self._second is not None:
            self._rerank(found, [_WANTED[row.aim] for row in rows])
        return [
            likely[_CLICK]
            if row.aim is Goal.CLICK
            else likely[_VIEW]
            if row.aim is Goal.VIEW
            else self._converting(row, likely)
            for row, likely in zip(rows, found.tolist(), strict=True)
        ]

    def _rerank(self, found: Floats, wanted: list[int]) -> None:
        """Let the second stage answer in place of the first, for the rows that were scored last."""
        if self._second is None:
            return
        count = len(wanted)
        self._own[:count, _INTERESTED] = self._pair_codes[:count, 0]
        self._wanted[:count] = wanted
        self._second.rerank(
            self._own[:count], *self._scorer.last(count), self._surfaces[:count], self._wanted[:count], found
        )

    def _converting(self, row: Row, likely: Sequence[float]) -> float:
        if row.aim is None:
            return 1.0
        after = row.group.after
        per_click = likely[_CONVERSION] * after.of_model if self._converts else after.per_click
        return converting(likely[_CLICK], per_click, after)

    def _meet(self, row: Row) -> tuple[AdDocument, PostDocument | None, int]:
        """Prepare the ad for the kernel: once, and anew when ad or post are published again."""
        ad, post = row.ad, row.post.known
        codes = np.array(
            features.item(
                ad.id,
                ad.ad_group_id,
                ad.campaign_id,
                ad.account_id,
                ad.post_id,
                post.profile_id if post is not None else 0,
                ad.category,
            ),
            np.int64,
        )
        former = self._items.get(ad.id)
        place = self._scorer.items.prepare(codes, self._no_numbers, former[2] if former is not None else None)
        item = self._items[ad.id] = ad, post, place
        return item


def load(path: Path, version: str) -> ServedModel:
    """Return the model of a file, ready to answer. Raises ModelOther, and as ``files.load`` does."""
    model = files.load(path)
    if model.learner.spec.digest() != features.DIGEST:
        raise ModelOther(path=str(path))
    converts = features.CONVERSION in model.training.measures.get(features.JUDGED, {})
    served = ServedModel(model.learner, version, converts=converts, second=model.second)
    served.warm()
    served.probe(path)
    return served
