"""Whether viewers fell on the arms of a test as they were meant to (sample ratio mismatch); pure.

A split that chance makes once in a thousand is broken, and then no verdict holds: delivery science §11, where a quarter of a
public archive's tests are.
"""

from collections.abc import Sequence
from math import erfc, exp, lgamma, log, sqrt

from vonk.delivery.experiments.proportions import UNBALANCED_BELOW


def balance(arms: Sequence[int]) -> float:
    """Return how likely so uneven a split is where every arm is as likely (chi-square); 1 for fewer than two arms."""
    total = sum(arms)
    if len(arms) <= 1 or not total:
        return 1.0
    meant = total / len(arms)
    return chi_square_above(sum((arm - meant) ** 2 for arm in arms) / meant, len(arms) - 1)


def apart(first: int, second: int, *, first_share: float) -> float:
    """Return how likely so uneven a split is where ``first_share`` of all belong to the first arm (chi-square)."""
    total = first + second
    if not total:
        return 1.0
    return chi_square_above((first - total * first_share) ** 2 / (total * first_share * (1 - first_share)), 1)


def broken(arms: Sequence[int]) -> bool:
    """Tell whether the split is broken rather than unlucky."""
    return balance(arms) < UNBALANCED_BELOW


def chi_square_above(value: float, degrees: int) -> float:
    """Return how likely a chi-square of so many degrees of freedom exceeds the value, by its closed sums."""
    if value <= 0:
        return 1.0
    half = value / 2
    odd = degrees % 2
    tail = erfc(sqrt(half)) if odd else 0.0
    powers = (at + 0.5 for at in range(degrees // 2)) if odd else (float(at) for at in range(degrees // 2))
    return min(1.0, tail + sum(exp(power * log(half) - half - lgamma(power + 1)) for power in powers))
