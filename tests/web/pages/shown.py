"""Pages shown in Chromium without a server: what was walked is handed to the browser, and static files come from the package."""

import mimetypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import axe_playwright_python
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Route
from playwright.sync_api import Page as Tab

from tests.web.journey.browser import PATIENCE_MS
from tests.web.pages.walk import Page

ORIGIN: Final = "http://vonk.test"
AXE: Final = Path(axe_playwright_python.__file__).with_name("axe.min.js")
WCAG: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
NARROW, WIDE = 360, 1280
# Everything once; then what differs where the page is narrow, and what differs in the other theme.
LOOKS: Final = (
    ("light", WIDE, None),
    ("light", NARROW, ["color-contrast", "target-size", "scrollable-region-focusable"]),
    ("dark", WIDE, ["color-contrast"]),
)
_LEFT_OUT: Final = ("echarts",)  # A megabyte that draws what a table below says; axe looks at the table.
_RUN: Final = """async ({ rules, tags }) => {
  const options = { resultTypes: ["violations"], runOnly: rules ? { type: "rule", values: rules } : { type: "tag", values: tags } };
  const { violations } = await axe.run(document, options);
  return violations.map(({ id, nodes }) => [id, nodes.map((node) => `${node.target.join(" ")} ${node.failureSummary.replace(/\\s+/g, " ")}`)]);
}"""
_DRESS: Final = """async (theme) => {
  document.documentElement.dataset.bsTheme = theme;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); // Colours that change over time.
}"""
_BAR: Final = "() => window.innerWidth - document.documentElement.clientWidth"
_SIDEWAYS: Final = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@contextmanager
def tab(browser: Browser, pages: Sequence[Page]) -> Iterator[Tab]:
    """Open a tab to which these pages are the whole world."""
    html = {page.address: page.html for page in pages}
    context = browser.new_context(locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)

    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        address = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if address in html:
            route.fulfill(body=html[address], content_type="text/html; charset=utf-8")
        elif parts.path.startswith("/static/") and not any(name in parts.path for name in _LEFT_OUT):
            found = finders.find(parts.path.removeprefix("/static/"))
            assert isinstance(found, str), f"{parts.path} is on a page and nowhere else"
            kind = "text/javascript" if found.endswith(".mjs") else mimetypes.guess_type(found)[0]
            route.fulfill(path=found, content_type=kind)
        else:
            route.abort()

    context.route("**/*", answer)
    context.add_init_script(path=AXE)
    try:
        yield context.new_page()
    finally:
        context.close()


def violations(tab: Tab, page: Page) -> Iterator[str]:
    """Yield what axe finds wrong with the page, wide and narrow, light and dark; and that it can be scrolled sideways."""
    tab.set_viewport_size({"width": WIDE, "height": 900})
    tab.goto(ORIGIN + page.address, wait_until="load")
    where = f"{page.name} ({page.who or 'nobody'})"
    for theme, width, rules in LOOKS:
        tab.evaluate(_DRESS, theme)
        tab.set_viewport_size({"width": width, "height": 900})
        found: list[Any] = tab.evaluate(_RUN, {"rules": rules, "tags": list(WCAG)})
        for rule, nodes in found:
            yield from (f"{where}, {theme}, {width}: {rule}: {node}" for node in nodes)
    # A phone's scroll bar lies over the page; this browser's takes room of its own.
    tab.set_viewport_size({"width": NARROW + tab.evaluate(_BAR), "height": 900})
    for direction in ("ltr", "rtl"):
        tab.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
        if wider := tab.evaluate(_SIDEWAYS):
            yield f"{where}, {direction}, {NARROW}: {wider} pixels wider than the screen"


def pictures(tab: Tab, page: Page, to: Path) -> None:
    """Take the page's pictures, in three widths and both themes."""
    tab.goto(ORIGIN + page.address, wait_until="load")
    for theme in ("light", "dark"):
        tab.evaluate(_DRESS, theme)
        for width in (360, 768, 1280):
            tab.set_viewport_size({"width": width, "height": 800})
            tab.screenshot(path=to / f"{page.name.replace(':', '-')}-{theme}-{width}.png", full_page=True)
