"""Drafts in the studio: written, planned in the creator's time zone, let go, deleted; covers; several files in one form."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.area.content import cast
from tests.area.content.picturing import jpeg
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.content.actions import drafts
from vonk.content.models import Post, PostDraft, Profile, Video

SAID = {"caption": "Rye #bread", "visibility": "friends", "may_duet": "on"}


def test_a_draft_is_saved_planned_let_go_and_published_once(stage: Stage) -> None:
    browser, video_id = stage.browser("Cleo"), cast.video(stage.cleo, stage.now)
    Profile.objects.filter(handle="cleo").update(time_zone="Europe/Amsterdam")
    address = reverse("creator:video", args=[video_id])
    saved = browser.post(address, {**SAID, "act": "save"})
    form = browser.get(address).context["form"]
    assert (saved.headers["Location"], Post.objects.count()) == (reverse("creator:drafts"), 0)
    assert (form["caption"].value(), form["visibility"].value(), form["may_stitch"].value()) == (
        "Rye #bread", "friends", False,
    )  # fmt: skip

    later = stage.now.replace(microsecond=0, second=0) + timedelta(days=2)
    planned = browser.post(address, {**SAID, "act": "schedule", "publish_at": f"{later:%Y-%m-%dT}12:30"})
    at = PostDraft.objects.get().publish_at
    offset = 1 if at == datetime(later.year, later.month, later.day, 11, 30, tzinfo=UTC) else 2
    assert (planned.status_code, at) == (302, datetime(later.year, later.month, later.day, 12 - offset, 30, tzinfo=UTC))
    assert "Europe/Amsterdam" in text_of(browser.get(reverse("creator:drafts")))
    assert "Rye" not in text_of(stage.browser("Vik").get("/@cleo/"))

    browser.post(reverse("creator:video_unschedule", args=[video_id]))
    assert (PostDraft.objects.get().publish_at, drafts.publish_due(later + timedelta(days=1))) == (None, 0)
    first = browser.post(address, SAID)
    again = browser.post(address, SAID)
    post = reverse("creator:post", args=[Post.objects.get().pk])
    assert (first.headers["Location"], again.headers["Location"], PostDraft.objects.count()) == (post, post, 0)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Choose a day and a time."),
        ("tomorrow", "Choose a day and a time."),
        ("2020-01-01T10:00", "at least one minute and at most 90 days ahead"),
        ("9999-12-31T23:59", "at most 90 days ahead"),
        ("2027-03-28T02:30", "the clocks skip this hour"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(stage: Stage, typed: str, told: str) -> None:
    Profile.objects.filter(handle="cleo").update(time_zone="Europe/Amsterdam")
    address = reverse("creator:video", args=[cast.video(stage.cleo, stage.now)])
    answer = stage.browser("Cleo").post(address, {**SAID, "act": "schedule", "publish_at": typed})
    assert (answer.status_code, told in text_of(answer), PostDraft.objects.count()) == (422, True, 0)
    assert "Rye #bread" in answer.content.decode()


@pytest.mark.parametrize("name", ["video", "video_cover", "video_unschedule", "video_discard"])
def test_an_upload_is_there_for_its_creator_alone(stage: Stage, name: str) -> None:
    video_id = cast.video(stage.cleo, stage.now)
    drafts.save(stage.cleo, video_id, drafts.Words(caption="Only Cleo reads this here"), now=stage.now)
    address = reverse(f"creator:{name}", args=[video_id])
    strangers = [person for person in CAST if person != "Cleo"]
    assert {stage.browser(person).post(address, {**SAID, "act": "save"}).status_code for person in strangers} == {404}
    told = {person: "Only Cleo" in text_of(stage.browser(person).get("/studio/drafts/")) for person in CAST}
    assert told == {**dict.fromkeys(CAST, False), "Cleo": True}
    assert (PostDraft.objects.get().caption, Post.objects.filter(video_id=video_id).count()) == (
        "Only Cleo reads this here", 0,
    )  # fmt: skip


def test_a_cover_is_cut_to_the_videos_shape_until_the_post_is_authorised(stage: Stage, tmp_path: Path) -> None:
    browser, video_id = stage.browser("Cleo"), cast.video(stage.cleo, stage.now)
    address, before = reverse("creator:video_cover", args=[video_id]), Video.objects.get(pk=video_id).poster_key

    def send(content: bytes) -> int:
        return browser.post(address, {"cover": SimpleUploadedFile("frame.jpg", content)}).status_code

    assert browser.get(address).status_code == 200
    assert [send(content) for content in (b"", b"no picture", b"x" * 10_000_001)] == [422, 422, 422]
    assert Video.objects.get(pk=video_id).poster_key == before
    assert send(jpeg(400, 300).getvalue()) == 302
    after = Video.objects.get(pk=video_id).poster_key
    kept = [path for path in (tmp_path / "media").rglob("*.jpg") if path.name == after]
    assert (after != before, len(kept)) == (True, 1)

    stage.town.world.redeemed()
    authorised = Post.objects.get(caption_locked=True).video_id
    refused = browser.post(
        reverse("creator:video_cover", args=[authorised]),
        {"cover": SimpleUploadedFile("frame.jpg", jpeg(90, 160).getvalue())},
    )
    assert (refused.status_code, "Locked: the post was authorised for ads" in text_of(refused)) == (422, True)


def test_several_files_in_one_form_are_kept_but_for_the_bad_ones(stage: Stage) -> None:
    files = [SimpleUploadedFile(name, body) for name, body in (("a.mp4", b"a"), ("empty.mp4", b""), ("b.mp4", b"b"))]
    answer = stage.browser("Cleo").post("/create/", {"video": files}, follow=True)
    assert answer.redirect_chain == [("/studio/drafts/", 302)]
    assert "“empty.mp4” was not kept: The file is empty." in text_of(answer)
    assert "2 videos are among your drafts." in text_of(answer)
    assert sorted(Video.objects.values_list("original_name", flat=True)) == ["a.mp4", "b.mp4"]


def test_a_draft_is_deleted_with_its_video(stage: Stage) -> None:
    video_id = cast.video(stage.cleo, stage.now)
    gone = stage.browser("Cleo").post(reverse("creator:video_discard", args=[video_id]), follow=True)
    assert ("are deleted" in text_of(gone), Video.objects.filter(pk=video_id).exists()) == (True, False)
