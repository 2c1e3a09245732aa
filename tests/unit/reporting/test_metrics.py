"""Formulas of reference §7."""

import pytest

from vonk.events.records import Kind
from vonk.reporting import metrics, rules
from vonk.reporting.metrics import Unit, Value

COUNTS = {
    "impressions": 1_000,
    "plays": 800,
    "view_2s": 600,
    "view_6s": 200,
    "p100": 100,
    "watch_ms": 2_000_001,
    "clicks_destination": 30,
    "clicks_profile": 10,
    "clicks_music": 5,
    "likes": 4,
    "follows": 1,
    "spend": 5_000_500,
    "viewable": 700,
    "replays": 9,
    "served": 1_400,
    "invalid_impressions": 250,
    "invalid_clicks_destination": 10,
    "conversions": 4,
    "conversions_click": 3,
    "conversions_view": 1,
    "conversion_value": 12_501_250,
    "results": 8,
    "likes_1d": 2,
    "reach": 400,
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("impressions", 1_000),
        ("video_views", 800),
        ("vtr_2s", 0.75),
        ("vtr_6s", 0.25),
        ("completion_rate", 0.125),
        ("average_watch_time", 2_500),
        ("clicks", 30),
        ("ctr", 0.03),
        ("clicks_all", 50),
        ("engagement_rate", 0.05),
        ("profile_visits", 10),
        ("profile_visit_rate", 0.01),
        ("music_clicks", 5),
        ("spend", 5_000_500),
        ("viewable_rate", 0.7),
        ("replays", 9),
        ("served", 1_400),
        ("gross_impressions", 1_250),
        ("invalid_impressions", 250),
        ("invalid_rate", 0.2),
        ("gross_clicks", 40),
        ("invalid_clicks", 10),
        ("invalid_click_rate", 0.25),
        ("cpm", 5_000_500),
        ("cpc", 166_683),
        ("cpv", 25_003),
        ("conversions", 4),
        ("conversions_click", 3),
        ("conversions_engaged", 0),
        ("conversions_view", 1),
        ("conversion_rate", 0.004),
        ("cost_per_conversion", 1_250_125),
        ("conversion_value", 12_501_250),
        ("roas", 2.5),
        ("results", 8),
        ("cost_per_result", 625_063),
        ("result_rate", 0.008),
        ("likes_1d", 2),
        ("reach", 400),
        ("frequency", 2.5),
        ("cost_per_1000_reached", 12_501_250),
    ],
)
def test_a_metric_follows_its_definition(name: str, value: Value) -> None:
    assert metrics.BY_NAME[name].formula(COUNTS) == value


@pytest.mark.parametrize("metric", metrics.METRICS, ids=lambda metric: metric.name)
def test_nothing_is_divided_by_nothing(metric: metrics.Metric) -> None:
    costs = {"cpm", "cpc", "cpv", "cost_per_conversion", "cost_per_result", "cost_per_1000_reached"}
    divided = metric.unit in {Unit.RATIO, Unit.TIMES} or metric.name in {"average_watch_time", *costs}
    assert metric.formula({}) == (None if divided else 0)


def test_names_are_unique_and_described() -> None:
    assert len(metrics.BY_NAME) == len(metrics.METRICS)
    for metric in metrics.METRICS:
        assert str(metric.title)
        assert str(metric.definition)
        assert metric.source


def test_every_kind_of_event_has_a_counter_of_its_own() -> None:
    assert len(set(rules.TALLY_OF.values())) == len(Kind)


def test_total_is_the_sum_of_parts() -> None:
    parts = [{"likes": 2, "reach": 4}, {"likes": -1, "plays": 3, "reach": 2}]
    assert metrics.total_of(parts) == {"likes": 1, "plays": 3}  # Nobody knows how many of them are the same.


def test_nobody_known_is_not_nobody_reached() -> None:
    assert metrics.BY_NAME["reach"].formula({"impressions": 3}) is None
