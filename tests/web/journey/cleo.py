"""Cleo creates: uploads, publishes, consents, revokes, and reads her numbers."""

import re
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import expect

from tests.web.journey.person import Person, money


class Cleo(Person):
    name = "cleo"

    def upload(self, clip: Path) -> None:
        """Choose a video, which is sent at once, and wait for the page of its draft."""
        self.open("/studio/")
        self.page.get_by_role("link", name=re.compile("New post|Upload a video")).first.click()
        self.page.wait_for_url("**/create/")
        self.page.get_by_label("Video").set_input_files(clip)
        self.page.wait_for_url(re.compile(r"/studio/videos/\d+/"))

    def publish(self, caption: str) -> int:
        """Write the caption while the video is made ready, publish it, return the post's id."""
        self.page.get_by_label("Caption").fill(caption)
        button = self.page.get_by_role("button", name="Publish")
        expect(button).to_be_enabled()
        expect(self.page.locator("#preview video")).to_be_visible()
        button.click()
        self.page.wait_for_url(re.compile(r"/studio/posts/\d+/"))
        return int(self.path.split("/")[3])

    def switch_ads_on(self) -> None:
        self.open("/studio/ad-settings/")
        self.page.get_by_role("button", name="Switch on").click()
        expect(self.page.get_by_role("button", name="Switch off")).to_be_visible()

    def authorise(self, post_id: int, days: int) -> None:
        """Switch the post's authorisation on if need be, choose the time and make a code."""
        self.open(f"/studio/posts/{post_id}/")
        self.page.get_by_role("link", name="Ad settings").last.click()
        self.page.wait_for_url(f"**/studio/posts/{post_id}/ads/")
        switch = self.page.locator("#switch-post")
        if switch.inner_text().strip() == "Switch on":
            switch.click()
            expect(switch).to_have_text(re.compile("Switch off"))
        self.page.get_by_text("In ads and as an ordinary post").click()
        self.page.get_by_text(f"{days} days", exact=True).first.click()
        self.page.get_by_role("button", name="Authorise and make a code").click()
        self.sees("Authorised. Here is the code.")

    def copy_code(self) -> str:
        """Copy the code that is shown; return what lies on the clipboard."""
        self.page.get_by_role("button", name="Copy the code").click()
        self.sees("Copied")
        copied: str = self.page.evaluate("navigator.clipboard.readText()")
        assert copied == self.page.locator(".v-copy-text").inner_text()
        return copied

    def revoke(self, post_id: int) -> None:
        """Revoke the newest code."""
        self.open(f"/studio/posts/{post_id}/ads/")
        self.page.get_by_role("button", name="Revoke").first.click()
        self.agree()
        expect(self.page.locator(".c-codes li").first).to_contain_text("Revoked")

    def record(self, post_id: int) -> list[str]:
        """Return what the consent record says, newest first."""
        self.open(f"/studio/posts/{post_id}/ads/")
        return [text.strip() for text in self.page.locator(".c-timeline strong").all_inner_texts()]

    def numbers(self) -> dict[str, tuple[int, int, int]]:
        """Return the counts on the post's open page: organic, paid, total. Rates and times are left out."""
        found = {}
        for row in self.page.locator(".c-numbers tbody tr").all():
            label, *figures = [text.strip().replace(",", "") for text in row.locator("th, td").all_inner_texts()]
            if all(figure.isdigit() for figure in figures):
                organic, paid, total = map(int, figures)
                found[label] = (organic, paid, total)
        return found

    def ads_with_it(self) -> list[list[str]]:
        return self.table("Ads that use it")

    def earned(self) -> Decimal:
        """Return the sum of what the open page of earnings shows, exactly."""
        return sum((money(row[-1]) for row in self.table("By day and post")), Decimal(0))
