"""A host's page in a real browser, with the platform's vonk.js on it, and the ad server that it talks to."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests import patience
from tests.clients import ad_server
from tests.clients.ad_server import AdServer
from vonk.web.viewer.views import client

START = "2026-03-02T09:00:00Z"
HEIGHT = 400  # Of the ad; the window is as high.

PAGE = """<!doctype html><meta charset=utf-8><title>A host</title><link rel=icon href="data:,">
<meta http-equiv=Content-Security-Policy content="default-src 'none'; img-src data:; script-src 'self'; connect-src {ads};
 style-src 'sha256-{style}'">
<style>{css}</style>
<script src=/host.js></script><script src=/vonk.js></script>
<p>A page</p><div id=place></div>
<section data-vonk-token=t-1 data-vonk-click-id=c-1><a id=shop data-vonk-click=click_destination href="/shop?a=b%20c#offer"><b>Shop</b></a>
<button id=mute data-vonk-click=click_music>Sound</button></section>"""
CSS = "#place{margin:2000px 0 2000px}#ad{display:block;width:300px;height:400px}body{margin:0}section{position:fixed;top:0}"
MODULE_PAGE = """<!doctype html><meta charset=utf-8><title>A host</title><link rel=icon href="data:,">
<script src=/vonk.js data-ads={ads}></script><script src=/main.mjs type=module></script>"""
FRAME = """<!doctype html><meta charset=utf-8><title>A host</title><link rel=icon href="data:,"><style>iframe{{margin:2000px 0}}</style>
<script src=/vonk.js></script><iframe id=ad width=300 height=400 frameborder=0 src={ads}/inner></iframe>"""
INNER = """<!doctype html><meta charset=utf-8><style>body{margin:0}#ad{width:300px;height:400px}</style>
<script src=/host.js></script><script src=/vonk.js></script><div id=place></div>"""
MAIN = b'import Vonk from "/vonk.mjs"; window.found = [Vonk === window.Vonk, Object.keys(Vonk).sort().join()];'


class Host:
    """One viewer's browser on the host's pages."""

    def __init__(self, browser: Browser, site: AdServer, ads: AdServer) -> None:
        self.site, self.ads = site, ads
        self.context: BrowserContext = browser.new_context(
            base_url=site.url, viewport={"width": 600, "height": HEIGHT}, service_workers="block"
        )
        self.context.set_default_timeout(patience.SECONDS * 1_000)
        self.console: list[str] = []
        self.context.on("console", lambda message: self.console.append(message.text))

    def open(self, *, paused: bool = True, start: bool = True) -> Page:
        """Open the page in a new tab, its clock standing still, vonk.js begun and its storage open."""
        page = self.context.new_page()
        if paused:
            page.clock.install(time=START)
        self.go(page, start=start)
        if paused:
            page.clock.pause_at("2026-03-02T09:01:00Z")
        return page

    def go(self, page: Page, *, start: bool = True) -> None:
        page.goto("/")
        if start:
            page.evaluate("(ads) => Vonk.start({ads, onerror: (error) => told.push(error)})", self.ads.url)
            page.evaluate("Vonk.flush()")

    def told(self, page: Page) -> list[Any]:
        """Return the codes of what vonk.js told the page's hook; nothing else reaches the page."""
        assert page.evaluate("failures") == []
        found = page.evaluate("told.map((one) => one.code)")
        assert isinstance(found, list)
        return found


def pass_time(page: Page, seconds: float, *, step: float = 5) -> None:
    """Move the page's clock on, with all that happens meanwhile; what is sent is answered before the next step."""
    while seconds > 0:
        page.clock.run_for(round(min(seconds, step) * 1000))
        page.evaluate("Vonk.flush()")
        seconds -= step


def look(page: Page, share: float) -> None:
    """Scroll until this share of the ad is in view, and let the browser notice."""
    page.evaluate(
        """(share) => new Promise((seen) => {
            const ad = document.getElementById('ad');
            const box = ad.getBoundingClientRect();
            window.scrollBy(0, box.top - window.innerHeight + share * box.height);
            const watcher = new IntersectionObserver(() => { watcher.disconnect(); seen(); });
            watcher.observe(ad);
        })""",
        share,
    )


def kept(page: Page) -> int:
    """Return how many events the browser keeps."""
    return int(
        page.evaluate(
            """() => new Promise((counted) => {
                const opening = indexedDB.open('vonk');
                opening.onsuccess = () => {
                    const asked = opening.result.transaction('events').objectStore('events').count();
                    asked.onsuccess = () => { opening.result.close(); counted(asked.result); };
                };
            })"""
        )
    )


def page_for(ads_url: str) -> bytes:
    """Return the host's page, under a policy that allows no more than it needs."""
    style = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
    return PAGE.format(ads=ads_url, css=CSS, style=style).encode()


@contextmanager
def hosting(browser: Browser) -> Iterator[Host]:
    """Serve the host's pages and the ad server, on origins of their own, until the block ends."""
    with ExitStack() as stack:
        site, ads = (stack.enter_context(ad_server.running()) for _ in range(2))
        for name in ("vonk.js", "vonk.mjs"):
            site.pages[f"/{name}"] = ads.pages[f"/{name}"] = ("text/javascript", client.load(name).plain)
        script = ("text/javascript", Path(__file__).with_name("host.js").read_bytes())
        site.pages["/host.js"] = ads.pages["/host.js"] = script
        site.pages["/frame"] = ("text/html", FRAME.format(ads=ads.url).encode())
        ads.pages["/inner"] = ("text/html", INNER.encode())
        site.pages["/main.mjs"] = ("text/javascript", MAIN)
        site.pages["/"] = ("text/html", page_for(ads.url))
        site.pages["/module"] = ("text/html", MODULE_PAGE.format(ads=ads.url).encode())
        site.pages["/shop"] = ("text/html", b"<!doctype html><link rel=icon href='data:,'>The shop")
        host = Host(browser, site, ads)
        stack.callback(host.context.close)
        yield host
