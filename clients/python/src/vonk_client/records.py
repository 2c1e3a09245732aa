"""What is asked, answered and kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EVENTS = "events"
"""The door for events; conversions of a pixel have the door ``pixel:<id>``."""


@dataclass(frozen=True)
class SlotWanted:
    """One place in a feed. Micros are for a thousand impressions.

    ``floor_micros``: the least price. ``organic_value_micros``: what the post is worth whose place an ad would take.
    """

    position: int = 1
    formats: tuple[str, ...] = ("video",)
    floor_micros: int = 0
    organic_value_micros: int = 0


@dataclass(frozen=True)
class Slot:
    """What one place gets: an ad with the token of its showing and the id for its landing page's address, or ``ad`` None and the reason."""

    decision_id: str
    position: int
    ad: Mapping[str, Any] | None
    token: str = ""
    click_id: str = ""
    bills: str = ""
    price_micros: int = 0
    currency: str = ""
    reason: str = ""
    refusals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """An event or conversion that the ad server will never take; it is no longer kept."""

    id: str
    reason: str
    door: str


@dataclass(frozen=True)
class Queued:
    """One waiting report: its place in the queue, its id, and its JSON."""

    place: int
    id: str
    body: str
