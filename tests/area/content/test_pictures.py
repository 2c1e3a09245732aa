"""Posts of pictures: what is kept of them, who may make them of what, and what goes with them."""

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

from tests.area.content import cast
from tests.area.content.picturing import jpeg, library_image, picture, wav
from vonk.content import media
from vonk.content.actions import (
    disclosures,
    erasing,
    library_removals,
    post_pictures,
    posts,
    pushes,
    sound_files,
    sounds,
    videos,
)
from vonk.content.actions.publishing import document_of
from vonk.content.actions.pushes import Draft
from vonk.content.errors import (
    FormatKept,
    ImageUnknown,
    PicturesDiffer,
    PicturesNotReusable,
    PicturesWaiting,
    SoundNotLibrary,
    SoundTooShort,
    SoundUnreadable,
)
from vonk.content.models import Picture, Post, Sound, Video
from vonk.content.picture_sets import PICTURES_MAX, WAITING_MAX, Chosen
from vonk.content.queries import held, own_post, post_facts
from vonk.content.queries import videos as uploads
from vonk.content.queries.cards import cards
from vonk.content.rules import Disclosure, Format, PublishAs
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound, Problem
from vonk.delivery.snapshot import PictureDocument


def kept() -> set[str]:
    return {url for row in Picture.objects.all() for url in (row.key, row.small_key) if url}


def files(folder: Path) -> set[str]:
    return {path.name for path in (folder / "media").glob("??/*")}


