"""How an ad stands among others; pure. Nobody learns what one advertiser's ad did: ranks are of many, in tenths."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

ADVERTISERS_MIN: Final = 10  # Of the ads that one is compared with, its own account apart.
ADS_MIN: Final = 20
IMPRESSIONS_MIN: Final = 1_000  # Of an ad in the days compared: below it a rate says nothing.

Counts = Mapping[str, int]


class Trait(StrEnum):
    """What ads have in common that are compared."""

    COUNTRIES = "countries"
    CATEGORY = "category"
    OBJECTIVE = "objective"


class Why(StrEnum):
    """Why an ad has no rank."""

    TOO_FEW_IMPRESSIONS = "too_few_impressions"
    TOO_FEW_ADVERTISERS = "too_few_advertisers"


def _ratio(above: str, below: str) -> Callable[[Counts], float | None]:
    return lambda counts: counts.get(above, 0) / counts[below] if counts.get(below, 0) > 0 else None


def _count(name: str) -> Callable[[Counts], float | None]:
    return lambda counts: counts.get(name, 0)


MEASURES: Final[dict[str, Callable[[Counts], float | None]]] = {
    "impressions": _count("impressions"),
    "clicks": _count("clicks_destination"),
    "click_rate": _ratio("clicks_destination", "impressions"),
    "profile_rate": _ratio("clicks_profile", "impressions"),
    "plays": _count("plays"),
    "view_2s": _count("view_2s"),
    "view_6s": _count("view_6s"),
    "p25": _count("p25"),
    "p50": _count("p50"),
    "p75": _count("p75"),
    "p100": _count("p100"),
    "watch_time": _ratio("watch_ms", "plays"),
}
"""What is compared. No amounts: what others pay is told to nobody, and currencies differ."""
COUNTED: Final = (
    "impressions", "clicks_destination", "clicks_profile", "plays", "view_2s", "view_6s", "p25", "p50", "p75", "p100",
    "watch_ms",
)  # fmt: skip


def enough(account_ids: Sequence[int]) -> bool:
    """Say whether so many ads of such accounts (one for each ad) hide each of them."""
    return len(account_ids) >= ADS_MIN and len(set(account_ids)) >= ADVERTISERS_MIN


def rank(value: float, others: Sequence[float]) -> float:
    """Return the share of the others below the value, those alike by half, in tenths. ``others`` are sorted."""
    below, up_to = bisect_left(others, value), bisect_right(others, value)
    return round((below + up_to) / (2 * len(others)), 1)
