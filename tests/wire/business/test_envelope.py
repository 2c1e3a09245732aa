"""The wire's habits, which hold for every operation (reference API §1 and §2)."""

import hashlib
import json
from typing import Any

import msgspec
import pytest
from django.conf import settings

from tests.wire.business.conftest import Business, Said
from tests.wire.conftest import Town
from vonk.content.actions import library_files
from vonk.control.windows import Windows
from vonk.wire.business import limits


def test_an_answer_is_an_envelope_whatever_closes_its_path(business: Business, town: Town) -> None:
    for path in ("user/info", "user/info/", "/user//info/"):
        said = business.raw("ada", "GET", f"/open_api/v1.3/{path}")
        assert (said.code, said.message, said.status) == (0, "OK", 200)
        assert said.data["core_user_id"] == str(town.scopes["ada"].person)
        assert said.data["email"] == "a***a@example.org"
        assert 32 <= len(said.request_id) <= 34


@pytest.mark.parametrize(
    ("method", "path", "who", "code", "status"),
    [
        ("GET", "no/such", "ada", 40400, 404),
        ("POST", "user/info", "ada", 40117, 405),
        ("GET", "user/info", "anonymous", 40104, 401),
    ],
)
def test_refusals_are_200_unless_the_real_status_is_preferred(
    method: str, path: str, who: str, code: int, status: int, business: Business
) -> None:
    said = business.raw(who, method, f"/open_api/v1.3/{path}/")
    assert (said.code, said.status, said.data) == (code, 200, {})
    said = business.raw(who, method, f"/open_api/v1.3/{path}/", headers={"Prefer": "http-status"})
    assert (said.code, said.status, said.headers["Preference-Applied"]) == (code, status, "http-status")


def test_a_wrong_token_is_told(business: Business) -> None:
    business.token_of["nobody"] = "vonk_nothing"
    said = business.get("nobody", "user/info")
    assert (said.code, said.message) == (40105, "Access token is incorrect or has been revoked.")
    assert json.dumps(said.data) == "{}"


def test_strange_requests_are_refused_by_name(business: Business, town: Town) -> None:
    account = {"advertiser_id": town.ids["account_id"]}
    deep = b"[" * 900 + b"]" * 900
    quoted = json.dumps(account)[:-1].encode()
    campaign = (
        quoted
        + b', "campaign_name": "C", "objective_type": "REACH", "budget_mode": "BUDGET_MODE_INFINITE", "request_id": "%s"}'
    )
    bodies: list[tuple[str, str, bytes, str]] = [
        ("POST", "creative/portfolio/create", quoted + b', "portfolio_content": [{"a": %s}]}' % deep, "body"),
        ("POST", "advertiser/update", quoted + b', "qualification_images": [{"a": %s}]}' % deep, "body"),
        ("POST", "campaign/create", campaign % "²".encode(), "request_id"),
        ("POST", "campaign/create", campaign % b"9223372036854775808", "request_id"),
        ("POST", "campaign/create", quoted + b', "campaign_name": "\\ud800"}', "body"),
        ("POST", "campaign/create", quoted + b', "budget": 1e999}', "body"),
        ("GET", "campaign/get", quoted + b', "fields": "\xff"}', "body"),
        ("GET", "campaign/get", quoted + b', "fields": "\\ud800"}', "body"),
        ("GET", "campaign/get", b"&".join([b"a=1"] * 1_001), "body"),
    ]
    for method, path, body, field in bodies:
        said = business.raw("ada", method, f"/open_api/v1.3/{path}/", body)
        assert (said.code, said.message.partition(":")[0]) == (40002, field), (path, body[:200], said)
    queries: list[tuple[str, dict[str, str], str]] = [
        (
            "campaign/get",
            {"filtering": '{"creation_filter_start_time": "9999-12-31 23:59:59-14:00"}'},
            "filtering.creation",
        ),
        ("campaign/get", {"filtering": '{"campaign_name": "%s"}' % ("a" * 60_000)}, "filtering.campaign_name"),
        ("campaign/get", {"filtering": deep.decode()}, "filtering"),
        ("campaign/get", {f"a{number}": "1" for number in range(1_001)}, "body"),
        (
            "tto/tcm/creator/discover",
            {"min_engagement_rate": "nan", "tto_tcm_account_id": account["advertiser_id"]},
            "min_",
        ),
    ]
    for path, query, field in queries:
        said = business.raw("ada", "GET", f"/open_api/v1.3/{path}/", query={**account, **query})
        assert (said.code, said.message.startswith(field)) == (40002, True), (path, said)
    form = b"advertiser_id=%s&adgroup_id=%s&frequency=inf&frequency_schedule=nan" % (
        town.ids["account_id"].encode(), town.ids["ad_group_id"].encode(),
    )  # fmt: skip
    said = business.raw(
        "ada", "POST", "/open_api/v1.3/adgroup/update/", form, content_type="application/x-www-form-urlencoded"
    )
    assert (said.code, said.message) == (40002, "frequency: a number")
    said = business.raw(
        "ada", "GET", "/open_api/v1.3/user/info/", content_type="text/plain; charset=base64", query={"a": "1"}
    )
    assert said.code == 0
    said = business.raw(
        "ada", "POST", "/open_api/v1.3/file/video/ad/upload/", b"--x\r\n\r\n",
        content_type="multipart/form-data; boundary=x; charset=base64",
    )  # fmt: skip
    assert said.code == 40002


