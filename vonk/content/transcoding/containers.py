"""Which containers are read, and whether one is there in full; reads headers only."""

import struct
from pathlib import Path
from typing import BinaryIO, Final

import av

REFUSED_FORMATS: Final = frozenset(
    # Lists that lead to other files or to the network.
    "hls applehttp concat concatf dash imf sdp rtsp rtp sap webm_dash_manifest mpjpeg "
    # Devices and generators.
    "lavfi alsa fbdev kmsgrab video4linux2 v4l2 oss pulse jack x11grab xcbgrab sndio iec61883 libdc1394 openal "
    "android_camera avfoundation dshow gdigrab vfwcap decklink libcdio dvdvideo "
    # Text and raw bytes, which would make a film of any file.
    "tty ffmetadata data rawvideo bitpacked v210 v210x xbin bin idf adf avisynth avs vapoursynth "
    # Numbered pictures, by their names on disk.
    "image2 image2pipe alias_pix brender_pix".split()
)

READABLE_FORMATS: Final[tuple[str, ...]] = tuple(
    sorted(
        name
        for name in av.formats_available
        if not REFUSED_FORMATS.intersection(name.split(",")) and not name.endswith("_pipe")
    )
)
"""Every demuxer of the library but those: a still picture ("_pipe") is no video."""


_BOXES: Final = frozenset(
    {
        b"ftyp",
        b"styp",
        b"moov",
        b"moof",
        b"mdat",
        b"mfra",
        b"meta",
        b"sidx",
        b"uuid",
        b"udta",
        b"wide",
        b"free",
        b"skip",
    }
)


_USUAL_NAMES: Final = {"mpegts": "ts", "asf": "wmv"}


def format_whitelist() -> str:
    """Return the readable formats as ffmpeg's ``format_whitelist`` wants them."""
    return ",".join(READABLE_FORMATS)


def looks_like_video(file: Path) -> bool:
    """Tell whether the file begins as a known video container does."""
    with file.open("rb") as opened:
        head = opened.read(16)
    return (
        head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}
        or head[:4] in {b"\x1a\x45\xdf\xa3", b"OggS", b"\x00\x00\x01\xba", b"\x30\x26\xb2\x75"}
        or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")
        or head[:3] == b"FLV"
    )


def format_of(file: Path, ffmpeg_name: str) -> str:
    """Return what people call the container: "mp4", "mov", "3gp", "webm", "mkv" …; ffmpeg's word for others."""
    with file.open("rb") as opened:
        head = opened.read(64)
    first = ffmpeg_name.split(",", maxsplit=1)[0]
    if first == "mov":
        brand = head[8:12]
        return "mov" if brand == b"qt  " or head[4:8] != b"ftyp" else "3gp" if brand.startswith(b"3g") else "mp4"
    if first == "matroska":
        return "webm" if b"webm" in head else "mkv"
    return _USUAL_NAMES.get(first, first)


def is_cut_off(file: Path) -> bool:
    """Tell whether the container announces more bytes than there are (MP4 and its kin, Matroska, AVI)."""
    size = file.stat().st_size
    with file.open("rb") as opened:
        head = opened.read(12)
        opened.seek(0)
        if head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}:
            return _boxes_end(opened, size) > size
        if head[:4] == b"\x1a\x45\xdf\xa3":
            return _segment_end(opened) > size
        if head[:4] == b"RIFF":
            return int.from_bytes(head[4:8], "little") + 8 > size + 1  # The last chunk's padding byte may be missing.
    return False


def _boxes_end(file: BinaryIO, size: int) -> int:
    """Return where the last top-level box ends (ISO/IEC 14496-12 §4.2)."""
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return size if not any(head) else at + 8  # Trailing zeroes harm nobody.
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            return size  # "To the end of the file."
        if length < 8 or head[4:8] not in _BOXES:
            return size  # Not a box: some writers leave something of their own behind the last one.
        at += length
    return at


def _segment_end(file: BinaryIO) -> int:
    """Return where the Matroska segment ends, 0 when it does not say (RFC 8794 §6, live recordings)."""
    file.seek(4)
    header_bytes = _vint(file)
    if header_bytes is None:
        return 0
    file.seek(header_bytes, 1)
    if file.read(4) != b"\x18\x53\x80\x67":
        return 0
    segment_bytes = _vint(file)
    return 0 if segment_bytes is None else file.tell() + segment_bytes


def _vint(file: BinaryIO) -> int | None:
    """Read an EBML length; None when it is unknown."""
    first = file.read(1)
    if not first or first == b"\x00":
        return None
    width = 9 - first[0].bit_length()
    rest = file.read(width - 1)
    value = struct.unpack(">Q", (bytes([first[0] & (0xFF >> width)]) + rest).rjust(8, b"\x00"))[0]
    return None if value == (1 << (7 * width)) - 1 else int(value)
