"""What each of the cast can do in a browser: sign up, go somewhere, read a page, wait for what it says."""

import re
import time
from collections.abc import Callable
from decimal import Decimal
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests import patience
from tests.web.journey.browser import PATIENCE_MS, Album, Watch
from tests.wire.serving import wait_for

PASSWORD = "a long sentence nobody guesses"
DESKTOP = (1280, 860)
COLOURS = 192  # Keeps a picture of a page below 150 kB.


class Person:
    """One of the cast with a browser window of their own."""

    name = "somebody"
    window = DESKTOP
    touch = False
    agent: str | None = None

    def __init__(self, browser: Browser, site: str, ads: str, album: Album) -> None:
        self.site = site
        self.ads = ads
        self._album = album
        width, height = self.window
        self.context = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": height},
            device_scale_factor=1,
            has_touch=self.touch,
            is_mobile=self.touch,
            user_agent=self.agent,
            locale="en-GB",
            timezone_id="Europe/Amsterdam",
            reduced_motion="reduce",
            color_scheme="light",
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
        self.watch = Watch(self.context, (site, ads))
        self.page: Page = self.context.new_page()

    @property
    def email(self) -> str:
        return f"{self.name}@example.org"

    @property
    def path(self) -> str:
        """The address of the page, without the host."""
        return urlsplit(self.page.url).path

    def open(self, path: str) -> None:
        self.page.goto(path)

    def sign_up(self, *, next_path: str = "/") -> None:
        """Create an account through the form."""
        self.open("/login/")
        self.page.get_by_role("link", name="Create an account").click()
        self.page.get_by_label("Name", exact=True).fill(self.name.title())
        self.page.get_by_label("Handle").fill(self.name)
        self.page.get_by_label("Email").fill(self.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_label("Birthday").fill("1990-05-17")
        self.page.get_by_label("Country").select_option("NL")
        self.page.get_by_role("button", name="Sign up").click()
        self.page.wait_for_url(f"{self.site}/")
        if next_path != "/":
            self.open(next_path)

    def log_in(self, *, next_path: str = "/") -> None:
        self.open(f"/login/?next={next_path}")
        self.page.get_by_label("Email").fill(self.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Log in").click()
        self.page.wait_for_url(f"{self.site}{next_path}")

    def agree(self) -> None:
        """Say yes to the page's question."""
        self.page.locator("#confirm-yes").click()

    def sees(self, text: str | re.Pattern[str]) -> None:
        """The page says this, now or in a moment."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)

    def plays(self, video: Locator) -> None:
        """The video is on its way. (The page's policy forbids the scripts of Playwright's own waiting.)"""
        wait_for(lambda: float(video.evaluate("(video) => video.currentTime")) > 0, "the video stands still")

    def until(self, read: Callable[[], object], wanted: object, *, path: str | None = None) -> None:
        """Open the page again and again until what is read on it is what is wanted."""
        deadline = time.monotonic() + patience.SECONDS
        while True:
            self.page.goto(path) if path else self.page.reload()
            found = read()
            if found == wanted:
                return
            assert time.monotonic() < deadline, f"{self.page.url}: {found!r}, not {wanted!r}"
            time.sleep(0.2)

    def photograph(self, name: str, *, of: Locator | None = None) -> None:
        """Keep a picture for the tour, small enough for a repository."""
        path = self._album.path(name)
        if path is None:
            return
        self.page.evaluate("document.querySelectorAll('.v-toast').forEach((box) => box.remove())")
        (of or self.page).screenshot(path=path)
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)

    def table(self, name: str) -> list[list[str]]:
        """Return the rows of a table's body as texts."""
        rows = self.page.get_by_role("table", name=name).locator("tbody tr")
        return [[cell.strip() for cell in row.locator("th, td").all_inner_texts()] for row in rows.all()]

    def leave(self) -> None:
        self.context.close()


def money(text: str) -> Decimal:
    """Return the amount that is written on a page: "-0.0341 EUR"."""
    return Decimal("".join(character for character in text if character.isdigit() or character in ".-"))
