"""Comments below ads at the wire: read, answered, hidden, flagged and fetched, as far as the creator lets the account."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from tests.wire.business.conftest import Business, Said
from tests.wire.conftest import Api, Town, ready_video
from vonk.advertising.actions import ads
from vonk.advertising.actions import comments as judged
from vonk.advertising.drafts import AdDraft
from vonk.authorisation.actions import access_changes, accesses, switches
from vonk.authorisation.rules.access import AccessScope
from vonk.content.actions import posts
from vonk.content.models import Comment
from vonk.content.rules import Source
from vonk.control import clock
from vonk.control.models import AuditEntry

PULL = AccessScope.EXISTING_POSTS.value
BOTH = [PULL, AccessScope.COMMENTS.value]


class Desk:
    """Ada's ad with a post of Mallory's, who lets Ada's business look after its comments."""

    def __init__(self, business: Business, api: Api, town: Town) -> None:
        self.business, self.api, self.town, self.ids = business, api, town, town.ids
        self.now, self.mallory, ada = clock.present().now(), town.scopes["mallory"], town.scopes["ada"]
        self.let(BOTH)
        video_id = ready_video(self.mallory)
        self.post_id = posts.publish(self.mallory, video_id=video_id, caption="Rolls", now=self.now)
        switches.set_post_authorisation(self.mallory, self.post_id, on=True, now=self.now)
        draft = AdDraft(
            name="Rolls",
            call_to_action="shop_now",
            landing_url="https://example.org/rolls",
            consent_id=accesses.take_post(ada, self.post_id, now=self.now).consent_id,
        )
        self.ad_id = ads.create_one(ada, int(town.ids["ad_group_id"]), draft, now=self.now)
        self.account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
        self.group: dict[str, Any] = {
            **self.account,
            "search_field": "ADGROUP_ID",
            "search_value": town.ids["ad_group_id"],
            "start_time": f"{self.now:%Y-%m-%d}",
            "end_time": f"{self.now:%Y-%m-%d}",
        }

    def let(self, scopes: list[str]) -> None:
        """Have Mallory change what her access covers."""
        access_changes.change(self.mallory, int(self.ids["quiet_access_id"]), scopes=scopes, now=self.now)

    def said(self, text: str, *, on_ad: bool = True) -> str:
        """Have Vik comment on the ad, or at the platform API on the post."""
        vik = self.town.scopes["vik"]
        if not on_ad:
            answer = self.api.call("vik", "POST", f"/posts/{self.post_id}/comments", {"text": text})
            return str(answer.body["id"])
        return str(judged.write(vik, self.post_id, text, source=Source(self.ad_id, 1), now=self.now))

    def place(self, comment_id: str) -> dict[str, Any]:
        """Return how v1.3 says where a comment stands."""
        (row,) = [one for one in self.listed() if one["comment_id"] == comment_id]
        return {
            **self.account,
            **{name: row[name] for name in ("ad_id", "tiktok_item_id", "comment_id", "identity_id", "identity_type")},
        }

    def listed(self, **asked: Any) -> Any:
        """Return the comments below the ad group's ads."""
        said = self.business.get("ada", "comment/list", **self.group, **asked)
        assert said.message == "OK"
        assert said.data["page_info"]["total_number"] >= len(said.data["comments"])
        return said.data["comments"]

    def did(self, path: str, **asked: Any) -> Any:
        """Have Ada write; return the answer's data."""
        said = self.business.post("ada", path, **asked)
        assert said.message == "OK"
        return said.data

    def refused(self, code: int, path: str, **asked: Any) -> Said:
        """Have Ada try what is refused, and see that nothing changes."""
        before = list(Comment.objects.order_by("pk").values_list()), AuditEntry.objects.count()
        said = self.business.post("ada", path, **asked)
        assert (said.code, said.data) == (code, {})
        assert (list(Comment.objects.order_by("pk").values_list()), AuditEntry.objects.count()) == before
        return said