def test_a_post_of_pictures_from_upload_to_erasure(
    cleo: Scope, vik: Scope, now: datetime, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    upright = post_pictures.add(cleo, jpeg(2_400, 1_200, camera="Leica"), now=now)  # Shown 1,200 wide, 2,400 high.
    plain = picture(cleo, now)
    hum = cast.video(cleo, now, has_sound=True)
    film = folder / "film"
    film.write_bytes(wav(3).getvalue())
    rendition = Video.objects.get(pk=hum).rendition_key
    assert rendition is not None
    media.store().put(rendition, film)
    sung = posts.publish(cleo, video_id=hum, caption="Listen", now=now)
    sound_id = own_post(cleo, sung).sound_id
    before = files(folder)

    chosen = [Chosen(plain, "A  loaf"), Chosen(upright)]
    made = posts.publish(cleo, pictures=chosen, caption="Two #loaves", sound_id=sound_id, now=now)
    post = own_post(cleo, made)
    first, second = post.pictures
    assert (first.id, first.alt, first.width, first.height) == (plain, "A loaf", 90, 120)
    assert (second.id, second.alt, second.width, second.height) == (upright, "", 960, 1_920)
    with media.store().local(second.small_url.rpartition("/")[2]) as small, Pillow.open(small) as opened:
        assert (opened.size, dict(opened.getexif())) == ((360, 720), {})
    assert (post.format, post.video_url, post.poster_url) == (Format.CAROUSEL, "", first.url)
    assert (post.may_duet, post.may_stitch, post.duration_ms) == (False, False, 0)
    assert post.sound_url.endswith(".m4a")
    assert Sound.objects.get(pk=sound_id).audio_ms == pytest.approx(3_000, abs=60)
    [card] = cards(vik.person_id, [made])
    assert (card.pictures, card.sound_url, card.video_url) == (post.pictures, post.sound_url, "")
    assert cards(vik.person_id, [sung])[0].sound_url == ""  # A video brings its sound.
    shown = Post.objects.select_related("profile", "video", "sound").get(pk=made)
    document = document_of(shown)
    assert document.pictures[0] == PictureDocument(first.url, first.small_url, 90, 120, "A loaf")
    assert (document.sound_url, document.video_url) == (post.sound_url, "")
    told = [row["alt"] for part in held.parts(cleo.person) if part.name == "pictures" for row in part.rows]
    assert sorted(map(str, told)) == ["", "A loaf"]
    assert [row.id for row in uploads(cleo, Paging(None, 10)).items] == [hum]  # A set of pictures is no upload.
    assert videos.sweep(older_than_seconds=0) == 0

    with django_capture_on_commit_callbacks(execute=True):
        posts.delete(cleo, made, now)
    gone = post_facts([made])[made]
    assert (gone.pictures, gone.sound_url, gone.poster_url) == ((), "", "")
    assert files(folder) - before == {post.sound_url.rpartition("/")[2]}  # The sound is the other post's, too.
    assert kept() == set()
    waits = picture(cleo, now)
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(cleo, cleo.person, now=now)
    assert files(folder) == set()
    assert not Picture.objects.filter(pk=waits).exists()


def test_what_is_no_post_of_pictures_is_refused_and_leaves_everything_as_it_was(
    cleo: Scope, mallory: Scope, now: datetime
) -> None:
    ids = [picture(cleo, now) for _ in range(2)]
    film = cast.video(cleo, now)
    other = posts.publish(cleo, video_id=film, caption="", now=now)
    shown = posts.publish(cleo, pictures=[Chosen(picture(cleo, now))], caption="", may_duet=True, now=now)
    one = [Chosen(ids[0])]
    refused: list[tuple[Scope, dict[str, Any], type[Problem], str | None]] = [
        (cleo, {}, PicturesDiffer, "video_id"),
        (cleo, {"video_id": film, "pictures": one}, PicturesDiffer, "video_id"),
        (cleo, {"pictures": [Chosen(ids[0])] * 2}, FieldInvalid, "pictures"),
        (cleo, {"pictures": [Chosen(number) for number in range(PICTURES_MAX + 1)]}, FieldInvalid, "pictures"),
        (cleo, {"pictures": [Chosen(ids[0], "x" * 501)]}, FieldInvalid, "pictures.0.alt"),
        (cleo, {"pictures": [*one, Chosen(1)]}, NotFound, "pictures.1.id"),
        (mallory, {"pictures": one}, NotFound, "pictures.0.id"),
        (cleo, {"pictures": [Chosen(own_post(cleo, shown).pictures[0].id)]}, NotFound, "pictures.0.id"),
        (cleo, {"pictures": one, "duet_of": other}, PicturesNotReusable, "duet_of"),
        (cleo, {"video_id": film, "stitch_of": shown}, PicturesNotReusable, "stitch_of"),
        (cleo, {"video_id": own_post(cleo, shown).video_id}, NotFound, None),
        (cleo, {"pictures": one, "sound_id": 1}, NotFound, None),
    ]
    count = Post.objects.count()
    for scope, fields, kind, field in refused:
        with pytest.raises(kind) as caught:
            posts.publish(scope, caption="", now=now, **fields)
        assert (type(caught.value), caught.value.field) == (kind, field), fields
        assert (Post.objects.count(), Picture.objects.filter(video=None).count()) == (count, 2), fields
    with pytest.raises(PicturesNotReusable):
        posts.set_reuse(cleo, shown, may_duet=True, may_stitch=False, now=now)
    with pytest.raises(FormatKept):
        disclosures.set_format(cleo, shown, Format.VIDEO, now=now)
    with pytest.raises(ImageUnknown):
        post_pictures.add(cleo, io.BytesIO(b"<svg/>"), now=now)


def test_what_waits_is_bounded_deleted_and_forgotten(
    cleo: Scope, mallory: Scope, now: datetime, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    first = picture(cleo, now)
    Picture.objects.bulk_create(
        [Picture(uploader_id=cleo.person, width=1, height=1, created_at=now) for _ in range(WAITING_MAX - 1)]
    )
    with pytest.raises(PicturesWaiting):
        picture(cleo, now)
    with pytest.raises(NotFound):
        post_pictures.remove(mallory, first, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        post_pictures.remove(cleo, first, now=now)
    assert files(folder) == set()
    kept_one = picture(cleo, now + timedelta(hours=20))
    with django_capture_on_commit_callbacks(execute=True):
        assert post_pictures.tidy(now + timedelta(hours=25)) == WAITING_MAX - 1
    assert list(Picture.objects.values_list("pk", flat=True)) == [kept_one]


def test_an_advertisers_pictures_are_copies_that_go_with_their_post(
    ada: Scope, cleo: Scope, olu: Scope, now: datetime, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    images = [library_image(ada, now, f"{number}.jpg") for number in range(3)]
    heard = sounds.add_to_library(olu, title="Rain", now=now)
    draft = Draft(
        image_ids=(images[0], images[1]), caption="Bread", publish_as=PublishAs.ADS_ONLY, disclosure=Disclosure.BRANDED
    )
    profile_id = Post.objects.get(pk=cast.post(cleo, now)).profile_id
    with pytest.raises(SoundUnreadable):
        pushes.push(ada, profile_id, with_sound(draft, heard), now=now)
    sound_files.set_audio(olu, heard, wav(1), now=now)
    with pytest.raises(SoundTooShort):
        pushes.push(ada, profile_id, with_sound(draft, heard), now=now)
    with pytest.raises(SoundNotLibrary):
        sound_files.set_audio(olu, heard, wav(3), now=now)
    Sound.objects.filter(pk=heard).update(audio_ms=3_000)
    assert videos.sweep(older_than_seconds=0) == 0  # Nothing was drawn for what was refused.

    made = pushes.push(ada, profile_id, with_sound(draft, heard), now=now)
    pushed = post_facts([made])[made]
    assert [one.library_id for one in pushed.pictures] == images[:2]
    assert (pushed.format, pushed.sound_id, pushed.may_duet) == (Format.CAROUSEL, heard, False)
    with django_capture_on_commit_callbacks(execute=True):
        library_removals.remove_image(ada, images[0], now=now)
        pushes.edit(ada, made, with_sound(draft, None), now=now)
    unchanged = post_facts([made])[made]
    assert (unchanged.pictures, unchanged.sound_id) == (pushed.pictures, 0)
    before = files(folder)
    with django_capture_on_commit_callbacks(execute=True):
        pushes.edit(ada, made, swapped(draft, (images[2], images[1])), now=now)
    edited = post_facts([made])[made]
    assert [one.library_id for one in edited.pictures] == [images[2], images[1]]
    assert len(files(folder) - before) == len(before - files(folder)) == 4
    with pytest.raises(NotFound) as caught:
        pushes.edit(ada, made, swapped(draft, (images[2], images[0])), now=now)
    assert caught.value.field == "image_ids.1"
    with django_capture_on_commit_callbacks(execute=True):
        pushes.discard(ada, made, now=now)
    assert kept() == set()


def with_sound(draft: Draft, sound_id: int | None) -> Draft:
    return Draft(
        image_ids=draft.image_ids,
        caption=draft.caption,
        publish_as=draft.publish_as,
        disclosure=draft.disclosure,
        sound_id=sound_id,
    )


def swapped(draft: Draft, image_ids: tuple[int, ...]) -> Draft:
    return Draft(image_ids=image_ids, caption=draft.caption, publish_as=draft.publish_as, disclosure=draft.disclosure)
