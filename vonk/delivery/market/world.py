"""Makes a market: campaigns with budgets, requests by minute, and a forecast that errs (delivery science §6).

What an impression is worth to a campaign is its own mean times a log-normal factor, drawn by campaign and request. Its
spread is not measured: it is chosen so that without pacing an advertiser gets about twice the value that it pays for,
as in the reference's market. Amounts are micros, and an impression is paid by itself.
"""

import csv
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from vonk.delivery.limits import traffic

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MINUTES: Final = 1_440
FACTORS: Final = 4_096
SEGMENTS: Final = 24
SPREAD: Final = 0.9  # Of the logarithm of what an impression is worth.
MEAN_MICROS: Final = 10_000.0  # What one is worth to the middle campaign: ten units a thousand.
RESERVE_MICROS: Final = 100
IMPRESSIONS_MIN: Final = 300  # That a day's budget buys.
FORECAST_SPREAD: Final = 0.3  # Of the logarithm of an hour's forecast.
VOLUME_SPREAD: Final = 0.2  # Of a day's requests.
ENDLESS: Final = 2**62
CAMPAIGNS_MAX: Final = 2_000
REQUESTS_MAX: Final = 20_000_000


class TrafficUnreadable(ValueError):
    """A table of traffic that is none: columns dow (1 to 7), hour and traffic_share, perhaps region_id."""


class World(msgspec.Struct, frozen=True):
    """A market. ``requests`` and ``plan`` are by minute of all days; ``plan`` sums to 1 over each day."""

    seed: int
    days: int
    means: Floats
    factors: Floats
    wants: npt.NDArray[np.bool_]  # By segment and campaign.
    requests: Ints
    plan: Floats
    weekday_hours: Floats  # The forecast of the week by its 168 hours, from Monday.
    first_weekday: int = 0  # Monday.

    @property
    def campaigns(self) -> int:
        """How many there are."""
        return len(self.means)


def usual_week() -> Floats:
    """Return the usual curve's share of each of a week's 168 hours."""
    hours = np.array([traffic.usual(2 * hour) + traffic.usual(2 * hour + 1) for hour in range(168)])
    return hours / float(hours.sum())


def read_week(path: Path, seed: int) -> Floats:
    """Return one region's share of each hour of a week, drawn by the seed from a table; raises TrafficUnreadable."""
    regions: dict[str, Floats] = {}
    try:
        with path.open(newline="") as file:
            for line in csv.DictReader(file):
                hours = regions.setdefault(line.get("region_id") or "", np.zeros(168))
                hours[(int(line["dow"]) - 1) * 24 + int(line["hour"])] += float(line["traffic_share"])
    except (OSError, KeyError, ValueError, IndexError, csv.Error) as error:
        raise TrafficUnreadable(f"{path} is no table of traffic: {error!r}") from error
    whole = [hours for _, hours in sorted(regions.items()) if (hours > 0).all() and np.isfinite(hours).all()]
    if not whole:
        raise TrafficUnreadable(f"{path} holds no region with all hours of a week.")
    chosen = whole[int(np.random.default_rng(seed).integers(len(whole)))]
    return np.asarray(chosen / chosen.sum())


def make(
    *, seed: int, campaigns: int = 120, requests: int = 400_000, days: int = 3, week: Floats | None = None
) -> World:
    """Return a market of so many campaigns and about so many requests a day. The days begin on a Monday."""
    if not (2 <= campaigns <= CAMPAIGNS_MAX and 1_000 <= requests <= REQUESTS_MAX and 1 <= days <= 7):
        raise ValueError(f"2 to {CAMPAIGNS_MAX} campaigns, 1,000 to {REQUESTS_MAX} requests a day, 1 to 7 days")
    chance = np.random.default_rng(seed)
    hours = usual_week() if week is None else week
    forecast = hours * np.exp(chance.normal(0, FORECAST_SPREAD, 168))
    counts, plan = [], []
    for day in range(days):
        true = hours[24 * day : 24 * day + 24]
        expected = forecast[24 * day : 24 * day + 24]
        volume = requests * max(0.2, 1 + chance.normal(0, VOLUME_SPREAD))
        counts.append(chance.poisson(np.repeat(true / true.sum() * volume / 60, 60)))
        plan.append(np.repeat(expected / expected.sum() / 60, 60))
    quantiles = np.sort(chance.normal(0, SPREAD, FACTORS))
    wants = chance.random((SEGMENTS, campaigns)) < chance.uniform(0.15, 0.6, campaigns)
    return World(
        seed=seed,
        days=days,
        means=MEAN_MICROS * np.exp(chance.normal(0, 0.35, campaigns)),
        factors=chance.permutation(np.exp(quantiles - SPREAD**2 / 2)),
        wants=wants,
        requests=np.concatenate(counts).astype(np.int64),
        plan=np.concatenate(plan),
        weekday_hours=forecast / forecast.sum(),
    )


def budgets(world: World, spend: Ints, impressions: Ints) -> Ints:
    """Return each campaign's daily budget: 5 to 90 % of what it spends in a day without one, as many below a fifth as above.

    It buys 300 impressions at least. ``spend`` and ``impressions`` are a day's of the market in which nobody has a budget.
    """
    chance = np.random.default_rng(world.seed + 1)
    shares = np.exp(chance.uniform(np.log(0.05), np.log(0.9), world.campaigns))
    each = spend / np.maximum(impressions, 1)
    least = np.ceil(IMPRESSIONS_MIN * each)
    return np.maximum(np.maximum(np.rint(shares * spend), least), RESERVE_MICROS).astype(np.int64)