@pytest.fixture
def desk(business: Business, api: Api, town: Town) -> Desk:
    return Desk(business, api, town)


def test_comments_are_read_answered_and_hidden(desk: Desk) -> None:
    on_ad, organic = desk.said("How much?"), desk.said("Lovely", on_ad=False)
    row, other = desk.listed(sort_type="ASC")
    assert row == {
        "comment_id": on_ad,
        "content": "How much?",
        "comment_type": "COMMENT",
        "comment_status": "PUBLIC",
        "likes": 0,
        "replies": 0,
        "create_time": int(Comment.objects.get(pk=int(on_ad)).at.timestamp()),
        "original_comment_id": None,
        "reply_to_comment_id": None,
        "hit_blockedword": False,
        "is_pinned": False,
        "can_delete": False,
        "is_auth_comment_manage_scope": True,
        "user_id": row["user_id"],
        "user_name": "Vik",
        "user_avatar_url": "",
        "tiktok_item_id": str(desk.post_id),
        "identity_id": row["identity_id"],
        "identity_type": "BC_AUTH_TT",
        "campaign_id": desk.ids["campaign_id"],
        "campaign_name": "Bread",
        "adgroup_id": desk.ids["ad_group_id"],
        "adgroup_name": "Netherlands",
        "ad_id": str(desk.ad_id),
        "ad_name": "Rolls",
        "ad_text": "Rolls",
        "video_cover_url": row["video_cover_url"],
        "video_play_url": row["video_play_url"],
        "app_id": None,
    }
    assert row["video_play_url"].startswith("http")
    assert (other["comment_id"], other["ad_id"]) == (organic, str(desk.ad_id)), "It stands below the ad, too."
    place = desk.place(on_ad)
    answer = desk.did("comment/post", **place, comment_type="REPLY", text="A euro")
    assert (answer["comment_type"], answer["original_comment_id"], answer["user_name"]) == (
        "REPLY",
        on_ad,
        "Ada's bakery",
    )
    assert (answer["user_id"], answer["can_delete"]) == (None, True)
    seen = desk.api.call("vik", "GET", f"/posts/{desk.post_id}/comments").body["items"]
    assert [[one["text"] for one in comment["answers"]] for comment in seen] == [[], ["A euro"]]
    answers = desk.business.get("ada", "comment/reference", **desk.account, comment_id=on_ad, comment_type="COMMENT")
    assert answers.data["comments"] == [answer]
    of_answer: dict[str, Any] = {
        "comment_id": answer["comment_id"],
        "comment_type": "REPLY",
        "original_comment_id": on_ad,
    }
    assert desk.business.get("ada", "comment/reference", **desk.account, **of_answer).data["comments"] == [answer]
    assert [one["replies"] for one in desk.listed(sort_field="REPLIES", comment_type=["COMMENT"])] == [1, 0]
    assert desk.listed(comment_type=["REPLY"]) == [answer]

    for wrong in (
        {"ad_id": desk.ids["ad_id"]},
        {"tiktok_item_id": desk.ids["post_id"]},
        {"identity_id": desk.ids["profile_id"]},
        {"identity_type": "TT_USER"},
    ):
        (field,) = wrong
        told = desk.refused(40002, "comment/post", **{**place, **wrong}, comment_type="REPLY", text="Ha")
        assert told.message.startswith("tiktok_item_id" if field == "ad_id" else field)
    desk.refused(40002, "comment/post", **place, comment_type="POST", text="Ha")
    desk.refused(40002, "comment/post", **place, comment_type="REPLY", text=" ")
    desk.refused(40007, "comment/delete", **place)
    desk.did("comment/delete", **{**place, "comment_id": answer["comment_id"]})
    assert desk.listed(comment_type=["REPLY"]) == []

    hide: dict[str, Any] = {**desk.account, "comment_ids": [on_ad, organic], "operation": "HIDDEN"}
    desk.refused(40007, "comment/status/update", **{**hide, "comment_ids": [on_ad, desk.ids["comment_id"], "1"]})
    desk.did("comment/status/update", **hide, ad_type="BIDDING")
    assert [one["comment_id"] for one in desk.listed(comment_status=["HIDDEN"])] == [organic, on_ad]
    assert desk.listed(comment_status=["PUBLIC"]) == []
    assert desk.api.call("anonymous", "GET", f"/posts/{desk.post_id}/comments").body["items"] == []
    desk.did("comment/status/update", **{**hide, "operation": "PUBLIC"})
    assert len(desk.listed(comment_status=["PUBLIC"], page_size=1)) == 1

    desk.let([PULL])
    assert [one["comment_id"] for one in desk.listed()] == [on_ad], "What stands on the post alone is not the ad's."
    assert desk.listed()[0]["is_auth_comment_manage_scope"] is False
    told = desk.refused(40002, "comment/status/update", **{**hide, "comment_ids": [on_ad]})
    assert told.message.startswith("account_access_scope_missing")
    desk.refused(40002, "comment/post", **desk.place(on_ad), comment_type="REPLY", text="Ha")
    for asked in (
        {"page_size": 101},
        {"end_time": "2020-01-01"},
        {"start_time": "soon"},
        {"search_field": "AD_ID"},
        {"comment_status": ["X"]},
    ):
        assert desk.business.get("ada", "comment/list", **{**desk.group, **asked}).code == 40002
    assert desk.business.get("ada", "comment/list", **{**desk.group, "search_value": "1"}).code == 40007


