"""Every page of the viewer's site as each of the cast: what each finds there, and what nobody finds."""

import json

import pytest

from tests.area.content import cast
from tests.web.viewer.stage import CAST, JSON, Stage, text_of
from vonk.content.models import Post, Profile
from vonk.content.rules import Visibility
from vonk.identity import queries as identity
from vonk.web.viewer.tokens import signer

ALL = frozenset(CAST)
SEEN_BY: dict[str, frozenset[str | None]] = {
    "public": ALL,
    "friends": frozenset({"Vik", "Cleo"}),
    "private": frozenset({"Cleo"}),
    "ads only": frozenset(),
    "deleted": frozenset(),
    "removed": frozenset(),
}
CAPTIONS = {
    "public": "A public loaf",
    "friends": "A loaf for friends",
    "private": "A loaf for me",
    "ads only": "A loaf for ads",
    "deleted": "A loaf gone",
    "removed": "A loaf taken down",
}


def test_the_feed_is_open_to_all(stage: Stage) -> None:
    post_id = stage.posts["public"]

    for address in ("/", f"/?first={post_id}"):
        assert {name: stage.browser(name).get(address).status_code for name in CAST} == dict.fromkeys(CAST, 200)


def test_an_id_that_is_none_is_refused(stage: Stage) -> None:
    asked = ("/?first=x", "/feed/next?first=x", "/feed/state?posts=x", "/feed/state", "/feed/next?cursor=x")

    assert {address: stage.browser(None).get(address).status_code for address in asked} == dict.fromkeys(asked, 422)


def test_the_feed_holds_what_each_may_see(stage: Stage) -> None:
    ids = {str(post_id): kind for kind, post_id in stage.posts.items()}

    for name in CAST:
        page = stage.browser(name).get("/feed/next", headers=JSON).json()
        # One's own posts for friends or oneself are on one's profile, not in the feed.
        expected = {"public", "friends"} if name == "Vik" else {"public"}
        assert {ids[item["post_id"]] for item in page["items"]} == expected, name
        assert (page["slot_policy"], page["cursor"]) == ({"first": 4, "gap": 5}, None)
        assert page["viewer_token"]
        assert [item["own"] for item in page["items"]] == [name == "Cleo"] * len(expected)
        # Cleo may look at her own loaves as often as she likes: it counts for nothing.
        showings = [signer().read_showing(item["token"]) for item in page["items"]]
        assert [(showing.own, showing.duration_ms) for showing in showings] == [
            (name == "Cleo", item["duration_ms"]) for item in page["items"]
        ]


@pytest.mark.parametrize("kind", list(SEEN_BY))
def test_a_posts_page_is_there_for_whoever_may_see_it(stage: Stage, kind: str) -> None:
    post_id = stage.posts[kind]

    for address in (f"/posts/{post_id}/", f"/posts/{post_id}/comments", f"/feed/next?first={post_id}"):
        answers = {name: stage.browser(name).get(address).status_code for name in CAST}
        assert answers == {name: 200 if name in SEEN_BY[kind] else 404 for name in CAST}, address


def test_lists_show_each_what_they_may_see(stage: Stage) -> None:
    stage.posts  # noqa: B018 - publishes them.
    told = {}

    for address in ("/@cleo/", "/@Cleo/", "/tag/bread/", "/tag/BREAD/"):
        for name in CAST:
            response = stage.browser(name).get(address)
            assert response.status_code == 200
            body = response.content.decode()
            told[address, name] = {kind for kind, caption in CAPTIONS.items() if caption in body}

    assert told == {
        (address, name): {kind for kind, seen_by in SEEN_BY.items() if name in seen_by} for address, name in told
    }


