"""Likes, favourites, shares, comments and follows: each lands on the post, under the showing it came from."""

import json
from datetime import timedelta

import pytest

from tests.web.viewer.stage import CAST, JSON, Stage, engage, engagements, tallied, text_of
from vonk.content.models import Comment, Post
from vonk.core.clock import to_ms
from vonk.events.tokens import ViewerClaims
from vonk.web.viewer import tokens

ACTS = {"like": "likes", "favourite": "favourites", "share": "shares"}
PEOPLE = tuple(name for name in CAST if name is not None)
NO_COUNTS = {"likes": 0, "comments": 0, "shares": 0, "favourites": 0}


def addresses(post_id: int, profile_id: int) -> list[str]:
    """Return every address that an engagement with the post is sent to."""
    return [*(f"/posts/{post_id}/{act}" for act in (*ACTS, "comments")), f"/profiles/{profile_id}/follow"]


@pytest.mark.parametrize("act", list(ACTS))
def test_what_is_done_under_an_ad_is_paid_and_the_rest_organic(stage: Stage, act: str) -> None:
    ad, address = stage.ad, f"/posts/{stage.ad.post_id}/{act}"

    paid = engage(stage.browser("Vik"), address, stage.paid_token(ad))
    organic = engage(stage.browser("Mallory"), address, stage.organic_token(ad.post_id, to="Mallory"))
    bare = engage(stage.browser("Olu"), address, "")

    assert [json.loads(answer.content) for answer in (paid, organic, bare)] == [
        {"on": True, "counts": {**NO_COUNTS, ACTS[act]: total}} for total in (1, 2, 3)
    ]
    assert tallied(ad.post_id) == {(ad.pk, ACTS[act]): 1, (0, ACTS[act]): 2}


@pytest.mark.parametrize("act", ["like", "favourite"])
def test_a_second_time_is_no_second_one_and_taking_back_takes_from_the_same_showing(stage: Stage, act: str) -> None:
    ad, vik, address = stage.ad, stage.browser("Vik"), f"/posts/{stage.ad.post_id}/{act}"
    engage(vik, address, stage.paid_token(ad))

    again = engage(vik, address, stage.organic_token(ad.post_id, to="Vik"))
    assert tallied(ad.post_id) == {(ad.pk, ACTS[act]): 1}
    taken_back = engage(vik, address, stage.organic_token(ad.post_id, to="Vik"), on=False)

    assert (again.status_code, taken_back.status_code) == (200, 200)
    assert tallied(ad.post_id) == {}


def test_each_of_the_cast_may_like_what_they_see_and_nobody_else_may(stage: Stage) -> None:
    post_id = stage.posts["public"]

    answers = {name: engage(stage.browser(name), f"/posts/{post_id}/like", "").status_code for name in CAST}

    assert answers == {**dict.fromkeys(CAST, 200), None: 401}
    assert tallied(post_id)[0, "likes"] == len(PEOPLE)


def test_a_follow_counts_for_the_post_it_came_from(stage: Stage) -> None:
    ad, address = stage.ad, f"/profiles/{stage.ad.identity_id}/follow"

    answers = [
        engage(stage.browser("Vik"), address, stage.paid_token(ad)),
        engage(stage.browser("Mallory"), address, stage.organic_token(ad.post_id, to="Mallory")),
        engage(stage.browser("Olu"), address, ""),
    ]
    own = engage(stage.browser("Cleo"), address, "")

    assert [json.loads(answer.content) for answer in answers] == [{"on": True}] * 3
    assert (own.status_code, json.loads(own.content)["code"]) == (409, "follow_self")
    assert tallied(ad.post_id) == {(ad.pk, "follows"): 1, (0, "follows"): 1}
    assert engage(stage.browser("Vik"), address, "", on=False).status_code == 200
    assert tallied(ad.post_id) == {(0, "follows"): 1}


def test_a_comment_under_an_ad_stands_below_the_post(stage: Stage) -> None:
    ad, address = stage.ad, f"/posts/{stage.ad.post_id}/comments"
    said = {"text": "Which flour <b>is</b> it?", "token": stage.paid_token(ad)}

    part = stage.browser("Vik").post(address, said, headers={"HX-Request": "true"})
    page = stage.browser("Mallory").post(address, {"text": "Buy mine", "token": ""})

    assert part.status_code == 200
    assert "Which flour &lt;b&gt;is&lt;/b&gt; it?" in part.content.decode()
    assert json.loads(part.headers["HX-Trigger"]) == {"commented": {"post_id": str(ad.post_id), "comments": 1}}
    assert (page.status_code, page.headers["Location"]) == (302, f"/posts/{ad.post_id}/#comments")
    assert "Which flour" in text_of(stage.browser(None).get(f"/posts/{ad.post_id}/"))
    assert tallied(ad.post_id) == {(ad.pk, "comments"): 1, (0, "comments"): 1}


