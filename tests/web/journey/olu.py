"""Olu operates: reviews ads, moves the sandbox's clock, reads revenue and proves the books."""

from decimal import Decimal

from playwright.sync_api import expect

from tests.web.journey.person import Person, money


class Olu(Person):
    name = "olu"

    def open_review(self, ad_name: str) -> None:
        """Open the ad in the queue and play it."""
        self.open("/console/reviews/")
        self.page.get_by_role("link", name=ad_name).click()
        expect(self.page.get_by_role("heading", name=ad_name)).to_be_visible()
        self.page.get_by_role("button", name="Play or pause").click()  # By itself it starts where motion is welcome.
        self.plays(self.page.locator("[data-phone] video"))

    def queue(self) -> list[str]:
        """Return the names of the ads that wait."""
        self.open("/console/reviews/")
        return [row[0] for row in self.table("Ads to review")] if self.page.get_by_role("table").count() else []

    def approve(self, ad_name: str) -> None:
        self.open_review(ad_name)
        self._decide("Approve", "/approve/")

    def reject(self, ad_name: str, reason: str, note: str) -> None:
        self.open_review(ad_name)
        self.page.keyboard.press("r")
        self.page.get_by_text(reason).click()
        self.page.get_by_label("Note to the advertiser").fill(note)
        self._decide("Reject for these reasons", "/reject/")

    def _decide(self, button: str, address: str) -> None:
        """Press the button, and wait until the verdict, which the page holds back for some seconds, is taken."""
        with self.page.expect_response(lambda answer: address in answer.url and answer.ok):
            self.page.get_by_role("button", name=button).click()

    def move_clock(self, label: str) -> None:
        """Move the sandbox's clock by one of its steps."""
        self.open("/console/")
        self.page.get_by_role("button", name=f"+ {label}").click()
        self.agree()
        self.page.wait_for_load_state()

    def charges(self) -> Decimal:
        """Return the sum of the charges on the open page of transfers, exactly."""
        return sum((money(row[-1]) for row in self.table("Transfers")), Decimal(0))

    def billed(self) -> Decimal:
        """Return what was billed in the days that the open revenue page shows, exactly."""
        return sum((money(row[1]) for row in self.table("By day")), Decimal(0))

    def creators_share(self) -> Decimal:
        """Return what of it went to creators, exactly."""
        return sum((money(row[2]) for row in self.table("By day")), Decimal(0))

    def find_events(self, *, ad_id: int, kind: str) -> list[list[str]]:
        """Look for an ad's events of a kind; return the rows found, a cell each."""
        self.open("/console/validity/")
        self.page.get_by_role("link", name="Events", exact=True).click()
        self.page.get_by_label("Id of an ad").fill(str(ad_id))
        self.page.get_by_label("Kind").select_option(kind)
        self.page.get_by_role("button", name="Show").click()
        rows = self.page.get_by_role("table", name="Events", exact=True).locator("tbody tr")
        return [row.locator("td").all_inner_texts() for row in rows.all()]

    def find_invalid(self, reason: str) -> Decimal:
        """Say why the events on the page were not real, look at what goes back, confirm; return the sum."""
        self.page.get_by_label("Reason").fill(reason)
        self.page.get_by_role("button", name="Preview what goes back").click()
        ((_account, back, _creators),) = self.table("Credit notes")
        self.page.get_by_role("button", name="Find them invalid").click()
        self.sees("invalid now")
        return money(back)

    def prove_books(self) -> None:
        self.open("/console/books/")
        self.page.get_by_role("button", name="Prove the books now").click()
        expect(self.page.locator("#proof .o-verdict")).to_have_class("v-card-head o-verdict v-tone-good")
