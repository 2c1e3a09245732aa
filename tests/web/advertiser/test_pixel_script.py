"""vonk-pixel.js in a browser, on a shop's page: the click id stays with the shop, addresses leave as digests."""

import hashlib
import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Route

from tests.web.journey.browser import chromium

SCRIPT = Path(__file__).parents[3] / "vonk/web/common/static/pixel/vonk-pixel.js"
SHOP, ADS = "https://bread.example", "https://ads.example"
PAGE = f"""<!doctype html><title>Bread</title>
<script>window.vonk=window.vonk||function(){{(vonk.q=vonk.q||[]).push(arguments)}}</script>
<script async src="{ADS}/vonk-pixel.js" data-pixel="77" data-ads="{ADS}"></script>
<script>vonk("page_view", {{ id: "seen-1" }})</script>"""


def test_a_shops_page_reports_its_visitors() -> None:
    reports: list[dict[str, Any]] = []

    def answer(route: Route) -> None:
        asked = route.request
        if asked.url.startswith(f"{ADS}/v1/conversions"):
            assert asked.method == "POST"
            reports.extend(json.loads(asked.post_data or "")["conversions"])
            route.fulfill(status=200, json={"verdicts": []}, headers={"access-control-allow-origin": "*"})
        elif asked.url.endswith(".js"):
            route.fulfill(body=SCRIPT.read_text(encoding="utf-8"), content_type="text/javascript")
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    with chromium() as browser:
        context = browser.new_context()
        context.route("**/*", answer)
        page = context.new_page()
        with page.expect_response(f"{ADS}/v1/conversions"):
            page.goto(f"{SHOP}/loaf?vonk_click=the-token%2B")
        with page.expect_response(f"{ADS}/v1/conversions"):
            page.goto(f"{SHOP}/thanks")  # Another page of the shop: the cookie has kept the click.
        with page.expect_response(f"{ADS}/v1/conversions"):
            given = page.evaluate(
                """() => vonk("purchase", { id: 17, value: 12.5, currency: "EUR", email: " Vik@Example.org " })"""
            )
        other_tab = context.new_page()
        with other_tab.expect_response(f"{ADS}/v1/conversions"):
            other_tab.goto(f"{SHOP}/loaf?vonk_test=TEST40721&email=vik@example.org#top")
        with other_tab.expect_response(f"{ADS}/v1/conversions"):
            other_tab.goto(f"{SHOP}/thanks")
        with page.expect_response(f"{ADS}/v1/conversions"):
            made = page.evaluate("""() => vonk("sign_up")""")
        stored = {(cookie["name"], cookie["domain"], cookie["sameSite"]) for cookie in context.cookies()}
    shared = {"pixel": "77", "click": "the-token+"}
    seen = {**shared, "id": "seen-1", "name": "page_view", "page": f"{SHOP}/loaf"}
    thanks = {**seen, "page": f"{SHOP}/thanks"}
    digest = hashlib.sha256(b"vik@example.org").hexdigest()
    bought = {**shared, "id": "17", "name": "purchase", "value": 12.5, "currency": "EUR", "page": f"{SHOP}/thanks"}
    tested = [{**seen, "test": "TEST40721"}, {**thanks, "test": "TEST40721"}]  # That tab's, no other's.
    signed_up = {**shared, "id": made, "name": "sign_up", "page": f"{SHOP}/thanks"}
    assert reports == [seen, thanks, {**bought, "email": digest}, *tested, signed_up]
    assert given == "17"
    assert stored == {("vonk_click", "bread.example", "Lax")}


def test_the_script_is_small() -> None:
    assert len(SCRIPT.read_bytes()) < 2_048
