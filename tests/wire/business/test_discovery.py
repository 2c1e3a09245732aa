"""Hashtags trend by what was played; what is not public is not in it."""

from datetime import timedelta
from typing import Any

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town, ready_video
from vonk.content.actions import posts
from vonk.content.models import Post, Tally
from vonk.content.queries.hashtags import hashtag_id
from vonk.content.rules import Visibility
from vonk.control import clock


def test_hashtags_are_ranked_by_what_was_played(business: Business, town: Town) -> None:
    cleo, now = town.scopes["cleo"], clock.present().now()
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}

    def published(caption: str, plays: int, *, days_ago: int = 0) -> int:
        post_id = posts.publish(cleo, video_id=ready_video(cleo), caption=caption, now=now)
        at = now - timedelta(days=days_ago, minutes=1)
        Post.objects.filter(pk=post_id).update(created_at=at)
        Tally.objects.create(
            post_id=post_id, hour_at=at.replace(minute=0, second=0, microsecond=0), metric="plays", value=plays
        )
        return post_id

    oven = published("#oven #dough", 50, days_ago=1)
    dough = published("#dough", 20, days_ago=2)
    old = published("#oven", 500, days_ago=10)
    hidden = published("#secret", 900, days_ago=1)
    Post.objects.filter(pk=hidden).update(visibility=Visibility.PRIVATE.value)

    def trending(**asked: Any) -> list[dict[str, Any]]:
        said = business.get("ada", "discovery/trending_list", **account, discovery_type="HASHTAG", **asked)
        assert said.code == 0
        listed = said.data["list"]
        assert [one["rank_position"] for one in listed] == list(range(1, len(listed) + 1))
        return [one for one in listed if one["hashtag_name"] != "bread"]  # The town's own.

    week = trending(country_code="NL")
    assert [(one["hashtag_name"], one["posts"], one["views"], one["rank_change"]) for one in week] == [
        ("dough", 2, 70, None),
        ("oven", 1, 50, -1),
    ]
    assert [point["value"] for point in week[0]["trending_history"]] == [20, 50]
    assert [one["hashtag_name"] for one in trending(country_code="NL", date_range="30DAY")] == ["oven", "dough"]
    assert trending(country_code="FR") == trending() == trending(country_code="NL", category_name="FOOD") == []
    said = business.get("ada", "discovery/trending_list", **account, discovery_type="HASHTAG", country_code="XX")
    assert said.code == 40002

    ids = [str(hashtag_id("dough")), str(hashtag_id("secret"))]
    asked = {**account, "discovery_type": "HASHTAG", "country_code": "NL", "date_range": "7DAY"}
    assert business.get("ada", "discovery/detail", **asked, hashtag_id=ids[0]).data == week[0]
    assert business.get("ada", "discovery/detail", **asked, hashtag_id=ids[1]).code == 40007
    told = business.get("ada", "discovery/video_list", **account, hashtag_ids=ids, country_code="NL").data["list"]
    assert [[one["video_id"] for one in row["top_video_list"]] for row in told] == [[str(oven), str(dough)], []]
    assert told[0]["top_video_list"][0]["share_url"].endswith(f"/posts/{oven}/")
    assert old not in (oven, dough)
