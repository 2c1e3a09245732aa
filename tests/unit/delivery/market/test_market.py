"""A small market. Compiling the kernel costs some seconds once; each run of it some milliseconds."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from vonk.cli.main import app
from vonk.delivery.market import figures, guards, kernel, live, regret, trial, world
from vonk.delivery.market.kernel import OURS, WAYS
from vonk.storage.memory.counters import MemoryCounters

SMALL = live.comparable(world.make(seed=3, campaigns=12, requests=4_000, days=1))
OUR_WAY = next(way for way in WAYS if way.name == OURS)


def test_the_kernel_and_the_ad_servers_own_decision_agree() -> None:
    budgets = trial.budgets_of(SMALL)
    bound = np.ones(SMALL.campaigns, np.bool_)
    ours = live.run(SMALL, budgets, MemoryCounters())
    theirs = kernel.run(SMALL, OUR_WAY, budgets)
    assert ours.impressions.sum() == pytest.approx(theirs.impressions.sum(), rel=0.02)
    first, second = (figures.judge("", SMALL, run, budgets, bound) for run in (ours, theirs))
    assert first.overspent_micros == second.overspent_micros == 0
    assert first.value_per_spend == pytest.approx(second.value_per_spend, rel=0.03)
    assert first.tracking_mean == pytest.approx(second.tracking_mean, abs=0.01)
    assert first.delivered == pytest.approx(second.delivered, abs=0.04)


def test_no_way_of_pacing_spends_beyond_a_budget_and_the_same_seed_is_the_same_market() -> None:
    budgets = trial.budgets_of(SMALL)
    for way in WAYS:
        run = kernel.run(SMALL, way, budgets)
        assert (run.spent.sum(axis=0) <= budgets).all()
        assert (run.spent == kernel.run(SMALL, way, budgets).spent).all()
        assert 0 < run.multipliers.min() <= run.multipliers.max() <= 1


def test_pacing_buys_more_value_for_the_same_spend_than_spending_at_once() -> None:
    market = world.make(seed=3, campaigns=12, requests=20_000, days=1)
    budgets = trial.budgets_of(market)
    bound = figures.binding(market, budgets)
    assert bound.sum() > 3
    at_once, paced = (
        figures.judge("", market, kernel.run(market, way, budgets), budgets, bound) for way in (WAYS[0], OUR_WAY)
    )
    assert paced.value_per_spend > 1.2 * at_once.value_per_spend
    assert paced.tracking_mean < at_once.tracking_mean / 2


def test_one_bidder_comes_near_hindsight_at_every_budget() -> None:
    for found in regret.measure(1, auctions=40_000):
        assert 0.95 < found.of_hindsight <= 1.0
        assert found.spent <= 1.0


def test_clicks_that_come_late_are_never_billed_beyond_a_budget_and_holding_their_cost_back_loses_least() -> None:
    market = world.make(seed=3, campaigns=12, requests=20_000, days=1)
    slipped = {of_one.guard: of_one for of_one in guards.measure(market, trial.budgets_of(market))}
    assert [of_one.billed_over_micros for of_one in slipped.values()] == [0] * 4
    assert slipped["full"].lost <= slipped["expected"].lost < slipped["billed"].lost < slipped["billed_at_once"].lost


def test_a_table_of_traffic_is_read_and_what_is_none_is_named(tmp_path: Path) -> None:
    table = tmp_path / "week.csv"
    lines = [f"{day},{hour},{1 + hour}" for day in range(1, 8) for hour in range(24)]
    table.write_text("\n".join(["dow,hour,traffic_share", *lines]))
    week = world.read_week(table, seed=1)
    assert week.sum() == pytest.approx(1.0)
    assert week[23] == pytest.approx(24 * week[0])
    for broken in ("", "dow,hour\n1,1", "dow,hour,traffic_share\n1,1,0.5", "dow,hour,traffic_share\n9,1,0.5"):
        table.write_text(broken)
        with pytest.raises(world.TrafficUnreadable):
            world.read_week(table, seed=1)
    with pytest.raises(world.TrafficUnreadable):
        world.read_week(tmp_path / "absent.csv", seed=1)


def test_the_command_tells_and_draws(tmp_path: Path) -> None:
    small = ["simulate", "market", "--campaigns", "10", "--requests", "30000", "--days", "1", "--live", "15000"]
    told = CliRunner().invoke(app, [*small, "--json", "--charts", str(tmp_path / "charts")])
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    assert [of_one["method"] for of_one in found["methods"]] == [way.name for way in WAYS]
    assert len(found["live"]) == 2
    assert (tmp_path / "charts" / "spend.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "charts" / "pacing.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "charts" / "market.html").read_text()
    assert page.count("<svg") == 2
    assert "http-equiv" not in page
    assert "<script" not in page
    refused = CliRunner().invoke(app, [*small, "--traffic", str(tmp_path / "absent.csv")])
    assert refused.exit_code == 2
    assert "no table of traffic" in refused.stderr
    none = CliRunner().invoke(app, ["simulate", "market", "--campaigns", "50", "--requests", "1000", "--days", "1"])
    assert none.exit_code == 2
    assert "no budget binds" in none.stderr
