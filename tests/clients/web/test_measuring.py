"""What vonk.js reports of a showing: what was seen, for how long, and nothing that was not."""

from collections import Counter

import pytest
from playwright.sync_api import Page

from tests.clients.web.hosts import Host, look, pass_time
from tests.wire.serving import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def reported(host: Host, page: Page) -> list[str]:
    """Return the kinds reported so far, in order, sent at last."""
    page.evaluate("Vonk.flush()")
    return host.ads.kinds


def watched_ms(host: Host) -> int:
    return sum(event["value"] for event in host.ads.accepted if event["kind"] == "watch")


def open_picture(host: Host) -> Page:
    page = host.open()
    page.evaluate("Vonk.measure(place('div'), {token: 't-1'})")
    return page


def open_film(host: Host, seconds: float, share: float = 1, **options: bool) -> Page:
    """Open the page and play a film on it."""
    page = host.open()
    page.evaluate(
        "([ms, options]) => { window.video = film(place('video'), ms, options); Vonk.measure(video, {token: 't-1'}); }",
        [seconds * 1000, options],
    )
    look(page, share)
    page.evaluate("video.play()")
    return page


def test_a_picture_is_shown_with_half_of_it_and_viewable_after_a_second_on_end(host: Host) -> None:
    page = open_picture(host)

    look(page, 0.49)
    pass_time(page, 5)
    assert reported(host, page) == []
    look(page, 0.5)
    pass_time(page, 0.9)
    assert reported(host, page) == ["impression"]
    look(page, 0.3)
    look(page, 0.6)
    pass_time(page, 0.9)
    assert reported(host, page) == ["impression"]
    pass_time(page, 0.2)
    assert reported(host, page) == ["impression", "viewable"]
    pass_time(page, 20)
    assert reported(host, page) == ["impression", "viewable"]


def test_pictures_are_watched_by_the_clock_and_seen_one_by_one(host: Host) -> None:
    page = host.open()
    page.evaluate("window.showing = Vonk.measure(place('div'), {token: 't-1', pictures: 4})")

    def turn(to: int, seconds: float) -> list[str]:
        page.evaluate("(to) => showing.picture(to)", to)
        pass_time(page, seconds)
        return [kind for kind in reported(host, page) if kind != "watch"]

    look(page, 1)
    seen = ["impression", "play"]
    assert turn(0, 0.4) == seen
    assert turn(0, 0.8) == (seen := [*seen, "p25", "viewable"])
    assert turn(1, 0.3) == turn(2, 0.3)[: len(seen)] == seen  # Passed over too quickly to be seen.
    assert turn(3, 0.7) == (seen := [*seen, "view_2s", "p50"])
    look(page, 0.2)
    assert turn(1, 10) == seen  # Nobody looks.
    look(page, 1)
    assert turn(1, 0.7) == (seen := [*seen, "p75"])
    assert turn(7, 0.2) == seen  # There is no such picture.
    assert turn(2, 0.7) == (seen := [*seen, "p100"])
    assert turn(2, 4) == [*seen, "view_6s"]
    page.evaluate("showing.stop()")
    reported(host, page)
    assert 7_000 < watched_ms(host) < 9_000


def test_what_cannot_be_seen_is_not_shown(host: Host) -> None:
    page = open_picture(host)

    for hiding in ("visibility: hidden", "opacity: 0", "width: 0"):
        page.evaluate("(style) => { document.getElementById('ad').style = style }", hiding)
        look(page, 1)
        pass_time(page, 3)
        assert reported(host, page) == [], hiding


def test_a_film_is_shown_with_its_first_picture(host: Host) -> None:
    page = host.open()
    page.evaluate("window.video = film(place('video'), 20000); video.load(1); Vonk.measure(video, {token: 't-1'})")
    look(page, 1)
    pass_time(page, 5)
    assert reported(host, page) == []
    page.evaluate("video.load(2)")
    pass_time(page, 5)
    assert reported(host, page) == ["impression"]


def test_a_film_is_viewable_after_two_seconds_played_on_end(host: Host) -> None:
    page = open_film(host, 20, 0.5)

    pass_time(page, 1.8)
    assert reported(host, page) == ["impression", "play"]
    page.evaluate("video.pause()")
    pass_time(page, 3)
    page.evaluate("video.play()")
    pass_time(page, 1.8)
    assert "viewable" not in reported(host, page)
    assert "view_2s" in reported(host, page)  # In all, though not on end.
    pass_time(page, 0.4)
    assert "viewable" in reported(host, page)


