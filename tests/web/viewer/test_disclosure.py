"""What the panel behind "Sponsored" is told of a real ad, by whoever holds the token of a showing of it."""

import pytest

from tests.web.viewer.stage import CAST, Stage, text_of
from vonk.core.taxonomy import Gender
from vonk.identity.actions import people


def likes_food(stage: Stage, name: str, *, personalised: bool) -> None:
    people.set_preferences(
        stage.town.world.people[name],
        language="en",
        country="NL",
        gender=Gender.FEMALE,
        interests=("food", "travel"),
        personalised=personalised,
        now=stage.now,
    )


def test_vik_is_told_what_of_the_ad_groups_wishes_they_meet(stage: Stage) -> None:
    likes_food(stage, "Vik", personalised=True)
    likes_food(stage, "Mallory", personalised=False)
    token = stage.paid_token(stage.ad)

    told = {name: text_of(stage.browser(name).post("/ads/why", {"token": token})) for name in CAST}

    used = "The advertiser asked for people of your age group, gender or interests. What decided:"
    unused = "Your age, gender and interests were not used. What decided:"
    device = "Device Android"
    assert told == {
        **dict.fromkeys(CAST, f"{unused} Country NL {device}"),
        "Vik": f"{used} Country NL {device} Interests Food and drink",
        None: f"{unused} {device}",  # A visitor's country is not known.
    }


def test_an_ad_for_everybody_says_so(stage: Stage) -> None:
    group = stage.ad.ad_group
    group.targeting = {}
    group.save(update_fields=["targeting"])

    answer = stage.browser("Vik").post("/ads/why", {"token": stage.paid_token(stage.ad)})

    assert "Audience Everybody" in text_of(answer)


@pytest.mark.parametrize("token", ["", "x", "organic"])
def test_without_the_token_of_an_ads_showing_nothing_is_told(stage: Stage, token: str) -> None:
    post_id = stage.ad.post_id
    sent = stage.organic_token(post_id, to="Vik") if token == "organic" else token

    answers = {name: stage.browser(name).post("/ads/why", {"token": sent}).status_code for name in CAST}

    assert answers == dict.fromkeys(CAST, 404 if token == "organic" else 403)


def test_a_token_stands_in_no_address(stage: Stage) -> None:
    assert stage.browser("Vik").get("/ads/why", {"token": stage.paid_token(stage.ad)}).status_code == 405
