"""A person deletes their account by the platform API."""

from tests.wire.conftest import PASSWORD, Api
from vonk.identity.models import Person


def test_an_account_is_deleted_once_and_its_token_is_dead(api: Api) -> None:
    asked = {"email": "cleo@example.org", "password": PASSWORD}
    person_id = Person.objects.get(email="cleo@example.org").pk
    refused = api.call("cleo", "POST", "/me/erasure", asked | {"email": "vik@example.org"})
    assert (refused.status, refused.body["code"]) == (422, "erasure_unconfirmed")
    answer = api.call("cleo", "POST", "/me/erasure", asked, key="once")
    assert answer.status == 201
    assert (answer.body["person_id"], answer.body["consents_revoked"] > 0) == (str(person_id), True)
    assert answer.body["stays"] == ["transfers", "consent_records", "audit_trail", "counts"]
    assert api.call("cleo", "POST", "/me/erasure", asked, key="once").status == 401
    told = api.call("olu", "GET", f"/people/{person_id}/erasure")
    assert (told.status, told.body["redacted_at"]) == (200, None)
