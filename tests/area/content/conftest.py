import os
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from django.conf import LazySettings

from tests.area.content import cast
from tests.area.content.clips import Clips
from vonk.control.scope import Scope

SHARED_CLIPS = Path(os.environ.get("VONK_TEST_CLIPS", Path(__file__).parents[3].parent / "shared/data/videos"))


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    """A data directory for each test, so that what is left behind can be seen."""
    settings.VONK = msgspec.structs.replace(settings.VONK, data_dir=tmp_path)
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def cleo(db: None, now: datetime) -> Scope:
    return cast.creator("Cleo", now)


@pytest.fixture
def vik(db: None, now: datetime) -> Scope:
    return cast.creator("Vik", now)


@pytest.fixture
def mallory(db: None, now: datetime) -> Scope:
    return cast.creator("Mallory", now)


@pytest.fixture
def ada(db: None, now: datetime) -> Scope:
    return cast.advertiser("Ada", now)


@pytest.fixture
def olu(db: None, now: datetime) -> Scope:
    return cast.operator(now)
