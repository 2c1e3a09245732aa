"""What the operator sees of the event log: which events came when, and whether the books know them yet."""

from datetime import datetime
from typing import Final

import msgspec

from vonk.simulation.client import wait_until
from vonk.simulation.people import Town

SETTLED_SECONDS_MAX: Final = 60.0


class _Logged(msgspec.Struct, frozen=True):
    position: int


class _Events(msgspec.Struct, frozen=True):
    items: tuple[_Logged, ...]
    complete: bool


class _Money(msgspec.Struct, frozen=True):
    fate: str


def valid_between(town: Town, start: datetime, end: datetime) -> list[int]:
    """Return the positions of the valid events received from start to end (exclusive), when all of them are settled."""
    first, last = (at.isoformat().replace("+00:00", "Z") for at in (start, end))
    events = town.operator.get(f"/event_log?start={first}&end={last}&rule=", _Events)
    assert events.items, "Somebody was there."
    assert events.complete, "They were few."
    positions = [event.position for event in events.items]

    def settled() -> bool:
        return town.operator.get(f"/event_log/{positions[-1]}/money", _Money).fate != "waiting"

    wait_until(settled, "what was reported is not settled", seconds=SETTLED_SECONDS_MAX, every_ms=100)
    return positions