def test_a_blocked_word_hides_or_flags_what_is_written_next(desk: Desk) -> None:
    desk.did("blockedword/create", **desk.account, blocked_words=["scam"])
    shown, hidden = desk.said("scampi?", on_ad=False), desk.said("A SCAM", on_ad=False)
    seen = desk.api.call("anonymous", "GET", f"/posts/{desk.post_id}/comments").body["items"]
    assert [one["id"] for one in seen] == [shown]
    (row,) = desk.listed(comment_status=["HIDDEN"])
    assert (row["comment_id"], row["hit_blockedword"]) == (hidden, True)
    desk.did("comment/status/update", **desk.account, comment_ids=[hidden], operation="PUBLIC")
    desk.let([PULL])
    flagged = desk.said("scam!")
    (row,) = desk.listed()
    assert (row["comment_id"], row["comment_status"], row["hit_blockedword"]) == (flagged, "PUBLIC", True)


def test_comments_are_fetched_as_a_file_by_a_link_that_ends(desk: Desk) -> None:
    first, second = desk.said("=HYPERLINK(1)"), desk.said("Lovely")
    task = desk.did("comment/task/create", **desk.group, sort_type="ASC", lang="en")
    state = desk.business.get("ada", "comment/task/check", **desk.account, **task)
    assert (state.data["task_id"], state.data["status"]) == (task["task_id"], "SUCCEED")
    path = state.data["url"].partition("testserver")[2]

    def fetched(path: str) -> list[list[str]]:
        response = Client().get(path)
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/csv")
        text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined] # A file is streamed.
        return list(csv.reader(io.StringIO(text)))

    header, *rows = fetched(path)
    assert header[:3] == ["comment_id", "comment_type", "comment_status"]
    assert [(row[0], row[5]) for row in rows] == [(first, "'=HYPERLINK(1)"), (second, "Lovely")]
    one = desk.did("comment/task/create", **desk.group, comment_ids=[second])
    link = desk.business.get("ada", "comment/task/check", **desk.account, **one).data["url"]
    assert [row[0] for row in fetched(link.partition("testserver")[2])[1:]] == [second]
    assert Client().get(path[:-1] + ("a" if path[-1] != "a" else "b")).status_code == 404
    assert desk.business.get("ada", "blockedword/task/check", **desk.account, **task).code == 40007
    desk.refused(40002, "comment/task/create", **{**desk.group, "start_time": "2026"})
    desk.refused(40007, "comment/task/create", **{**desk.group, "search_value": "1"})
