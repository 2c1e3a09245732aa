"""A world for each test."""

from datetime import datetime

import pytest

from tests.area.authorisation.world import World


@pytest.fixture
def world(db: None, now: datetime) -> World:
    return World(now)