def test_a_sounds_page_lists_the_public_posts_with_it(stage: Stage) -> None:
    cleo = stage.town.world.cleo
    post_id = stage.post("A loaf that crackles", video_id=cast.video(cleo, stage.now, has_sound=True))
    sound_id = Post.objects.get(pk=post_id).sound_id
    stage.post("A secret crackle", sound_id=sound_id, visibility=Visibility.PRIVATE)

    answers = {name: stage.browser(name).get(f"/sounds/{sound_id}/") for name in CAST}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(CAST, 200)
    assert {name: "original sound – cleo" in text_of(answer) for name, answer in answers.items()} == dict.fromkeys(
        CAST, True
    )
    assert {name: "1 video" in text_of(answer) for name, answer in answers.items()} == dict.fromkeys(CAST, True)
    told = {name: "A secret crackle" in answer.content.decode() for name, answer in answers.items()}
    assert told == {name: name == "Cleo" for name in CAST}


@pytest.mark.parametrize("address", ["/posts/1/", "/posts/1/comments", "/@nobody/", "/sounds/1/", "/posts/x/", "/@/"])
def test_what_is_not_there_is_not_found(stage: Stage, address: str) -> None:
    assert {name: stage.browser(name).get(address).status_code for name in CAST} == dict.fromkeys(CAST, 404)


def test_a_hashtag_that_nobody_used_is_an_empty_page(stage: Stage) -> None:
    response = stage.browser(None).get("/tag/soup/")

    assert (response.status_code, "No videos with this hashtag" in text_of(response)) == (200, True)


def test_a_banned_profile_is_gone(stage: Stage) -> None:
    post_id = stage.posts["public"]
    Profile.objects.filter(handle="cleo").update(banned_at=stage.now)

    for address in ("/@cleo/", f"/posts/{post_id}/"):
        assert {name: stage.browser(name).get(address).status_code for name in CAST} == dict.fromkeys(CAST, 404)
    assert stage.browser(None).get("/feed/next", headers=JSON).json()["items"] == []


def test_the_state_of_posts_is_told_to_whoever_may_engage_with_them(stage: Stage) -> None:
    posts = {**stage.posts, "in ads": stage.ad.post_id}
    address = "/feed/state?posts=" + ",".join(str(post_id) for post_id in posts.values())
    names = {str(post_id): kind for kind, post_id in posts.items()}

    for name in CAST:
        states = stage.browser(name).get(address, headers=JSON).json()["posts"]
        expected = {kind for kind, seen_by in SEEN_BY.items() if name in seen_by} | {"in ads"}
        assert {names[post_id] for post_id in states} == expected, name
        assert {state["own"] for state in states.values()} == {name == "Cleo"}
        assert {state["followed"] for state in states.values()} == {name == "Vik"}


def test_preferences_are_ones_own(stage: Stage) -> None:
    answers = {name: stage.browser(name).get("/preferences/") for name in CAST}

    assert {name: answer.status_code for name, answer in answers.items()} == {**dict.fromkeys(CAST, 200), None: 302}
    assert answers[None].headers["Location"] == "/login/?next=/preferences/"


def test_preferences_are_kept_and_wrong_ones_named(stage: Stage) -> None:
    browser = stage.browser("Vik")
    good = {"language": "nl", "country": "BE", "gender": "male", "interests": ["food", "home"], "personalised": "on"}

    kept = browser.post("/preferences/", good)
    page = text_of(browser.get("/preferences/"))
    refused = browser.post("/preferences/", {**good, "country": "XX"})
    nobody = stage.browser(None).post("/preferences/", good)

    assert (kept.status_code, kept.headers["Location"]) == (302, "/preferences/")
    assert "Your preferences are saved." in page
    assert (refused.status_code, "Select a valid choice" in text_of(refused)) == (422, True)
    assert nobody.status_code == 401
    known = identity.person(stage.town.world.people["Vik"])
    assert (known.language, known.country, known.gender, known.personalised) == ("nl", "BE", "male", True)
    assert set(known.interests) == {"food", "home"}


def test_pages_say_what_may_be_loaded(stage: Stage) -> None:
    response = stage.browser("Vik").get("/")

    assert "object-src 'none'" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]
    words = json.loads(response.content.decode().split('id="viewer-words"')[1].split(">", 1)[1].split("</script>")[0])
    assert words["calls_to_action"]["order_now"] == "Order now"
