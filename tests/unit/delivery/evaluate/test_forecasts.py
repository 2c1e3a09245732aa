"""Forecasts on a made record: what is judged, what is left out, and that a worse forecast is told to be worse."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vonk.delivery.evaluate import forecasts
from vonk.delivery.forecast import inventory

USERS, DAYS = 3_000, 9


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("users")
    half = ["a" if user % 2 else "b" for user in range(USERS)]
    columns = {"user_id": list(range(USERS)), "half": half, "own": [str(user) for user in range(USERS)]}
    pq.write_table(pa.table(columns), path / "users.parquet")
    return path


def record(*, days: int = DAYS, dates: Any = None) -> Any:
    """Return gamma-Poisson users, who come as often on every day."""
    rng = np.random.default_rng(5)
    rates = rng.gamma(0.8, 1.0, USERS)
    users, day = [], []
    for number in range(days):
        times = rng.poisson(rates)
        users.append(np.repeat(np.arange(USERS), times))
        day.append(np.full(times.sum(), 20220425 + number if number < 6 else 20220501 + number - 6))
    user, date = np.concatenate(users), np.concatenate(day)
    return SimpleNamespace(impressions=SimpleNamespace(user=user, date=date if dates is None else dates(date)))


def test_users_who_follow_the_model_are_forecast_well(directory: Path) -> None:
    found = forecasts.evaluate(record(), directory)
    assert found.reach is not None
    assert found.inventory is not None
    assert (
        found.reach.cases == 3 * 3 * 4 - 2 * 3
    )  # Of a half, a fiftieth reaches too few to be judged by. Own classes are none.
    assert found.reach.mape < 0.04
    assert found.reach.p90 < 0.08
    assert found.inventory.cases == 3 * 3
    assert found.inventory.mape < 0.2  # Among the days are such that its calendar takes for days off.
    assert "within p10 to p90" in forecasts.lines(found)


def test_a_worse_forecast_is_told_to_be_worse(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = forecasts.evaluate(record(), directory).inventory
    monkeypatch.setattr(inventory, "next_total", lambda daily, *_: daily[-1] * 2)
    wrong = forecasts.evaluate(record(), directory).inventory
    assert right is not None
    assert wrong is not None
    assert wrong.mape > 0.5 > right.mape


def test_too_short_a_record_says_nothing_and_a_strange_date_is_a_day(directory: Path) -> None:
    assert forecasts.evaluate(record(days=1), directory) == forecasts.Forecasts(None, None)
    assert forecasts.lines(forecasts.Forecasts(None, None)) == ""
    strange = forecasts.evaluate(record(dates=lambda date: np.where(date == 20220430, 20220431, date)), directory)
    assert strange.reach is not None
