"""Whatever comes in, an envelope goes out."""

import json
from urllib.parse import quote

import msgspec
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.wire.conftest import CAST, PASSWORD, PREFIX, Api, Town
from vonk.control.windows import Windows
from vonk.core.limits import BODY_BYTES_MAX
from vonk.wire import dispatch
from vonk.wire.errors import CONTENT_TYPE, STATUS_OF_KIND, Envelope
from vonk.wire.operation import OPERATIONS

STATUSES = {int(status) for status in STATUS_OF_KIND.values()} | {405}
segments = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(lambda text: quote(text, safe=""))
ANYTHING = st.one_of(
    st.binary(max_size=60),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_input_gets_an_envelope(data: st.DataObject, api: Api) -> None:
    operation = data.draw(st.sampled_from([one for one in OPERATIONS if not one.uploads]))
    path = operation.path.format(**{name: data.draw(segments, name) for name in operation.parameters})
    query = data.draw(st.dictionaries(st.text("abcdefghij_", min_size=1, max_size=8), st.text(max_size=8), max_size=2))
    answer = api.call(
        data.draw(st.sampled_from(CAST)),
        data.draw(st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"])),
        path,
        raw=data.draw(ANYTHING),
        query={name: text for name, text in query.items() if text.isprintable()},
    )
    if answer.status >= 300:
        assert answer.status in STATUSES
        assert answer.headers["Content-Type"] == CONTENT_TYPE
        envelope = msgspec.convert(answer.body, Envelope)
        assert (envelope.status, envelope.type) == (answer.status, f"/problems/{envelope.code}")


def test_an_unknown_field_is_refused_by_name(api: Api) -> None:
    answer = api.call("vik", "POST", "/tokens", {"label": "x", "colour": "red"})
    assert (answer.status, answer.code, answer.body["field"]) == (422, "body_invalid", "colour")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"video_id": ""}, "video_id"),
        ({"video_id": 5}, "video_id"),
        ({"video_id": "0"}, "video_id"),
        ({"video_id": "9223372036854775808"}, "video_id"),
        ({"video_id": "1", "visibility": "all"}, "visibility"),
        ([], None),
        ("text", None),
    ],
)
def test_the_field_at_fault_is_named(api: Api, body: object, field: str | None) -> None:
    answer = api.call("cleo", "POST", "/posts", body)
    assert (answer.status, answer.code, answer.body["field"]) == (422, "body_invalid", field)


def test_a_body_has_a_bound(api: Api) -> None:
    answer = api.call("cleo", "POST", "/posts", raw=b" " * (BODY_BYTES_MAX + 1))
    assert (answer.status, answer.code) == (422, "body_too_large")


def test_paths_and_methods_that_are_not_there(api: Api, town: Town) -> None:
    for path in ("/nothing/here", "/", "/posts/%0A/nothing", "//"):
        missing = api.call("vik", "GET", path)
        assert (missing.status, missing.code) == (404, "route_missing")
    wrong = api.call("vik", "POST", "/feed", {})
    assert (wrong.status, wrong.code, wrong.headers["Allow"]) == (405, "method_not_allowed", "GET")
    no_id = api.call("vik", "GET", "/posts/first")
    assert (no_id.status, no_id.code, no_id.body["detail"]) == (404, "not_found", "There is no such post.")
    outside = api.call("mallory", "GET", f"/accounts/{town.ids['account_id']}")
    absent = api.call("mallory", "GET", "/accounts/1")
    assert {**outside.body, "x": 0} == {**absent.body, "x": 0}


def test_a_problem_is_told_in_the_callers_terms(api: Api, town: Town) -> None:
    path = f"/accounts/{town.ids['account_id']}/spark_posts"
    answer = api.call("ada", "POST", path, {"code": "no code at all"})
    assert (answer.status, answer.code) == (422, "auth_code_format_error")
    assert answer.body["remedy"] != ""
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_bug_answers_without_telling_more(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr(dispatch, "scope_of", broken)
    answer = api.call("vik", "GET", "/me")
    assert (answer.status, answer.code) == (500, "internal_error")
    assert "secret" not in json.dumps(answer.body)


def test_one_caller_does_not_take_everything(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "WINDOWS", Windows())
    monkeypatch.setattr(dispatch, "KNOWN_PER_WINDOW_MAX", 2)
    monkeypatch.setattr("vonk.control.windows.time.monotonic", lambda: 90.0)
    assert api.call("vik", "GET", "/me").headers["RateLimit"] == "limit=2, remaining=1, reset=30"
    assert api.call("vik", "GET", "/me").status == 200
    refused = api.call("vik", "GET", "/me")
    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "too_many_requests", "30")
    assert api.call("cleo", "GET", "/me").status == 200


def test_a_session_reads_freely_and_writes_with_its_csrf_token(town: Town) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.login(username="vik@example.org", password=PASSWORD)
    assert client.get(f"{PREFIX}/me").json()["email"] == "vik@example.org"
    path = f"{PREFIX}/posts/{town.ids['post_id']}/like"
    key = {"Idempotency-Key": "once"}
    refused = client.put(path, b"{}", content_type="application/json", headers=key)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    client.cookies["vonk_csrf"] = "a" * 32
    headers = {**key, "X-CSRFToken": "a" * 32}
    allowed = client.put(path, b"{}", content_type="application/json", headers=headers)
    assert (allowed.status_code, allowed.json()) == (200, {"changed": True})


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer vonk_wrong", "Basic dmlrOng=", "vonk_x", ""])
def test_a_token_that_is_none_is_refused(town: Town, authorization: str) -> None:
    answer = Client().get(f"{PREFIX}/feed", headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_required")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