def test_a_reply_stands_below_its_comment_and_counts_nowhere(stage: Stage) -> None:
    post_id = stage.posts["friends"]
    cleo, vik = stage.browser("Cleo"), stage.browser("Vik")
    vik.post(f"/posts/{post_id}/comments", {"text": "Which flour is it?"})
    address = f"/comments/{Comment.objects.get().pk}/reply"
    before = engagements()

    refused = {name: stage.browser(name).post(address, {"text": "Hm"}).status_code for name in ("Ada", "Mallory")}
    assert refused == {"Ada": 404, "Mallory": 404}
    assert stage.browser(None).post(address, {"text": "Hm"}).status_code in (302, 401)
    empty = vik.post(address, {"text": " "}, headers={"HX-Request": "true"})
    assert (empty.status_code, "Write something first." in text_of(empty)) == (422, True)
    assert engagements() == before

    answered = cleo.post(address, {"text": "Spelt."}, headers={"HX-Request": "true"})
    vik.post(address, {"text": "Thank you!"})

    assert "Cleo Creator" in text_of(answered)
    told = text_of(vik.get(f"/posts/{post_id}/"))
    assert ("1 comment " in told, "2 replies" in told, "Vik Creator" in told) == (True, True, False)
    assert tallied(post_id) == {(0, "comments"): 1}
    below = Comment.objects.exclude(reply_to=None).latest("pk")
    assert vik.post(f"/comments/{below.pk}/reply", {"text": "And me"}).status_code == 404  # Replies are not replied to.


