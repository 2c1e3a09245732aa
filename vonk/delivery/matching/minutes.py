"""What became of each ad, counted by minute: refused and why, won, lost and by how much, shown.

Bounded by the number of counts, whatever the number of ads: when there is no room the oldest minute goes, never the present
one. It is memory of the last hour; minutes that are over go to the event log as well (``handover``).
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from vonk.core.clock import MINUTE_MS
from vonk.delivery.matching.refusals import Refusal

MINUTES_KEPT: Final = 60
COUNTS_MAX: Final = 400_000  # Some 60 MB.
WON: Final = "won"  # Stages of an ad, beside the names of refusals.
LOST: Final = "lost"  # Took part and was outbid.
GAP: Final = "gap_micros"  # Sum over the lost: the winner's worth of a thousand impressions less the ad's.
SHOWN: Final = "shown"  # Impressions that came and count.
GHOST: Final = "ghost"  # Won, and held back from a viewer of a lift test's control group.
ASKED: Final = "asked"  # Slots, of no ad: under NO_AD.
NO_AD: Final = 0
_NAMES: Final = (*(refusal.value for refusal in Refusal), WON, LOST, GAP, SHOWN, GHOST, ASKED)
_CODE_BITS: Final = 6
_CODES: Final = {name: code for code, name in enumerate(_NAMES)}
_WON, _LOST, _GAP = _CODES[WON], _CODES[LOST], _CODES[GAP]
assert len(_NAMES) <= 1 << _CODE_BITS, "Every name has a code."


class Minutes:
    """Counts of the last hour. Used by one thread."""

    def __init__(self, counts_max: int = COUNTS_MAX) -> None:
        self.unkept = 0  # Counts for which there was no room.
        self._counts_max = counts_max
        self._kept: dict[int, dict[int, int]] = {}  # By minute; ad and name in one number.
        self._minute = -1
        self._present: dict[int, int] = {}
        self._room = counts_max
        self._former: dict[int, int] = {}  # What the present minute had when it was last given to be handed over.
        self._closed: deque[tuple[int, dict[int, int], dict[int, int]]] = deque(maxlen=MINUTES_KEPT)

    def note(self, ad_id: int, name: str, now_ms: int, by: int = 1) -> None:
        """Count so many more of that name for the ad in this minute."""
        minute = now_ms // MINUTE_MS
        if minute != self._minute:
            self._turn(minute)
        key = ad_id << _CODE_BITS | _CODES[name]
        former = self._present.get(key)
        if former is None:
            self._first(key, by)
        else:
            self._present[key] = former + by

    def note_auction(self, winner_id: int, took_part: Sequence[tuple[int, int]], best: int, now_ms: int) -> None:
        """Count an auction: who won (an ad drawn need not have taken part; 0 is nobody), and of each of the others, told with
        its worth, that it lost and by how much to the ``best``. What ``note`` does for each, in one call: every slot does it.
        """
        minute = now_ms // MINUTE_MS
        if minute != self._minute:
            self._turn(minute)
        present = self._present
        if winner_id:
            key = winner_id << _CODE_BITS | _WON
            if key in present:
                present[key] += 1
            else:
                self._first(key, 1)
        for ad_id, worth in took_part:
            if ad_id == winner_id:
                continue
            key = ad_id << _CODE_BITS | _LOST
            if key in present:
                present[key] += 1
            else:
                self._first(key, 1)
            if best > worth:
                key = ad_id << _CODE_BITS | _GAP
                if key in present:
                    present[key] += best - worth
                else:
                    self._first(key, best - worth)

    def of(self, ad_ids: Collection[int]) -> dict[int, dict[str, int]]:
        """Return the counts of these ads together, by minute (milliseconds since 1970 of its start), oldest first."""
        found: dict[int, dict[str, int]] = {}
        for minute, counts in sorted(self._kept.items()):
            summed: dict[str, int] = {}
            for ad_id in ad_ids:
                for name, code in _CODES.items():
                    count = counts.get(ad_id << _CODE_BITS | code)
                    if count is not None:
                        summed[name] = summed.get(name, 0) + count
            if summed:
                found[minute * MINUTE_MS] = summed
        return found

    def _first(self, key: int, by: int) -> None:
        """Count what was not counted yet in this minute, if there is room."""
        if not self._room and not self._make_room():
            self.unkept += 1
            return
        self._room -= 1
        self._present[key] = by

    def closed(self, now_ms: int, *, present: bool = False) -> list[tuple[int, Iterator[tuple[int, str, int]]]]:
        """Return once what was counted in the minutes that are over, oldest first: ad, name, count; ``present`` too if asked.

        Once anything was counted there is at least one minute for each that has passed since the last call.
        """
        minute = now_ms // MINUTE_MS
        if self._minute >= 0 and (present or minute != self._minute):
            self._turn(minute)
        found = [(of, _less(counts, former)) for of, counts, former in self._closed]
        self._closed.clear()
        return found

    def _turn(self, minute: int) -> None:
        """Begin another minute; one that was there before goes on, since a sandbox's clock may be set back."""
        if self._minute >= 0:
            self._closed.append((self._minute, self._present, self._former))
        self._minute = minute
        self._former = self._kept.get(minute, {})
        self._kept[minute] = self._present = self._former.copy()  # What was given away changes no more.
        while len(self._kept) > MINUTES_KEPT:
            self._drop_oldest()

    def _make_room(self) -> bool:
        if len(self._kept) > 1:
            self._drop_oldest()
        return self._room > 0

    def _drop_oldest(self) -> None:
        oldest = min(minute for minute in self._kept if minute != self._minute)
        self._room += len(self._kept.pop(oldest))


def _less(counts: dict[int, int], former: dict[int, int]) -> Iterator[tuple[int, str, int]]:
    for key, count in counts.items():
        if by := count - former.get(key, 0):
            yield key >> _CODE_BITS, _NAMES[key & (1 << _CODE_BITS) - 1], by
