"""One browser for a file of tests, and for each test a viewer on a host's page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.clients.web.hosts import Host, hosting
from tests.web.journey.browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def host(browser: Browser) -> Iterator[Host]:
    with hosting(browser) as found:
        yield found
