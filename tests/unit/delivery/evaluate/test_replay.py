import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vonk.delivery.evaluate import replay


def write(directory: Path, name: str, *, seed: int, budget: float = 40.0, rows: int = 2_000, **changed: object) -> None:
    chance = np.random.default_rng(seed)
    prices = np.sort(chance.lognormal(-3, 0.5, (3, rows)), axis=0)
    columns = {
        "tick": np.sort(chance.integers(0, 12, rows)),
        "pvalue": chance.lognormal(-7, 0.7, rows),
        "c1": prices[2],
        "c2": prices[1],
        "c3": prices[0],
    } | changed
    pq.write_table(pa.table(columns), directory / f"{name}.parquet")
    (directory / f"{name}.json").write_text(json.dumps({"budget": budget, "target_cpa": 60, "ticks": 12}))


def test_a_bidder_keeps_within_budget_and_target_and_near_hindsight(tmp_path: Path) -> None:
    for seed in range(3):
        write(tmp_path, f"day{seed}", seed=seed)
    assert replay.holds_days(tmp_path)
    found = replay.run(tmp_path)
    assert set(found["days"]) == {"day0", "day1", "day2"}
    for figures in found["days"].values():
        assert 0 < figures["spent_share"] <= 1
        assert figures["cpa_share"] <= 1
        assert figures["score"] <= figures["hindsight"]
    assert found["share_mean"] > 0.7


def test_what_is_ahead_changes_nothing_of_what_is_past(tmp_path: Path) -> None:
    write(tmp_path, "day", seed=1)
    day = replay.read_days(tmp_path)[0]
    plan = replay.plan_for(day, [])
    bids = []
    for _ in range(2):
        bidder, told = replay.Bidder(day.terms, plan), []
        for tick in range(day.terms.ticks):
            told.append(bidder.multiplier())
            bidder.learn(tick, *day.play(tick, told[-1], day.terms.budget - bidder.cost))
        bids.append(told)
        day.ticks[8:] = [replay.Tick(one.pvalue * 3, one.prices) for one in day.ticks[8:]]
    assert bids[0][:9] == bids[1][:9]
    assert bids[0][9:] != bids[1][9:]


def test_the_day_ends_with_the_opportunity_that_would_pass_the_budget(tmp_path: Path) -> None:
    write(tmp_path, "day", seed=2)
    day = replay.read_days(tmp_path)[0]
    whole, _ = day.play(0, 3.0, np.inf)
    cost, conversions = day.play(0, 3.0, whole / 2)
    assert 0 < cost <= whole / 2
    assert conversions > 0
    assert day.play(0, 3.0, 0.0) == (0.0, 0.0)


def test_a_plan_is_learned_from_the_other_days_alone(tmp_path: Path) -> None:
    write(tmp_path, "one", seed=3)
    write(tmp_path, "two", seed=4)
    one, two = replay.read_days(tmp_path)
    assert replay.plan_for(one, [two]).tolist() == two.supply().tolist()
    assert replay.plan_for(one, []).sum() == pytest.approx(1.0)


def test_what_is_no_day_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not replay.holds_days(tmp_path)
    assert replay.main(["--data", str(tmp_path)]) == 2
    assert "no advertiser-days" in capsys.readouterr().err
    write(tmp_path, "day", seed=1, pvalue=np.full(2_000, np.nan))
    assert replay.main(["--data", str(tmp_path)]) == 2
    assert "day: a value is negative or no number" in capsys.readouterr().err
    (tmp_path / "day.parquet").write_bytes(b"PAR1 and no more")
    assert replay.main(["--data", str(tmp_path)]) == 2
    assert "day.parquet cannot be read" in capsys.readouterr().err


def test_the_table_and_the_object_tell_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "day", seed=5)
    assert replay.main(["--data", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert replay.main(["--data", str(tmp_path)]) == 0
    assert f"{found['share_mean']:7.1%}" in capsys.readouterr().out
