"""Easing and periodic motion. ``phase`` runs from 0 to 1 over a clip, and whole ``turns`` keep the loop closed."""

import math


def wave(phase: float, turns: int = 1, offset: float = 0.0) -> float:
    """Return a sine between -1 and 1 that completes ``turns`` periods over the clip."""
    return math.sin(math.tau * (phase * turns + offset))


def pulse(phase: float, turns: int = 1, offset: float = 0.0) -> float:
    """Return a soft pulse between 0 and 1, 0 at the start."""
    return 0.5 - 0.5 * math.cos(math.tau * (phase * turns + offset))


def smooth(amount: float) -> float:
    """Return ``amount``, clamped to 0..1, eased at both ends."""
    held = min(1.0, max(0.0, amount))
    return held * held * (3.0 - 2.0 * held)


def between(phase: float, start: float, end: float) -> float:
    """Return how far the phase is from ``start`` to ``end``, eased, 0 before and 1 after."""
    return smooth((phase - start) / (end - start))


def there_and_back(phase: float, leave: float, arrive: float, turn: float, home: float) -> float:
    """Return 0 before ``leave`` and after ``home``, 1 between ``arrive`` and ``turn``, eased in between."""
    return between(phase, leave, arrive) - between(phase, turn, home)


def spring(amount: float) -> float:
    """Return 0..1 with a small overshoot before it settles on 1."""
    held = min(1.0, max(0.0, amount)) - 1.0
    return 1.0 + 2.7 * held**3 + 1.7 * held**2
