"""The benchmarks run and answer in the form that machines read. What they measure is for nobody to assert here."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import patience

VONK = Path(sys.executable).with_name("vonk")


@pytest.fixture(autouse=True)
def _wrk() -> None:
    if shutil.which("wrk") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("wrk is missing: apt-get install wrk")
        pytest.skip("wrk is missing: apt-get install wrk")


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        (
            ("decide", "--ads", "50", "--eligible", "0.5", "--seconds", "1"),
            {
                "decisions_per_s",
                "floor_per_s",
                "ratio",
                "p50_ms",
                "p99_ms",
                "half_per_s",
                "half_p50_ms",
                "half_p99_ms",
                "cpu_us",
                "machine_load",
                "rss_mb",
            },
        ),
        (
            ("events", "--batch", "20", "--clients", "4", "--seconds", "1"),
            {"events_per_s", "p50_ms", "p99_ms"},
        ),
        (
            ("business", "--campaigns", "2", "--ads", "2", "--seconds", "1"),
            {
                "campaigns",
                "ads",
                "campaign_get_per_s",
                "campaign_get_p50_ms",
                "campaign_get_p99_ms",
                "campaign_get_1000_ms",
                "ad_get_1000_ms",
                "ad_get_1000_ms_max",
                "report_ms",
                "report_ms_max",
                "generation_s",
            },
        ),
    ],
)
def test_a_benchmark_prints_one_json_object(command: tuple[str, ...], keys: set[str]) -> None:
    done = subprocess.run(
        [VONK, "bench", *command, "--json"], capture_output=True, text=True, timeout=patience.SECONDS, check=True
    )
    figures = json.loads(done.stdout)
    measured = {name: value for name, value in figures.items() if value is not None}  # What was not asked for is null.
    assert set(measured) == keys
    assert all(value >= 0 for value in measured.values())  # On a busy machine a second may pass without an answer.
