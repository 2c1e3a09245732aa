"""A town for each test."""

from datetime import datetime

import pytest

from tests.area.advertising.town import Town


@pytest.fixture
def town(db: None, now: datetime) -> Town:
    return Town(now)
