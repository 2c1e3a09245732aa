"""What a browser meets, behind ``vonk bench tables --browser``: Chromium at a quarter of the processor's speed."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

import msgspec
import typer
from django.conf import settings
from django.urls import reverse

from vonk.cli.bench_load import Server
from vonk.cli.bench_tables_world import World

SLOWDOWN: Final = 4
LONG_MS: Final = 200  # Issue 7: no task is longer.
SETTLED_MS: Final = 1_500  # After the network fell silent: what comes after the first paint has come.
WIDE: Final[Mapping[str, int]] = {"width": 1280, "height": 900}
NARROW: Final[Mapping[str, int]] = {"width": 360, "height": 740}
ARGUMENTS: Final = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
PATIENCE_MS: Final = 120_000

PAGES: Final[Mapping[str, tuple[str, str]]] = {
    "overview": ("advertiser:home", ""),
    "campaigns": ("advertiser:campaigns", ""),
    "ads": ("advertiser:ads", ""),
    "ads, 100 a page": ("advertiser:ads", "size=100"),
    "feed": ("viewer:feed", ""),
    "studio": ("creator:home", ""),
}

_WATCH: Final = """
window.seen = {lcp: 0, cls: 0, tasks: []};
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.seen.lcp = one.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.seen.cls += one.value; })
  .observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.seen.tasks.push(one.duration); })
  .observe({type: "longtask", buffered: true});
"""
_RENEWED: Final = """
(act) => new Promise((resolve) => {
  const began = performance.now();
  document.addEventListener("htmx:afterSettle", function settled(event) {
    if (event.target.id !== "grid") return;
    document.removeEventListener("htmx:afterSettle", settled);
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
  });
  if (act === "filter") {
    const box = document.querySelector('#filters input[name="status"][value="not_delivering"]');
    box.checked = true;
    box.dispatchEvent(new Event("change", {bubbles: true}));
  } else document.querySelector('a[data-sort][href*="' + act + '"]').click();
})
"""
_WEIGHT: Final = """
() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
  .filter((one) => !/\\.(mp4|m3u8|ts)$/.test(one.name)).reduce((sum, one) => sum + one.transferSize, 0)
"""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A page from an empty cache: milliseconds, the sum of layout shifts, and what came over the wire without video."""

    page: str
    width: int
    lcp_ms: float
    cls: float
    longest_ms: float
    long_tasks: int
    weight_kb: float


class Renewed(msgspec.Struct, frozen=True, kw_only=True):
    """From the click to the first frame with the new rows, at the machine's own speed."""

    act: str
    ms: float


def look(server: Server, world: World) -> list[Seen]:
    """Return what the pages are like in Chromium; ends the command where there is none."""
    with _chromium() as browser:
        return [_seen(browser, server, world, name, size) for name in PAGES for size in (WIDE, NARROW)]


def renew(server: Server, world: World) -> list[Renewed]:
    """Return how long the table of ads takes to be in another order, and to be filtered."""
    with _chromium() as browser:
        return [
            Renewed(act=act, ms=_renewed(browser, server, world, act)) for act in ("name", "spend", "ctr", "filter")
        ]


@contextmanager
def _chromium() -> Iterator[Any]:
    path = shutil.which("chromium")
    if path is None:
        raise typer.BadParameter("Chromium is not installed: on Debian and Ubuntu, apt install chromium")
    try:
        playwright_api = import_module("playwright.sync_api")  # The tests' dependency, not the platform's.
    except ImportError as error:
        raise typer.BadParameter("Playwright is not installed: pip install playwright") from error
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _page(browser: Any, server: Server, world: World, size: Mapping[str, int]) -> Iterator[Any]:
    context = browser.new_context(viewport=size)
    try:
        site = f"http://127.0.0.1:{server.port}"
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": world.session, "url": site}])
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()
    finally:
        context.close()


def _seen(browser: Any, server: Server, world: World, name: str, size: Mapping[str, int]) -> Seen:
    view, query = PAGES[name]
    with _page(browser, server, world, size) as page:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        page.add_init_script(_WATCH)
        page.goto(f"http://127.0.0.1:{server.port}{reverse(view)}?{query}", wait_until="load")
        _quiet(page)
        seen = page.evaluate("window.seen")
        weight = page.evaluate(_WEIGHT)
    return Seen(
        page=name,
        width=size["width"],
        lcp_ms=round(seen["lcp"]),
        cls=round(seen["cls"], 4),
        longest_ms=round(max(seen["tasks"], default=0)),
        long_tasks=sum(task > LONG_MS for task in seen["tasks"]),
        weight_kb=round(weight / 1_000, 1),
    )


def _renewed(browser: Any, server: Server, world: World, act: str) -> float:
    with _page(browser, server, world, WIDE) as page:
        page.goto(f"http://127.0.0.1:{server.port}{reverse('advertiser:ads')}", wait_until="load")
        _quiet(page)
        taken: float = page.evaluate(_RENEWED, act)
    return round(taken)


def _quiet(page: Any) -> None:
    page.wait_for_selector(".htmx-request", state="detached")  # A function of text is what the site's policy refuses.
    page.wait_for_timeout(SETTLED_MS)
