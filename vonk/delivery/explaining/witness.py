"""What is kept of a decision beside its outcome: the trace in its record, counts by minute, now and then a slot in the sample."""

from collections.abc import Collection
from typing import Final

from vonk.delivery.auction import trace
from vonk.delivery.auction.trace import BIDS_MAX, Ghost
from vonk.delivery.decide import Decision
from vonk.delivery.explaining.sampling import Priced, Sample
from vonk.delivery.matching import minutes
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.targets import Viewer

COUNTED_MAX: Final = BIDS_MAX  # Ads that took part in one slot; more only tie.


class Witness:
    """Sees every decision. Used by one thread."""

    def __init__(self, index: Index, sample: Sample) -> None:
        self._minutes = index.minutes
        self._sample = sample

    def asked(self, slots: int, now_ms: int) -> None:
        """Count slots that were asked for."""
        self._minutes.note(minutes.NO_AD, minutes.ASKED, now_ms, slots)

    def see(
        self,
        decision: Decision,
        viewer: Viewer,
        now_ms: int,
        *,
        floor: int,
        formats: tuple[str, ...],
        campaigns_shown: Collection[int],
        ghosts: tuple[Ghost, ...] = (),
    ) -> bytes:
        """Count what became of the ads, and return the trace for the record."""
        row, entered = decision.row, decision.heard.entered
        if entered:
            self._minutes.note_auction(
                0 if row is None else row.ad.id,
                [(one.ad.id, worth) for one, worth in entered[:COUNTED_MAX] if one is not decision.leader],
                max(worth for _, worth in entered),
                now_ms,
            )
        for ghost in ghosts:
            self._minutes.note(ghost.ad_id, minutes.GHOST, now_ms)
        if self._sample.is_due():
            self._sample.remember(_priced(decision, viewer))
        drawn_rate = decision.rate if decision.random else None
        leader = decision.leader
        turned = (row, decision.worth + row.standing) if row is not None and leader is not None else None
        return trace.written(
            decision.heard,
            leader if turned is not None else row,
            decision.runner_up,
            floor=floor,
            formats=formats,
            campaigns_shown=campaigns_shown,
            ghosts=ghosts,
            drawn_rate=drawn_rate,
            turned=turned,
        )


def _priced(decision: Decision, viewer: Viewer) -> Priced:
    """Return the slot as it is remembered: what the race's leader was worth, whoever got the slot."""
    leader: Row | None = None
    best = 0
    for row, worth in decision.heard.entered:
        if leader is None or worth > best:
            leader, best = row, worth
    if leader is None:
        return Priced(viewer, decision.heard.reserve, 0, 0, reserved=False)
    return Priced(
        viewer,
        decision.heard.reserve,
        best - leader.standing,
        leader.ad.account_id,
        reserved=bool(leader.standing),
    )