def test_who_makes_ids_up_is_slowed_down(business: Business, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VONK", msgspec.structs.replace(settings.VONK, business_per_minute=3))
    monkeypatch.setattr(limits, "WINDOWS", Windows())
    made_up = [business.get("mallory", "campaign/get", advertiser_id=str(number)).code for number in range(1, 4)]
    nonsense = business.get("mallory", "campaign/get", advertiser_id="me")
    assert (made_up, nonsense.code) == ([40001, 40001, 40001], 40100)
    assert business.get("ada", "campaign/get", advertiser_id=town.ids["account_id"]).code == 0


def test_each_app_has_request_ids_of_its_own(business: Business, town: Town) -> None:
    business.token_of["app"] = town.ids["app_token"]
    asked: Any = {
        "advertiser_id": town.ids["account_id"], "campaign_name": "Loaves", "objective_type": "REACH",
        "budget_mode": "BUDGET_MODE_INFINITE", "request_id": "17",
    }  # fmt: skip
    first = business.post("ada", "campaign/create", **asked)
    by_app = business.post("app", "campaign/create", **asked | {"campaign_name": "Rolls"})
    again = business.post("app", "campaign/create", **asked | {"campaign_name": "Rolls"})
    assert (first.code, by_app.code) == (0, 0), by_app
    assert first.data["campaign_id"] != by_app.data["campaign_id"] == again.data["campaign_id"]


def test_a_key_of_an_upload_stands_for_its_fields_and_its_file(
    business: Business, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Any = {"advertiser_id": town.ids["account_id"], "upload_type": "FILE", "content_type": "image"}

    def sent(content: bytes, **more: str) -> Said:
        fields = {**asked, "signature": hashlib.md5(content, usedforsecurity=False).hexdigest(), **more}
        key = {"Idempotency-Key": "once"}
        return business.post("ada", "file/temporarily/upload", headers=key, files={"file": content}, **fields)

    meanwhile: list[Said] = []
    put = library_files.put

    def slow(*given: Any, **named: Any) -> Any:
        meanwhile.append(sent(b"one"))
        return put(*given, **named)

    monkeypatch.setattr(library_files, "put", slow)
    assert sent(b"one", signature="0" * 32).code == 40900  # What failed may be tried again.
    first, again = sent(b"one"), sent(b"one")
    assert [said.code for said in meanwhile] == [40050, 50002]  # While the first is at it, whatever comes waits.
    assert (first.code, again.data) == (0, first.data), first
    assert sent(b"two").code == 40050
    assert sent(b"one", name="other").code == 40050
