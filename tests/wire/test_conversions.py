"""From a click to an attributed conversion on a real `vonk serve`, also when the ad server dies in between."""

import os
import signal
from pathlib import Path
from typing import Any

from tests.wire.serving import Platform, send, serving, wait_for
from tests.wire.test_spine import (
    Person,
    code_for,
    later,
    launched,
    opened_account,
    operator,
    published,
    report,
    report_of,
    slot,
)


def bought(platform: Platform, secret: str | None = None, **conversion: Any) -> tuple[str, str | None]:
    reply = send("POST", f"{platform.url('ads')}/v1/conversions", {"conversions": [conversion]}, token=secret)
    assert reply.status == 200, reply.body
    verdict = reply.body["verdicts"][0]
    return verdict["verdict"], verdict["reason"]


def test_a_purchase_is_attributed_to_the_click_before_it(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--sandbox") as platform:
        cleo, ada, vik = (Person(platform, name) for name in ("cleo", "ada", "vik"))
        for person in (cleo, ada, vik):
            person.sign_up()
            person.sign_in()
        olu = operator(platform)
        post_id = published(cleo, tmp_path)
        issued = code_for(cleo, post_id)
        account_id = opened_account(ada)
        pixel = ada.does("POST", f"/accounts/{account_id}/pixels", {"name": "Shop"})
        launched(ada, account_id, issued["code"])
        olu.does("POST", f"/reviews/{olu.does('GET', '/reviews')['items'][0]['review']['id']}/approval")
        wait_for(lambda: slot(platform, vik)["ad"] is not None, "the approved ad is not shown", seconds=10)
        shown = slot(platform, vik)
        sent = {"pixel": pixel["id"], "name": "purchase", "value": "12.50", "currency": "EUR"}
        order = {**sent, "id": "order-17", "click": shown["token"]}

        # The purchase is known before the click that led to it: attributed when that comes.
        wrong = bought(platform, "mallory's", **order)
        assert wrong == ("refused", "secret_invalid")
        assert bought(platform, pixel["secret"], **order) == ("accepted", None)
        assert bought(platform, **order) == ("duplicate", None)  # The page says the same.
        assert bought(platform, **{**sent, "id": "order-18"}) == ("accepted", None)  # Of somebody unknown.
        later(platform, olu, 31)
        report(platform, shown["token"], "impression")
        vik.does("PUT", f"/posts/{post_id}/like", {})  # Off the ad: organic, and within a day of its impression.
        wait_for(lambda: report_of(ada, account_id)["likes_1d"] == 1, "the like is not shown apart")
        assert report_of(ada, account_id)["conversions"] == 0  # It happened before the impression did.

        # As it should be: seen, clicked, bought.
        report(platform, shown["token"], "click_destination")
        assert bought(platform, **{**sent, "id": "order-19", "click": shown["token"]}) == ("accepted", None)
        wait_for(lambda: report_of(ada, account_id)["conversions"] == 1, "the purchase is not attributed")
        metrics = report_of(ada, account_id)
        assert (metrics["conversions_click"], metrics["conversion_value"]) == (1, 12_500_000)
        assert (metrics["likes"], metrics["likes_1d"]) == (0, 1)
        numbers = {one["name"]: one for one in cleo.does("GET", f"/posts/{post_id}/numbers")["numbers"]}
        assert (numbers["likes"]["organic"], numbers["likes"]["paid"]) == (1, 0)
        vik.does("DELETE", f"/posts/{post_id}/like")
        wait_for(lambda: report_of(ada, account_id)["likes_1d"] == 0, "the like that was taken back is still counted")

        # The ad server dies and remembers from the log what it has counted.
        old = platform.state.processes["ads"].pid
        os.kill(old, signal.SIGKILL)
        wait_for(lambda: platform.state.processes["ads"].pid != old, "the ad server does not come back")
        platform.wait_until_ready()
        assert bought(platform, **order) == ("duplicate", None)

        # Switched off, what it reports is refused.
        ada.does("PUT", f"/accounts/{account_id}/pixels/{pixel['id']}/enabled", {"enabled": False})
        wait_for(
            lambda: bought(platform, **{**sent, "id": "x"}) == ("refused", "pixel_unknown"), "the pixel reports on"
        )
        pages = send("GET", f"{platform.url('site')}/static/pixel/vonk-pixel.js")
        assert (pages.status, len(pages.raw) < 2_048) == (200, True)
