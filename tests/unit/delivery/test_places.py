"""Ads keep their distance from the feed's start and from each other; and an organic post's worth raises the least price."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.delivery.making import Ads, one_ad, rival, with_ads
from vonk.delivery.explaining import replay
from vonk.delivery.matching.places import PAUSE_MS, Places, Policy, policies_of
from vonk.delivery.server.options import Options

OPTIONS = Options(places={"for_you": Policy(4, 4)})


def asked(places: Places, position: int, now_ms: int = 0, surface: str = "for_you") -> bool:
    """Ask as the server does; tell whether an ad was let in."""
    if places.too_soon("vik", surface, position, now_ms):
        return False
    places.show("vik", surface, position, now_ms)
    return True


def test_the_first_ad_and_the_distance_between_two() -> None:
    places = Places({"for_you": Policy(4, 4)})
    assert [position for position in range(40) if asked(places, position)] == list(range(4, 40, 5))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3 * PAUSE_MS)), max_size=60))
def test_no_two_ads_stand_too_near_each_other(asks: list[tuple[int, int]]) -> None:
    places, now_ms = Places({"for_you": Policy(4, 4)}), 0
    shown: list[tuple[int, int]] = []
    for position, later_ms in asks:
        now_ms += later_ms
        if asked(places, position, now_ms):
            assert position >= 4
            if shown and now_ms - shown[-1][1] < PAUSE_MS:
                assert abs(position - shown[-1][0]) > 4
            elif shown and position > shown[-1][0]:
                assert position - shown[-1][0] > 4
            shown.append((position, now_ms))


def test_asking_for_the_same_place_again_gets_nothing_until_the_feed_begins_anew() -> None:
    places = Places({"for_you": Policy(4, 4)})
    assert [asked(places, 4, now_ms) for now_ms in (0, 1, PAUSE_MS - 1, PAUSE_MS)] == [True, False, False, True]


def test_surfaces_and_viewers_are_apart_and_others_have_no_policy() -> None:
    places = Places({"for_you": Policy(4, 4), "search": Policy(1, 0)})
    assert [asked(places, 4), asked(places, 4, surface="search"), asked(places, 5, surface="search")] == [True] * 3
    assert not places.too_soon("cleo", "for_you", 5, 0)
    assert [asked(places, 1, surface="profile") for _ in range(3)] == [True] * 3


def test_whom_it_met_longest_ago_is_forgotten_first() -> None:
    places = Places({"for_you": Policy(4, 4)}, remembered_max=2)
    for viewer in ("ada", "cleo", "ada", "vik"):
        places.show(viewer, "for_you", 9, 0)
    assert [places.too_soon(viewer, "for_you", 10, 0) for viewer in ("ada", "cleo", "vik")] == [True, False, True]


def test_the_server_keeps_such_places_free_and_says_so() -> None:
    async def story(ads: Ads) -> tuple[Any, Any]:
        slots = [{"position": position} for position in (3, 4, 8, 9)]
        _, answer = await ads.call("POST", "/v1/decisions", {"viewer": ads.viewer(), "slots": slots})
        return answer["slots"], list(ads.app.runtime.recent.newest_first())

    slots, records = with_ads(story, *one_ad(), *rival(1), options=OPTIONS)
    assert [slot.get("reason") for slot in slots] == ["too_soon", None, "too_soon", None]
    assert slots[0]["refusals"] == {}
    assert [record.reason for record in records].count("too_soon") == 2
    assert all(replay.replay(record).differences == () for record in records)


def test_without_a_policy_ads_stand_anywhere() -> None:
    async def story(ads: Ads) -> list[Any]:
        return [await ads.slot(position=position) for position in (0, 1)]

    assert all(slot["ad"] for slot in with_ads(story, *one_ad()))


def test_an_ad_must_be_worth_more_than_the_post_it_stands_before() -> None:
    async def story(ads: Ads) -> list[Any]:
        worth = 4_000_000  # The ad bids 5 for a thousand.
        return [await ads.slot(organic_value_micros=value) for value in (0, worth, 100 * worth)]

    nothing, some, much = with_ads(story, *one_ad())
    assert (nothing["ad"]["id"], much["reason"]) == (some["ad"]["id"], "below_reserve")
    assert nothing["price_micros"] < some["price_micros"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", {}), ("for_you:4/4", {"for_you": Policy(4, 4)}), (" a:1/0 , b:5/9,", {"a": Policy(1, 0), "b": Policy(5, 9)})],
)
def test_policies_are_read(text: str, expected: dict[str, Policy]) -> None:
    assert policies_of(text) == expected


@pytest.mark.parametrize(
    "text", ["for_you", "for_you:4", ":4/4", "a:0/4", "a:4/1001", "a:-1/4", "a:4/4,a:4/5", "a:٤/4"]
)
def test_policies_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|twice|from 1"):
        policies_of(text)
