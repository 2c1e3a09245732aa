"""Ghost ads: what a campaign's control group would have seen, and the lift against it; pure (delivery science §11).

A campaign with a lift test has a share of viewers, told by ``arms``, to whom it is not shown. Its ads compete for them like
all others; one that wins is written down as a ghost, and the slot is decided anew without its campaign, at the price that
it has without it. So both groups are the viewers for whom the ad won, and only one of them saw it.
"""

import math
from collections.abc import Callable
from typing import Final

import msgspec

from vonk.delivery.auction.trace import Ghost
from vonk.delivery.decide import Decision
from vonk.delivery.matching import arms
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.refusals import Empty, Refusal

GHOSTS_MAX: Final = (
    3  # In one slot; of more tests than that, the slot stays empty rather than show one's control group its ad.
)
CONVERTED_MIN: Final = 10  # In each group, below which an interval of a ratio says nothing.
_Z: Final = 1.959964  # Of 95 %, on two sides.


class Lift(msgspec.Struct, frozen=True):
    """By how much of the control's rate the exposed convert more, with its interval of 95 %. Shares, 0.1 is 10 %."""

    lift: float
    low: float
    high: float


def holds_back(row: Row, viewer_id: str, now_ms: int) -> bool:
    """Tell whether the viewer is in the control group of the ad's campaign. Who cannot be known again is in none."""
    campaign = row.campaign.document
    test = campaign.lift if campaign is not None else None
    if test is None or not viewer_id or not test.starts_ms <= now_ms < test.ends_ms:
        return False
    return arms.holds(test, viewer_id, now_ms)


def beyond_ghosts(
    decide: Callable[[frozenset[int]], Decision], viewer_id: str, now_ms: int
) -> tuple[Decision, tuple[Ghost, ...]]:
    """Return what the slot gets and which ads won it and are held back.

    ``decide`` decides the slot without the campaigns given; the same seed each time makes the answer repeatable.
    """
    decision = decide(frozenset())
    if decision.row is None or not holds_back(decision.row, viewer_id, now_ms):
        return decision, ()
    ghosts: list[Ghost] = []
    while (row := decision.row) is not None and holds_back(row, viewer_id, now_ms):
        ghosts.append(Ghost(row.ad.id, row.ad.campaign_id, row.ad.account_id))
        if len(ghosts) > GHOSTS_MAX:
            refusals = decision.refusals | {Refusal.HELD_BACK: decision.refusals.get(Refusal.HELD_BACK, 0) + 1}
            return Decision(None, decision.seed, decision.candidates, refusals, Empty.ALL_REFUSED), tuple(ghosts)
        decision = decide(frozenset(ghost.campaign_id for ghost in ghosts))
    return decision, tuple(ghosts)


def lift(*, exposed: int, exposed_converted: int, control: int, control_converted: int) -> Lift | None:
    """Return the lift of persons who saw the ad over those who would have; None while there are too few for an interval.

    The interval is the logarithm of the ratio of rates by the delta method (Katz and others 1978).
    """
    if min(exposed_converted, control_converted) < CONVERTED_MIN:
        return None
    if exposed_converted > exposed or control_converted > control:
        raise ValueError("More converted than there are.")
    ratio = (exposed_converted / exposed) / (control_converted / control)
    deviation = math.sqrt(1 / exposed_converted - 1 / exposed + 1 / control_converted - 1 / control)
    spread = math.exp(_Z * deviation)
    return Lift(ratio - 1, ratio / spread - 1, ratio * spread - 1)
