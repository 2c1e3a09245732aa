from pathlib import Path

import pytest

from vonk.content.transcoding import containers


def box(kind: bytes, body: bytes, *, length: int | None = None) -> bytes:
    return (8 + len(body) if length is None else length).to_bytes(4, "big") + kind + body


FTYP = box(b"ftyp", b"isom\x00\x00\x02\x00isom")
EBML = b"\x1a\x45\xdf\xa3\x84\x42\x86\x81\x01"
SEGMENT = b"\x18\x53\x80\x67"


@pytest.mark.parametrize(
    ("body", "cut_off"),
    [
        (FTYP + box(b"mdat", b"x" * 40), False),
        (FTYP + box(b"mdat", b"x" * 40)[:-1], True),
        (FTYP + box(b"mdat", b"x" * 40, length=0), False),
        (FTYP + b"\x00\x00\x00\x01mdat" + (56).to_bytes(8, "big") + b"x" * 40, False),
        (FTYP + b"\x00\x00\x00\x01mdat" + (57).to_bytes(8, "big") + b"x" * 40, True),
        (FTYP + box(b"free", b"") + b"\x00\x00", False),
        (FTYP + box(b"moov", b"x")[:6], True),
        (FTYP + b"something that is no box", False),
        (EBML + SEGMENT + b"\x88" + b"x" * 8, False),
        (EBML + SEGMENT + b"\x89" + b"x" * 8, True),
        (EBML + SEGMENT + b"\xff" + b"x" * 8, False),
        (EBML + SEGMENT + b"\x01\xff\xff\xff\xff\xff\xff\xff" + b"x", False),
        (EBML + SEGMENT + b"\x10\x00\x00\x09" + b"x" * 8, True),
        (b"RIFF" + (12).to_bytes(4, "little") + b"AVI " + b"x" * 8, False),
        (b"RIFF" + (14).to_bytes(4, "little") + b"AVI " + b"x" * 8, True),
        (b"anything else", False),
        (b"", False),
    ],
)
def test_cut_off(body: bytes, cut_off: bool, tmp_path: Path) -> None:  # noqa: FBT001  # pytest gives it by name.
    file = tmp_path / "file"
    file.write_bytes(body)
    assert containers.is_cut_off(file) is cut_off


def test_no_readable_format_leads_elsewhere() -> None:
    names = {name for readable in containers.READABLE_FORMATS for name in readable.split(",")}
    assert names.isdisjoint({"hls", "applehttp", "concat", "dash", "sdp", "rtsp", "image2", "tty", "lavfi"})
    assert {"mov", "matroska", "avi", "mpegts", "flv", "ogg", "asf", "gif"} <= names
