"""Advertisers find creators at the business API."""

from datetime import datetime, timedelta
from typing import Any

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town, ready_video
from vonk.authorisation.actions import switches
from vonk.content.actions import engagement, posts, profiles
from vonk.content.models import Post, Tally
from vonk.content.rules import ORGANIC
from vonk.control import clock

NAMES = ("median_views", "engagement_rate", "followers_count", "videos_count", "likes_count")


def baked(town: Town, name: str, caption: str, plays: int, at: datetime, *, ad_id: int = 0) -> int:
    """A post of the person that was played so often in that hour."""
    scope = town.scopes[f"{name} profile"]
    post_id = posts.publish(scope, video_id=ready_video(scope), caption=caption, now=clock.present().now())
    hour_at = at.replace(minute=0, second=0, microsecond=0)
    Tally.objects.create(post_id=post_id, ad_id=ad_id, hour_at=hour_at, metric="plays", value=plays)
    return post_id


def found(business: Business, town: Town, /, **asked: Any) -> list[str]:
    said = business.get("ada", "tto/tcm/creator/discover", tto_tcm_account_id=town.ids["account_id"], **asked)
    assert said.code == 0, said.message
    return [one["handle_name"] for one in said.data["creators"]]


def test_creators_are_found_by_what_can_be_counted(business: Business, town: Town) -> None:
    """Who let their posts be advertised, sorted and narrowed; nobody else; what nobody says is refused by name."""
    now, account = clock.present().now(), town.ids["account_id"]
    for name in ("vik", "mallory"):
        switches.set_ad_settings(town.scopes[f"{name} profile"], True, now)
    Post.objects.filter(profile__handle="cleo").exclude(pk=town.ids["post_id"]).update(visibility="private")
    Tally.objects.filter(post_id=town.ids["post_id"], ad_id=0, metric="plays").delete()
    cleo_id = int(town.ids["profile_id"])
    for follower in ("vik", "mallory"):
        engagement.follow(town.scopes[follower], cleo_id, source=ORGANIC, now=now)
    baked(town, "vik", "Soup #food", 300, now)
    bread = baked(town, "cleo", "Bread #food #diy", 100, now)
    baked(town, "mallory", "Wares #diy", 40, now)
    engagement.like(town.scopes["vik"], bread, source=ORGANIC, now=now)
    Tally.objects.create(
        post_id=bread, ad_id=7, hour_at=now.replace(minute=0, second=0, microsecond=0), metric="plays", value=9_000
    )

    def order(**asked: Any) -> list[str]:
        return [name for name in found(business, town, **asked) if name in {"cleo", "vik", "mallory"}]

    assert order()[0] == "cleo"
    assert order(sort_field="MEDIAN_VIEWS")[0] == "vik"
    assert order(sort_field="MEDIAN_VIEWS", sort_order="ASC", country_codes=["NL"])[-1] == "vik"
    assert order(min_followers=2) == ["cleo"]
    assert "cleo" not in order(max_followers=1)
    assert order(min_median_views=200) == ["vik"]
    assert order(min_engagement_rate=0.001) == ["cleo"]
    assert sorted(order(content_label_ids=["26014"])) == ["cleo", "vik"]
    assert sorted(order(content_label_ids=["26009", "26001"])) == ["cleo", "mallory"]
    assert order(keyword_search='["CLE"]') == order(keyword_search="cle") == ["cleo"]
    paged = [found(business, town, page=page, page_size=1) for page in (1, 2)]
    assert [one for page in paged for one in page] == found(business, town)[:2]
    for name, value in (
        ("follower_age", "25-34"),
        ("min_creator_price", "1"),
        ("content_label_ids", ["1"]),
        ("page_size", 201),
    ):
        said = business.get("ada", "tto/tcm/creator/discover", tto_tcm_account_id=account, **{name: value})  # type: ignore[arg-type]  # A parameter.
        assert (said.code, said.message.partition(":")[0]) == (40002, name)
    one = business.get("ada", "tto/tcm/creator/public", tto_tcm_account_id=account, handle_name="@Cleo").data
    assert {name: one[name] for name in NAMES} == {  # A like and a comment, 100 plays: what ads brought counts nowhere.
        "median_views": 0, "engagement_rate": 0.02, "followers_count": 2, "videos_count": 2, "likes_count": 1
    }  # fmt: skip
    assert [label["label_name"] for label in one["content_labels"]] == ["Making and repairing", "Food and drink"]
    assert (one["creator_id"], one["creator_price"]) == (town.ids["profile_id"], None)
    listed = business.get(
        "ada", "tto/tcm/creator/public/video/list", tto_tcm_account_id=account, handle_name="cleo", limit=1
    ).data
    (row,) = listed["posts"]
    assert (row["video_id"], row["video_views"], row["likes"], row["caption_hashtags"]) == (
        str(bread),
        9_100,
        1,
        ["food", "diy"],
    )
    assert business.client.get(row["embed_url"].removeprefix("http://testserver")).status_code == 200
    assert listed["page_info"] == {"has_more": True, "cursor": str(bread)}
    then = business.get(
        "ada", "tto/tcm/creator/public/video/list", tto_tcm_account_id=account, handle_name="cleo",
        cursor=listed["page_info"]["cursor"],
    ).data  # fmt: skip
    assert [one["video_id"] for one in then["posts"]] == [town.ids["post_id"]]
    assert then["page_info"] == {"has_more": False, "cursor": ""}
    profiles.set_private(town.scopes["vik"], True, now=now)
    switches.set_ad_settings(town.scopes["mallory"], False, now)
    assert order() == ["cleo"]
    told = business.get(
        "ada",
        "tto/tcm/creator/status/get",
        tto_tcm_account_id=account,
        handle_names=["@cleo", "vik", "mallory", "nobody"],
    ).data["onboarding_status"]
    assert [(one["handle_name"], one["status"]) for one in told] == [
        ("@cleo", "IN"), ("vik", "NOT_IN"), ("mallory", "NOT_IN"), ("nobody", "INVALID")
    ]  # fmt: skip
    for path in ("tto/tcm/creator/public", "tto/tcm/creator/public/video/list"):
        said = business.get("ada", path, tto_tcm_account_id=account, handle_name="vik")
        assert (said.code, said.message.partition(":")[0]) == (40121, "handle_name")


