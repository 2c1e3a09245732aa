"""In which order tests run: the long ones first, so that no worker is left with one at the end; a kept world's beside each other.

Apart from that the order is what pytest-randomly makes of it.
"""

from typing import Final

import pytest

from tests.kept import asked_by

LONG: Final = (
    "tests/web/pages",
    "tests/web/journey/test_journey.py",
    "tests/simulation/test_crash.py",
    "tests/simulation/test_faults_scaled.py",
    "tests/web/journey/test_roads.py",
    "tests/simulation/test_town.py",
    "tests/wire/test_serve.py",
    "tests/wire/test_spine.py",
    "tests/wire/test_audit.py",
    "tests/simulation/test_faults.py",
    "tests/wire/test_bench.py",
    "tests/wire/business/test_sandbox.py",
    "tests/wire/business/sdk",
    "tests/clients",
    "tests/wire/test_schema.py",
    "tests/wire/test_bench_money.py",
    "tests/wire/business/test_schema.py",
    "tests/unit/delivery/trained/test_training.py",
    "tests/area/content/test_videos.py",
    "tests/simulation/test_interleavings.py",
)
"""Files and folders whose tests take several seconds each, the longest first."""


def arranged(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests in the order to run them in."""
    return sorted(items, key=_place)


def _place(item: pytest.Item) -> tuple[int, str]:
    for number, path in enumerate(LONG):
        if item.nodeid.startswith(path):
            return number, ""
    return len(LONG), min(asked_by(item), default="~")
