"""How well reach and inventory are forecast on the record of a feed (delivery science §7).

Reach: fitted on the record's first days, forecast for all later ones with the impressions given, over segments of the
audience, shares of delivery and draws. The shape of rates grows with the window that it is fitted to, so where fewer days
are forecast than there were, only as many of the newest are fitted. Inventory: each later day is forecast from the days
before it, for every segment, with an interval that should hold four days in five.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from math import log
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from vonk.delivery.evaluate import feed
from vonk.delivery.evaluate.feed import Feed
from vonk.delivery.forecast import inventory
from vonk.delivery.forecast import reach as forecast
from vonk.delivery.prediction.plan import Floats, Ints

FIT_DAYS: Final = 6
SHARES: Final = (0.02, 0.1, 0.3, 1.0)  # Of the impressions to come that a campaign is given.
DRAWS: Final = 3
SEED: Final = 7
SEGMENTS_MAX: Final = 64
SEGMENT_PART: Final = (0.04, 0.8)  # Of all users, the least and the most of a segment.
SEGMENT_USERS_MIN: Final = 1_000
REACHED_MIN: Final = 100  # Of fewer a forecast is not judged: chance alone is off by more.
# China's in 2022, beside weekends, announced the year before: the users of the public record live there. A record of
# another year or country has weekends alone: without these days the public one is off by twice as much.
DAYS_OFF: Final = frozenset({20220430, 20220501, 20220502, 20220503, 20220504})
WORKED: Final = frozenset({20220424, 20220507})
Masks = Mapping[str, npt.NDArray[np.bool_]]


class Reached(msgspec.Struct, frozen=True):
    """Of the viewers who were reached: mean absolute error, its 90th percentile, and the mean error."""

    mape: float
    p90: float
    bias: float
    cases: int


class Supplied(msgspec.Struct, frozen=True):
    """Mean absolute error of a segment's day, and how many days were within their interval of 80 %."""

    mape: float
    coverage: float
    cases: int


class Forecasts(msgspec.Struct, frozen=True):
    """None where the record has too few days or people."""

    reach: Reached | None
    inventory: Supplied | None


def evaluate(record: Feed, directory: Path) -> Forecasts:
    """Return how far the forecasts are off. Raises what reading raises."""
    users, segments = _segments(record, directory)
    who = np.searchsorted(users, record.impressions.user)
    dates = np.unique(record.impressions.date)
    first = min(FIT_DAYS, len(dates) - 1)
    if first < 1:
        return Forecasts(None, None)
    date = record.impressions.date
    return Forecasts(_reach(who, date, dates, first, segments), _inventory(who, date, dates, first, segments))


def lines(found: Forecasts) -> str:
    """Return the errors as lines for people, each after a line's end."""
    told = ""
    if found.reach is not None:
        of = found.reach
        told += f"\nreach     mape {of.mape:.4f}, p90 {of.p90:.4f}, bias {of.bias:+.4f}, {of.cases} cases"
    if found.inventory is not None:
        days = found.inventory
        told += f"\ninventory mape {days.mape:.4f}, {days.coverage:.4f} within p10 to p90, {days.cases} cases"
    return told


def _segments(record: Feed, directory: Path) -> tuple[Ints, Masks]:
    """Return all users in order, and which of them are in each segment: everybody, and whoever shares an attribute."""
    known, classes = feed.user_classes(directory)
    users = np.union1d(known, record.impressions.user)
    place = np.searchsorted(users, known)
    least, most = max(SEGMENT_USERS_MIN, SEGMENT_PART[0] * len(users)), SEGMENT_PART[1] * len(users)
    segments: dict[str, npt.NDArray[np.bool_]] = {"everybody": np.ones(len(users), np.bool_)}
    for name, texts in sorted(classes.items()):
        for text, times in sorted(Counter(texts.tolist()).items()):
            if least <= times <= most and len(segments) < SEGMENTS_MAX:
                mask = np.zeros(len(users), np.bool_)
                mask[place[texts == text]] = True
                segments[f"{name} {text}"] = mask
    return users, segments


def _reach(who: Ints, date: Ints, dates: Ints, first: int, segments: Masks) -> Reached | None:
    chance = np.random.default_rng(SEED)
    horizon = len(dates) - first
    fitted_days = dates[max(0, first - horizon) : first]
    seen = np.bincount(who[np.isin(date, fitted_days)], minlength=len(next(iter(segments.values()))))
    coming = who[date > dates[first - 1]]
    errors: list[float] = []
    for mask in segments.values():
        fitted = forecast.fit_everybody(Counter(seen[mask].tolist()))
        if fitted is None:
            continue
        of_segment = coming[mask[coming]]
        for share in SHARES:
            for _ in range(DRAWS):
                shown = of_segment[chance.random(len(of_segment)) < share]
                reached = len(np.unique(shown))
                if reached >= REACHED_MIN:
                    errors.append(forecast.reach(fitted, len(shown)).viewers / reached - 1)
    if not errors:
        return None
    off = np.array(errors)
    return Reached(_mean(np.abs(off)), float(np.quantile(np.abs(off), 0.9)), _mean(off), len(off))


def _inventory(who: Ints, date: Ints, dates: Ints, first: int, segments: Masks) -> Supplied | None:
    kinds = [_kind(int(day)) for day in dates]
    daily = {name: [float(mask[who[date == day]].sum()) for day in dates] for name, mask in segments.items()}
    totals = [float((date == day).sum()) for day in dates]
    past: dict[str, list[float]] = {name: [] for name in segments}
    off: list[float] = []
    held: list[bool] = []
    for at in range(1, len(dates)):
        total = inventory.next_total(totals[:at], kinds[:at], kinds[at])
        for name, parts in daily.items():
            said = inventory.interval(total * inventory.share(parts[:at], totals[:at]), past[name])
            if said.expected <= 0 or parts[at] <= 0:
                continue
            past[name].append(log(parts[at] / said.expected))
            if at >= first:
                off.append(abs(said.expected / parts[at] - 1))
                held.append(said.p10 <= parts[at] <= said.p90)
    return Supplied(_mean(np.array(off)), _mean(np.array(held, np.float64)), len(off)) if off else None


def _kind(date: int) -> int:
    """Return 1 for a day off, 0 for a working day or a date that is in no calendar."""
    try:
        day = datetime(date // 10_000, date // 100 % 100, date % 100)  # noqa: DTZ001 - by the record's own calendar.
    except ValueError:
        return 0
    return int(date in DAYS_OFF or (day.weekday() >= 5 and date not in WORKED))  # noqa: PLR2004 - Saturday.


def _mean(values: Floats) -> float:
    return float(values.mean())
