"""Debian's Chromium, driven by Playwright, and a watch over everything that goes wrong in it."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Request,
    Response,
    WebError,
    expect,
    sync_playwright,
)

from tests import patience

ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
).split()
PATIENCE_MS = patience.SECONDS * 1_000
CALLED_OFF = "net::ERR_ABORTED"  # By the browser itself: the page was left, or a video was freed.


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium; without one the test is skipped, but on CI it fails."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs Chromium: apt-get install chromium")
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=ARGUMENTS, ignore_default_args=["--headless", "--hide-scrollbars"]
        )
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """Collects what a person's browser complains of: errors on the console, failed and refused requests to us."""

    def __init__(self, context: BrowserContext, origins: tuple[str, ...]) -> None:
        self.faults: list[str] = []
        self._origins = origins
        self._expected: set[int] = set()
        context.on("console", self._said)
        context.on("weberror", self._raised)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Allow these refusals while the block runs."""
        self._expected = set(statuses)
        try:
            yield
        finally:
            self._expected = set()

    def _ours(self, url: str) -> bool:
        return url.startswith(self._origins)

    def _said(self, message: ConsoleMessage) -> None:
        # A refused request is judged as a response, where its status is known.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _raised(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error}")

    def _failed(self, request: Request) -> None:
        if self._ours(request.url) and request.failure != CALLED_OFF:
            self.faults.append(f"failed: {request.method} {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if self._ours(response.url) and response.status >= 400 and response.status not in self._expected:
            self.faults.append(f"refused: {response.request.method} {response.url} {response.status}")


class Album:
    """Keeps pictures for the tour, when VONK_TOUR=1 asks for them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder if os.environ.get("VONK_TOUR") == "1" else None

    def path(self, name: str) -> Path | None:
        """Return where a picture goes, None when none is wanted."""
        assert re.fullmatch(r"[a-z0-9-]+", name), name
        if self._folder is None:
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f"{name}.png"
