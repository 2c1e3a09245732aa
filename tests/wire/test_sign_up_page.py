"""Signing up, in and out in a browser."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.wire.conftest import PASSWORD
from vonk.content import queries
from vonk.identity.models import Letter

FORM = {
    "display_name": "Cleo",
    "handle": "cleo",
    "email": "cleo@example.org",
    "password1": PASSWORD,
    "born_on": "1995-04-12",
    "country": "NL",
    "language": "nl",
}


@pytest.mark.django_db
def test_cleo_signs_up_out_and_in_again() -> None:
    client = Client()
    assert client.get("/signup/").status_code == 200
    assert client.post("/signup/", FORM).status_code == 302
    person = get_user_model().objects.get(email="cleo@example.org")
    assert (person.display_name, person.country, person.language) == ("Cleo", "NL", "nl")
    assert queries.profile(None, "cleo").display_name == "Cleo"
    assert client.get("/login/").status_code == 302  # She is signed in already.
    assert client.post("/logout/").status_code == 302
    assert client.get("/login/").status_code == 200
    wrong = client.post("/login/", {"login": "cleo@example.org", "password": "wrong"})
    assert wrong.status_code == 200
    assert client.post("/login/", {"login": "CLEO@example.org", "password": PASSWORD}).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"handle": "taken"}, "handle"),
        ({"handle": "no spaces please"}, "handle"),
        ({"password1": "password123"}, "password1"),
        ({"born_on": "2020-01-01"}, "born_on"),
        ({"born_on": "2120-01-01"}, "born_on"),
        ({"country": "XX"}, "country"),
        ({"language": "xx"}, "language"),
        ({"email": "no address"}, "email"),
        ({"email": "Taken@example.org"}, "email"),
    ],
)
def test_what_is_refused_stands_beside_its_field(changed: dict[str, str], field: str) -> None:
    Client().post("/signup/", {**FORM, "handle": "taken", "email": "taken@example.org"})
    answer = Client().post("/signup/", {**FORM, **changed})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert get_user_model().objects.count() == 1


@pytest.mark.django_db
def test_a_forgotten_password_is_set_anew() -> None:
    Client().post("/signup/", FORM)
    Letter.objects.all().delete()
    client = Client()
    assert client.post("/password/reset/", {"email": "cleo@example.org"}).status_code == 302
    letter = Letter.objects.get()
    assert "Vonk" in letter.body
    link = next(word for word in letter.body.split() if "/password/reset/key/" in word)
    form = client.get(link.replace("http://testserver", ""), follow=True)
    assert form.status_code == 200
    changed = client.post(
        form.request["PATH_INFO"], {"password1": "another long sentence", "password2": "another long sentence"}
    )
    assert changed.status_code == 302
    assert client.post("/login/", {"login": "cleo@example.org", "password": "another long sentence"}).status_code == 302


@pytest.mark.django_db
def test_pages_carry_security_headers() -> None:
    answer = Client().get("/login/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "'unsafe-eval'" not in policy
    assert "connect-src 'self' http://127.0.0.1:8001" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
