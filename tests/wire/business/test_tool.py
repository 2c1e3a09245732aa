"""Lists to target by: whatever they answer, an ad group takes."""

from typing import Any

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town
from vonk.advertising.models import Ad
from vonk.advertising.queries.bids import OTHERS_MIN
from vonk.core.taxonomy import COUNTRIES, INTERESTS, LANGUAGES
from vonk.wire.business import interests, locations


def test_what_is_listed_is_what_can_be_targeted(business: Business, town: Town) -> None:
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
    regions = business.get(
        "ada", "tool/region", **account, placements=["PLACEMENT_TIKTOK"], objective_type="TRAFFIC"
    ).data
    assert set(regions["region_list"]) == COUNTRIES
    [dutch] = [one for one in regions["region_info"] if one["region_code"] == "NL"]
    assert dutch == {
        "location_id": "2750405",
        "name": "Netherlands",
        "parent_id": "0",
        "region_code": "NL",
        "country_code": "NL",
        "level": "COUNTRY",
        "area_type": "ADMIN",
        "next_level_ids": [],
        "support_below_18": True,
    }
    for path in ("search/region", "tool/search/region"):
        assert business.get("ada", path, **account).data == {"region_list": regions["region_info"]}
    whole = business.get("ada", "tool/region", **account, level_range="TO_CITY").data["region_info"]
    listed = {one["location_id"]: one for one in whole}
    assert len(whole) == len(listed) > 16_000
    city = listed["2759794"]
    region = listed[city["parent_id"]]
    assert [(one["name"], one["level"], one["country_code"]) for one in (city, region)] == [
        ("Amsterdam", "CITY", "NL"),
        ("North Holland", "PROVINCE", "NL"),
    ]
    assert (region["region_code"], region["parent_id"]) == ("NL-NH", "2750405")
    assert "2759794" in region["next_level_ids"]
    assert region["location_id"] in listed["2750405"]["next_level_ids"]
    assert all(one["parent_id"] in listed for one in whole if one["level"] != "COUNTRY")
    regional = business.get("ada", "tool/region", **account, level_range="TO_PROVINCE").data["region_info"]
    assert {one["level"] for one in regional} == {"COUNTRY", "PROVINCE"}
    for one in whole:  # What is listed can be named.
        assert locations.located([int(one["location_id"])]).countries == (one["country_code"],)

    ids = [int(one["location_id"]) for one in regions["region_info"]]
    assert set(locations.countries(ids)) == COUNTRIES

    told = business.get("ada", "tool/interest_category", **account).data["interest_categories"]
    assert set(interests.interests(int(one["interest_category_id"]) for one in told)) == set(INTERESTS)
    told = business.get("ada", "tool/language", **account).data["languages"]
    assert {one["code"] for one in told} == LANGUAGES
    zones = business.get("ada", "tool/timezone", **account).data["timezones"]
    assert {"timezone": "Asia/Tokyo", "offset": "UTC+0900"} in zones


def test_hashtags_are_those_of_public_posts(business: Business, town: Town) -> None:
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
    said = business.get("ada", "tool/hashtag/recommend", **account, keywords=["#Brea", "nothing"])
    [bread] = said.data["recommended_keywords"]
    assert (bread["keyword"], bread["keyword_status"]) == ("bread", "ONLINE")
    both = business.get("ada", "tool/hashtag/recommend", **account, keywords=["brea", "nothing"], operator="AND")
    assert both.data == {"recommended_keywords": []}
    said = business.get("ada", "tool/hashtag/get", **account, keyword_ids=[bread["keyword_id"], "7"])
    assert said.data["keywords_status"] == [bread, {"keyword": "", "keyword_id": "7", "keyword_status": "OFFLINE"}]
    assert business.get("ada", "tool/hashtag/recommend", **account, keywords=[]).code == 40002


