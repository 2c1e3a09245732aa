"""Own videos: uploaded for the account, named, and used by non-Spark ads."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.web.creator.stage import Stage, text_of
from vonk.content.models import Post, Profile, Video
from vonk.content.rules import VideoState

UPLOAD = "/advertiser/videos/new/"


def ready_video(stage: Stage) -> Video:
    """Have a video of Ada's account processed already."""
    return Video.objects.create(
        uploader_id=stage.town.ada.person,
        account_id=stage.town.ada.account,
        state=VideoState.READY.value,
        original_name="oven.mp4",
        rendition_key="oven/video.mp4",
        poster_key="oven/poster.jpg",
        source_bytes=10,
        source_sha256="0" * 64,
        width=360,
        height=640,
        duration_ms=5000,
        has_sound=True,
        created_at=stage.now,
    )


def picture() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 40), "orange").save(drawn, "PNG")
    return SimpleUploadedFile("face.png", drawn.getvalue(), "image/png")


def test_an_upload_is_the_accounts(stage: Stage) -> None:
    ada = stage.browser("Ada")

    plain = ada.post(UPLOAD, {"video": SimpleUploadedFile("oven.mp4", b"0123456789")})
    by_script = ada.post(
        UPLOAD, {"video": SimpleUploadedFile("two.mp4", b"01")}, headers={"Accept": "application/json"}
    )

    first, second = Video.objects.order_by("pk")
    assert (first.account_id, first.original_name, first.source_bytes) == (stage.town.ada.account, "oven.mp4", 10)
    assert (plain.status_code, plain.headers["Location"]) == (302, f"/advertiser/videos/{first.pk}/")
    assert by_script.json() == {"video_id": str(second.pk), "url": f"/advertiser/videos/{second.pk}/"}
    assert "Waiting its turn" in text_of(ada.get(f"/advertiser/videos/{first.pk}/"))
    assert stage.browser("Mallory").get(f"/advertiser/videos/{first.pk}/").status_code == 404
    assert stage.browser("Mallory").get(f"/advertiser/videos/{first.pk}/state/").status_code == 404


def test_an_empty_file_and_none_are_refused(stage: Stage) -> None:
    ada = stage.browser("Ada")

    none = ada.post(UPLOAD, {})
    empty = ada.post(UPLOAD, {"video": SimpleUploadedFile("oven.mp4", b"")})
    by_script = ada.post(UPLOAD, {"video": SimpleUploadedFile("o.mp4", b"")}, headers={"Accept": "application/json"})

    assert (none.status_code, empty.status_code, by_script.status_code) == (422, 422, 422)
    assert by_script.json()["code"] == "video_empty"
    assert Video.objects.count() == 0


def test_a_new_identity_speaks_and_the_next_video_may_use_it_too(stage: Stage) -> None:
    first, second = ready_video(stage), ready_video(stage)
    ada = stage.browser("Ada")

    made = ada.post(
        f"/advertiser/videos/{first.pk}/",
        {"identity": "new", "display_name": "The oven", "avatar": picture(), "text": "Warm bread"},
    )
    identity = Profile.objects.get(account_id=stage.town.ada.account)
    ada.post(f"/advertiser/videos/{second.pk}/", {"identity": str(identity.pk), "text": "Warmer bread"})

    assert (made.status_code, made.headers["Location"]) == (302, "/advertiser/videos/")
    assert (identity.display_name, identity.avatar.endswith(".webp")) == ("The oven", True)
    posts = Post.objects.filter(profile=identity).order_by("pk")
    assert [(post.caption, post.ads_only, post.origin) for post in posts] == [
        ("Warm bread", True, "advertiser"),
        ("Warmer bread", True, "advertiser"),
    ]
    assert "Warmer bread" in text_of(ada.get("/advertiser/videos/"))
    assert "Warmer bread" in text_of(ada.get("/advertiser/campaigns/new/"))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"text": ""}, "This field is required."),
        ({"text": "bread " * 20}, "At most 100 characters"),
        ({"text": "Bread 🍞"}, "No emoji."),
        ({"display_name": ""}, "Give the new identity a name."),
        ({"identity": "17"}, "Select a valid choice"),
        ({"avatar": SimpleUploadedFile("face.png", b"no picture")}, "picture"),
    ],
)
def test_a_wrong_answer_makes_neither_identity_nor_post(stage: Stage, changed: dict[str, Any], told: str) -> None:
    video = ready_video(stage)
    filled = {"identity": "new", "display_name": "The oven", "text": "Warm bread"}

    refused = stage.browser("Ada").post(f"/advertiser/videos/{video.pk}/", {**filled, **changed})

    assert (refused.status_code, told in text_of(refused)) == (422, True)
    assert (Post.objects.count(), Profile.objects.filter(account__isnull=False).count()) == (0, 0)


def test_a_video_that_is_not_ready_is_not_used(stage: Stage) -> None:
    video = ready_video(stage)
    Video.objects.filter(pk=video.pk).update(state=VideoState.PROCESSING.value, progress_percent=40)
    ada = stage.browser("Ada")

    part = ada.get(f"/advertiser/videos/{video.pk}/state/")
    refused = ada.post(f"/advertiser/videos/{video.pk}/", {"identity": "new", "display_name": "O", "text": "Bread"})

    assert ("40%" in text_of(part), "<html" in part.content.decode()) == (True, False)
    assert (refused.status_code, Post.objects.count()) == (422, 0)


def test_a_video_that_failed_says_why(stage: Stage) -> None:
    video = ready_video(stage)
    Video.objects.filter(pk=video.pk).update(state=VideoState.FAILED.value, failure="video_damaged")
    ada = stage.browser("Ada")

    page = ada.get(f"/advertiser/videos/{video.pk}/")
    part = ada.get(f"/advertiser/videos/{video.pk}/state/")

    assert 'data-problem="video_damaged"' in page.content.decode()
    assert part.headers["HX-Refresh"] == "true"
