"""Which language a page and a letter are in."""

from datetime import datetime

import pytest
from django.test import Client
from django.utils import formats
from django.utils.translation import override

from tests.area.authorisation.world import World, subjects
from vonk.control.wording import later as _
from vonk.identity.actions import letters
from vonk.identity.models import Person


@pytest.fixture
def world(db: None, now: datetime) -> World:
    return World(now)


def browser(world: World, name: str, **headers: str) -> Client:
    client = Client(headers=headers or None)
    client.force_login(Person.objects.get(pk=world.people[name].person))
    return client


def test_a_visitor_reads_what_the_browser_prefers_until_they_choose(db: None) -> None:
    visitor = Client(headers={"accept-language": "fr-BE,fr;q=0.9,en;q=0.5"})

    before = visitor.get("/login/")
    chosen = visitor.post("/language/", {"language": "nl", "next": "/login/?next=/studio/"})
    after = visitor.get("/login/")
    visitor.post("/language/", {"language": ""})

    assert (before.headers["Content-Language"], '<html lang="fr" dir="ltr"' in before.content.decode()) == ("fr", True)
    assert (chosen.status_code, chosen.headers["Location"]) == (302, "/login/?next=/studio/")
    assert (after.headers["Content-Language"], "Welkom terug" in after.content.decode()) == ("nl", True)
    assert {"Accept-Language", "Cookie"} <= set(after.headers["Vary"].split(", "))
    assert visitor.get("/login/").headers["Content-Language"] == "fr"


def test_a_persons_choice_goes_with_them_to_every_browser(world: World) -> None:
    browser(world, "Cleo").post("/language/", {"language": "fr"})

    elsewhere = browser(world, "Cleo", **{"accept-language": "nl"})

    assert elsewhere.get("/studio/").headers["Content-Language"] == "fr"
    assert browser(world, "Ada", **{"accept-language": "nl"}).get("/studio/").headers["Content-Language"] == "nl"


def test_no_other_language_and_no_other_site(world: World) -> None:
    cleo = browser(world, "Cleo")

    assert cleo.post("/language/", {"language": "tlh"}).status_code == 422
    assert cleo.get("/language/").status_code == 405
    for page in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        assert cleo.post("/language/", {"language": "nl", "next": page}).headers["Location"] == "/"


def test_programs_are_answered_in_english(db: None) -> None:
    asked = Client(headers={"accept-language": "fr"})

    assert (
        "Authorization" in str(asked.get("/platform/v1/me").headers) or asked.get("/platform/v1/me").status_code < 500
    )
    assert "Content-Language" not in asked.get("/platform/v1/me").headers
    assert "jeton" not in asked.get("/platform/v1/me").content.decode()


def test_letters_are_in_the_language_of_who_reads_them(world: World) -> None:
    Person.objects.filter(pk=world.people["Cleo"].person).update(site_language="fr")
    Person.objects.filter(pk=world.people["Ada"].person).update(language="nl")
    subject = _("%(account)s uses your post in ads") % {"account": "Bread"}

    for name in ("Cleo", "Ada", "Vik"):
        letters.to_person(world.people[name].person, subject=subject, body="…", now=world.now)

    assert {name: subjects(world.people[name])[-1] for name in ("Cleo", "Ada", "Vik")} == {
        "Cleo": "Bread utilise votre publication en publicité",
        "Ada": "Bread gebruikt je post in advertenties",
        "Vik": "Bread uses your post in ads",
    }


@pytest.mark.parametrize(
    ("language", "instant", "amount"),
    [
        ("en", "23 Nov 2026, 04:31", "1,234.50"),
        ("fr", "23 nov. 2026, 04:31", "1\u202f234,50"),
        ("nl", "23 nov 2026, 04:31", "1.234,50"),
    ],
)
def test_instants_and_numbers_are_written_as_the_language_writes_them(language: str, instant: str, amount: str) -> None:
    with override(language):
        assert formats.date_format(datetime(2026, 11, 23, 4, 31), "SHORT_DATETIME_FORMAT") == instant  # noqa: DTZ001 - local.
        assert formats.number_format(1234.5, 2, use_l10n=True, force_grouping=True) == amount
