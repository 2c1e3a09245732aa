"""Frequency caps: how often one viewer may see one ad group in a window that slides."""

from bisect import bisect_right
from collections.abc import Sequence


def shown_since(shown_ms: Sequence[int], since_ms: int) -> int:
    """Return how many of the ascending instants lie after ``since_ms``: a window of w seconds holds (now - w, now]."""
    return len(shown_ms) - bisect_right(shown_ms, since_ms)


def within(shown_ms: Sequence[int], since_ms: int) -> list[int]:
    """Return the ascending instants after ``since_ms``."""
    return list(shown_ms[bisect_right(shown_ms, since_ms) :])
