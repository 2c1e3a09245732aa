"""Materials by the business API: each way in, each reason why not, and what is answered (reference API §10)."""

import hashlib
import io
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.conf import LazySettings
from django.test import Client
from PIL import Image

from tests.area.content.clips import Clips
from tests.wire.business.conftest import Business, Said
from tests.wire.conftest import Town
from vonk.content import pictures
from vonk.content.actions import library_files, library_images, processing
from vonk.content.actions import sounds as sound_actions
from vonk.content.models import LibraryFile
from vonk.control import clock, fetching
from vonk.control.scope import PLATFORM


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips(tmp_path_factory.mktemp("clips"))


def md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def drawn(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    body = io.BytesIO()
    Image.new("RGB", size, 77).save(body, kind)
    return body.getvalue()


def load(address: str) -> bytes:
    """Return what is under one of the site's addresses."""
    response = Client().get(address.removeprefix("http://testserver"))
    assert response.status_code == 200
    content: bytes = response.getvalue()  # To its end, which closes the file.
    return content


class Library:
    """Ada's library."""

    def __init__(self, business: Business, town: Town) -> None:
        self.business = business
        self.account = town.ids["account_id"]

    def video(self, body: bytes, **asked: Any) -> Said:
        sent = {"video_signature": md5(body), **asked}
        return self.post("file/video/ad/upload", {"video_file": body}, **sent)

    def image(self, body: bytes, **asked: Any) -> Said:
        sent = {"image_signature": md5(body), **asked}
        return self.post("file/image/ad/upload", {"image_file": body}, **sent)

    def post(self, path: str, files: Mapping[str, bytes] | None = None, /, **asked: Any) -> Said:
        return self.business.post("ada", path, files=files, advertiser_id=self.account, **asked)

    def get(self, path: str, /, **asked: Any) -> Said:
        return self.business.get("ada", path, advertiser_id=self.account, **asked)


@pytest.fixture
def ours(business: Business, town: Town) -> Library:
    return Library(business, town)


def test_a_video_is_sent_named_found_and_offers_covers(
    ours: Library, town: Town, clips: Clips, settings: LazySettings
) -> None:
    body = clips.path("square.mp4").read_bytes()
    before = ours.get("file/video/ad/search").data["page_info"]["total_number"]
    said = ours.video(body, file_name="Bread at noon", flaw_detect="True", is_third_party="false")
    assert said.code == 0, said
    (video,) = said.data
    made = video["video_id"]
    assert made.startswith("v")
    assert (1.1 < video["duration"] < 1.3, video["bit_rate"]) == (
        True,
        int(len(body) * 8_000 / (video["duration"] * 1_000)),
    )
    assert video["create_time"].endswith("Z")
    assert video == {
        "video_id": made, "material_id": made[1:], "file_name": "Bread at noon", "format": "mp4", "width": 200,
        "height": 200, "size": len(body), "bit_rate": video["bit_rate"], "duration": video["duration"],
        "signature": md5(body), "preview_url": "", "preview_url_expire_time": None, "video_cover_url": "",
        "displayable": False, "allow_download": True, "allowed_placements": ["PLACEMENT_TIKTOK"], "fix_task_id": None,
        "flaw_types": None, "create_time": video["create_time"], "modify_time": video["create_time"],
    }  # fmt: skip
    assert ours.video(b"", upload_type="UPLOAD_BY_VIDEO_ID", video_id=made).data == [video]
    second = ours.video(body).data[0]["file_name"]
    third = ours.video(body).data[0]["file_name"]
    assert (second, third.startswith("video_file_")) == ("video_file.bin", True)
    refusals = {
        "duplicate name": (ours.video(body, file_name="Bread at noon"), 40911),
        "other bytes": (ours.video(body, video_signature="0" * 32), 40900),
        "no signature": (ours.post("file/video/ad/upload", {"video_file": body}), 40002),
        "no file": (ours.post("file/video/ad/upload", video_signature="0" * 32), 40002),
        "unknown way": (ours.video(body, upload_type="UPLOAD_BY_TIKTOK_ITEM_ID"), 40002),
        "long name": (ours.video(body, file_name="x" * 101), 40002),
        "no video": (ours.video(b"I am no video.\n" * 500), 40908),
        "a picture": (ours.video(drawn()), 40908),
        "half of one": (ours.video(clips.path("late_index.mp4").read_bytes()[:20_000]), 40901),
        "nothing": (ours.video(b""), 40906),
        "nobody's video": (ours.video(b"", upload_type="UPLOAD_BY_VIDEO_ID", video_id="v1"), 40053),
        "no id of a video": (ours.get("file/video/ad/info", video_ids=["1"]), 40053),
        "a creator's": (ours.video(b"", upload_type="UPLOAD_BY_VIDEO_ID", video_id=f"v{town.ids['video_id']}"), 40053),
        "too early": (ours.get("file/video/suggestcover", video_id=made), 40901),
    }
    assert {name: said.code for name, (said, _) in refusals.items()} == {
        name: code for name, (_, code) in refusals.items()
    }
    assert "video_signature" in refusals["other bytes"][0].message
    for limit, code in (({"upload_bytes_max": 100}, 40907), ({"video_pixels_max": 39_999}, 40916)):
        settings.VONK, usual = msgspec.structs.replace(settings.VONK, **limit), settings.VONK
        assert ours.video(body).code == code
        settings.VONK = usual
    processing.process(int(made[1:]), now_source=lambda: clock.present().now())
    (shown,) = ours.get("file/video/ad/info", video_ids=[made, f"v{town.ids['video_id']}"]).data["list"]
    played = {"preview_url": shown["preview_url"], "video_cover_url": shown["video_cover_url"], "displayable": True}
    assert shown == {**video, **played}
    covers = ours.get("file/video/suggestcover", video_id=made, poster_number=3).data["list"]
    assert [(cover["width"], cover["height"]) for cover in covers] == [(200, 200)] * 3
    for address in (shown["preview_url"], shown["video_cover_url"], covers[0]["url"]):
        assert address.startswith("http://testserver/media/")
        assert len(load(address)) > 1_000
    (cover,) = ours.get("file/image/ad/info", image_ids=[covers[0]["id"]]).data["list"]
    assert (cover["image_id"], cover["image_url"], cover["format"]) == (covers[0]["id"], covers[0]["url"], "jpeg")
    assert ours.post("file/video/ad/update", video_id=made, file_name=second).code == 40911
    assert ours.post("file/video/ad/update", video_id="v1", file_name="Bread").code == 40053
    assert ours.post("file/video/ad/update", video_id=made, file_name="Bread at one").data == {}
    found = ours.get("file/video/ad/search", page_size=2).data
    assert found["page_info"] == {
        "page": 1, "page_size": 2, "total_number": before + 3, "total_page": (before + 4) // 2,
    }  # fmt: skip
    assert [row["file_name"] for row in found["list"]] == [third, second]
    for filtering, names in (
        ({"video_ids": [made]}, ["Bread at one"]),
        ({"material_ids": [made[1:]], "ratio": [1.0]}, ["Bread at one"]),
        ({"video_name": "at ONE"}, ["Bread at one"]),
        ({"displayable": True, "width": 200}, ["Bread at one"]),
        ({"video_ids": [made], "material_ids": ["1"]}, []),
        ({"video_material_sources": ["UPLOADED_TO_CATALOG"]}, []),
    ):
        rows = ours.get("file/video/ad/search", filtering=filtering).data["list"]
        assert [row["file_name"] for row in rows] == names, filtering
    assert ours.get("file/video/ad/search", page=9).data["list"] == []
    assert ours.get("file/video/ad/search", page_size=1001).code == 40002


def test_a_picture_is_sent_named_and_found(ours: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    body = drawn()
    image = ours.image(body, file_name="Loaf").data
    made = image["image_id"]
    assert image == {
        "image_id": made, "material_id": made[1:], "image_url": image["image_url"], "signature": md5(body),
        "size": len(body), "width": 40, "height": 30, "format": "jpeg", "file_name": "Loaf", "displayable": True,
        "is_carousel_usable": True, "create_time": image["create_time"], "modify_time": image["create_time"],
    }  # fmt: skip
    assert made.startswith("i")
    assert image["create_time"].endswith("Z")
    with Image.open(io.BytesIO(load(image["image_url"]))) as shown:
        assert (shown.format, shown.size) == ("JPEG", (40, 30))
    other = ours.image(drawn("PNG", (30, 40))).data
    assert (other["format"], other["file_name"]) == ("png", "image_file.bin")
    monkeypatch.setattr(pictures, "PIXELS_MAX", 1_200)
    refusals = {
        "duplicate name": (ours.image(body, file_name="Loaf"), 40911),
        "other bytes": (ours.image(body, image_signature="0" * 32), 40900),
        "no file": (ours.post("file/image/ad/upload", image_signature="0" * 32), 40002),
        "a bomb": (ours.image(drawn(size=(41, 30))), 40904),
        "half of one": (ours.image(body[:-200]), 40904),
        "nothing": (ours.image(b""), 40906),
        "text": (ours.image(b"I am no picture."), 40908),
        "a drawing with scripts": (ours.image(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), 40908),
        "nobody's": (ours.post("file/image/ad/update", image_id="i1", file_name="Bread"), 40912),
        "no id of a picture": (ours.get("file/image/ad/info", image_ids=["v1"]), 40912),
        "taken name": (ours.post("file/image/ad/update", image_id=made, file_name="image_file.bin"), 40911),
    }
    assert {name: said.code for name, (said, _) in refusals.items()} == {
        name: code for name, (_, code) in refusals.items()
    }
    monkeypatch.setattr(library_images, "IMAGE_BYTES_MAX", len(body) - 1)
    assert ours.image(body).code == 40907
    assert ours.post("file/image/ad/update", image_id=made, file_name="Crust").code == 0
    assert [row["file_name"] for row in ours.get("file/image/ad/info", image_ids=[made, "i1"]).data["list"]] == [
        "Crust"
    ]
    found = ours.get("file/image/ad/search", filtering={"ratio": [1.33]}).data
    assert [row["image_id"] for row in found["list"]] == [made]
    assert found["page_info"] == {"page": 1, "page_size": 20, "total_number": 1, "total_page": 1}
    both = ours.get("file/image/ad/search", filtering={"image_ids": [made, other["image_id"]]}, page_size=1000).data
    assert [row["image_id"] for row in both["list"]] == [other["image_id"], made]
    named = ours.get("file/name/check", files=[{"file_name": "Crust", "file_type": "IMAGE"}, {"file_name": "Crust"}])
    assert named.data == {
        "duplicate": None,
        "duplicate_material_id": None,
        "batch_results": [
            {"file_name": "Crust", "duplicate": True, "duplicate_material_id": made[1:]},
            {"file_name": "Crust", "duplicate": False, "duplicate_material_id": None},
        ],
    }
    alone = ours.post("file/name/check", file_name="Crust", file_type="IMAGE").data
    assert alone == {"duplicate": True, "duplicate_material_id": made[1:], "batch_results": None}
    assert ours.post("file/name/check").code == 40002


@contextmanager
def server(answer: bytes, *, hold: threading.Event | None = None) -> Iterator[str]:
    """Answer one request on loopback with these bytes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(answer)
            if hold is not None:
                hold.wait(30)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/My%20loaf.jpg?x=1"
    finally:
        if hold is not None:
            hold.set()
        thread.join(30)
        listener.close()


def whole(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def test_materials_are_fetched_from_public_addresses(
    ours: Library, clips: Clips, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for inside in ("http://127.0.0.1/a.jpg", "http://169.254.169.254/latest/", "file:///etc/passwd"):
        refused = ours.post("file/image/ad/upload", upload_type="UPLOAD_BY_URL", image_url=inside)
        assert (refused.code, refused.message.startswith("image_url: ")) == (40002, True)
    settings.VONK = msgspec.structs.replace(settings.VONK, fetch_networks=("127.0.0.0/8",))
    square = clips.path("square.mp4").read_bytes()
    with server(whole(drawn())) as url:
        image = ours.post("file/image/ad/upload", upload_type="UPLOAD_BY_URL", image_url=url).data
    assert (image["file_name"], image["signature"]) == ("My loaf.jpg", md5(drawn()))
    with server(whole(square)) as url:
        (video,) = ours.post("file/video/ad/upload", upload_type="UPLOAD_BY_URL", video_url=url, file_name="B").data
    assert (video["file_name"], video["signature"], video["width"]) == ("B", md5(square), 200)
    with server(whole(drawn())) as url:
        sent = ours.post("file/temporarily/upload", upload_type="URL", content_type="image", url=url).data
    assert (sent["file_size"], sent["signature"]) == (len(drawn()), md5(drawn()))
    told = {}
    for name, answer in (
        ("gone", b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        ("broken off", whole(drawn())[:-9]),
        ("a page", whole(b"<html></html>")),
        ("empty", whole(b"")),
    ):
        for kind in ("image", "video"):
            with server(answer) as url:
                asked = {"upload_type": "UPLOAD_BY_URL", f"{kind}_url": url}
                told[name, kind] = ours.post(f"file/{kind}/ad/upload", **asked).code
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.2)
    for kind in ("image", "video"):
        with server(b"HTTP/1.1 200 OK\r\n", hold=threading.Event()) as url:
            asked = {"upload_type": "UPLOAD_BY_URL", f"{kind}_url": url}
            told["slow", kind] = ours.post(f"file/{kind}/ad/upload", **asked).code
        told["no address", kind] = ours.post(f"file/{kind}/ad/upload", upload_type="UPLOAD_BY_URL").code
    assert told == {
        ("gone", "image"): 40903, ("gone", "video"): 40903,
        ("broken off", "image"): 40914, ("broken off", "video"): 40914,
        ("a page", "image"): 40908, ("a page", "video"): 40908,
        ("empty", "image"): 40906, ("empty", "video"): 40906,
        ("slow", "image"): 40913, ("slow", "video"): 40902,
        ("no address", "image"): 40002, ("no address", "video"): 40002,
    }  # fmt: skip


def test_a_file_comes_in_pieces_and_waits_for_a_day(ours: Library, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    body = drawn("PNG")
    half = len(body) // 2
    monkeypatch.setattr(library_files, "PIECE_BYTES", half)
    begun = ours.post("file/start/upload", content_type="image", size=len(body), name="loaf.png").data
    upload_id = begun["upload_id"]
    assert begun == {"upload_id": upload_id, "file_name": "loaf.png", "start_offset": 0, "end_offset": half}

    def piece(start: int, part: bytes, **asked: Any) -> Said:
        sent = {"upload_id": upload_id, "signature": md5(part), "start_offset": start, **asked}
        return ours.post("file/transfer/upload", {"file": part}, **sent)

    assert (
        [
            piece(half, body[half : 2 * half]).code,  # Out of order.
            piece(0, body[:half], signature="0" * 32).code,
            piece(0, b"").code,
            piece(0, body).code,
            piece(0, body[:half], upload_id="1").code,
            piece(0, body[:half], upload_id="bread").code,
            ours.post("file/finish/upload", upload_id=upload_id).code,
            ours.post("file/image/ad/upload", upload_type="UPLOAD_BY_FILE_ID", file_id=upload_id).code,
        ]
        == [40915, 40900, 40906, 40907, 40905, 40905, 40915, 40915]
    )
    at = 0
    while at < len(body):
        said = piece(at, body[at : at + half])
        assert piece(at, body[at : at + half]).data == said.data  # Twice is once.
        at = said.data["start_offset"]
        assert said.data["end_offset"] == min(at + half, len(body))
    finished = ours.post("file/finish/upload", upload_id=upload_id).data
    assert finished == {
        "file_id": finished["file_id"], "file_name": "loaf.png", "size": len(body), "signature": md5(body),
        "create_time": finished["create_time"],
    }  # fmt: skip
    file_id = finished["file_id"]
    image = ours.post("file/image/ad/upload", upload_type="UPLOAD_BY_FILE_ID", file_id=file_id).data
    assert (image["file_name"], image["signature"]) == ("loaf.png", md5(body))
    assert [
        ours.post("file/video/ad/upload", upload_type="UPLOAD_BY_FILE_ID", file_id=file_id).code,
        ours.post("file/video/ad/upload", upload_type="UPLOAD_BY_FILE_ID", file_id="1").code,
        ours.post("file/video/ad/upload", upload_type="UPLOAD_BY_FILE_ID").code,
        ours.post("file/start/upload", content_type="music", size=1).code,
        ours.post("file/start/upload", content_type="video", size=0).code,
    ] == [40909, 40905, 40002, 40002, 40002]
    sent = ours.post(
        "file/temporarily/upload", {"file": body}, upload_type="FILE", content_type="image", signature=md5(body)
    ).data
    assert (sent["file_size"], sent["signature"]) == (len(body), md5(body))
    LibraryFile.objects.filter(pk=sent["file_id"]).update(expires_at=clock.present().now() - timedelta(seconds=1))
    late = ours.post("file/image/ad/upload", upload_type="UPLOAD_BY_FILE_ID", file_id=sent["file_id"])
    assert late.code == 40910
    library_files.tidy(clock.present().now())
    assert ours.post("file/image/ad/upload", upload_type="UPLOAD_BY_FILE_ID", file_id=sent["file_id"]).code == 40910


def test_sounds_that_ads_may_use_are_listed(ours: Library, town: Town) -> None:
    now = clock.present().now()
    hidden = sound_actions.add_to_library(PLATFORM, title="Thunder", now=now)
    sound_actions.set_rights(PLATFORM, hidden, commercial=False, countries=(), now=now)
    told = ours.get("file/music/get", page_size=100).data
    (sound,) = told["musics"]
    assert (sound["music_id"], sound["file_name"], sound["url"]) == (town.ids["sound_id"], "Rain", "")
    assert told["page_info"]["total_number"] == 1
    for asked, count in (
        ({"search_type": "SEARCH_BY_KEYWORD", "filtering": {"keyword": "rai"}}, 1),
        ({"search_type": "SEARCH_BY_KEYWORD", "filtering": {"keyword": "sun"}}, 0),
        ({"search_type": "SEARCH_BY_MUSIC_ID", "filtering": {"music_ids": [town.ids["sound_id"], "1"]}}, 1),
        ({"search_type": "SEARCH_BY_LIKED"}, 0),
    ):
        assert len(ours.get("file/music/get", **asked).data["musics"]) == count, asked
    assert ours.get("file/music/get", music_scene="KARAOKE").code == 40002
