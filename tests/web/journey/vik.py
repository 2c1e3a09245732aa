"""Vik views, on a phone: scrolls, and does to ads everything that the click map knows."""

import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from playwright.sync_api import CDPSession, Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLate

from tests.web.journey import log
from tests.web.journey.person import Person
from tests.wire.serving import wait_for

AD_SLOT = 4  # Where the first ad stands.
FEEDS_PATIENCE_MS = 4_000  # The feed itself waits 1.2 s for an ad.
ATTEMPTS = 5
# Where a slide stands, after the next two pictures were drawn.
PLACE = """(slide) => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
  () => done(Math.round(slide.getBoundingClientRect().top)))))"""


class Vik(Person):
    name = "vik"
    window = (390, 844)
    touch = True
    agent = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36"
    data: Path

    @cached_property
    def _touches(self) -> CDPSession:
        return self.context.new_cdp_session(self.page)

    def agree_to_personalised_ads(self) -> None:
        self.open("/preferences/")
        self.page.get_by_text("Personalised feed and ads", exact=True).click()
        self.page.get_by_text("Food and drink", exact=True).click()
        self.page.get_by_role("button", name="Save").click()
        self.sees("Your preferences are saved.")

    def scroll(self) -> None:
        """Move through the feed by wheel, finger and key."""
        self.start()
        self.wheel()
        self.is_at(2)
        self.swipe_up()
        self.is_at(3)
        self.rests_at(3)  # A key while the swipe still glides would be overtaken by it.
        self.page.keyboard.press("ArrowUp")
        self.is_at(2)

    def slide(self, position: int) -> Locator:
        return self.page.locator(".f-slide").nth(position - 1)

    @property
    def current(self) -> Locator:
        return self.page.locator(".f-slide[data-current]")

    def is_at(self, position: int) -> None:
        expect(self.slide(position)).to_have_attribute("data-current", "")

    def rests_at(self, position: int) -> None:
        """The slide fills the screen and moves no more."""

        def rests() -> bool:
            places = [self.slide(position).evaluate(PLACE) for _look in range(2)]
            return places == [0, 0]

        wait_for(rests, f"slide {position} does not come to rest")

    def start(self) -> None:
        """Open the feed; its first video plays."""
        self.open("/")
        self.is_at(1)
        self.plays(self.current.locator("video"))

    def go_to(self, position: int) -> Locator:
        """Scroll by keys from the start of a fresh feed."""
        self.start()
        for next_position in range(2, position + 1):
            expect(self.slide(next_position)).to_be_attached()
            self.page.keyboard.press("ArrowDown")
            self.is_at(next_position)
        return self.slide(position)

    def go_to_ad(self, *, ad_id: int) -> Locator:
        """Scroll to the first slot, where the ad stands, and wait until its showing is counted."""
        shown = log.kinds(self.data, ad_id=ad_id)["impression"]
        for _attempt in range(ATTEMPTS):
            self.go_to(AD_SLOT - 1)
            slide = self.slide(AD_SLOT)
            try:
                slide.wait_for(state="attached", timeout=FEEDS_PATIENCE_MS)
            except TooLate:
                continue  # A busy machine: the ad server's answer came too late for the feed, which went on without.
            self.page.keyboard.press("ArrowDown")
            self.is_at(AD_SLOT)
            expect(slide).to_have_attribute("data-kind", re.compile("spark|plain"))
            self.arrives(shown + 1, "impression", ad_id=ad_id)
            return slide
        raise AssertionError(f"no ad in {ATTEMPTS} feeds")

    def next_slot(self) -> str:
        """Return what stands at the first slot of a fresh feed: "spark", "plain", "" for no ad, or "late"."""
        try:
            with self.page.expect_response("**/v1/decisions", timeout=FEEDS_PATIENCE_MS) as answered:
                self.open("/")
            ad = answered.value.json()["slots"][0]["ad"]
        except TooLate:
            return "late"
        return "" if ad is None else "spark" if ad["spark"] else "plain"

    def wheel(self) -> None:
        self.page.mouse.move(195, 400)
        self.page.mouse.wheel(0, 600)

    def swipe_up(self) -> None:
        self._draw_finger([(195, y) for y in range(640, 99, -60)])

    def swipe_left(self) -> None:
        self._draw_finger([(x, 380) for x in range(330, 59, -45)])

    def _draw_finger(self, points: list[tuple[int, int]]) -> None:
        """Draw a finger over the screen, as a phone reports it."""
        kind = "touchStart"
        for x, y in points:
            self._touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
            kind = "touchMove"
        self._touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def arrives(self, count: int, kind: str, *, ad_id: int) -> None:
        """Exactly so many events of the kind are in the log, now or in a moment."""
        wait_for(
            lambda: log.kinds(self.data, ad_id=ad_id)[kind] >= count,
            f"{kind}: {log.kinds(self.data, ad_id=ad_id)}, not {count}",
        )
        assert log.kinds(self.data, ad_id=ad_id)[kind] == count

    def buys(self, tab: Page) -> None:
        """Buy the bread on the shop's page, and wait until its pixel has said so."""
        with tab.expect_response("**/v1/conversions*") as told:
            tab.get_by_role("button", name="Buy").click()
        assert told.value.ok, told.value.status

    def leads_out(self, act: Callable[[], None], *, then: Callable[[Page], None] | None = None) -> str:
        """Do something that opens a new tab; return its address, which has the click's id at its end, without that.

        ``then`` is done in the tab before it is closed.
        """
        with self.context.expect_page() as opened:
            act()
        tab: Page = opened.value
        tab.wait_for_load_state()
        url, _, click_id = tab.url.partition("?vonk_click=")
        if then is not None:
            then(tab)
        tab.close()
        assert re.fullmatch(r"[\w-]{80,}", click_id), tab.url
        return url

    def leads_on(self, act: Callable[[], None]) -> str:
        """Do something that leaves the feed; return the path of the page it leads to."""
        act()
        self.page.wait_for_url(lambda url: not url.rstrip("/").endswith(self.site.rsplit("/", 1)[-1]))
        self.page.wait_for_load_state()
        return self.page.url.removeprefix(self.site)
