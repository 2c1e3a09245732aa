"""What each viewer has seen and is promised, of ads, ad groups, campaigns and advertisers that have a cap.

For each pair of viewer and object the instants of showings are kept, no more than the highest cap needs and no longer
than its caps look back.
"""

from bisect import insort
from typing import Final

from vonk.core.clock import DAY_MS
from vonk.delivery.limits.counters import Level, Promise, objects_of
from vonk.delivery.matching import frequency
from vonk.delivery.snapshot import FrequencyCap
from vonk.events.records import Claims

WINDOW_MS_MAX: Final = 30 * DAY_MS  # The longest window a cap may have.
TAKEN_BACK_MAX: Final = 8  # Instants kept beyond the cap: so many may be taken back and the count is exact still.
Shown = dict[int, dict[str, list[int]]]


class Exposures:
    """Showings and promises of showings by level, object and viewer."""

    def __init__(self) -> None:
        self.advertiser_caps: tuple[FrequencyCap, ...] = ()
        self.shown: list[Shown] = [{} for _ in Level]  # By level: a place in a list, since enumerations hash slowly.
        self._promised: list[dict[int, dict[str, int]]] = [{} for _ in Level]
        self._bounds: dict[tuple[int, int], tuple[int, int]] = {}  # The longest window in ms, the highest cap.
        self._known = False

    def cap(self, level: Level, object_id: int, caps: tuple[FrequencyCap, ...]) -> None:
        """Keep what viewers see of the object for as long as its caps look back; see Counters.cap."""
        if level is Level.ADVERTISER:
            self.advertiser_caps = caps
        if caps:
            window_ms = max(cap.window_seconds for cap in caps) * 1000
            self._bounds[int(level), object_id] = window_ms, max(cap.impressions for cap in caps)
            return
        self._bounds.pop((int(level), object_id), None)
        if self._known:
            self.shown[level].pop(object_id, None)

    def known(self) -> None:
        """Let go of what no cap asks for: all caps have been named."""
        self._known = True
        for level, objects in enumerate(self.shown):
            for object_id in [one for one in objects if self._bound(level, one) is None]:
                del objects[object_id]

    def seen(self, viewer_id: str, level: Level, object_id: int, since_ms: int) -> int:
        """Return the viewer's showings of the object after ``since_ms``, with those promised."""
        promised = self._promised[level].get(object_id)
        shown = self.shown[level].get(object_id)
        count = promised.get(viewer_id, 0) if promised else 0
        if shown and (instants := shown.get(viewer_id)):
            count += frequency.shown_since(instants, since_ms)
        return count

    def add(self, claims: Claims, received_ms: int) -> None:
        """Count a showing."""
        for level, object_id in objects_of(claims):
            bound = self._bound(level, object_id)
            if bound is None and self._known:
                continue
            instants = self.shown[level].setdefault(object_id, {}).setdefault(claims.viewer_id, [])
            insort(instants, received_ms)
            if bound is not None:
                window_ms, most = bound
                if instants[0] <= received_ms - window_ms:
                    instants[:] = frequency.within(instants, received_ms - window_ms)
                del instants[: -(most + TAKEN_BACK_MAX)]

    def take_back(self, claims: Claims, received_ms: int) -> None:
        """Undo the count of a showing."""
        for level, object_id in objects_of(claims):
            instants = self.shown[level].get(object_id, {}).get(claims.viewer_id, [])
            if received_ms in instants:
                instants.remove(received_ms)

    def promise(self, promise: Promise) -> None:
        """Count a showing that may come."""
        for level, object_id in objects_of(promise):
            viewers = self._promised[level].setdefault(object_id, {})
            viewers[promise.viewer_id] = viewers.get(promise.viewer_id, 0) + 1

    def release(self, promise: Promise) -> None:
        """Count no more on a showing: it has come, or comes no more."""
        for level, object_id in objects_of(promise):
            objects = self._promised[level]
            viewers = objects[object_id]
            left = viewers[promise.viewer_id] - 1
            if left:
                viewers[promise.viewer_id] = left
                continue
            del viewers[promise.viewer_id]
            if not viewers:
                del objects[object_id]

    def sweep(self, now_ms: int) -> None:
        """Let go of showings that no window holds any more."""
        for level, objects in enumerate(self.shown):
            for object_id, viewers in objects.items():
                bound = self._bound(level, object_id)
                oldest = now_ms - (bound[0] if bound is not None else WINDOW_MS_MAX)
                for viewer_id in [one for one, instants in viewers.items() if instants[-1:] <= [oldest]]:
                    del viewers[viewer_id]
            for object_id in [one for one, viewers in objects.items() if not viewers]:
                del objects[object_id]

    def bounds(self) -> list[tuple[int, int, int, int]]:
        """Return level, object, window and highest cap of all that was seen of late, for a checkpoint."""
        return [
            (level, object_id, window_ms, most)
            for (level, object_id), (window_ms, most) in self._bounds.items()
            if object_id in self.shown[level]
        ]

    def load(self, shown: dict[int, Shown], bounds: list[tuple[int, int, int, int]]) -> None:
        """Take over a checkpoint. Objects withdrawn now may come back: what was seen of them stays counted."""
        self.shown = [shown.get(level, {}) for level in Level]
        for level, object_id, window_ms, most in bounds:
            self._bounds.setdefault((level, object_id), (window_ms, most))

    def _bound(self, level: int, object_id: int) -> tuple[int, int] | None:
        return self._bounds.get((int(level), 0 if level == Level.ADVERTISER else object_id))
