"""The page of comments: what waits, decided on in bulk; the list of words; holding everything."""

from django.urls import reverse

from tests.web.creator.stage import CAST, Stage, text_of
from vonk.content.actions import engagement
from vonk.content.models import Comment, CreatorBlockedWord, Profile
from vonk.content.rules import ORGANIC
from vonk.control.scope import Scope, Via
from vonk.identity import access
from vonk.identity.models import Person

PAGE = "/studio/comments/"


def vik() -> Scope:
    return access.person(access.Actor(Person.objects.get(email="vik@example.org").pk, Via.WEB))


def test_comments_that_wait_are_approved_and_deleted_together(stage: Stage) -> None:
    post_id, browser = stage.town.world.post(), stage.browser("Cleo")
    browser.post(reverse("creator:words_block"), {"words": "Scam\n\n oplichter "})
    refused = browser.post(reverse("creator:words_block"), {"words": "\u200b"})
    ids = [engagement.comment(vik(), post_id, f"sc\u0430m {n}", source=ORGANIC, now=stage.now) for n in range(3)]

    told = {person: "sc\u0430m" in text_of(stage.browser(person).get(PAGE)) for person in CAST}
    stolen = stage.browser("Mallory").post(reverse("creator:comments_approve"), {"comment": ids}, follow=True)
    nothing = browser.post(reverse("creator:comments_approve"), {}, follow=True)
    approved = browser.post(reverse("creator:comments_approve"), {"comment": ids[:2]}, follow=True)
    deleted = browser.post(reverse("creator:comments_delete"), {"comment": ids[2:]}, follow=True)

    assert told == {**dict.fromkeys(CAST, False), "Cleo": True}
    assert (refused.status_code, CreatorBlockedWord.objects.count()) == (422, 2)
    assert "Nothing was changed" in text_of(stolen)
    assert "Choose at least one comment first." in text_of(nothing)
    assert "2 comments are shown now." in text_of(approved)
    assert "1 comment is deleted." in text_of(deleted)
    rows = Comment.objects.order_by("pk").values_list("held", "deleted_at")
    assert [(held, deleted_at is not None) for held, deleted_at in rows] == [("", False), ("", False), ("word", True)]


def test_everything_is_held_and_a_word_is_taken_off(stage: Stage) -> None:
    post_id, browser = stage.town.world.post(), stage.browser("Cleo")
    browser.post(reverse("creator:comments_hold"), {"hold_all": "on"})
    engagement.comment(vik(), post_id, "Lovely", source=ORGANIC, now=stage.now)
    page = browser.get(PAGE)
    browser.post(reverse("creator:comments_hold"), {})
    browser.post(reverse("creator:words_block"), {"words": "scam"})
    word = reverse("creator:word_unblock", args=[CreatorBlockedWord.objects.get().pk])

    assert "You hold every comment" in text_of(page)
    assert Profile.objects.get(handle="cleo").hold_comments is False
    assert stage.browser("Mallory").post(word).status_code == 404
    assert (browser.post(word).status_code, CreatorBlockedWord.objects.count()) == (302, 0)
    assert [browser.get(f"{PAGE}?show={which}").status_code for which in ("shown", "hidden", "x")] == [200, 200, 422]
