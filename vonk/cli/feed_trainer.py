"""One round of learning for the feed. Apart from `training`, because it takes SciPy, which only those load who learn."""

from datetime import datetime

from vonk.delivery.trained.shelf import Card, Shelf
from vonk.discovery import learning


def round_of(shelf: Shelf, *, now: datetime, candidate: bool, every_minutes: int) -> Card | None:
    """Learn, judge and publish when one is wanted or it is time."""
    return learning.round_of(shelf, now=now, candidate=candidate, every_minutes=every_minutes)
