"""vonk.js loses no event: through reload, crash, offline, refusals and leaving; and it asks when it may."""

from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page

from tests.clients.ad_server import POISON, hangs_up, refuses
from tests.clients.web.hosts import Host, kept, pass_time
from tests.wire.serving import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FLUSH = "Vonk.flush()"


def record(page: Page, *kinds: str, token: str = "t-1") -> list[Any]:  # noqa: S107 - of a showing, no secret.
    """Report events and return their ids."""
    return [page.evaluate("([token, kind]) => Vonk.event(token, kind)", [token, kind]) for kind in kinds]


def accepted(host: Host) -> list[str]:
    return [event["id"] for event in host.ads.accepted]


def is_stored(page: Page, count: int) -> None:
    wait_for(lambda: kept(page) == count, "the browser does not keep the events")


def test_what_could_not_be_sent_is_sent_by_the_next_page(host: Host) -> None:
    page = host.open()
    host.ads.plan.extend([refuses(500), hangs_up] * 9)
    ids = record(page, "play", "click_music")
    page.evaluate(FLUSH)
    assert (host.told(page), kept(page)) == (["unreachable"], 2)

    page.goto("/shop")  # The beacon meets with the same.
    host.ads.wait(lambda: len(host.ads.batches) == 2)
    host.ads.plan.clear()
    host.go(page)
    assert host.ads.batches == [ids] * 3
    assert (accepted(host), host.ads.duplicates, kept(page)) == (ids, [], 0)


def test_a_crash_takes_nothing_with_it(host: Host) -> None:
    page = host.open()
    ids = record(page, "play", "view_2s")
    is_stored(page, 2)
    with pytest.raises(BrowserError):
        page.goto("chrome://crash")
    page.close()
    assert accepted(host) == []

    page = host.open()
    assert (accepted(host), host.ads.duplicates, kept(page)) == (ids, [], 0)


def test_offline_it_waits_for_the_network(host: Host) -> None:
    page = host.open()
    host.context.set_offline(True)
    ids = record(page, "play")
    pass_time(page, 1)
    record(page, "view_2s")
    assert host.told(page) == ["unreachable"]

    host.context.set_offline(False)
    host.ads.wait(lambda: len(host.ads.accepted) == 2)
    assert (accepted(host)[:1], host.ads.duplicates) == (ids, [])


def test_who_leaves_sends_first_and_keeps_it_until_it_is_answered_for(host: Host) -> None:
    page = host.open()
    page.evaluate("Vonk.measure(film(place('video'), 20000), {token: 't-1'})")
    ids = record(page, "click_destination")
    is_stored(page, 1)
    page.goto("/shop")
    host.ads.wait(lambda: accepted(host) == ids)
    [beacon] = [got for got in host.ads.requests if got.path == "/v1/events"]
    assert beacon.headers["content-type"] == "text/plain;charset=utf-8"
    assert "cookie" not in beacon.headers
    assert kept(page) == 1

    host.go(page)
    assert (accepted(host), host.ads.duplicates, kept(page)) == (ids, ids, 0)


def test_two_tabs_lose_nothing_and_send_nothing_twice(host: Host) -> None:
    one, other = host.open(), host.open()
    ids = []
    for _round in range(4):
        ids += record(one, "click_music") + record(other, "click_profile")
        is_stored(one, 2)
        one.evaluate("window.sent = Vonk.flush()")
        other.evaluate(FLUSH)
        one.evaluate("sent")
        other.evaluate(FLUSH)
        is_stored(one, 0)
    assert (sorted(accepted(host)), host.ads.duplicates) == (sorted(ids), [])
    one.evaluate("hide(true)")  # Nothing of what the other tab has sent leaves with a beacon.
    one.evaluate(FLUSH)
    assert host.ads.duplicates == []


def test_where_the_browser_keeps_nothing_memory_does(host: Host) -> None:
    host.context.add_init_script(
        "IDBFactory.prototype.open = () => { throw new DOMException('No.', 'SecurityError'); }"
    )
    page = host.open()
    host.ads.plan.append(refuses(503))
    ids = record(page, "play", "view_2s")
    page.evaluate(FLUSH)
    assert (host.told(page), accepted(host)) == (["unreachable"], [])

    pass_time(page, 5)
    assert (accepted(host), host.ads.duplicates) == (ids, [])
    ids += record(page, "click_destination")
    page.goto("/shop")
    host.ads.wait(lambda: accepted(host) == ids)


def test_a_storage_that_forgets_nothing_makes_no_flood(host: Host) -> None:
    host.context.add_init_script("IDBObjectStore.prototype.delete = function () { this.transaction.abort(); }")
    page = host.open()
    ids = record(page, "play")
    is_stored(page, 1)
    page.evaluate(FLUSH)
    ids += record(page, "view_2s")
    page.evaluate(FLUSH)
    assert (host.ads.batches, host.told(page)) == ([ids[:1], ids[1:]], [])


def test_a_server_that_asks_for_patience_gets_it(host: Host) -> None:
    page = host.open()
    host.ads.plan.append(refuses(429, Retry_After="30"))
    ids = record(page, "play")
    page.evaluate(FLUSH)
    ids += record(page, "view_2s")
    pass_time(page, 29)
    page.evaluate("hide(true)")
    page.evaluate("hide(false)")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    assert host.ads.batches == [ids[:1]]

    pass_time(page, 3)
    assert host.ads.batches == [ids[:1], ids]
    assert (accepted(host), kept(page)) == (ids, 0)


