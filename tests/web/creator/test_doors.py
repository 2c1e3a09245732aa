"""Every page of the studio as each of the cast."""

import pytest
from django.urls import reverse

from tests.web.creator.stage import CAST, Stage, text_of
from vonk.content.models import Profile

OPEN_TO_ALL = ("home", "post_create", "ad_settings", "earnings", "profile", "analytics", "drafts", "all_comments")
OF_A_POST = ("post", "comments", "post_ads", "post_analytics")


@pytest.mark.parametrize("name", OPEN_TO_ALL)
def test_whoever_is_signed_in_has_a_studio(stage: Stage, name: str) -> None:
    assert {
        person: stage.browser(person).get(reverse(f"creator:{name}")).status_code for person in CAST
    } == dict.fromkeys(CAST, 200)


@pytest.mark.parametrize("name", OPEN_TO_ALL)
def test_nobody_is_asked_to_log_in(stage: Stage, name: str) -> None:
    address = reverse(f"creator:{name}")

    response = stage.browser(None).get(address)

    assert (response.status_code, response.headers["Location"]) == (302, f"/login/?next={address}")


@pytest.mark.parametrize("name", OF_A_POST)
def test_a_post_is_there_for_its_creator_alone(stage: Stage, name: str) -> None:
    post_id = stage.town.world.ready_post(caption="Only Cleo reads this here")
    address = reverse(f"creator:{name}", args=[post_id])

    answers = {person: stage.browser(person).get(address) for person in CAST}

    assert {person: answer.status_code for person, answer in answers.items()} == {
        **dict.fromkeys(CAST, 404),
        "Cleo": 200,
    }
    assert [person for person, answer in answers.items() if "Only Cleo reads" in answer.content.decode()] == ["Cleo"]


def test_nobodys_list_shows_anothers_posts(stage: Stage) -> None:
    stage.town.world.post(caption="Only Cleo reads this here")

    told = {person: "Only Cleo reads" in text_of(stage.browser(person).get("/studio/")) for person in CAST}

    assert told == {**dict.fromkeys(CAST, False), "Cleo": True}


def test_a_person_without_a_profile_chooses_a_handle_first(stage: Stage) -> None:
    browser = stage.browser("Vik")
    Profile.objects.filter(handle="vik").delete()

    first = browser.get("/create/?duet=1")
    form = browser.get(first.headers["Location"])
    refused = browser.post("/studio/start/", {"handle": "Admin", "display_name": "Vik", "next": "/create/?duet=1"})
    made = browser.post("/studio/start/", {"handle": "Vik.again", "display_name": "Vik", "next": "/create/?duet=1"})
    abroad = browser.get("/studio/start/?next=//elsewhere.example/")

    assert (first.status_code, first.headers["Location"]) == (302, "/studio/start/?next=%2Fcreate%2F%3Fduet%3D1")
    assert form.status_code == 200
    assert (refused.status_code, "is reserved" in text_of(refused)) == (422, True)
    assert (made.status_code, made.headers["Location"]) == (302, "/create/?duet=1")
    assert browser.get("/create/?duet=1").status_code == 200
    assert abroad.headers["Location"] == "/studio/"
