"""Blocked words at the wire: who keeps them, how they are listed, checked and fetched."""

from typing import Any

from django.test import Client

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town
from vonk.content.models import BlockedWord


def test_words_are_blocked_listed_changed_and_fetched(business: Business, town: Town) -> None:
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}

    def listed(**asked: Any) -> tuple[list[str], int]:
        said = business.get("ada", "blockedword/list", **account, **asked)
        assert said.message == "OK"
        return [one["bw_content"] for one in said.data["list"]], said.data["page_info"]["total_number"]

    assert listed() == ([], 0)
    for path, asked in (
        ("create", {"blocked_words": ["scam", "Free gold", "SCAM"]}),
        ("update", {"old_word": "scam", "new_word": "swindle"}),
        ("delete", {"blocked_words": ["never was"]}),
    ):
        assert business.post("ada", f"blockedword/{path}", **account, **asked).message == "OK"
    assert listed() == (["Free gold", "swindle"], 2)
    assert listed(page_info={"page": 2, "page_size": 1}) == (["swindle"], 2)
    assert business.get("ada", "blockedword/list", **account, page_info={"page_size": 501}).code == 40002
    checked = business.get("ada", "blockedword/check", **account, blocked_words=["FREE  gold", "scam"]).data["list"]
    assert [(one["bw_content"], one["is_blocked"]) for one in checked] == [("FREE  gold", True), ("scam", False)]
    for code, path, wrong in (
        (40002, "create", {"blocked_words": []}),
        (40002, "create", {"blocked_words": ["fine", ""]}),
        (40002, "create", {"blocked_words": ["x" * 101]}),
        (40002, "create", {"blocked_words": "scam"}),
        (40132, "create", {"blocked_words": [f"word {number}" for number in range(499)]}),
        (40007, "update", {"old_word": "scam", "new_word": "other"}),
        (40002, "update", {"old_word": "swindle", "new_word": ""}),
    ):
        assert business.post("ada", f"blockedword/{path}", **account, **wrong).code == code
    assert business.post("mallory", "blockedword/create", **account, blocked_words=["bread"]).code == 40001
    assert BlockedWord.objects.count() == 2

    task = business.post("ada", "blockedword/task/create", **account, blocked_words=["SWINDLE", "bread"]).data
    state = business.get("ada", "blockedword/task/check", **account, **task).data
    assert state["status"] == "SUCCEED"
    response = Client().get(state["url"].partition("testserver")[2])
    content = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined] # A file is streamed.
    assert content.split() == ["blocked_word", "swindle"]
    assert business.post("ada", "blockedword/delete", **account, blocked_words=["free gold", "swindle"]).code == 0
    assert listed() == ([], 0)
