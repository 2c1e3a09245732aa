"""Signing up, in and out through the real forms."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from tests.web.viewer.stage import text_of
from vonk.content.models import Profile
from vonk.control import clock
from vonk.identity.models import Person

PASSWORD = "a long sentence nobody guesses"
VIK = {
    "display_name": "Vik",
    "handle": "Vik.watches",
    "email": "vik@example.org",
    "password1": PASSWORD,
    "born_on": "1990-05-17",
    "country": "NL",
    "language": "en",
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(db: None, now: datetime) -> Client:
    clock.start_at(now)
    return Client(enforce_csrf_checks=True)


def submit(browser: Client, address: str, answers: dict[str, str], **extra: Any) -> Any:
    """Open the page with the form, fill it in and send it."""
    assert browser.get(address).status_code == 200
    sent = {**answers, "csrfmiddlewaretoken": browser.cookies["vonk_csrf"].value}
    return browser.post(address.partition("?")[0], sent, **extra)


def test_vik_signs_up_out_and_in_again(browser: Client) -> None:
    up = submit(browser, "/signup/", VIK)
    assert (up.status_code, up.headers["Location"]) == (302, "/")
    profile = Profile.objects.get(handle="vik.watches")
    assert (profile.display_name, profile.owner_id) == ("Vik", Person.objects.get(email="vik@example.org").pk)
    assert browser.get("/preferences/").status_code == 200

    said = [str(message) for message in get_messages(up.wsgi_request)]
    assert said == ["Confirmation email sent to vik@example.org."]  # Who is signed in is seen anyway.
    out = submit(browser, "/logout/", {})
    assert (out.status_code, out.headers["Location"]) == (302, "/")
    assert browser.get("/preferences/").headers["Location"] == "/login/?next=/preferences/"

    wrong = submit(browser, "/login/", {"login": "vik@example.org", "password": "not it"})
    assert (wrong.status_code, "not correct" in text_of(wrong)) == (200, True)
    back = submit(
        browser,
        "/login/?next=/preferences/",
        {"login": "VIK@example.org", "password": PASSWORD, "next": "/preferences/"},
    )
    assert (back.status_code, back.headers["Location"]) == (302, "/preferences/")
    assert [list(get_messages(answer.wsgi_request)) for answer in (out, back)] == [[], []]


def test_nobody_is_led_to_another_site(browser: Client) -> None:
    up = submit(browser, "/signup/", {**VIK, "next": "https://elsewhere.example/"})

    assert (up.status_code, up.headers["Location"]) == (302, "/")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"handle": "v"}, "handle"),
        ({"handle": "admin"}, "reserved"),
        ({"password1": "short"}, "at least 10 characters"),
        ({"password1": "vik@example.org"}, "too similar"),
        ({"born_on": "2014-03-02"}, "13"),
        ({"born_on": "2027-01-01"}, "yet to come"),
        ({"country": ""}, "required"),
        ({"country": "XX"}, "valid choice"),
        ({"language": "xx"}, "valid choice"),
        ({"email": "vik"}, "valid email"),
        ({"display_name": " "}, "required"),
        ({"display_name": "V" * 41}, "at most 40"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_made(browser: Client, changed: dict[str, str], words: str) -> None:
    refused = submit(browser, "/signup/", {**VIK, **changed})

    assert refused.status_code == 200
    body = refused.content.decode()
    errors = body.split("v-field-error")[1:]
    assert len(errors) == 1, errors
    assert words in errors[0]
    assert (Person.objects.count(), Profile.objects.count()) == (0, 0)


def test_a_handle_has_one_owner(browser: Client) -> None:
    submit(browser, "/signup/", VIK)
    submit(browser, "/logout/", {})

    refused = submit(browser, "/signup/", {**VIK, "email": "mallory@example.org", "handle": "vik.WATCHES"})

    assert (refused.status_code, "taken" in text_of(refused)) == (200, True)
    assert Person.objects.count() == 1


def test_a_taken_address_is_not_told_to_strangers(browser: Client) -> None:
    submit(browser, "/signup/", VIK)
    submit(browser, "/logout/", {})

    answer = submit(browser, "/signup/", {**VIK, "handle": "mallory"})

    assert answer.status_code in {200, 302}
    assert Person.objects.count() == 1
    assert browser.get("/preferences/").status_code == 302


def test_a_form_of_another_site_is_refused(browser: Client) -> None:
    assert browser.post("/signup/", VIK).status_code == 403
    assert browser.post("/login/", {"login": "vik@example.org", "password": PASSWORD}).status_code == 403
    assert Person.objects.count() == 0
