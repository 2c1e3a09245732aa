"""The ads of one decision as they are examined: each may take part, or is refused with a reason that is counted."""

from collections.abc import Collection
from typing import Final

from vonk.delivery.auction.trace import REFUSED_MAX
from vonk.delivery.limits.counters import Counters
from vonk.delivery.matching import eligibility
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.matching.separation import NOBODY, Beside
from vonk.delivery.matching.targets import Viewer

EXAMINED_MAX: Final = 5_000  # Keeps the worst decision, where most are refused for passing reasons, near 5 ms.


class Hearing:
    """Examines ads for one viewer at one instant. ``refusals`` begins with those of ads that are parked."""

    __slots__ = (
        "_beside",
        "_counters",
        "_held_back",
        "_index",
        "_now_ms",
        "_pictures",
        "_plain",
        "_shown",
        "examined",
        "refusals",
        "refused",
        "viewer",
    )

    def __init__(
        self,
        viewer: Viewer,
        index: Index,
        counters: Counters,
        *,
        shown_campaigns: Collection[int],
        now_ms: int,
        refusals: dict[Refusal, int],
        beside: Beside = NOBODY,
        held_back: Collection[int] = (),
        pictures: bool | None = None,
    ) -> None:
        self.viewer = viewer
        self.refusals = refusals
        self.refused: list[tuple[Row, Refusal]] = []  # The first of them, for the record.
        self.examined = 0
        self._index = index
        self._counters = counters
        self._shown = shown_campaigns
        self._held_back = held_back
        self._beside = beside
        self._now_ms = now_ms
        self._pictures = pictures
        self._plain = not (shown_campaigns or held_back) and beside is NOBODY  # It is by the ad alone.

    def admits(self, row: Row, worth: int, reserve: int) -> bool:
        """Tell whether the ad may take part with a bid of this worth."""
        self.examined += 1
        refusal = self.judge(row, worth, reserve)
        if refusal is None:
            return True
        self.refuse(row, refusal)
        return False

    def judge(self, row: Row, worth: int, reserve: int) -> Refusal | None:
        """Return why the ad may not take part with a bid of this worth; counts nothing."""
        fits = True
        if self._pictures is not None:
            post = row.post.document
            fits = post is None or bool(post.pictures) is self._pictures
        if (  # What ``eligibility.refuse`` begins with: of most ads there is nothing more to ask.
            self._plain
            and fits
            and not row.caps
            and row.fit_from_ms <= self._now_ms < row.fit_until_ms
            and self._counters.committed <= row.fit_committed
            and row.fit_edition == row.edition.number
            and worth - reserve >= (row.esteem if row.esteem > 0 else 0)  # noqa: FURB136 - the call would cost more.
        ):
            return None
        if self._shown and row.ad.campaign_id in self._shown:
            return Refusal.CAMPAIGN_ALREADY_SHOWN
        if self._held_back and row.ad.campaign_id in self._held_back:
            return Refusal.HELD_BACK
        if not fits:
            return Refusal.FORMAT_NOT_WANTED
        if self._beside is not NOBODY and self._beside.competes(row.ad):
            refusal: Refusal | None = Refusal.NEIGHBOUR_COMPETES
        else:
            refusal = eligibility.refuse(row, self.viewer, self._counters, self._now_ms)
        if refusal is None and worth - max(row.esteem, 0) < reserve:  # What viewers think pays no reserve.
            return Refusal.BELOW_RESERVE
        return refusal

    def refuse(self, row: Row, refusal: Refusal) -> None:
        """Count the refusal for the decision and the ad; one that will last parks the ad."""
        self.refusals[refusal] = self.refusals.get(refusal, 0) + 1
        if len(self.refused) < REFUSED_MAX:
            self.refused.append((row, refusal))
        self._index.minutes.note(row.ad.id, refusal, self._now_ms)
        lasts = eligibility.lasting(row, refusal, self._now_ms)
        if lasts is not None:
            self._index.park(row, refusal, *lasts)
