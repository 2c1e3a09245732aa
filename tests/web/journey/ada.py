"""Ada advertises: account, terms, money, codes, campaigns, reports."""

import re
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import expect

from tests.web.journey.person import Person, money

ACCOUNT = "Bread"
BAKERY = "Ada's bakery"


class Ada(Person):
    name = "ada"
    window = (1440, 900)

    def open_account(self) -> None:
        self.open("/advertiser/")
        self.page.wait_for_url("**/advertiser/open/**")
        self.page.get_by_label("Organisation").fill(BAKERY)
        self.page.get_by_label("Name of the ad account").fill(ACCOUNT)
        self.page.get_by_label("Country").select_option("NL")
        self.page.get_by_label("Currency").select_option("EUR")
        self.page.get_by_label("Time zone").select_option("Europe/Amsterdam")
        self.page.get_by_label("On whose behalf").fill(BAKERY)
        self.page.get_by_label("Who pays").fill("Bread Agency")
        self.page.get_by_role("button", name="Open the account").click()
        self.page.wait_for_url(lambda url: "/open/" not in url)

    def accept_terms(self) -> None:
        self.open("/advertiser/spark-posts/")
        self.page.get_by_role("link", name="Read and accept").click()
        self.page.get_by_text("I have read the Spark terms").click()
        self.page.get_by_role("button", name="Accept the terms").click()
        self.page.wait_for_url("**/advertiser/spark-posts/")

    def top_up(self, amount: str) -> None:
        self.open("/advertiser/funds/")
        self.page.get_by_label("Amount").fill(amount)
        self.page.get_by_role("button", name="Add test money").click()
        self.sees("were added to the balance.")

    def search_code(self, code: str) -> None:
        """Paste a code and search."""
        self.open("/advertiser/spark-posts/")
        self.page.get_by_label("Code").fill(code)
        self.page.get_by_role("button", name="Search").click()

    def problem(self) -> tuple[str, str]:
        """Return the code and the remedy of the problem on the page."""
        shown = self.page.locator(".v-problem")
        expect(shown).to_be_visible()
        return str(shown.get_attribute("data-problem")), shown.locator("dd").last.inner_text()

    def redeem(self, code: str, *, caption: str) -> None:
        """Search, look at the post, confirm."""
        self.search_code(code)
        expect(self.page.locator(".a-find .a-caption")).to_have_text(caption)
        expect(self.page.locator(".a-find-who")).to_contain_text("@cleo")
        self.page.get_by_role("button", name="Confirm").click()
        self.page.wait_for_url(re.compile(r"/advertiser/spark-posts/\d+/"))

    def has_already(self, code: str) -> None:
        """The same code again is no error and no change."""
        self.search_code(code)
        self.sees("This post is in your library already.")

    def upload_own_video(self, clip: Path, *, identity: str, text: str) -> None:
        """Make a creative of the account's own, under a new custom identity."""
        self.open("/advertiser/videos/new/")
        self.page.get_by_label("Video").set_input_files(clip)
        self.page.get_by_role("button", name="Upload").click()
        self.page.wait_for_url(re.compile(r"/advertiser/videos/\d+/"))
        self.page.get_by_label("Name of the new identity").fill(identity)
        self.page.get_by_label("Text").fill(text)
        save = self.page.locator("#save-video")
        expect(save).to_be_enabled()
        save.click()
        self.page.wait_for_url(lambda url: not re.search(r"/advertiser/videos/\d+/", url))

    def create_campaign(
        self, name: str, *, ad: str, billing: str, bid: str, budget: str, button: str, landing: str, spark: bool
    ) -> int:
        """Fill in the guided form and submit it for review; return the ad's id."""
        self.open("/advertiser/campaigns/new/")
        self.choose("campaign-objective", "traffic")
        self.type("campaign-name", name)
        self.choose("campaign-budget_mode", "daily")
        self.type("campaign-budget_micros", budget)
        self.type("ad_group-name", f"{name} in the Netherlands")
        self.choose("ad_group-budget_mode", "daily")
        self.type("ad_group-budget_micros", budget)
        self.choose("ad_group-billing", billing)
        self.type("ad_group-bid_micros", bid)
        self.choose("ad_group-age_bands", "25_34")
        self.choose("ad_group-age_bands", "35_44")
        self.choose("ad_group-devices", "android")
        self.type("ad_group-cap_impressions", "100")
        self.type("ad_group-cap_days", "1")
        switch = self.page.locator('[name="ad-spark"]')
        if switch.is_checked() != spark:
            switch.click()
        posts = self.page.locator(f'[name="ad-{"consent_id" if spark else "post_id"}"]')
        posts.last.check(force=True)
        self.type("ad-name", ad)
        self.page.locator('[name="ad-call_to_action"]').select_option(button)
        self.type("ad-landing_url", landing)
        expect(self.page.locator("#phone video")).to_be_visible()
        expect(self.page.locator(".v-phone-sponsored")).to_be_visible()
        self.photograph(f"create-{'spark' if spark else 'own'}-ad")
        self.page.get_by_role("button", name="Submit for review").click()
        self.page.wait_for_url(re.compile(r"/advertiser/ads/\d+/"))
        self.sees("Submitted. The ad is in review")
        return int(self.path.split("/")[3])

    def make_pixel(self, name: str) -> str:
        """Create a pixel; return the lines for the shop's pages."""
        self.open("/advertiser/conversions/")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_role("button", name="Create the pixel").click()
        self.sees("The secret for your servers")
        return self.page.locator(".a-code .v-copy-text").first.inner_text()

    def bought(self) -> list[str]:
        """Return how often the open page of conversions knows a purchase, by what came before, and its worth."""
        rows = self.page.locator("section:has(#by-name) tbody tr").filter(has_text="Bought")
        return [cell.strip() for cell in rows.locator("td").all_inner_texts()]

    def choose(self, field: str, value: str) -> None:
        """Tick one of several choices by its words."""
        self.page.locator(f'label:has([name="{field}"][value="{value}"])').click()

    def type(self, field: str, text: str) -> None:
        self.page.locator(f'[name="{field}"]').fill(text)

    def change_landing(self, ad_id: int, landing: str) -> None:
        """Mend the ad after its rejection; it goes to review again."""
        self.open(f"/advertiser/ads/{ad_id}/")
        self.page.get_by_role("link", name="Change the ad").first.click()
        self.type("ad-landing_url", landing)
        self.page.get_by_role("button", name="Save", exact=True).click()
        self.agree()
        self.page.wait_for_url(f"**/advertiser/ads/{ad_id}/")

    def use_newest_consent(self, ad_id: int) -> None:
        """Have the ad shown under the consent that was redeemed last; for the same post nothing is reviewed again, so nothing is asked."""
        self.open(f"/advertiser/ads/{ad_id}/edit/")
        self.page.locator('[name="ad-consent_id"]').first.check(force=True)
        self.page.get_by_role("button", name="Save", exact=True).click()
        self.page.wait_for_url(f"**/advertiser/ads/{ad_id}/")

    def switch(self, ad_id: int) -> None:
        """Turn the ad's switch."""
        self.open(f"/advertiser/ads/{ad_id}/")
        switch = self.page.get_by_role("switch")
        was = switch.get_attribute("aria-checked")
        switch.click()
        expect(switch).to_have_attribute("aria-checked", "false" if was == "true" else "true")

    def status(self, ad_id: int) -> str:
        """Return all that the ad's page says of its status."""
        self.open(f"/advertiser/ads/{ad_id}/")
        return self.page.locator(".a-state").inner_text()

    def charged(self) -> Decimal:
        """Return the sum of the charges on the open statement, exactly."""
        return sum((money(row[-1]) for row in self.table("Statement")), Decimal(0))

    def credited(self) -> Decimal:
        """Return the sum of the credit notes on the open statement, exactly."""
        return sum((money(row[-1]) for row in self.table("Statement") if row[1].startswith("Credit note")), Decimal(0))

    def report(self, ad: str) -> dict[str, str]:
        """Return every metric of an ad, as the open report page shows it."""
        table = self.page.locator("section:has(#objects) table")
        if not table.count():
            return {}
        headings = [text.strip() for text in table.locator("thead th").all_inner_texts()][1:]
        row = table.locator("tbody tr").filter(has_text=ad)
        if not row.count():
            return {}
        return dict(zip(headings, (text.strip() for text in row.locator("td").all_inner_texts()), strict=True))
