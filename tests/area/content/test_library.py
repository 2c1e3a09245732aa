"""An ad account's library: pictures drawn anew, videos known at once, names told apart, covers, files in pieces."""

import hashlib
import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image as Picture

from tests.area.content import cast
from tests.area.content.clips import Clips
from vonk.content import library, media, pictures, queries
from vonk.content.actions import library_files, library_images, library_videos, processing, videos
from vonk.content.errors import (
    FileEmpty,
    FileExpired,
    FileFinished,
    FileKindWrong,
    FileMissing,
    FilesWaiting,
    FileTooLarge,
    FileUnfinished,
    ImageDamaged,
    ImageEmpty,
    ImageTooLarge,
    ImageTooManyPixels,
    ImageUnknown,
    MaterialNameTaken,
    PieceOutOfPlace,
    SignatureWrong,
    VideoDamaged,
    VideoMissing,
    VideoNotReady,
)
from vonk.content.library import FileKind
from vonk.content.models import Image, LibraryFile, LibraryPiece, Video
from vonk.content.queries import ImagesWanted, VideosWanted
from vonk.control.models import AuditEntry
from vonk.control.paging import Numbering
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound, Problem, RightMissing

pytestmark = pytest.mark.django_db


def md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def drawn(kind: str = "JPEG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **how: object) -> bytes:
    body = io.BytesIO()
    Picture.new(mode, size, 77).save(body, kind, **how)
    return body.getvalue()


def add_image(scope: Scope, body: bytes, now: datetime, name: str | None = None, own_name: str = "loaf.jpg") -> int:
    return library_images.add(scope, io.BytesIO(body), name=name, own_name=own_name, md5=md5(body), now=now)


def add_video(scope: Scope, body: bytes, now: datetime, name: str | None = None, own_name: str = "loaf.mp4") -> int:
    return library_videos.add(scope, io.BytesIO(body), name=name, own_name=own_name, md5=md5(body), now=now)


def test_a_picture_is_drawn_anew_upright_and_tells_nothing_of_its_maker(
    ada: Scope, now: datetime, folder: Path
) -> None:
    exif = Picture.Exif()
    exif[0x0112], exif[0x010F] = 6, "Ada's telephone"  # Turned by 90°; the maker.
    body = drawn(exif=exif.tobytes(), comment=b"Ada's kitchen")
    image = queries.library_image(ada, add_image(ada, body, now, own_name="C:\\photos\\loaf\x00.jpg"))
    assert (image.name, image.format, image.width, image.height) == ("loaf.jpg", "jpeg", 30, 40)
    assert (image.bytes, image.md5, image.video_id) == (len(body), md5(body), None)
    (kept,) = files(folder)
    assert image.url == f"/media/{kept.name}"
    assert media.CONTENT_TYPES[kept.suffix[1:]] == "image/jpeg"
    assert b"Ada" not in kept.read_bytes()
    with Picture.open(kept) as shown:
        assert (shown.size, dict(shown.getexif()), shown.format) == ((30, 40), {}, "JPEG")
    assert AuditEntry.objects.get(noun="image").action == "image.received"


@pytest.mark.parametrize(
    ("kind", "mode", "format_kept", "mode_kept"),
    [
        ("PNG", "RGBA", "png", "RGBA"),
        ("PNG", "L", "png", "RGB"),
        ("PNG", "I;16", "png", "RGB"),
        ("PNG", "P", "png", "RGB"),
        ("WEBP", "RGB", "webp", "RGB"),
        ("GIF", "P", "png", "RGB"),
        ("JPEG", "CMYK", "jpeg", "RGB"),
    ],
)
def test_every_kind_of_picture_becomes_one_that_every_reader_knows(  # noqa: PLR0917 - a table of four columns.
    kind: str, mode: str, format_kept: str, mode_kept: str, ada: Scope, now: datetime, folder: Path
) -> None:
    image = queries.library_image(ada, add_image(ada, drawn(kind, mode=mode), now))
    assert (image.format, image.width, image.height) == (format_kept, 40, 30)
    (kept,) = files(folder)
    with Picture.open(kept) as shown:
        assert shown.mode == mode_kept


def test_what_is_no_picture_is_refused_and_nothing_is_kept(
    ada: Scope, now: datetime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "PIXELS_MAX", 40 * 30)
    monkeypatch.setattr(library_images, "IMAGE_BYTES_MAX", 5_000)
    noise = drawn("PNG", (40, 30), "RGB")
    refused: list[tuple[bytes, type[Problem]]] = [
        (b"", ImageEmpty),
        (b"I am no picture.", ImageUnknown),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ImageUnknown),
        (b"x" * 5_001, ImageTooLarge),
        (drawn(size=(41, 30)), ImageTooManyPixels),
        (drawn("PNG", (30_000, 1), "L"), ImageTooManyPixels),
        (noise[: len(noise) // 2], ImageDamaged),
        (drawn()[:-200], ImageDamaged),
    ]
    for body, problem in refused:
        with pytest.raises(problem):
            add_image(ada, body, now)
    with pytest.raises(SignatureWrong):
        library_images.add(ada, io.BytesIO(drawn()), name=None, own_name="a.jpg", md5="0" * 32, now=now)
    assert (Image.objects.count(), AuditEntry.objects.filter(noun="image").count(), files(folder)) == (0, 0, [])


def test_names_are_unique_in_a_library_and_what_has_none_is_told_apart(ada: Scope, now: datetime, clips: Clips) -> None:
    olga = cast.advertiser("Olu's shop", now)
    first = add_image(ada, drawn(), now, name=" Loaf ")
    with pytest.raises(MaterialNameTaken):
        add_image(ada, drawn(), now, name="Loaf")
    second, third = add_image(ada, drawn(), now), add_image(ada, drawn(), now)
    assert add_image(olga, drawn(), now, name="Loaf")  # Another account's library.
    names = {one.id: one.name for one in queries.library_images(ada, [first, second, third])}
    assert names == {first: "Loaf", second: "loaf.jpg", third: f"loaf_{third}.jpg"}
    later = now + timedelta(hours=1)
    with pytest.raises(MaterialNameTaken):
        library_images.rename(ada, third, name="Loaf", now=later)
    for wrong in (" ", "x" * 101, "a\nb"):
        with pytest.raises(FieldInvalid):
            library_images.rename(ada, third, name=wrong, now=later)
    library_images.rename(ada, third, name="Bread", now=later)
    image = queries.library_image(ada, third)
    assert (image.name, image.created_at, image.modified_at) == ("Bread", now, later)
    assert (queries.image_named(ada, "Bread"), queries.image_named(olga, "Bread")) == (third, None)
    body = clips.path("square.mp4").read_bytes()
    one, two = add_video(ada, body, now, name="Loaf"), add_video(ada, body, now, own_name="Loaf")
    with pytest.raises(MaterialNameTaken):
        add_video(ada, body, now, name="Loaf")
    with pytest.raises(MaterialNameTaken):
        library_videos.rename(ada, two, name="Loaf", now=later)
    library_videos.rename(ada, one, name="Bread", now=later)
    assert [(v.id, v.name, v.modified_at) for v in queries.library_videos(ada, [two, one])] == [
        (two, f"Loaf_{two}", now),
        (one, "Bread", later),
    ]
    assert (queries.video_named(ada, "Bread"), queries.video_named(olga, "Bread")) == (one, None)
    old = cast.video(ada, now, original_name="old.mp4")  # From before names were kept.
    assert (queries.video_named(ada, "old.mp4"), queries.library_video(ada, old).name) == (old, "old.mp4")
    with pytest.raises(MaterialNameTaken):
        library_videos.rename(ada, one, name="old.mp4", now=later)


def test_long_names_are_cut_and_stay_apart() -> None:
    own = library.found_name("x" * 200 + ".jpeg", FileKind.IMAGE)
    apart = library.told_apart(own, 12)
    assert (len(own), len(apart), apart[-3:]) == (100, 100, "_12")
    assert library.told_apart("a.tar.gz", 7) == "a.tar_7.gz"
    assert library.told_apart("a." + "b" * 20, 7) == "a." + "b" * 20 + "_7"
    assert library.found_name("", FileKind.VIDEO) == "video"
    assert library.name_in_url("https://example.org/a%20b/loaf%2Ejpg?x=1#y") == "loaf.jpg"


def test_materials_are_found_by_their_measures_and_only_by_their_account(
    ada: Scope, now: datetime, vik: Scope, folder: Path
) -> None:
    mallory = cast.advertiser("Mallory", now)
    wide, tall = add_image(ada, drawn(size=(90, 50)), now), add_image(ada, drawn(size=(50, 90)), now)
    everything = Numbering(1, 10)

    def found(scope: Scope, wanted: ImagesWanted) -> tuple[list[int], int]:
        page = queries.numbered_library_images(scope, wanted, everything)
        return [one.id for one in page.items], page.total

    assert found(ada, ImagesWanted()) == ([tall, wide], 2)
    assert found(ada, ImagesWanted(ratios=[1.8])) == ([wide], 1)
    assert found(ada, ImagesWanted(ratios=[1.7, 0.55])) == ([tall], 1)
    assert found(ada, ImagesWanted(width=90, height=50)) == ([wide], 1)
    assert found(ada, ImagesWanted(ids=[tall, 7])) == ([tall], 1)
    assert found(mallory, ImagesWanted()) == ([], 0)
    assert queries.library_images(mallory, [wide]) == ()
    for act in (
        lambda: queries.library_image(mallory, wide),
        lambda: library_images.rename(mallory, wide, name="Mine", now=now),
        lambda: queries.library_image(ada, 7),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(RightMissing):
        add_image(vik, drawn(), now)
    with pytest.raises(RightMissing):
        queries.library_image(vik, wide)
    one = cast.video(ada, now, original_name="Loaf.mp4")
    failed = cast.video(ada, now, state="failed", rendition_key=None, poster_key=None, width=None, height=None)
    cast.video(ada, now, rendition_key=None)  # Its post and files are gone.

    def seen(scope: Scope, wanted: VideosWanted) -> list[int]:
        return [video.id for video in queries.numbered_library_videos(scope, wanted, everything).items]

    assert seen(ada, VideosWanted()) == [failed, one]
    assert seen(ada, VideosWanted(name_contains="loaf")) == [one]
    assert seen(ada, VideosWanted(ready=True, ratios=[0.56], width=360, height=640)) == [one]
    assert seen(ada, VideosWanted(ids=[failed])) == [failed]
    assert seen(mallory, VideosWanted()) == []
    video = queries.library_video(ada, one)
    assert (video.md5, video.format, video.bits_per_second, video.width) == (None, "mp4", 1, 360)
    assert len(files(folder)) == 2
    assert videos.sweep(older_than_seconds=0) == 0  # A library's pictures are nobody's orphans.


def test_a_video_is_known_at_once_and_offers_covers_once_it_plays(
    ada: Scope, now: datetime, clips: Clips, folder: Path
) -> None:
    turned = clips.turned().read_bytes()
    video = queries.library_video(ada, add_video(ada, turned, now, own_name="turned.mp4"))
    assert (video.state.value, video.format, video.width, video.height) == ("uploaded", "mp4", 180, 320)
    assert (video.bytes, video.md5, video.video_url) == (len(turned), md5(turned), "")
    assert 1_100 <= video.duration_ms <= 1_300
    assert video.bits_per_second == len(turned) * 8_000 // video.duration_ms
    with pytest.raises(VideoNotReady):
        library_images.suggest_covers(ada, video.id, at_most=10, now=now)
    processing.process(video.id, now_source=lambda: now)
    played = queries.library_video(ada, video.id)
    assert (played.width, played.height, played.duration_ms) == (video.width, video.height, video.duration_ms)
    assert played.video_url
    covers = library_images.suggest_covers(ada, video.id, at_most=10, now=now)
    assert len(covers) == 10
    assert library_images.suggest_covers(ada, video.id, at_most=10, now=now) == covers
    assert library_images.suggest_covers(ada, video.id, at_most=3, now=now) == (covers[0], covers[3], covers[6])
    shown = queries.library_images(ada, covers)
    assert {(one.width, one.height, one.video_id) for one in shown} == {(180, 320, video.id)}
    assert len({one.md5 for one in shown}) == 10
    assert queries.numbered_library_images(ada, ImagesWanted(), Numbering(1, 10)).total == 0
    for one in shown:
        with Picture.open(folder / "media" / one.key[:2] / one.key) as picture:
            assert picture.size == (180, 320)
    mallory = cast.advertiser("Mallory", now)
    for act in (
        lambda: library_images.suggest_covers(mallory, video.id, at_most=1, now=now),
        lambda: queries.library_image(mallory, covers[0]),
        lambda: library_images.rename(ada, covers[0], name="Cover", now=now),
        lambda: library_videos.rename(mallory, video.id, name="Mine", now=now),
    ):
        with pytest.raises(NotFound):
            act()
    formats = {
        name: queries.library_video(ada, add_video(ada, clips.path(name).read_bytes(), now, own_name=name)).format
        for name in ("prores.mov", "vp9.webm", "h264.mkv", "h263.3gp", "mpeg2.ts", "mpeg4.avi")
    }
    assert formats == {name: name.rpartition(".")[2] for name in formats}
    kept = len(files(folder))
    for body, problem in (
        (clips.path("still.jpg").read_bytes(), VideoMissing),
        (clips.path("late_index.mp4").read_bytes()[:20_000], VideoDamaged),
    ):
        with pytest.raises(problem):
            add_video(ada, body, now)
    with pytest.raises(SignatureWrong):
        library_videos.add(ada, io.BytesIO(turned), name=None, own_name="a.mp4", md5="0" * 32, now=now)
    assert len(files(folder)) == kept


def send(scope: Scope, file_id: int, first_byte: int, body: bytes, now: datetime) -> tuple[int, int]:
    piece = io.BytesIO(body)
    after = library_files.transfer(scope, file_id, piece, first_byte=first_byte, md5=md5(body), now=now)
    return after.start, after.end


def test_a_file_in_pieces_comes_in_order_and_each_piece_once(
    ada: Scope, now: datetime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mallory = cast.advertiser("Mallory", now)
    body = drawn("PNG", (40, 30))
    third = len(body) // 3
    monkeypatch.setattr(library_files, "PIECE_BYTES", third)
    begun = library_files.start(ada, FileKind.IMAGE, name="loaf.png", size=len(body), now=now)
    made = begun.file_id
    assert (begun.name, begun.start, begun.end) == ("loaf.png", 0, third)
    with pytest.raises(PieceOutOfPlace) as early:
        send(ada, made, third, body[third : 2 * third], now)
    assert early.value.values == {"expected": 0, "given": third}
    assert send(ada, made, 0, body[:third], now) == (third, 2 * third)
    assert send(ada, made, 0, body[:third], now) == (third, 2 * third)  # Again: nothing changes.
    refused: list[tuple[Scope, int, bytes, str, type[Problem]]] = [
        (ada, 0, b"x" * third, md5(b"x" * third), PieceOutOfPlace),  # Twice, with other bytes.
        (ada, third, body[third : 2 * third], "0" * 32, SignatureWrong),
        (ada, third, b"", md5(b""), FileEmpty),
        (ada, third, body[third:], md5(body[third:]), FileTooLarge),
        (mallory, third, body[third : 2 * third], md5(body[third : 2 * third]), FileMissing),
    ]
    for scope, first_byte, piece, signature, problem in refused:
        with pytest.raises(problem):
            library_files.transfer(scope, made, io.BytesIO(piece), first_byte=first_byte, md5=signature, now=now)
    with pytest.raises(FileUnfinished):
        library_files.finish(ada, made, now=now)
    with pytest.raises(FileUnfinished):
        library_images.add_from_file(ada, made, name=None, now=now)
    send(ada, made, third, body[third : 2 * third], now)
    monkeypatch.setattr(library_files, "PIECE_BYTES", 2 * third)
    with pytest.raises(PieceOutOfPlace):  # Past the announced end.
        send(ada, made, 2 * third, body[2 * third :] + b"x", now)
    assert send(ada, made, 2 * third, body[2 * third :], now) == (len(body), len(body))
    with pytest.raises(FileMissing):
        library_files.finish(mallory, made, now=now)
    whole = library_files.finish(ada, made, now=now)
    assert (whole.name, whole.bytes, whole.md5) == ("loaf.png", len(body), md5(body))
    assert library_files.finish(ada, made, now=now) == whole
    with pytest.raises(FileFinished):
        send(ada, made, 0, body[:third], now)
    assert len(files(folder)) == 1  # The pieces are gone.
    assert videos.sweep(older_than_seconds=0) == 0
    with pytest.raises(FileMissing):
        library_images.add_from_file(mallory, made, name=None, now=now)
    with pytest.raises(FileKindWrong):
        library_videos.add_from_file(ada, made, name=None, now=now)
    image = queries.library_image(ada, library_images.add_from_file(ada, made, name=None, now=now))
    assert (image.name, image.md5) == ("loaf.png", md5(body))


def test_a_waiting_file_is_freed_after_a_day_and_forgotten_after_a_month(
    ada: Scope, now: datetime, folder: Path, clips: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = clips.path("square.mp4").read_bytes()
    put = library_files.put(
        ada, io.BytesIO(body), FileKind.VIDEO, name=None, own_name="square.mp4", md5=md5(body), now=now
    )
    half = library_files.start(ada, FileKind.VIDEO, name=None, size=len(body), now=now)
    send(ada, half.file_id, 0, body[:100], now)
    video = queries.library_video(ada, library_videos.add_from_file(ada, put.file_id, name="Square", now=now))
    assert (video.name, video.md5, video.width) == ("Square", put.md5, 200)
    assert (library_files.tidy(now + timedelta(hours=23)), len(files(folder))) == (0, 3)
    day = now + timedelta(hours=24)
    with pytest.raises(FileExpired):
        library_videos.add_from_file(ada, put.file_id, name=None, now=day)
    with pytest.raises(FileExpired):
        send(ada, half.file_id, 100, body[100:], day)
    assert (library_files.tidy(day), library_files.tidy(day)) == (2, 0)
    assert (len(files(folder)), LibraryPiece.objects.count(), Video.objects.count()) == (1, 0, 1)
    with pytest.raises(FileExpired):
        library_videos.add_from_file(ada, put.file_id, name=None, now=day)
    library_files.tidy(day + timedelta(days=30))
    assert LibraryFile.objects.count() == 0
    with pytest.raises(FileMissing):
        library_videos.add_from_file(ada, put.file_id, name=None, now=day)
    monkeypatch.setattr(library_files, "WAITING_MAX", 1)
    library_files.start(ada, FileKind.VIDEO, name=None, size=1, now=now)
    with pytest.raises(FilesWaiting):
        library_files.start(ada, FileKind.VIDEO, name=None, size=1, now=now)
    with pytest.raises(FilesWaiting):
        library_files.put(ada, io.BytesIO(b"x"), FileKind.VIDEO, name=None, own_name="", md5=None, now=now)
    for size in (0, library_files.SENT_BYTES_MAX + 1):
        with pytest.raises(FieldInvalid):
            library_files.start(ada, FileKind.VIDEO, name=None, size=size, now=day)
    monkeypatch.setattr(library_files, "FILE_BYTES_MAX", 3)
    with pytest.raises(FileTooLarge):
        library_files.put(ada, io.BytesIO(b"four"), FileKind.VIDEO, name=None, own_name="", md5=None, now=day)
    assert len(files(folder)) == 1