def test_a_film_watched_to_its_end_and_once_more(host: Host) -> None:
    page = open_film(host, 8)

    pass_time(page, 8.2)
    assert reported(host, page) == [
        *("impression", "play", "viewable", "view_2s", "p25", "p50", "view_6s", "p75", "p100", "view_15s"),
    ]
    page.evaluate("video.play()")
    pass_time(page, 4)
    page.evaluate("video.pause()")
    counted = Counter(reported(host, page))
    assert (counted["replay"], counted["p100"], counted["p25"], counted["play"]) == (1, 1, 1, 1)
    assert watched_ms(host) == pytest.approx(12_000, abs=250)


def test_a_film_that_loops_is_replayed(host: Host) -> None:
    page = open_film(host, 3, loop=True)

    pass_time(page, 10)
    counted = Counter(reported(host, page))
    assert (counted["replay"], counted["p100"], counted["view_6s"]) == (3, 1, 1)


def test_a_leap_is_not_watching(host: Host) -> None:
    page = open_film(host, 60)

    pass_time(page, 1)
    page.evaluate("video.currentTime = 50")
    pass_time(page, 1.8)
    assert reported(host, page) == ["impression", "play", "view_2s"]  # Not two seconds on end.
    page.evaluate("video.currentTime = 59.5")
    pass_time(page, 2)
    page.evaluate("hide(true)")
    assert reported(host, page) == ["impression", "play", "view_2s", "watch"]  # Its end, but not to its end.
    assert watched_ms(host) == pytest.approx(3_300, abs=350)


def test_a_fast_film_is_watched_as_long_as_it_took(host: Host) -> None:
    page = open_film(host, 20)

    page.evaluate("video.playbackRate = 2")
    pass_time(page, 5)
    counted = Counter(reported(host, page))
    assert (counted["p25"], counted["view_2s"], counted["view_6s"]) == (1, 1, 0)
    page.evaluate("video.pause()")
    assert reported(host, page)[-1] == "watch"
    assert watched_ms(host) == pytest.approx(5_000, abs=250)


def test_watching_is_told_every_ten_seconds_and_ends_with_the_page_in_the_dark(host: Host) -> None:
    page = open_film(host, 60)

    pass_time(page, 10.3)
    assert Counter(reported(host, page))["watch"] == 1
    pass_time(page, 3)
    page.evaluate("hide(true)")
    pass_time(page, 20)  # It plays on, unseen.
    assert Counter(reported(host, page))["watch"] == 2
    page.evaluate("hide(false)")
    pass_time(page, 1)
    page.evaluate("video.pause()")
    assert Counter(reported(host, page))["watch"] == 3
    assert watched_ms(host) == pytest.approx(14_300, abs=600)


def test_who_scrolls_away_does_not_watch(host: Host) -> None:
    page = open_film(host, 60)

    pass_time(page, 1)
    look(page, 0.4)
    pass_time(page, 30)
    assert reported(host, page) == ["impression", "play", "watch"]
    assert watched_ms(host) == pytest.approx(1_000, abs=250)


def test_a_click_comes_after_what_was_clicked(host: Host) -> None:
    """The first look at the ad would come a tenth of a second later; the click asks for it now."""
    page = open_film(host, 60)

    page.evaluate("Vonk.event('t-1', 'click_profile')")
    assert reported(host, page)[:2] == ["impression", "play"]
    assert reported(host, page)[-1] == "click_profile"


def test_in_a_frame_of_another_origin_counts_what_the_viewer_sees(host: Host) -> None:
    page = host.open(start=False)
    page.goto("/frame")
    frame = page.frames[1]
    frame.evaluate("(ads) => { Vonk.start({ads}); Vonk.measure(place('div'), {token: 't-1'}); }", host.ads.url)

    look(page, 0.4)
    page.clock.run_for(1000)
    frame.evaluate("Vonk.flush()")
    assert host.ads.kinds == []
    look(page, 0.6)

    def viewed() -> bool:  # The frame is told of the scrolling in its own time.
        page.clock.run_for(200)
        frame.evaluate("Vonk.flush()")
        return len(host.ads.kinds) == 2

    wait_for(viewed, "the frame does not see that it is seen")
    assert host.ads.kinds == ["impression", "viewable"]