def test_places_are_found_by_name_and_id(business: Business, town: Town) -> None:
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
    asked: dict[str, Any] = {
        **account,
        "search_type": "FUZZY_SEARCH",
        "keywords": ["nether", "Atlantis"],
        "region_codes": ["NL", "BQ"],
    }
    found = business.post("ada", "tool/targeting/search", **asked).data["targeting_tag_list"]
    assert [(one["keyword"], one["name"], one["status_info"]["status"]) for one in found] == [
        ("nether", "Caribbean Netherlands", "VALID"),
        ("nether", "Netherlands", "VALID"),
        ("Atlantis", "", "INVALID"),
    ]
    assert business.get("ada", "tool/targeting/search", **asked).data["targeting_tag_list"] == found
    info = business.post("ada", "tool/targeting/info", **account, targeting_ids=["2750405", "2759794", "1"])
    dutch, city, none = info.data["targeting_tag_list"]
    assert (dutch["geo"]["region_code"], city["geo"]["geo_type"], none["geo"]) == ("NL", "CITY", None)
    asked |= {"keywords": ["AMSTERDAM"], "search_type": "BATCH_REGION_SEARCH"}
    assert business.post("ada", "tool/targeting/search", **asked).data["targeting_tag_list"] == [
        {**city, "keyword": "AMSTERDAM"}
    ]


def test_an_address_is_judged_as_an_ads_would_be(business: Business, town: Town) -> None:
    def judged(url: str) -> tuple[bool, bool, bool]:
        said = business.get("ada", "tool/url/validate", advertiser_id=town.ids["account_id"], url=url)
        info = said.data["landing_page_url_info"]["validate_info"]
        assert bool(info["reason"]) != info["is_valid_url"]
        return info["is_valid_url"], info["is_scheme_link"], info["is_valid_scheme"]

    assert judged("https://example.org/bread") == (True, False, True)
    assert judged("javascript:alert(1)") == (False, True, False)
    assert judged("https://") == (False, False, True)


def test_nobodys_own_bid_is_told(business: Business, town: Town) -> None:
    assert OTHERS_MIN > 2
    said = business.post("ada", "tool/bid/recommend", advertiser_id=town.ids["account_id"], objective_type="TRAFFIC")
    assert said.data == {"bid": 0.0}
    said = business.post("ada", "tool/bid/recommend", advertiser_id=town.ids["account_id"], objective_type="RF_REACH")
    assert (said.code, said.message) == (40002, "objective_type: RF_REACH is not sold by this platform")


def test_what_there_is_not_is_said_and_pages_are_found(business: Business, town: Town) -> None:
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
    told = business.post("ada", "tool/targeting_category/recommend", **account, region_codes=["NL"]).data
    categories = set(
        Ad.objects.filter(ad_group__campaign__account_id=int(town.ids["account_id"])).values_list("category")
    )
    expected = interests.interest_ids(sorted(category for (category,) in categories if category))
    assert told == {"interest_categories": expected, "action_categories": []}
    asked: dict[str, Any] = {"objective_type": "WEB_CONVERSIONS", "placements": ["PLACEMENT_TIKTOK"]}
    assert set(business.get("ada", "tool/vbo_status", **account, **asked).data.values()) == {"NOT_SUPPORT"}
    path = "tool/brand_safety/partner/authorize/status"
    assert business.get("ada", path, **account, partner="Zefr").data == {"status": "NOT_FOUND"}
    health = business.get("ada", "tool/diagnosis/search/health", **account, ad_ids=[town.ids["ad_id"]]).data
    assert (health["search_health_status"], health["total_keyword_count"]) == ("NO_DATA", 0)
    health_asked: tuple[tuple[dict[str, Any], int], ...] = (
        ({}, 40002),
        ({"ad_ids": ["1"]}, 40007),
        ({"adgroup_id": "1"}, 40007),
    )
    for wrong, code in health_asked:
        assert business.get("ada", "tool/diagnosis/search/health", **account, **wrong).code == code

    def opened(url: str, kind: str) -> Any:
        return business.get("ada", "tool/open_url", **account, url=url, url_type=kind)

    found = opened("http://testserver/@Cleo/", "USER_PROFILE").data
    assert found["open_url"] == "http://testserver/@cleo/"
    assert set(found["supported_regions"]) == COUNTRIES
    post = town.ids["post_id"]
    assert opened(f"/posts/{post}/", "VIDEO").data["open_url"] == f"http://testserver/posts/{post}/"
    for url, kind, code in (
        ("/@nobody/", "USER_PROFILE", 40007), ("/posts/1/", "VIDEO", 40007), ("/sounds/1/", "MUSIC", 40007),
        ("/tag/nothing/", "HASHTAG_CHALLENGE", 40007), (f"/posts/{post}/", "USER_PROFILE", 40007),
        ("https://example.org/@cleo/", "USER_PROFILE", 40007), ("http://[", "VIDEO", 40007), ("x", "STICKER", 40002),
        (f"/posts/{'9' * 19}/", "VIDEO", 40007),
    ):  # fmt: skip
        assert opened(url, kind).code == code, url
