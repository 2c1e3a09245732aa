"""Which of v1.3's narrowing fields are acted on, and which leave an ad group unshown."""

from typing import Any

import pytest

from vonk.delivery.matching import viewers
from vonk.delivery.snapshot import Limits
from vonk.wire.business.ad_groups.asked import NARROWING
from vonk.wire.business.ad_groups.limits import limits

FOOD = "26014"


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        ({"network_types": ["WIFI", "5G"]}, Limits(connections=("wifi", "5g"))),
        ({"carrier_ids": ["20408"]}, Limits(carriers=("20408",))),
        ({"device_model_ids": ["Pixel 9"]}, Limits(models=("pixel 9",))),
        ({"device_price_ranges": [0, 100]}, Limits(prices=(0, 50))),
        ({"device_price_ranges": [900, 10_000]}, Limits(prices=(900, 950, 1_000))),
        ({"device_price_ranges": [0, 10_000]}, Limits()),
        ({"min_android_version": "9.0+"}, Limits(android_min=viewers.version("9"))),
        ({"min_ios_version": "13.1", "ios14_targeting": "IOS14_PLUS"}, Limits(ios_min=viewers.version("14"))),
        ({"tiktok_subplacements": ["IN_FEED"]}, Limits(surfaces=("feed",))),
        ({"tiktok_subplacements": ["SEARCH_FEED", "LEMON8"]}, Limits(surfaces=("search",))),
        ({"tiktok_subplacements": ["SEARCH_FEED", "IN_FEED"]}, Limits()),
        ({"brand_safety_type": "STANDARD_INVENTORY"}, Limits(inventory="standard")),
        ({"brand_safety_type": "EXPANDED_INVENTORY"}, Limits()),
        ({"audience_ids": ["7"], "excluded_audience_ids": ["8"]}, Limits(audiences=("7",), audiences_out=("8",))),
        ({"search_keywords": [{"keyword": " Rye  Bread", "match_type": "EXACT"}, {}]}, Limits(keywords=("rye bread",))),
        (
            {
                "actions": [
                    {
                        "action_scene": "VIDEO_RELATED",
                        "action_period": 7,
                        "video_user_actions": ["LIKED", "WATCHED_TO_END"],
                        "action_category_ids": [FOOD, "1"],
                    }
                ]
            },
            Limits(behaviours=("like:food:7",)),
        ),
    ],
)
def test_what_can_be_judged_is_acted_on(kept: dict[str, Any], found: Limits) -> None:
    assert limits(kept) == (found, ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("brand_safety_type", "THIRD_PARTY"),
        ("ios14_targeting", "IOS14_MINUS"),
        ("min_android_version", "newest"),
        ("tiktok_subplacements", ["LEMON8"]),
        ("device_price_ranges", [100]),
        ("audience_ids", ["mine"]),
        ("carrier_ids", [" "]),
        ("actions", [{"action_scene": "HASHTAG_RELATED", "action_period": 0, "action_category_ids": [FOOD]}]),
        ("actions", [{"action_scene": "VIDEO_RELATED", "action_period": 7, "video_user_actions": ["WATCHED_TO_END"]}]),
        ("household_income", ["TOP5"]),
        ("zipcode_ids", ["1"]),
    ],
)
def test_what_nobody_can_judge_is_named(name: str, value: object) -> None:
    assert limits({name: value}) == (Limits(), (name,))


def test_what_limits_nothing_is_no_limit() -> None:
    nothing: object
    for nothing in (None, "", [], "UNSET", "ALL"):
        assert limits(dict.fromkeys(NARROWING, nothing)) == (Limits(), ())