def test_viewers_replies_have_their_bound_and_leave_the_creator_room(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vonk.content.actions.comments.REPLIES_MAX", 1)
    post_id, vik = stage.posts["public"], stage.browser("Vik")
    vik.post(f"/posts/{post_id}/comments", {"text": "Which flour is it?"})
    address, part = f"/comments/{Comment.objects.get().pk}/reply", {"HX-Request": "true"}

    answers = [
        stage.browser(name).post(address, {"text": f"{name} says"}, headers=part) for name in ("Mallory", "Vik", "Cleo")
    ]

    assert [answer.status_code for answer in answers] == [200, 422, 200]
    assert "at most 1 answers" in text_of(answers[1])
    assert [row.text for row in Comment.objects.exclude(reply_to=None).order_by("pk")] == ["Mallory says", "Cleo says"]


def test_logging_in_to_comment_leads_to_a_page_that_exists(stage: Stage) -> None:
    public, ads_only, nobody = stage.posts["public"], stage.ad.post_id, stage.browser(None)
    Post.objects.filter(pk=ads_only).update(ads_only=True)

    assert f"/login/?next=/posts/{public}/" in nobody.get(f"/posts/{public}/comments").content.decode()
    assert f"/login/?next=/posts/{public}/" in nobody.get(f"/posts/{public}/").content.decode()
    assert '/login/?next=/"' in nobody.get(f"/posts/{ads_only}/comments").content.decode()


def test_an_empty_or_endless_comment_is_refused_beside_its_field(stage: Stage) -> None:
    address, vik = f"/posts/{stage.posts['public']}/comments", stage.browser("Vik")
    before = engagements()

    for text in ("", "   ", "x" * 501):
        refused = vik.post(address, {"text": text}, headers={"HX-Request": "true"})
        assert (refused.status_code, "v-field-error" in refused.content.decode()) == (422, True)

    assert engagements() == before


def test_a_comment_is_deleted_by_its_writer_alone(stage: Stage) -> None:
    post_id = stage.posts["public"]
    stage.browser("Vik").post(f"/posts/{post_id}/comments", {"text": "Which flour is it?"})
    address = f"/comments/{Comment.objects.get().pk}/delete"

    others = {name: stage.browser(name).post(address).status_code for name in CAST if name != "Vik"}
    assert others == {None: 401, "Cleo": 404, "Ada": 404, "Olu": 404, "Mallory": 404}
    assert Comment.objects.get().deleted_at is None
    back = stage.browser("Vik").post(address, headers={"Referer": f"http://testserver/posts/{post_id}/?x=1"})

    assert (back.status_code, back.headers["Location"]) == (302, f"/posts/{post_id}/")
    assert "Which flour" not in text_of(stage.browser("Vik").get(f"/posts/{post_id}/"))
    assert tallied(post_id) == {}


@pytest.mark.parametrize("kind", ["friends", "private", "ads only", "deleted", "removed"])
def test_nobody_engages_with_what_they_may_not_see(stage: Stage, kind: str) -> None:
    post_id, profile_id = stage.posts[kind], stage.town.world.profiles["Cleo"]
    before = engagements()

    for name in ("Mallory", "Ada"):
        browser, token = stage.browser(name), stage.organic_token(post_id, to=name)
        for address in addresses(post_id, profile_id)[:3]:
            assert engage(browser, address, token).status_code == 404, address
        assert browser.post(f"/posts/{post_id}/comments", {"text": "I see you", "token": token}).status_code == 404
        assert engage(browser, f"/profiles/{profile_id}/follow", token).status_code == 404

    assert engagements() == before


def test_a_token_of_something_else_is_refused_and_nothing_changes(stage: Stage) -> None:
    ad, other = stage.ad, stage.posts["public"]
    viewer = ViewerClaims(viewer_id="vik", expires_ms=to_ms(stage.now) + 60_000)
    good = stage.paid_token(ad, to="Mallory")
    foreign = {
        "of another post": stage.organic_token(other, to="Mallory"),
        "of another viewer": stage.paid_token(ad, to="Vik"),
        "changed": good[:-2] + ("AA" if not good.endswith("AA") else "BB"),
        "cut": good[:40],
        "of a viewer": tokens.signer().sign_viewer(viewer),
        "no token": "x" * 2000,
    }
    before, mallory = engagements(), stage.browser("Mallory")

    for why, token in foreign.items():
        for act in ACTS:
            refused = engage(mallory, f"/posts/{ad.post_id}/{act}", token)
            assert (refused.status_code, json.loads(refused.content)["code"]) == (403, "token_invalid"), why
        said = mallory.post(f"/posts/{ad.post_id}/comments", {"text": "Buy mine", "token": token})
        assert said.status_code == 403, why
        if why != "of another post":  # It is of the same profile: a follow from that post.
            assert engage(mallory, f"/profiles/{ad.identity_id}/follow", token).status_code == 403, why
    follow = engage(mallory, f"/profiles/{stage.town.world.profiles['Olu']}/follow", good)

    assert follow.status_code == 403
    assert engagements() == before


def test_after_seven_days_a_showing_explains_nothing_any_more(stage: Stage) -> None:
    ad = stage.ad
    stale = stage.paid_token(ad, decided_ms=to_ms(stage.now - timedelta(days=7, seconds=1)))
    last = stage.paid_token(ad, to="Olu", decided_ms=to_ms(stage.now - timedelta(days=6, hours=23)))
    engage(stage.browser("Vik"), f"/posts/{ad.post_id}/like", stale)
    engage(stage.browser("Olu"), f"/posts/{ad.post_id}/like", last)

    assert tallied(ad.post_id) == {(0, "likes"): 1, (ad.pk, "likes"): 1}


def test_a_post_page_works_without_scripts(stage: Stage) -> None:
    post_id, vik = stage.posts["public"], stage.browser("Vik")
    page = vik.get(f"/posts/{post_id}/").content.decode()
    token = page.split('name="token" value="')[1].split('"')[0]

    liked = vik.post(f"/posts/{post_id}/like", {"on": "true", "token": token})
    taken_back = vik.post(f"/posts/{post_id}/favourite", {"on": "false", "token": token})
    unfollowed = vik.post(f"/profiles/{stage.town.world.profiles['Cleo']}/follow", {"on": "false"})

    assert (liked.status_code, liked.headers["Location"]) == (302, f"/posts/{post_id}/")
    assert (taken_back.status_code, unfollowed.status_code) == (302, 302)
    assert unfollowed.headers["Location"] == "/"
    assert 'aria-pressed="true"' in vik.get(f"/posts/{post_id}/").content.decode()
    assert tallied(post_id) == {(0, "likes"): 1}


def test_an_answer_leads_back_to_our_own_pages_only(stage: Stage) -> None:
    address, vik = f"/posts/{stage.posts['public']}/like", stage.browser("Vik")

    back = [
        vik.post(address, {}, headers={"Referer": referer}).headers["Location"]
        for referer in (
            "https://elsewhere.example/x",
            "http://testserver//elsewhere.example/",
            "http://testserver/@cleo/",
        )
    ]

    assert back == [f"/posts/{stage.posts['public']}/", "/elsewhere.example/", "/@cleo/"]


def test_other_verbs_bodies_and_sites_are_refused(stage: Stage) -> None:
    post_id, profile_id = stage.posts["public"], stage.town.world.profiles["Cleo"]
    before = engagements()

    for address in addresses(post_id, profile_id):
        browser = stage.browser("Mallory", checks_csrf=True)
        assert browser.post(address, {"text": "Buy mine"}).status_code == 403, address
        if not address.endswith("/comments"):
            assert stage.browser("Vik").get(address).status_code == 405
            wrong = stage.browser("Vik").post(address, '{"on": "often"}', content_type="application/json", headers=JSON)
            assert (wrong.status_code, wrong.json()["code"]) == (422, "body_invalid")

    assert engagements() == before
