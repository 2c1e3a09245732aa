"""The wire's habits, which hold for every operation (reference API §1 and §2)."""

import json

import pytest

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town


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
