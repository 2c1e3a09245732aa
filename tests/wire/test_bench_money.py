"""The benchmark of the audit makes a platform, settles and counts its events, and proves them; the figures are nobody's to assert."""

import json
import subprocess
import sys
from pathlib import Path

from tests import patience
from tests.wire.serving import environment

VONK = Path(sys.executable).with_name("vonk")


def test_the_audits_benchmark_prints_one_json_object() -> None:
    command = [str(VONK), "bench", "audit", "--events", "1000", "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=patience.SECONDS, check=True, env=environment()
    )
    figures = json.loads(done.stdout)
    assert figures["events"] == 1_000
    assert figures["records"] > 1_000
    assert figures["transfers"] > 24  # More than the top-ups.
    assert set(figures) == {
        "events", "records", "transfers", "seconds", "cpu_s", "events_per_s", "records_per_s", "rss_mb", "generation_s",
    }  # fmt: skip
