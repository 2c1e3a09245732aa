"""Whether one arm of an A/B test is better than the other, told so that looking often misleads nobody; pure.

Each viewer counts once: of those whom an arm reached, how many did it at least once. So proportions may be compared as
they are, and whoever saw an ad ten times is not ten people. Sources: delivery science §11; Newcombe, Statistics in
Medicine 17 (1998), method 10; O'Brien and Fleming, Biometrics 35 (1979).
"""

from math import erfc, exp, pi, sqrt
from statistics import NormalDist
from typing import Final, NamedTuple

ALPHA: Final = 0.05
POWER: Final = 0.8
UNBALANCED_BELOW: Final = 0.001  # Delivery science §11: a split this unlikely is broken, not unlucky.
VIEWERS_MIN: Final = 100  # Of both arms together: below, nothing is said.
SUCCESSES_MIN: Final = 10  # Of both arms together, and as many who did not: below, the normal law says nothing.
_NORMAL: Final = NormalDist()
_TERMS: Final = 50


class Proportion(NamedTuple):
    """How many of an arm's viewers did it at least once."""

    successes: int
    viewers: int

    @property
    def rate(self) -> float:
        """The share; 0 where nobody was reached."""
        return self.successes / self.viewers if self.viewers else 0.0


class Comparison(NamedTuple):
    """The second arm's share less the first's, its 95 % interval, and how likely so much is where nothing differs.

    ``p_value`` may be looked at as often as one likes: it allows for all looks up to the planned end.
    """

    difference: float
    lower: float
    upper: float
    p_value: float

    @property
    def conclusive(self) -> bool:
        """Whether one arm may be called better."""
        return self.p_value < ALPHA


def compare(first: Proportion, second: Proportion, *, progress: float) -> Comparison | None:
    """Compare two arms when ``progress`` (above 0, at most 1) of the test's planned time is over; None if too few were reached."""
    viewers, successes = first.viewers + second.viewers, first.successes + second.successes
    too_few = viewers < VIEWERS_MIN or min(successes, viewers - successes) < SUCCESSES_MIN
    if too_few or not first.viewers or not second.viewers:
        return None
    lower, upper = newcombe(first, second)
    z = z_score(first, second)
    return Comparison(second.rate - first.rate, lower, upper, ever_crossed(abs(z) * sqrt(min(1.0, max(0.0, progress)))))


def z_score(first: Proportion, second: Proportion) -> float:
    """Return the two-proportion statistic with the pooled share; 0 where all did the same."""
    pooled = (first.successes + second.successes) / (first.viewers + second.viewers)
    variance = pooled * (1 - pooled) * (1 / first.viewers + 1 / second.viewers)
    return (second.rate - first.rate) / sqrt(variance) if variance else 0.0


def ever_crossed(level: float) -> float:
    """Return how likely a standard Brownian motion leaves ±``level`` before time 1.

    With ``level`` = |z|·√progress this is O'Brien and Fleming's rule watched without pause: at the end 2.2414 is needed
    for 5 %, at half of the time 3.17. It holds for any number of looks, at some cost in power to one look alone.
    """
    if level <= 0:
        return 1.0
    if level < 1:  # This series converges here at once, the other one for greater levels.
        terms = (_sign(j) / (2 * j + 1) * exp(-(((2 * j + 1) * pi) ** 2) / (8 * level**2)) for j in range(_TERMS))
        return min(1.0, max(0.0, 1 - 4 / pi * sum(terms)))
    return min(1.0, 4 * sum(_sign(k) * _tail((2 * k + 1) * level) for k in range(_TERMS)))


def wilson(one: Proportion, z: float) -> tuple[float, float]:
    """Return Wilson's interval of a share."""
    n, p = one.viewers, one.rate
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def newcombe(first: Proportion, second: Proportion) -> tuple[float, float]:
    """Return the 95 % interval of the second share less the first."""
    z = _NORMAL.inv_cdf(1 - ALPHA / 2)
    (l1, u1), (l2, u2) = wilson(first, z), wilson(second, z)
    difference = second.rate - first.rate
    return (  # Rounding may step out of what a difference of shares can be.
        max(-1.0, difference - sqrt((second.rate - l2) ** 2 + (u1 - first.rate) ** 2)),
        min(1.0, difference + sqrt((u2 - second.rate) ** 2 + (first.rate - l1) ** 2)),
    )


def balance(first_viewers: int, second_viewers: int) -> float:
    """Return how likely so uneven a split of the viewers is where each is as likely in either arm (chi-square, one degree)."""
    viewers = first_viewers + second_viewers
    if not viewers:
        return 1.0
    return erfc(sqrt((first_viewers - second_viewers) ** 2 / viewers / 2))


def viewers_needed(base: float, lift: float, *, level: float | None = None) -> int:
    """Return how many viewers each arm needs so that a share of ``base`` that grows by ``lift`` is found four times in five.

    ``level`` is what the statistic has to pass at the end; None is what ``compare`` asks for.
    """
    asked = _end_level() if level is None else level
    other = base * (1 + lift)
    if not 0 < base < 1 or not 0 < other < 1:
        raise ValueError("shares lie between 0 and 1")
    mean = (base + other) / 2
    spread = asked * sqrt(2 * mean * (1 - mean)) + _NORMAL.inv_cdf(POWER) * sqrt(
        base * (1 - base) + other * (1 - other)
    )
    needed = (spread / (other - base)) ** 2
    return int(needed) + 1


def detectable(base: float, first_viewers: int, second_viewers: int) -> float | None:
    """Return the smallest lift of the first arm's ``base`` that arms of these sizes find four times in five at the end.

    None where no lift up to every viewer would be found.
    """
    if not 0 < base < 1 or first_viewers <= 0 or second_viewers <= 0:
        return None
    asked, power = _end_level(), _NORMAL.inv_cdf(POWER)
    share = first_viewers / (first_viewers + second_viewers)

    def found(other: float) -> bool:
        pooled = base * share + other * (1 - share)
        usual = sqrt(pooled * (1 - pooled) * (1 / first_viewers + 1 / second_viewers))
        spread = sqrt(base * (1 - base) / first_viewers + other * (1 - other) / second_viewers)
        return other - base >= asked * usual + power * spread

    low, high = base, 1.0
    if not found(high):
        return None
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if found(middle) else (middle, high)
    return high / base - 1


def _end_level() -> float:
    """Return the level that is left with a likelihood of ALPHA, by bisection."""
    low, high = 1.0, 4.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if ever_crossed(middle) > ALPHA else (low, middle)
    return high


def _sign(term: int) -> float:
    return -1.0 if term % 2 else 1.0


def _tail(z: float) -> float:
    return erfc(z / sqrt(2)) / 2
