"""Asking creators for posts at the business API."""

from typing import Any

from tests.wire.business.conftest import Business
from tests.wire.business.test_tt_video import mallorys_account
from tests.wire.conftest import Town, ready_video
from vonk.authorisation.actions import answers, consents, switches
from vonk.authorisation.models import Consent, PermissionRequest
from vonk.content.actions import posts
from vonk.control import clock


def test_a_post_is_asked_for_answered_and_asked_for_longer(business: Business, town: Town) -> None:
    cleo, now, account = town.scopes["cleo"], clock.present().now(), town.ids["account_id"]
    post_id = posts.publish(cleo, video_id=ready_video(cleo), caption="Rolls", now=now)
    switches.set_post_authorisation(cleo, post_id, on=True, now=now)
    of: dict[str, Any] = {"tcm_account_id": account, "video_id": str(post_id)}

    def told(*names: str) -> list[object]:
        said = business.get("ada", "tcm/tt_video/status", **of)
        assert said.code == 0, said.message
        return [said.data[name] for name in names]

    waits = ("auth_status", "num_remaining_request", "requested_authorization_days", "auth_code_status")
    assert told(*waits, "auth_code", "auth_status_updated_time", "video_id") == [
        None,
        30,
        None,
        None,
        None,
        None,
        str(post_id),
    ]
    assert business.post("ada", "tcm/tt_video/apply", **of).data == {}
    assert told(*waits) == ["WAITING", 29, 30, None]
    assert business.post("ada", "tcm/tt_video/apply", **of, authorization_days=60).code == 0
    assert told(*waits) == ["WAITING", 28, 60, None]
    asked = PermissionRequest.objects.get(post_id=post_id)
    answers.refuse(cleo, asked.pk, now=now)
    assert told(*waits) == ["REJECTED", 30, 60, None]
    assert business.post("ada", "tcm/tt_video/apply", **of, authorization_days=7).code == 0
    asked = PermissionRequest.objects.get(post_id=post_id, outcome=None)
    answers.accept(cleo, asked.pk, now=now)
    assert told(*waits, "auth_code") == ["ACCEPTED", 30, 7, "IN_USE", ""]
    consent = Consent.objects.get(post_id=post_id)
    assert told("auth_code_end_time") == [f"{consent.ends_at:%Y-%m-%d %H:%M:%S}"]
    again = business.post("ada", "tcm/tt_video/apply", **of)
    assert (again.code, again.message.partition(":")[0]) == (40002, "already_authorized")
    assert business.post("ada", "tcm/tt_video/apply", **of, action="EXTEND", authorization_days=365).code == 0
    assert told(*waits) == ["WAITING", 29, 365, "IN_USE"]
    extension = PermissionRequest.objects.get(post_id=post_id, outcome=None)
    assert (extension.kind, extension.consent_id) == ("extend", consent.pk)
    consents.revoke(cleo, consent.pk, now=now)
    assert told("auth_code_status") == ["DELETED"]


def test_what_cannot_be_asked_for(business: Business, town: Town) -> None:
    mine = str(mallorys_account(town).account)
    for who, asked, refused in (
        ("ada", {"video_id": town.ids["removed_post_id"][:-1] + "x"}, "video_id"),
        ("ada", {"video_id": "1"}, "video_id"),
        ("ada", {"authorization_days": 8}, "authorization_days"),
        ("ada", {"action": "SHORTEN"}, "action"),
        ("mallory", {"action": "EXTEND"}, "video_id"),  # She holds nothing of it.
    ):
        of: dict[str, Any] = {
            "tcm_account_id": mine if who == "mallory" else town.ids["account_id"], "video_id": town.ids["post_id"], **asked
        }  # fmt: skip
        said = business.post(who, "tcm/tt_video/apply", **of)
        assert (said.code, said.message.partition(":")[0]) == (40002, refused), said.message
    hers = business.get("mallory", "tcm/tt_video/status", tcm_account_id=mine, video_id=town.ids["post_id"]).data
    assert (hers["auth_status"], hers["auth_code"], hers["auth_code_status"]) == (None, None, None)