def test_creators_are_ranked_by_whole_periods(business: Business, town: Town) -> None:
    now, account = clock.present().now(), town.ids["account_id"]
    switches.set_ad_settings(town.scopes["vik"], True, now)
    last = now - timedelta(days=now.weekday() + 2)  # In the last whole week, whatever day it is.
    before = last - timedelta(weeks=1)
    baked(town, "cleo", "Bread #food", 10, last)
    branded = baked(town, "cleo", "Rolls #food", 5, last)
    baked(town, "vik", "Soup #food", 12, last)
    baked(town, "vik", "Stew #food", 3, before)
    baked(town, "vik", "Pie #food", 999, now)
    baked(town, "vik", "Tart #food", 999, last, ad_id=7)
    Post.objects.filter(pk=branded).update(disclosure="branded")

    def places(**asked: Any) -> list[tuple[object, ...]]:
        said = business.get("ada", "tto/tcm/rank", tto_tcm_account_id=account, label_id="26014", **asked)
        assert said.code == 0, said.message
        assert said.data["page_info"]["total_number"] == len(said.data["creators"])
        names = ("handle", "total_video_views", "branded_content_video_views", "ranking_change")
        return [tuple(one[name] for name in names) for one in said.data["creators"]]

    assert places() == [("cleo", 15, None, None), ("vik", 12, None, "-1")]
    assert places(time_period_lookback="TWO") == [("vik", 3, None, None)]
    assert places(ranking_type="BRANDED_CONTENT") == [("cleo", None, 5, None)]
    assert places(time_period_lookback="THREE") == []
    labels = business.get("ada", "tto/tcm/category/label", tto_tcm_account_id=account, label_type="RANKING").data
    assert (len(labels["content_labels"]), labels["industry_labels"]) == (23, [])
    assert {"label_id": "26014", "label_name": "Food and drink"} in labels["content_labels"]
    month = business.get("ada", "tto/tcm/rank", tto_tcm_account_id=account, label_id="26014", time_period="MONTH")
    assert month.data["last_updated_at"] == f"{now:%Y-%m}-01 00:00:00"
    assert business.get("ada", "tto/tcm/rank", tto_tcm_account_id=account, label_id="1").code == 40002
