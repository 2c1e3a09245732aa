"""A write that is sent twice happens once."""

from typing import Any

import pytest
from django.test import override_settings

from tests.wire.conftest import Answer, Api, Town
from vonk.config import keys
from vonk.content.actions import videos
from vonk.content.models import Video
from vonk.control.models import IdempotencyKey
from vonk.identity.models import AccessToken, AdAccount

ACCOUNT = {
    "organisation_name": "o",
    "name": "n",
    "currency": "EUR",
    "time_zone": "UTC",
    "country": "NL",
    "advertiser_name": "a",
    "payer_name": "p",
}


def test_the_second_time_gets_the_first_answer(api: Api) -> None:
    before = AdAccount.objects.count()
    first = api.call("ada", "POST", "/accounts", ACCOUNT, key="once")
    second = api.call("ada", "POST", "/accounts", ACCOUNT, key="once")
    assert (first.status, second.status, second.body) == (201, 201, first.body)
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert AdAccount.objects.count() == before + 1


def test_a_key_stands_for_one_request_of_one_person(api: Api) -> None:
    api.call("ada", "POST", "/accounts", ACCOUNT, key="once")
    other = api.call("ada", "POST", "/accounts", {**ACCOUNT, "name": "m"}, key="once")
    assert (other.status, other.code, other.body["field"]) == (409, "idempotency_key_reused", "Idempotency-Key")
    assert api.call("vik", "POST", "/accounts", ACCOUNT, key="once").status == 201


def test_the_path_is_part_of_the_request(api: Api, town: Town) -> None:
    assert api.call("vik", "PUT", f"/posts/{town.ids['post_id']}/like", {}, key="once").status == 200
    other = api.call("vik", "PUT", f"/posts/{town.ids['plain_post_id']}/like", {}, key="once")
    assert (other.status, other.code) == (409, "idempotency_key_reused")


def test_what_failed_may_be_tried_again(api: Api, town: Town) -> None:
    path = f"/accounts/{town.ids['account_id']}/top_ups"
    failed = api.call("ada", "POST", path, {"amount_micros": 1, "provider_reference": "r"}, key="once")
    assert (failed.status, failed.code) == (422, "top_up_out_of_bounds")
    done = api.call("ada", "POST", path, {"amount_micros": 50_000_000, "provider_reference": "r"}, key="once")
    assert done.status == 201


@pytest.mark.parametrize("key", [None, "x" * 65, "\n"])
def test_a_write_needs_a_key(api: Api, key: str | None) -> None:
    before = AdAccount.objects.count()
    refused = api.call("ada", "POST", "/accounts", ACCOUNT, key=key)
    assert (refused.status, refused.body["field"]) == (422, "Idempotency-Key")
    assert AdAccount.objects.count() == before


def test_uploads_and_codes_are_replayed_too(api: Api, town: Town) -> None:
    first = api.call("cleo", "POST", "/videos", raw=b"some bytes", key="once")
    second = api.call("cleo", "POST", "/videos", raw=b"some bytes", key="once")
    assert (first.status, second.status, second.body) == (201, 201, first.body)
    assert second.headers["Idempotency-Replayed"] == "true"
    path = f"/accounts/{town.ids['account_id']}/spark_posts"
    redeemed = api.call("ada", "POST", path, {"code": town.fresh_code}, key="redeem")
    assert redeemed.body["again"] is False
    assert api.call("ada", "POST", path, {"code": town.fresh_code}, key="redeem").body == redeemed.body
    assert api.call("ada", "POST", path, {"code": town.fresh_code}, key="another").body["again"] is True


def test_an_upload_is_not_begun_twice_side_by_side(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second request with the key comes while the first is still at it."""
    beside: list[Answer] = []
    receive = videos.receive

    def received(*given: Any, **named: Any) -> int:
        if not beside:
            beside.append(api.call("cleo", "POST", "/videos", raw=b"some bytes", key="once"))
        return receive(*given, **named)

    monkeypatch.setattr(videos, "receive", received)
    before = Video.objects.count()
    first = api.call("cleo", "POST", "/videos", raw=b"some bytes", key="once")
    again = api.call("cleo", "POST", "/videos", raw=b"some bytes", key="once")

    assert [(one.status, one.code) for one in beside] == [(409, "idempotency_key_underway")]
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert Video.objects.count() == before + 1


def test_kept_answers_show_no_secret(api: Api) -> None:
    issued = api.call("vik", "POST", "/tokens", {"label": "phone"}, key="once")
    row = IdempotencyKey.objects.get(key="once")
    assert issued.body["token"].encode() not in bytes(row.answer or b"")
    assert api.call("vik", "POST", "/tokens", {"label": "phone"}, key="once").body == issued.body
    with override_settings(VONK_KEYS=keys.ephemeral()):
        lost = api.call("vik", "POST", "/tokens", {"label": "phone"}, key="once")
    assert (lost.status, lost.code) == (409, "answer_lost")
    assert AccessToken.objects.filter(label="phone").count() == 1
