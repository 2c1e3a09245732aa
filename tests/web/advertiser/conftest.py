"""A stage for each test, in a data directory of its own."""

from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from django.conf import LazySettings

from tests.web.creator.stage import Stage


@pytest.fixture
def stage(db: None, now: datetime, settings: LazySettings, tmp_path: Path) -> Stage:
    settings.VONK = msgspec.structs.replace(settings.VONK, data_dir=tmp_path, sandbox=True)
    settings.MEDIA_ROOT = tmp_path / "media"
    return Stage(now)
