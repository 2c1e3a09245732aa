"""The report builder's dialogs in a browser: metrics are searched and ticked, and what is empty stays out of the address."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.advertiser.test_numbers import busy
from tests.web.creator.stage import Stage
from tests.web.journey.browser import chromium

SITE = "https://vonk.example"
STATIC = Path(__file__).parents[3] / "vonk/web/advertiser/static/advertiser"


@pytest.mark.browser
def test_metrics_are_picked_by_a_dialog_with_search(stage: Stage) -> None:
    busy(stage)
    shown = stage.browser("Ada").get("/advertiser/reports/build/?rows=campaign&metrics=spend").content
    asked: list[str] = []

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/advertiser/reports/build/":
            asked.append(urlsplit(route.request.url).query)
            route.fulfill(body=shown, content_type="text/html; charset=utf-8")
        elif path.rpartition("/")[2].startswith("reports."):
            name = path.rpartition("/")[2]
            kind = "text/javascript" if name.endswith(".js") else "text/css"
            file = STATIC / f"reports.{name.rpartition('.')[2]}"
            route.fulfill(body=file.read_text(encoding="utf-8"), content_type=kind)
        else:
            route.fulfill(status=404, body="")

    with chromium() as browser:
        context = browser.new_context()
        context.route("**/*", answer)
        page = context.new_page()
        page.goto(f"{SITE}/advertiser/reports/build/")
        picks_cpm(page)
        with page.expect_navigation():
            page.locator("#r-metrics").get_by_role("button", name="Show").click()
    said = parse_qs(asked[-1], keep_blank_values=True)
    assert (said["rows"], sorted(said["metrics"]), said["period"]) == (["campaign"], ["cpm", "spend"], ["last_7_days"])
    assert [name for name, values in said.items() if "" in values] == []
    assert {"columns", "from", "to", "where_metric", "where_operator", "where_number"} & said.keys() == set()


def picks_cpm(page: Page) -> None:
    """Open the dialog by keyboard, find CPM by a word of its sentence, tick it; Escape would lead back to the button."""
    dates = page.locator("[data-dates]")
    expect(dates.first).to_be_hidden()
    opener = page.locator("[data-opens=r-metrics]")
    opener.press("Space")
    dialog = page.get_by_role("dialog", name="Metrics")
    expect(dialog).to_be_visible()
    search = dialog.get_by_role("searchbox")
    expect(search).to_be_focused()
    search.fill("nothing has these words")
    expect(dialog.get_by_role("status")).to_have_text("No metric has these words.")
    search.fill("thousand IMPRESSIONS cost")
    found = dialog.locator("[data-entry]:visible")
    expect(found).to_have_count(1)
    page.keyboard.press("Enter")  # Sends nothing.
    found.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Close").click()
    expect(opener).to_be_focused()
    opener.click()
    expect(dialog.get_by_role("checkbox", name="CPM")).to_be_checked()
