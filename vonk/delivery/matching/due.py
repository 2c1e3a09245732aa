"""What waits for an instant, found when it has come; thousands that wait for the same one cost no more than one."""

import heapq
from typing import Generic, TypeVar

Waiting = TypeVar("Waiting")


class Due(Generic[Waiting]):
    """Things by the instant for which they wait, in milliseconds."""

    __slots__ = ("_at", "_instants")

    def __init__(self) -> None:
        self._at: dict[int, list[Waiting]] = {}
        self._instants: list[int] = []  # A heap.

    def add(self, at_ms: int, thing: Waiting) -> None:
        """Let it wait. What is added twice comes twice."""
        there = self._at.get(at_ms)
        if there is None:
            self._at[at_ms] = [thing]
            heapq.heappush(self._instants, at_ms)
        else:
            there.append(thing)

    def take(self, now_ms: int) -> list[Waiting]:
        """Return what need not wait any longer, the earliest first."""
        if not self._instants or self._instants[0] > now_ms:
            return []
        taken: list[Waiting] = []
        while self._instants and self._instants[0] <= now_ms:
            taken += self._at.pop(heapq.heappop(self._instants))
        return taken

    def clear(self) -> None:
        """Forget everything that waits."""
        self._at.clear()
        self._instants.clear()
