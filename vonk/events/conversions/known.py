"""The memory by which a conversion that is reported twice counts once."""

from typing import Final

import msgspec

from vonk.core.clock import DAY_MS
from vonk.events.conversions.contract import STANDARD_NAMES
from vonk.events.records import ConversionRecord

REMEMBERED_DAYS: Final = 8  # For page and server to say the same thing, however late: lateness, and the day begun.
REMEMBERED_MAX: Final = 5_000_000  # Ids held in memory, some 150 bytes each.

Days = dict[int, dict[int, set[str]]]


class Kept(msgspec.Struct):
    """What is remembered, by day of receipt and pixel: ids, and names that are not standard. For a checkpoint."""

    ids: Days = {}
    names: Days = {}


class Known:
    """The conversions of the last days, so that page and server together count one. Exact; rebuilt from the log."""

    def __init__(self) -> None:
        self._kept = Kept()
        self._count = 0

    def has(self, pixel_id: int, event_id: str) -> bool:
        """Tell whether the pixel has reported this id."""
        return any(event_id in pixels.get(pixel_id, ()) for pixels in self._kept.ids.values())

    def may_name(self, pixel_id: int, name: str, *, most: int) -> bool:
        """Tell whether the pixel may use this name, or has used ``most`` of its own."""
        if name in STANDARD_NAMES:
            return True
        used = set().union(*(pixels.get(pixel_id, ()) for pixels in self._kept.names.values()))
        return name in used or len(used) < most

    def add(self, record: ConversionRecord) -> None:
        """Note the conversion."""
        day = record.received_ms // DAY_MS
        self._kept.ids.setdefault(day, {}).setdefault(record.pixel_id, set()).add(record.event_id)
        if record.name not in STANDARD_NAMES:
            self._kept.names.setdefault(day, {}).setdefault(record.pixel_id, set()).add(record.name)
        self._count += 1

    def forget(self, record: ConversionRecord) -> None:
        """Take a conversion back that could not be made durable, so that it may be sent again."""
        ids = self._kept.ids.get(record.received_ms // DAY_MS, {}).get(record.pixel_id, set())
        if record.event_id in ids:
            ids.discard(record.event_id)
            self._count -= 1

    def drop_expired(self, now_ms: int) -> None:
        """Let go of days that nobody may repeat any more."""
        oldest = now_ms // DAY_MS - REMEMBERED_DAYS
        for days in (self._kept.ids, self._kept.names):
            for day in [day for day in days if day < oldest]:
                del days[day]
        self._count = sum(len(ids) for pixels in self._kept.ids.values() for ids in pixels.values())

    def dump(self) -> Kept:
        """Return all that is remembered, for a checkpoint to encode at once."""
        return self._kept

    def load(self, kept: Kept) -> None:
        """Go on from what a checkpoint remembered."""
        self._kept = kept
        self._count = sum(len(ids) for pixels in kept.ids.values() for ids in pixels.values())

    def __len__(self) -> int:
        return self._count
