"""Why an ad is not even considered, or never heard: one slot in 61 is remembered, and looked at when somebody asks about an ad.

What a bitmap filters out is refused nowhere, and a bid that cannot win is not looked at, so nothing counts them. To count
that for each ad in each slot would cost more than the decision; the last slots remembered here say about the same, and
cost a step of a counter.
"""

from collections import Counter, deque
from typing import Final

import msgspec

from vonk.delivery.auction import bidding
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.targets import Targets
from vonk.delivery.matching.viewers import Viewer
from vonk.delivery.snapshot import Targeting

ONE_IN: Final = 61  # A prime, so that of requests with several slots not always the same one is met.
REMEMBERED_MAX: Final = 256  # Of the last 15,616 slots; some 2 ms to look at for one ad.
TOLD_FROM: Final = 10  # Slots that an ad could have had, from which on a bid is suggested: fewer say too little.
LEVELS: Final = (0.25, 0.5, 0.75, 0.9)  # Shares of them, for which the bid that would have won is told.


class Missed(msgspec.Struct, frozen=True):
    """Of so many slots remembered, how many the ad wanted, and in which respects the others were not what it wants.

    A slot may be missed in several respects. Names are those of ``targets.DIMENSIONS``.
    """

    one_in: int
    requests: int
    wanted: int
    missed: dict[str, int]


class Priced(msgspec.Struct, frozen=True, gc=False):
    """One slot remembered: for whom, and what would have won it. Worths are micros for a thousand impressions."""

    viewer: Viewer
    reserve: int
    to_beat: int  # What the winner was worth; 0 when nobody won.
    account_id: int  # The winner's, 0 when nobody won.
    reserved: bool  # The winner outranks every bid.


class Against(msgspec.Struct, frozen=True):
    """What an ad would have had to bid for the slots remembered that it wants, as it is now.

    ``wins`` are those that its present bid would have won, ``own`` those that its own account won, ``reserved`` those that
    no bid could win. ``bids_micros`` says for some shares of the rest, in percent, with which bid so many would have been won;
    nothing while they are too few.
    """

    slots: int
    wins: int
    own: int
    reserved: int
    bids_micros: dict[str, int]
    gaps_micros: tuple[int, ...]  # By how much it was worth too little, in those that it would have lost, ascending.


class Sample:
    """Some of the last slots. Used by one thread; nothing of it is written anywhere."""

    def __init__(self) -> None:
        self._left = 1  # The first is remembered.
        self._slots: deque[Priced] = deque(maxlen=REMEMBERED_MAX)

    def is_due(self) -> bool:
        """Count one more slot; tell whether it is to be remembered, as every 61st is."""
        self._left -= 1
        if self._left:
            return False
        self._left = ONE_IN
        return True

    def remember(self, slot: Priced) -> None:
        """Remember the slot, forget the oldest beyond the bound."""
        self._slots.append(slot)

    def missed(self, targeting: Targeting) -> Missed:
        """Return in which respects the targeting does not want those remembered, the most frequent first."""
        alone = Targets()
        alone.add(0, targeting)
        of_each = [alone.missed(slot.viewer) for slot in self._slots]
        counts = Counter(name for names in of_each for name in names)
        return Missed(ONE_IN, len(of_each), sum(not names for names in of_each), dict(counts.most_common()))

    def against(self, row: Row, now_ms: int) -> Against:
        """Return what the ad would have had to bid for those that it wants, at the pace and rate that it has now."""
        alone = Targets()
        alone.add(0, row.terms.targeting)
        wanted = [slot for slot in self._slots if not alone.missed(slot.viewer)]
        open_to_all = [slot for slot in wanted if slot.account_id != row.ad.account_id and not slot.reserved]
        worth = bidding.paced_worth(row, now_ms) - row.standing
        revenue = worth - row.esteem
        least = sorted(max(slot.to_beat + 1, slot.reserve + max(row.esteem, 0)) for slot in open_to_all)
        own = sum(slot.account_id == row.ad.account_id for slot in wanted)
        return Against(
            slots=len(wanted),
            wins=sum(worth >= one for one in least),
            own=own,
            reserved=len(wanted) - own - len(open_to_all),
            bids_micros=_bids(least, row, revenue) if len(least) >= TOLD_FROM and revenue > 0 else {},
            gaps_micros=tuple(one - worth for one in least if one > worth),
        )


def _bids(least: list[int], row: Row, revenue: int) -> dict[str, int]:
    """Return for each of the shares of slots, in percent, the bid of the ad that would have won so many."""
    bids = {}
    for level in LEVELS:
        worth = least[min(int(level * len(least)), len(least) - 1)]
        bids[str(round(level * 100))] = max(-(-(worth - row.esteem) * row.terms.bid_micros // revenue), 0)
    return bids
