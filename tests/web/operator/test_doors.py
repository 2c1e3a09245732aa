"""Every page of the console as each of the cast, and as a reviewer."""

import pytest
from django.urls import reverse

from tests.area.advertising.town import open_review
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.content.models import Post
from vonk.control import clock, publications
from vonk.delivery.snapshot import DocumentKind
from vonk.identity.models import PlatformMember
from vonk.identity.rules import PlatformRole

FOR_REVIEWERS = ("home", "reviews", "appeals", "captions", "posts", "reports", "policies")
FOR_OPERATORS = (
    "health", "sounds", "revenue", "transfers", "trail", "books", "validity", "invalid_events", "findings", "model",
)  # fmt: skip
ACTS = (
    "clock",
    "books",
    "review_approve",
    "review_reject",
    "caption_approve",
    "caption_reject",
    "sound_add",
    "sound_rights",
    "post_remove",
    "post_restore",
    "validity_set",
    "validity_reset",
    "finding_preview",
    "finding_make",
    "model_rollback",
    "model_publish",
)


@pytest.mark.parametrize("name", [*FOR_REVIEWERS, *FOR_OPERATORS])
def test_the_console_is_the_platforms_own_peoples(stage: Stage, name: str) -> None:
    stage.town.ad()
    address = reverse(f"operator:{name}")

    answers = {person: stage.browser(person).get(address) for person in CAST}
    nobody = stage.browser(None).get(address)

    assert {person: answer.status_code for person, answer in answers.items()} == {
        **dict.fromkeys(CAST, 403),
        "Olu": 200,
    }
    assert [person for person, answer in answers.items() if "A loaf rises" in text_of(answer)] in ([], ["Olu"])
    assert (nobody.status_code, nobody.headers["Location"]) == (302, f"/login/?next={address}")


def test_a_reviewer_judges_and_sees_no_money(stage: Stage) -> None:
    PlatformMember.objects.update(role=PlatformRole.REVIEWER.value)
    browser = stage.browser("Olu")

    codes = {name: browser.get(reverse(f"operator:{name}")).status_code for name in (*FOR_REVIEWERS, *FOR_OPERATORS)}
    home = browser.get("/console/")

    assert codes == {**dict.fromkeys(FOR_REVIEWERS, 200), **dict.fromkeys(FOR_OPERATORS, 403)}
    assert (home.context["page"].money, home.context["page"].health) == ((), None)
    assert "The sandbox's clock" not in text_of(home)
    assert browser.post("/console/clock/", {"by": "day"}).status_code == 403


@pytest.mark.parametrize("name", ACTS)
def test_nobody_else_acts(stage: Stage, name: str) -> None:
    ad_id = stage.town.ad()
    review_id, post_id = open_review(ad_id), Post.objects.get().pk
    objects: dict[str, list[int | str]] = {"review": [review_id], "post": [post_id], "validity": ["known_bot"]}
    objects |= {"caption": [7], "sound": [7]}
    about = objects.get(name.partition("_")[0], []) if name != "sound_add" else []
    before, at = Post.objects.values().get(), clock.present().now().date()
    sent = {"by": "week", "reasons": "offensive", "reason": "No"}

    codes = {
        person: stage.browser(person).post(reverse(f"operator:{name}", args=about), sent).status_code
        for person in (None, "Vik", "Cleo", "Ada", "Mallory")
    }

    assert codes == {None: 401, "Vik": 403, "Cleo": 403, "Ada": 403, "Mallory": 403}
    assert publications.published(DocumentKind.VALIDITY) == {}
    assert (Post.objects.values().get(), open_review(ad_id), clock.present().now().date()) == (before, review_id, at)


@pytest.mark.parametrize("name", ["review", "transfer", "post", "finding", "caption", "sound"])
def test_what_is_not_there_is_not_found(stage: Stage, name: str) -> None:
    assert stage.browser("Olu").get(reverse(f"operator:{name}", args=[7])).status_code == 404
    assert stage.browser("Mallory").get(reverse(f"operator:{name}", args=[7])).status_code == 403
