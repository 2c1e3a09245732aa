"""From a file to a post."""

from pathlib import Path

import msgspec
import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.area.content import cast
from tests.area.content.clips import Clips
from tests.area.content.picturing import jpeg
from tests.web.creator.stage import Stage, text_of
from vonk.content.actions import processing, sounds
from vonk.content.errors import VIDEO_FAILURES
from vonk.content.models import Post, Profile, Video
from vonk.content.rules import VideoState
from vonk.control import clock


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips(tmp_path_factory.mktemp("studio-clips"))


def test_a_file_becomes_a_post(stage: Stage, clips: Clips) -> None:
    browser = stage.browser("Cleo")
    sent = browser.post("/create/", {"video": SimpleUploadedFile("loaf.mp4", clips.path("portrait.mp4").read_bytes())})
    video = Video.objects.get()
    address = reverse("creator:video", args=[video.pk])
    assert (sent.status_code, sent.headers["Location"]) == (302, address)
    waiting = browser.get(address)
    assert "Waiting its turn" in text_of(waiting)
    assert 'hx-trigger="load delay:1s"' in waiting.content.decode()
    too_soon = browser.post(address, {"caption": "Soon", "visibility": "public"})
    assert (too_soon.status_code, "The video is not ready yet." in text_of(too_soon)) == (422, True)

    processing.process(video.pk, now_source=clock.present().now)

    ready = browser.get(reverse("creator:video_state", args=[video.pk]), {"preview": "1"})
    assert ("<video" in ready.content.decode(), "hx-get" in ready.content.decode()) == (True, False)
    published = browser.post(
        address, {"caption": "Rising #loaf", "visibility": "friends", "may_duet": "on"}, follow=True
    )
    post = Post.objects.get()
    assert published.redirect_chain == [(reverse("creator:post", args=[post.pk]), 302)]
    assert (post.video_id, post.caption, post.visibility) == (video.pk, "Rising #loaf", "friends")
    assert (post.may_duet, post.may_stitch) == (True, False)
    assert browser.get("/studio/").context["page"].uploads == ()


def test_pictures_become_a_post_with_scripts_and_without(stage: Stage) -> None:
    browser, address = stage.browser("Cleo"), reverse("creator:pictures_create")

    def file(name: str) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, jpeg(90, 120).getvalue())

    sent = [browser.post(reverse("creator:picture_receive"), {"file": file("a.jpg")}).json() for _ in range(3)]
    ids = [one["id"] for one in sent]
    elsewhere = reverse("creator:picture_remove", args=[int(ids[2])])
    assert stage.browser("Mallory").post(elsewhere).status_code == 404
    assert browser.post(elsewhere).status_code == 204
    said = {"picture": [ids[1], ids[0]], "alt": ["A loaf", ""], "caption": "Loaves", "visibility": "public"}
    refused = browser.post(address, {**said, "caption": "x" * 2_300})
    assert refused.status_code == 422
    assert [(str(one.id), one.alt) for one in refused.context["page"].pictures] == [(ids[1], "A loaf"), (ids[0], "")]
    published = browser.post(address, said, follow=True)
    post = Post.objects.get()
    assert published.redirect_chain == [(reverse("creator:post", args=[post.pk]), 302)]
    assert 'alt="A loaf"' in published.content.decode()
    assert [str(one.pk) for one in post.video.picture_rows.order_by("place")] == [ids[1], ids[0]]

    # Without a script the files come with the form, and stay when something else is wrong.
    none = browser.post(address, {"caption": "", "visibility": "public"})
    assert (none.status_code, Post.objects.count()) == (422, 1)
    plain = {"files": [file("a.jpg"), file("b.jpg")], "caption": "x" * 2_300, "visibility": "public"}
    refused = browser.post(address, plain)
    kept = [str(one.id) for one in refused.context["page"].pictures]
    assert (refused.status_code, len(kept)) == (422, 2)
    assert browser.post(address, {"picture": kept, "caption": "Two", "visibility": "friends"}).status_code == 302
    assert Post.objects.latest("pk").visibility == "friends"
    assert browser.post(address, {"picture": "x", "caption": "", "visibility": "public"}).status_code == 422


def test_a_script_is_told_where_to_go_on(stage: Stage) -> None:
    answer = stage.browser("Cleo").post(
        "/create/?stitch=77",
        {"video": SimpleUploadedFile("loaf.mp4", b"something")},
        headers={"accept": "application/json"},
    )

    video = Video.objects.get()
    assert answer.json() == {"video_id": str(video.pk), "url": f"/studio/videos/{video.pk}/?stitch=77"}


def test_an_empty_file_is_refused_and_leaves_nothing(stage: Stage, tmp_path: Path) -> None:
    empty = SimpleUploadedFile("empty.mp4", b"")
    plain = stage.browser("Cleo").post("/create/", {"video": empty})
    script = stage.browser("Cleo").post(
        "/create/", {"video": SimpleUploadedFile("empty.mp4", b"")}, headers={"accept": "application/json"}
    )
    nothing = stage.browser("Cleo").post("/create/", {})

    assert (plain.status_code, "The file is empty." in text_of(plain)) == (422, True)
    assert (script.status_code, script.json()["code"]) == (422, "video_empty")
    assert nothing.status_code == 422
    assert Video.objects.count() == 0
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


