"""A tab whose server is Django's test client: whole pages, scripts and forms, without a process, and nothing but keys to use them by."""

import asyncio
import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, Route

from tests.web.journey.browser import PATIENCE_MS

ORIGIN: Final = "http://vonk.test"
TABS_MAX: Final = 120  # More stops than any page needs before what somebody came for.
_SEEN: Final = (
    """(element) => element.matches(":focus-visible") && element.checkVisibility({ opacityProperty: true })"""
)


@contextmanager
def driven(browser: Browser, client: Client) -> Iterator[Page]:
    """Open a tab as whoever is signed in with the client. Redirects are followed before the browser is answered."""
    context = browser.new_context(locale="en-GB", reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)

    def answer(route: Route) -> None:
        asked = route.request
        parts = urlsplit(asked.url)
        if not asked.url.startswith(ORIGIN):
            route.abort()
        elif parts.path.startswith("/static/"):
            found = finders.find(parts.path.removeprefix("/static/"))
            assert isinstance(found, str), f"{parts.path} is on a page and nowhere else"
            kind = "text/javascript" if found.endswith(".mjs") else mimetypes.guess_type(found)[0]
            route.fulfill(path=found, content_type=kind)
        else:
            headers = {name: value for name, value in asked.headers.items() if name not in {"cookie", "content-length"}}
            kind = headers.pop("content-type", "application/octet-stream")
            body = asked.post_data_buffer or b""
            with _no_loop():
                response = client.generic(
                    asked.method, asked.url.removeprefix(ORIGIN), body, kind, headers=headers, follow=True
                )
                body = b"".join(response) if response.streaming else response.content
            route.fulfill(status=response.status_code, headers=dict(response.items()), body=body)

    context.route("**/*", answer)
    try:
        yield context.new_page()
    finally:
        context.close()


@contextmanager
def _no_loop() -> Iterator[None]:
    """Playwright's loop runs in this thread; where Django sees one it takes another connection, and the town is not in it."""
    loop = asyncio._get_running_loop()  # noqa: SLF001 - asyncio's own way for whoever runs a loop.
    asyncio._set_running_loop(None)  # noqa: SLF001 - as above.
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)  # noqa: SLF001 - as above.


def tab_to(page: Page, wanted: Locator) -> None:
    """Reach it with the Tab key alone, and see where one is."""
    for _stop in range(TABS_MAX):
        page.keyboard.press("Tab")
        if wanted.evaluate("(element) => element === document.activeElement"):
            assert wanted.evaluate(_SEEN), "whoever uses keys does not see where they are"
            return
    raise AssertionError(f"{TABS_MAX} times Tab do not lead to {wanted}")