def test_without_a_word_it_asks_later_and_later(host: Host) -> None:
    page = host.open()
    host.ads.plan.extend([refuses(502)] * 99)
    record(page, "play")
    for seconds, least, most in ((10, 2, 3), (50, 4, 6)):
        pass_time(page, seconds, step=1)
        assert least <= len(host.ads.batches) <= most, seconds


def test_what_spoils_a_batch_is_found_and_the_rest_arrives(host: Host) -> None:
    page = host.open()
    host.ads.plan.append(partial(host.ads.verdicts, answered=2))
    ids = record(page, "play", "view_2s", "view_6s", "view_15s", "p25")
    record(page, "play", token=POISON)
    record(page, "play", token="expired")
    ids += record(page, "p50")
    host.ads.plan.clear()
    page.evaluate(FLUSH)
    assert (accepted(host), host.ads.duplicates, kept(page)) == (ids, [], 0)
    assert host.told(page) == ["refused", "refused"]
    assert page.evaluate("told.map((one) => one.detail.reason)") == ["body_malformed", "token_expired"]

    host.ads.plan.append(partial(host.ads.verdicts, answered=1))
    ids += record(page, "p75", "p100")
    page.evaluate(FLUSH)
    assert host.ads.batches[-2:] == [ids[-2:], ids[-1:]]


def test_what_is_too_old_or_too_much_is_let_go(host: Host) -> None:
    page = host.open()
    host.ads.plan.extend([refuses(500)] * 9)
    [old] = record(page, "play")
    page.evaluate(FLUSH)
    page.clock.set_system_time("2026-03-09T09:02:00Z")
    page.evaluate("for (let count = 0; count < 2001; count += 1) Vonk.event('t-1', 'click_music')")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.evaluate(FLUSH)
    assert (kept(page), len(host.ads.batches[-1])) == (2_000, 50)
    assert old not in host.ads.batches[-1]


def test_marked_links_and_buttons_count_and_carry_the_click(host: Host) -> None:
    page = host.open()
    page.locator("#mute").click()
    page.locator("#shop b").click()
    page.wait_for_url("**/shop?*")
    assert page.url == f"{host.site.url}/shop?a=b%20c&vonk_click=c-1#offer"
    host.ads.wait(lambda: host.ads.kinds == ["click_music", "click_destination"])
    assert [event["token"] for event in host.ads.accepted] == ["t-1", "t-1"]


def test_a_click_by_a_script_is_none(host: Host) -> None:
    page = host.open()
    page.evaluate("document.getElementById('mute').click()")
    page.evaluate(FLUSH)
    assert host.ads.kinds == []


def test_it_asks_for_ads_and_goes_on_without(host: Host) -> None:
    page = host.open()
    host.ads.slots = [{"position": 4, "ad": {"id": "1"}, "token": "t"}]
    asked = "Vonk.slots({viewer: 'v', slots: [{position: 4}], context: {country: 'NL'}})"
    assert page.evaluate(asked) == host.ads.slots
    assert host.ads.requests[-1].body == {
        "viewer": "v",
        "surface": "for_you",
        "slots": [{"position": 4}],
        "context": {"device": "desktop", "country": "NL"},
    }
    host.context.set_offline(True)
    assert (page.evaluate(asked), host.told(page)) == ([], ["no_decision"])


def test_nothing_that_a_page_does_wrong_throws(host: Host) -> None:
    page = host.open(start=False)
    for wrong in (
        "Vonk.event('t', 'play')",  # Before start().
        "Vonk.start()",
        "Vonk.start({ads: 5})",
        "Vonk.measure(null, {token: 't'}).stop()",
        "Vonk.landing(null, 't')",
        "Vonk.landing('http://[', 't')",
        "Vonk.slots()",
        "Vonk.flush()",
        "Vonk.start({ads: '', onerror: () => { throw new Error('of the host') }})",
        "Vonk.event()",
    ):
        page.evaluate(wrong)
    assert page.evaluate("failures") == []
    assert host.console == []


def test_a_landing_page_keeps_what_its_address_had(host: Host) -> None:
    page = host.open()
    for url, expected in {
        "https://shop.example/": "https://shop.example/?vonk_click=t",
        "https://shop.example/a?b=1&c=%20#d?e": "https://shop.example/a?b=1&c=%20&vonk_click=t#d?e",
        "https://shop.example/?vonk_click=old&b=1": "https://shop.example/?b=1&vonk_click=t",
        "https://shop.example/?b=1&vonk_click=old": "https://shop.example/?b=1&vonk_click=t",
        "/loaf": "/loaf?vonk_click=t",
        "mailto:ada@example.org": "mailto:ada@example.org",
    }.items():
        assert page.evaluate("(url) => Vonk.landing(url, 't')", url) == expected


def test_a_tag_starts_it_and_a_module_is_the_same_one(host: Host) -> None:
    page = host.context.new_page()
    page.goto("/module")
    page.evaluate("Vonk.event('t-1', 'play')")
    page.evaluate(FLUSH)
    assert host.ads.kinds == ["play"]
    assert page.evaluate("found") == [True, "event,flush,landing,measure,slots,start"]
