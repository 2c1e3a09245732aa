"""Search, the feed of those whom one follows, and what one keeps: each finds what is theirs to find."""

import pytest

from tests.area.content import cast
from tests.web.viewer.stage import CAST, JSON, Stage, engage, text_of
from tests.web.viewer.test_doors import CAPTIONS, SEEN_BY
from vonk.content.models import Profile


def kinds_on(body: str) -> set[str]:
    return {kind for kind, caption in CAPTIONS.items() if caption in body}


@pytest.mark.parametrize("asked", ["loaf", "LOAF+bread", "%23bread", "brea"])
def test_search_finds_the_posts_that_each_may_see(stage: Stage, asked: str) -> None:
    stage.posts  # noqa: B018 - publishes them.

    found = {name: kinds_on(stage.browser(name).get(f"/search/?q={asked}&in=posts").content.decode()) for name in CAST}

    assert found == {name: {kind for kind, seen_by in SEEN_BY.items() if name in seen_by} for name in CAST}


def test_search_finds_people_hashtags_and_sounds_by_their_names(stage: Stage) -> None:
    stage.posts  # noqa: B018 - publishes them.
    stage.post("Listen", video_id=cast.video(stage.town.world.cleo, stage.now, has_sound=True))
    visitor = stage.browser(None)
    told = {
        kind: text_of(visitor.get(f"/search/?q={asked}&in={kind}"))
        for kind, asked in (("people", "@CLE"), ("hashtags", "bre"), ("sounds", "original"))
    }

    assert "Cleo @cleo · 1 follower" in told["people"]
    assert "#bread 1 video" in told["hashtags"]  # Public ones alone are counted.
    assert "original sound" in told["sounds"]
    everything = text_of(visitor.get("/search/?q=cleo"))
    assert ("@cleo" in everything, "Nothing found" in everything) == (True, False)


def test_nobody_finds_a_profile_that_is_gone(stage: Stage) -> None:
    stage.posts  # noqa: B018 - publishes them.
    Profile.objects.filter(handle="cleo").update(banned_at=stage.now)

    told = text_of(stage.browser("Vik").get("/search/?q=cleo"))

    assert ("@cleo" in told, "Nothing found" in told) == (False, True)


def test_what_cannot_be_looked_for_is_said_and_shown_again(stage: Stage) -> None:
    visitor = stage.browser(None)

    too_long = visitor.get("/search/", {"q": "a" * 101})
    assert (too_long.status_code, "Up to 100 characters" in text_of(too_long)) == (422, True)
    for kind in ("posts", "people", "hashtags", "sounds"):
        assert visitor.get(f"/search/?q=a&in={kind}&cursor=x").status_code == 422
    marks = visitor.get("/search/", {"q": "<script> % _ ' \" # @ \\"})
    assert (marks.status_code, "<script> %" in marks.content.decode()) == (200, False)


def test_search_goes_on_page_by_page(stage: Stage) -> None:
    for number in range(30):
        stage.post(f"Loaf number {number:02}.")
    visitor = stage.browser(None)

    first = visitor.get("/search/?q=loaf&in=posts")
    following = visitor.get("/search/?q=loaf&in=posts&cursor=" + first.context["found"].next_cursor)

    captions = [post.caption for page in (first, following) for post in page.context["found"].posts]
    assert captions == [f"Loaf number {number:02}." for number in reversed(range(30))]
    assert following.context["found"].next_cursor is None


def test_following_holds_the_posts_of_whom_one_follows_and_no_others(stage: Stage) -> None:
    ids = {str(post_id): kind for kind, post_id in stage.posts.items()}
    shown = {}

    for name in CAST:
        answer = stage.browser(name).get("/feed/next?from=following", headers=JSON)
        if name is None:
            assert answer.status_code == 401
            assert stage.browser(name).get("/following/").status_code == 302
            continue
        assert stage.browser(name).get("/following/").status_code == 200
        page = answer.json()
        assert page["slot_policy"] == {"first": 0, "gap": 0}  # No ads among them.
        shown[name] = {ids[item["post_id"]] for item in page["items"]}

    assert shown == {"Vik": {"public", "friends"}, "Cleo": set(), "Ada": set(), "Olu": set(), "Mallory": set()}


def test_favourites_and_likes_are_ones_own_and_end_with_the_post(stage: Stage) -> None:
    public, private = stage.posts["public"], stage.posts["private"]
    vik, cleo = stage.browser("Vik"), stage.browser("Cleo")
    for browser, post_id, act in ((vik, public, "favourite"), (cleo, private, "favourite"), (cleo, public, "like")):
        assert engage(browser, f"/posts/{post_id}/{act}", "").status_code == 200

    def kept(name: str | None, page: str) -> set[str]:
        return kinds_on(stage.browser(name).get(page).content.decode())

    assert (kept("Vik", "/favourites/"), kept("Vik", "/favourites/likes/")) == ({"public"}, set())
    assert (kept("Cleo", "/favourites/"), kept("Cleo", "/favourites/likes/")) == ({"private"}, {"public"})
    assert kept("Mallory", "/favourites/") == set()
    assert stage.browser(None).get("/favourites/").status_code == 302
    assert engage(vik, f"/posts/{public}/favourite", "", on=False).status_code == 200
    assert kept("Vik", "/favourites/") == set()
