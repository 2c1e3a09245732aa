"""The world that runs of faults begin with: made once, copied for each."""

import shutil
from pathlib import Path

import pytest

from tests.simulation.fault_run import prepared


@pytest.fixture(scope="session")
def prepared_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(prepared_world: Path, tmp_path: Path) -> Path:
    """A data directory of the test's own."""
    return Path(shutil.copytree(prepared_world, tmp_path / "data"))