def test_a_file_above_the_operators_ceiling_is_refused(stage: Stage, settings: LazySettings) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, upload_bytes_max=10)
    large = SimpleUploadedFile("large.mp4", b"more than ten bytes")

    refused = stage.browser("Cleo").post("/create/", {"video": large})

    assert (refused.status_code, "The file is larger than 10 bytes." in text_of(refused)) == (422, True)
    assert Video.objects.count() == 0


@pytest.mark.parametrize("code", sorted(VIDEO_FAILURES))
def test_a_refused_file_says_why_and_what_helps(stage: Stage, code: str) -> None:
    failed = cast.video(
        stage.cleo, stage.now, state=VideoState.FAILED.value, failure=code, rendition_key=None, poster_key=None
    )
    browser = stage.browser("Cleo")

    page = text_of(browser.get(reverse("creator:video", args=[failed])))
    listed = text_of(browser.get("/studio/"))
    asked = browser.get(reverse("creator:video_state", args=[failed]), {"preview": "1"})

    assert VIDEO_FAILURES[code].message in page
    assert VIDEO_FAILURES[code].remedy in page
    assert VIDEO_FAILURES[code].message in listed
    assert asked.headers["HX-Refresh"] == "true"
    assert (
        browser.post(reverse("creator:video", args=[failed]), {"caption": "", "visibility": "public"}).status_code
        == 422
    )


def test_a_duet_names_the_post_it_answers(stage: Stage) -> None:
    original = stage.town.world.post("Ada", caption="Dance with me")
    video_id = cast.video(stage.cleo, stage.now)
    browser = stage.browser("Cleo")

    first = text_of(browser.get("/create/", {"duet": original}))
    address = reverse("creator:video", args=[video_id])
    second = browser.get(address, {"duet": original})
    browser.post(f"{address}?duet={original}", {"caption": "", "visibility": "public", "duet_of": original})

    assert "Duet with @ada Dance with me" in first
    assert f'name="duet_of" value="{original}"' in second.content.decode()
    assert Post.objects.get(video_id=video_id).duet_of_id == original


def test_a_duet_that_is_not_allowed_is_refused(stage: Stage) -> None:
    original = stage.town.world.post("Ada", may_duet=False)
    video_id = cast.video(stage.cleo, stage.now)

    refused = stage.browser("Cleo").post(
        reverse("creator:video", args=[video_id]), {"caption": "", "visibility": "public", "duet_of": original}
    )

    assert (refused.status_code, "does not allow Duets" in text_of(refused)) == (422, True)
    assert not Post.objects.filter(video_id=video_id).exists()


def test_what_not_everyone_may_see_is_not_told_by_its_id(stage: Stage) -> None:
    private = stage.town.world.post("Ada", caption="A secret", visibility="private")

    assert "A secret" not in text_of(stage.browser("Cleo").get("/create/", {"stitch": private}))
    assert stage.browser("Cleo").get("/create/", {"stitch": "x"}).status_code == 422


def test_a_sound_of_the_library_is_used(stage: Stage) -> None:
    sound_id = sounds.add_to_library(stage.town.olu, title="Crackling crust", now=stage.now)
    video_id = cast.video(stage.cleo, stage.now)
    address = reverse("creator:video", args=[video_id])
    browser = stage.browser("Cleo")

    form = browser.get(address, {"sound": sound_id})
    browser.post(address, {"caption": "", "visibility": "public", "sound_id": sound_id})

    assert f'<option value="{sound_id}" selected>Crackling crust</option>' in form.content.decode()
    assert Post.objects.get(video_id=video_id).sound_id == sound_id


def test_an_upload_is_its_owners_alone(stage: Stage) -> None:
    video_id = cast.video(stage.cleo, stage.now)
    address = reverse("creator:video", args=[video_id])
    sent = {"caption": "Mine", "visibility": "public"}

    got = [stage.browser(person).get(address).status_code for person in ("Vik", "Ada", "Olu", "Mallory")]
    posted = [stage.browser(person).post(address, sent).status_code for person in ("Vik", "Ada", "Olu", "Mallory")]

    assert (got, posted, Post.objects.count()) == ([404] * 4, [404] * 4, 0)


def test_the_profile_is_changed(stage: Stage) -> None:
    browser = stage.browser("Cleo")

    saved = browser.post("/studio/profile/", {"display_name": "Cleo bakes", "handle": "cleo.bakes", "bio": "Bread."})
    taken = browser.post("/studio/profile/", {"display_name": "Cleo", "handle": "ada", "bio": ""})
    picture = browser.post("/studio/profile/picture/", {"avatar": SimpleUploadedFile("me.png", b"no picture")})

    row = Profile.objects.get(owner_id=stage.cleo.person)
    assert (saved.status_code, row.display_name, row.handle, row.bio) == (302, "Cleo bakes", "cleo.bakes", "Bread.")
    assert (taken.status_code, "is taken" in text_of(taken)) == (422, True)
    assert (picture.status_code, "This picture cannot be read." in text_of(picture)) == (422, True)
