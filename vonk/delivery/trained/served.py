"""A model that answers the auction: the predictor of `vonk.delivery.auction.predictor`, made of a model's file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from vonk.core.clock import HOUR_MS
from vonk.core.errors import Conflict
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.viewers import Viewer, known
from vonk.delivery.prediction import files
from vonk.delivery.prediction.files import ModelDamaged
from vonk.delivery.prediction.learner import Learner
from vonk.delivery.prediction.plan import Floats
from vonk.delivery.prediction.prior import converting
from vonk.delivery.prediction.scorer import ITEMS_MAX, Scorer
from vonk.delivery.snapshot import AdDocument, Goal, PostDocument
from vonk.delivery.trained import features

LIFT_MAX: Final = 4.0  # What lies above is cut off: so far a viewer's own rate may be above the ad's.
ADS_MET_MAX: Final = 200_000  # Their codes are remembered, some 200 bytes each; then all are forgotten.
_ADS_FIRST: Final = 1_024
_CLICK, _VIEW, _CONVERSION = (features.HEADS.index(head) for head in features.HEADS)


class ModelOther(Conflict):
    """The model looks at other things than this version tells it."""

    code = "model_other"
    message = "The model %(path)s was trained to look at other things than this version knows."
    remedy = "Train anew with this version, or update the ad server."


class ServedModel:
    """Answers for one model. One thread at a time. ``version`` is its name on the shelf.

    ``converts``: its head of conversions was judged. Otherwise how often clicks convert is as attribution counted.
    """

    def __init__(self, learner: Learner, version: str, *, converts: bool = True) -> None:
        self._converts = converts
        self.lift_max = LIFT_MAX
        self.version = version
        self._scorer = Scorer(learner)
        self._viewer: Viewer | None = None
        self._hour = -1
        self._codes = np.zeros(len(features.SPEC.fields), np.int64)
        self._no_numbers = np.zeros(0)
        self._places: dict[int, int] = {}
        self._met: list[tuple[AdDocument, PostDocument]] = []
        self._item_codes = np.zeros((_ADS_FIRST, len(features.ITEM)), np.int64)
        self._item_numbers = np.zeros((_ADS_FIRST, 0))
        self._pair_codes = np.zeros((ITEMS_MAX, 1), np.int64)
        self._pair_numbers = np.zeros((ITEMS_MAX, 0))

    def warm(self) -> None:
        """Compile or load the kernel, so that no request waits for it."""
        self._scorer.warm()

    def probe(self, path: Path) -> None:
        """Ask it something. Raises ModelDamaged when the answer is no probability."""
        found = self._scorer.score(
            self._codes, self._no_numbers, self._item_codes, self._item_numbers, np.zeros(1, np.int64),
            self._pair_codes[:1], self._pair_numbers[:1],
        )  # fmt: skip
        if not (np.isfinite(found).all() and found.min() >= 0 and found.max() <= 1):
            raise ModelDamaged(path=str(path), reason="it answers with what is no probability")

    def rates(self, viewer: Viewer, rows: Sequence[Row], now_ms: int) -> Sequence[float]:
        """Return how likely each row's ad leads to what it bids for; see Predictor."""
        if len(rows) > ITEMS_MAX:
            parts = [rows[at : at + ITEMS_MAX] for at in range(0, len(rows), ITEMS_MAX)]
            return [rate for part in parts for rate in self._some(viewer, part, now_ms)]
        return self._some(viewer, rows, now_ms)

    def _some(self, viewer: Viewer, rows: Sequence[Row], now_ms: int) -> list[float]:
        if viewer is not self._viewer or self._hour != now_ms // HOUR_MS:
            self._codes[: len(features.COMMON)] = features.common(
                viewer.viewer_id, known(viewer), viewer.surface, now_ms
            )
            self._viewer, self._hour = viewer, now_ms // HOUR_MS
        count = len(rows)
        if len(self._met) + count > ADS_MET_MAX:
            self._places.clear()
            self._met.clear()
        items = np.array([self._place(row) for row in rows], np.int64)
        interests = viewer.interests
        self._pair_codes[:count, 0] = [
            features.interest(row.ad.category, interested=row.ad.category in interests) for row in rows
        ]
        found: Floats = self._scorer.score(
            self._codes, self._no_numbers, self._item_codes, self._item_numbers, items,
            self._pair_codes[:count], self._pair_numbers[:count],
        )  # fmt: skip
        return [self._chance(row, likely) for row, likely in zip(rows, found.tolist(), strict=True)]

    def _chance(self, row: Row, likely: Sequence[float]) -> float:
        aim = row.aim
        if aim is Goal.CLICK:
            return likely[_CLICK]
        if aim is Goal.VIEW:
            return likely[_VIEW]
        if aim is None:
            return 1.0
        after = row.group.after
        per_click = likely[_CONVERSION] * after.of_model if self._converts else after.per_click
        return converting(likely[_CLICK], per_click, after)

    def _place(self, row: Row) -> int:
        """Return where the ad's codes are in the table; they are made anew when ad or post are published again."""
        ad, post = row.ad, row.post.document
        assert post is not None, "Eligibility has seen it."
        place = self._places.get(ad.id)
        if place is not None and self._met[place][0] is ad and self._met[place][1] is post:
            return place
        if place is None:
            place = len(self._met)
            self._met.append((ad, post))
            self._places[ad.id] = place
            if place >= len(self._item_codes):
                self._item_codes = np.concatenate([self._item_codes, np.zeros_like(self._item_codes)])
                self._item_numbers = np.zeros((len(self._item_codes), 0))
        return self._fill(place, ad, post)

    def _fill(self, place: int, ad: AdDocument, post: PostDocument) -> int:
        self._met[place] = ad, post
        self._item_codes[place] = features.item(
            ad.id, ad.ad_group_id, ad.campaign_id, ad.account_id, ad.post_id, post.profile_id, ad.category
        )
        return place


def load(path: Path, version: str) -> ServedModel:
    """Return the model of a file, ready to answer. Raises ModelOther, and as ``files.load`` does."""
    model = files.load(path)
    if model.learner.spec.digest() != features.DIGEST:
        raise ModelOther(path=str(path))
    converts = features.CONVERSION in model.training.measures.get(features.JUDGED, {})
    served = ServedModel(model.learner, version, converts=converts)
    served.warm()
    served.probe(path)
    return served
