"""What stands over videos: stickers, polls, subtitles, smaller files; and the site as an app."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.web.viewer.stage import CAST, JSON, Stage, text_of
from vonk.content.models import PollVote, Post, SmallRendition, Sticker, Subtitles

POLL = {"kind": "poll", "text": "Which one?", "option_1": "Spelt", "option_2": "Rye", "x": 500, "y": 400}
VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nGood morning\n"


def placed(stage: Stage, post_id: int, **form: Any) -> Sticker:
    answer = stage.browser("Cleo").post(f"/studio/posts/{post_id}/overlays/", form)
    assert answer.status_code == 302, text_of(answer)
    return Sticker.objects.filter(post_id=post_id).latest("pk")


def item(stage: Stage, name: str | None, post_id: int) -> dict[str, Any]:
    page = stage.browser(name).get(f"/feed/next?first={post_id}", headers=JSON).json()
    found: dict[str, Any] = next(one for one in page["items"] if one["post_id"] == str(post_id))
    return found


def test_a_poll_is_answered_once_and_tells_its_results_to_who_answered(stage: Stage) -> None:
    post_id = stage.posts["friends"]
    poll = placed(stage, post_id, **POLL)
    address = f"/stickers/{poll.pk}/vote"

    def vote(name: str | None, option: int) -> Any:
        body = json.dumps({"option": option})
        return stage.browser(name).post(address, body, content_type="application/json", headers=JSON)

    assert [sticker["votes"] for sticker in item(stage, "Vik", post_id)["stickers"]] == [[]]
    refused = {name: vote(name, 0).status_code for name in (None, "Ada", "Mallory")}
    assert refused == {None: 401, "Ada": 404, "Mallory": 404}  # It is a post for friends.
    assert [vote("Vik", option).status_code for option in (2, -1)] == [422, 422]
    assert PollVote.objects.count() == 0

    first, again = vote("Vik", 1), vote("Vik", 0)

    assert (json.loads(first.content), json.loads(again.content)) == ({"votes": [0, 1], "choice": 1},) * 2
    assert [(one["votes"], one["choice"]) for one in item(stage, "Vik", post_id)["stickers"]] == [([0, 1], 1)]
    assert [(one["votes"], one["choice"]) for one in item(stage, "Cleo", post_id)["stickers"]] == [([0, 1], None)]


def test_a_plain_form_answers_the_first_of_a_poll_as_any_other(stage: Stage) -> None:
    poll = placed(stage, stage.posts["friends"], **POLL)
    vik = stage.browser("Vik")
    for said in ("", "first", "-1", "٣", "9" * 30):
        assert vik.post(f"/stickers/{poll.pk}/vote", {"option": said}).status_code == 422
    assert vik.post(f"/stickers/{poll.pk}/vote", {"option": "0"}).status_code == 302
    assert PollVote.objects.get().option == 0


def test_a_link_leads_out_of_organic_showings_and_of_no_ad(stage: Stage) -> None:
    post_id = stage.ad.post_id
    sticker = Sticker.objects.create(
        post_id=post_id, kind="link", x=500, y=500, text="Recipe", url="https://example.org/r", created_at=stage.now
    )
    state = stage.browser("Vik").get(f"/feed/state?posts={post_id}", headers=JSON).json()["posts"][str(post_id)]

    assert [(one["id"], one["text"], one["url"]) for one in state["stickers"]] == [(str(sticker.pk), "Recipe", "")]
    assert item(stage, "Vik", post_id)["stickers"][0]["url"] == "https://example.org/r"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"option_2": "spelt"}, "2 to 4 different answers"),
        ({"option_2": ""}, "2 to 4 different answers"),
        ({"text": " "}, "required"),
        ({"x": 20}, "greater than or equal to 80"),
        ({"kind": "link", "url": "http://example.org/"}, "begins with https://"),
        ({"kind": "link", "url": "https://user@example.org/"}, "begins with https://"),
        ({"kind": "link", "url": "javascript:alert(1)"}, "begins with https://"),
        ({"kind": "countdown", "ends_at": ""}, "within the next year"),
        ({"kind": "countdown", "ends_at": "2020-01-01T00:00"}, "within the next year"),
        ({"kind": "video"}, "valid choice"),
    ],
)
def test_what_cannot_be_put_over_a_video_is_said_and_changes_nothing(
    stage: Stage, wrong: dict[str, Any], said: str
) -> None:
    post_id = stage.posts["public"]
    answer = stage.browser("Cleo").post(f"/studio/posts/{post_id}/overlays/", {**POLL, **wrong})

    assert (answer.status_code, said in text_of(answer), Sticker.objects.count()) == (422, True, 0)


def test_stickers_have_a_bound_and_stay_once_the_post_was_authorised(stage: Stage) -> None:
    post_id = stage.posts["public"]
    address = f"/studio/posts/{post_id}/overlays/"
    ends_at = (stage.now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    placed(stage, post_id, **POLL)
    placed(stage, post_id, kind="countdown", text="Market", ends_at=ends_at, x=500, y=200)
    for number in range(3):
        last = placed(stage, post_id, kind="text", text=f"Text {number}", x=500, y=300)
    cleo = stage.browser("Cleo")

    full = cleo.post(address, {"kind": "text", "text": "One more", "x": 500, "y": 300}, follow=True)
    assert ("at most 5 stickers" in text_of(full), Sticker.objects.count()) == (True, 5)
    assert cleo.post(f"{address}{last.pk}/take-off/").status_code == 302
    second = cleo.post(address, POLL)
    assert (second.status_code, "a post asks one question" in text_of(second)) == (422, True)

    Post.objects.filter(pk=post_id).update(caption_locked=True)
    locked = cleo.post(address, {"kind": "text", "text": "One more", "x": 500, "y": 300}, follow=True)
    assert "do not change any more" in text_of(locked)
    assert cleo.post(f"{address}{Sticker.objects.latest('pk').pk}/take-off/").status_code == 409
    assert Sticker.objects.count() == 4


def test_only_its_creator_places_anything_over_a_post(stage: Stage) -> None:
    post_id = stage.posts["public"]
    sticker = placed(stage, post_id, **POLL)
    addresses = (f"/studio/posts/{post_id}/overlays/", f"/studio/posts/{post_id}/overlays/{sticker.pk}/take-off/",
                 f"/studio/posts/{post_id}/subtitles/")  # fmt: skip

    for name in CAST:
        if name != "Cleo":
            told = {stage.browser(name).post(address, POLL).status_code for address in addresses}
            assert told <= {302, 401, 403, 404}, name
    assert (Sticker.objects.count(), Subtitles.objects.count()) == (1, 0)


def test_subtitles_are_read_by_whoever_may_watch(stage: Stage) -> None:
    post_id = stage.posts["friends"]
    cleo, address = stage.browser("Cleo"), f"/studio/posts/{post_id}/subtitles/"

    def upload(body: bytes) -> Any:
        return cleo.post(address, {"language": "nl", "file": SimpleUploadedFile("a.vtt", body)})

    for wrong in (
        b"1\n00:00:00,000 --> 00:00:02,000\nHi\n",
        b"WEBVTT\n\nno cue",
        b"WEBVTT\n\xff\xfe",
        b"WEBVTT" + b"x" * 900_000,
    ):
        assert upload(wrong).status_code == 422
    assert Subtitles.objects.count() == 0
    assert upload(VTT).status_code == 302

    told = item(stage, "Vik", post_id)["subtitles"]
    assert told == [{"language": "nl", "url": f"/posts/{post_id}/subtitles/nl.vtt"}]
    answers = {name: stage.browser(name).get(told[0]["url"]) for name in CAST}
    assert {name: answer.status_code for name, answer in answers.items()} == {
        name: 200 if name in ("Vik", "Cleo") else 404 for name in CAST
    }
    assert (answers["Vik"].content, answers["Vik"].headers["Content-Type"]) == (VTT, "text/vtt; charset=utf-8")
    assert cleo.post(f"{address}nl/remove/").status_code == 302
    assert item(stage, "Vik", post_id)["subtitles"] == []


def test_a_smaller_file_is_told_and_goes_with_the_post(stage: Stage) -> None:
    post_id = stage.posts["public"]
    video_id = Post.objects.get(pk=post_id).video_id
    SmallRendition.objects.create(video_id=video_id, key="small.mp4", bytes=1)

    assert item(stage, None, post_id)["small_url"].endswith("/small.mp4")
    assert stage.browser("Cleo").post(f"/studio/posts/{post_id}/delete/").status_code == 302
    assert SmallRendition.objects.count() == 0


def test_the_site_can_be_installed_and_keeps_nothing_of_anybody(stage: Stage) -> None:
    vik = stage.browser("Vik")
    manifest = json.loads(vik.get("/manifest.webmanifest").content)
    worker = vik.get("/sw.js")
    script = worker.content.decode()

    assert (manifest["start_url"], manifest["display"], manifest["scope"]) == ("/", "standalone", "/")
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))
    assert (worker.headers["Content-Type"], worker.headers["Cache-Control"]) == (
        "text/javascript; charset=utf-8",
        "no-cache",
    )
    shell = json.loads(script.split("const SHELL = ", 1)[1].split(";\n", 1)[0])
    assert shell[0] == "/offline/"
    for address in shell[1:]:
        assert finders.find(address.removeprefix("/static/"))
    assert 'credentials: "omit"' in script
    assert ("push" in script, "You are offline" in text_of(stage.browser(None).get("/offline/"))) == (False, True)


def test_the_page_of_a_duet_is_for_whoever_may_and_says_why_not(stage: Stage) -> None:
    open_post, private = stage.posts["public"], stage.posts["private"]
    shut = stage.post("Not to be answered", may_duet=False, may_stitch=True)
    vik = stage.browser("Vik")

    shown, refused = vik.get(f"/posts/{open_post}/duet/"), vik.get(f"/posts/{shut}/duet/")
    assert (shown.status_code, 'id="mix"' in shown.content.decode()) == (200, True)
    assert "camera=(self)" in shown.headers["Permissions-Policy"]
    assert "camera=()" in vik.get(f"/posts/{open_post}/").headers["Permissions-Policy"]
    assert ('id="mix"' in refused.content.decode(), "Duet" in text_of(refused)) == (False, True)
    assert 'id="mix"' in vik.get(f"/posts/{shut}/stitch/").content.decode()
    assert vik.get(f"/posts/{private}/duet/").status_code == 404
    assert vik.post(f"/posts/{open_post}/duet/").status_code == 422
    assert stage.browser(None).get(f"/posts/{open_post}/duet/").status_code == 302


def test_a_duet_names_and_links_its_original_while_that_is_there(stage: Stage) -> None:
    original = stage.posts["public"]
    duet = stage.post("Beside myself", duet_of=original)
    credit = {"kind": "duet", "handle": "cleo", "url": f"/posts/{original}/"}

    assert item(stage, None, duet)["credit"] == credit
    assert "Duet with @cleo" in text_of(stage.browser(None).get(f"/posts/{duet}/"))
    Post.objects.filter(pk=original).update(deleted_at=stage.now)
    assert item(stage, None, duet)["credit"] is None
