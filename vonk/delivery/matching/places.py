"""Where in a feed ads may stand: not before a position, and so many organic posts after the ad before.

Judged by the positions that the host tells, each surface by itself. A position that is not beyond the last ad's begins
the feed anew; within half a minute of that ad it must be as far from it as any other, so that asking for the same place
again and again gets nothing.
"""

from typing import Final

import msgspec

PAUSE_MS: Final = 30_000  # Nobody comes back to the start of a feed to meet the next ad sooner than this.
REMEMBERED_MAX: Final = 200_000  # Viewers' last ads, some 200 bytes each; the one longest ago is forgotten first.
FIRST_MAX: Final = 1_000
BETWEEN_MAX: Final = 1_000


class Policy(msgspec.Struct, frozen=True):
    """The first position that may be an ad's, counted from 1, and the least number of posts between two ads.

    At most one place in ``between`` + 1 is an ad's: this is the ad load.
    """

    first: int
    between: int


class Places:
    """Where each viewer met their last ad. Used by one thread; one server's memory alone."""

    __slots__ = ("_last", "_policies", "_remembered_max")

    def __init__(self, policies: dict[str, Policy], remembered_max: int = REMEMBERED_MAX) -> None:
        self._policies = policies
        self._remembered_max = remembered_max
        self._last: dict[tuple[str, str], tuple[int, int]] = {}  # Position and instant, longest ago first.

    def too_soon(self, viewer_id: str, surface: str, position: int, now_ms: int) -> bool:
        """Tell whether no ad may stand at the position. A surface without a policy takes ads anywhere."""
        policy = self._policies.get(surface)
        if policy is None:
            return False
        if position < policy.first:
            return True
        last = self._last.get((surface, viewer_id))
        if last is None or abs(position - last[0]) > policy.between:
            return False
        return position > last[0] or now_ms - last[1] < PAUSE_MS

    def show(self, viewer_id: str, surface: str, position: int, now_ms: int) -> None:
        """Learn that the viewer gets an ad there."""
        if surface not in self._policies:
            return
        key = (surface, viewer_id)
        self._last.pop(key, None)
        self._last[key] = position, now_ms
        if len(self._last) > self._remembered_max:
            del self._last[next(iter(self._last))]


def policies_of(text: str) -> dict[str, Policy]:
    """Return the policies of ``SURFACE:FIRST/BETWEEN``, several by commas. Raises ValueError, which says what is wrong."""
    found: dict[str, Policy] = {}
    for word in filter(None, (part.strip() for part in text.split(","))):
        surface, _, numbers = word.partition(":")
        first, slash, between = numbers.partition("/")
        if not (
            surface and slash and all(part.isascii() and part.isdigit() and len(part) <= 4 for part in (first, between))
        ):
            raise ValueError(f"{word} is not SURFACE:FIRST/BETWEEN, such as for_you:4/4.")
        if surface in found:
            raise ValueError(f"{surface} comes twice.")
        if not (1 <= int(first) <= FIRST_MAX and int(between) <= BETWEEN_MAX):
            raise ValueError(f"{word}: the first is from 1 to {FIRST_MAX}, those between at most {BETWEEN_MAX}.")
        found[surface] = Policy(int(first), int(between))
    return found
