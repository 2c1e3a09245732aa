import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from vonk.content import avatars, pictures
from vonk.content.errors import AvatarTooLarge, AvatarUnreadable


def picture(kind: str, size: tuple[int, int], mode: str = "RGB") -> bytes:
    drawn = io.BytesIO()
    Image.new(mode, size, 120 if mode in {"L", "P"} else (10, 120, 200, 255)[: len(mode)]).save(drawn, kind)
    return drawn.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB"), ("GIF", "L"), ("JPEG", "CMYK")]
)
@pytest.mark.parametrize("size", [(1, 1), (640, 480), (300, 900)])
def test_every_picture_becomes_a_small_square_webp(kind: str, mode: str, size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(avatars.draw(picture(kind, size, mode)))) as drawn:
        assert (drawn.format, drawn.size, dict(drawn.getexif())) == ("WEBP", (256, 256), {})


def test_a_turned_photograph_is_upright() -> None:
    drawn = io.BytesIO()
    photograph = Image.new("RGB", (400, 200), "white")
    photograph.paste("black", (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # Turn by 90 degrees to the right to see it.
    photograph.save(drawn, "JPEG", exif=exif)
    with Image.open(io.BytesIO(avatars.draw(drawn.getvalue()))).convert("L") as upright:
        top, bottom = upright.getpixel((128, 10)), upright.getpixel((128, 245))
    assert (top, bottom) == (0, 255)


def bomb(side: int) -> bytes:
    """A PNG of side² pixels in some kilobytes; its pictures would take gigabytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 9_000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [7_000, 12_000, 60_000])
def test_a_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    with pytest.raises(AvatarTooLarge):
        avatars.draw(bomb(side))


def test_too_many_bytes() -> None:
    with pytest.raises(AvatarTooLarge):
        avatars.draw(b"\x00" * (avatars.BYTES_MAX + 1))


@pytest.mark.parametrize("body", [b"", b"no picture", picture("PNG", (64, 64))[:60], picture("BMP", (9, 9))])
def test_what_is_no_picture(body: bytes) -> None:
    with pytest.raises(AvatarUnreadable):
        avatars.draw(body)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_picture_whose_metadata_nobody_could_write_is_turned_all_the_same(kind: str, tmp_path: Path) -> None:
    """A camera that says its picture's width as a fraction: read it can be, written not."""
    width, turned = struct.pack("<HHIf", 0x0100, 11, 1, 1.5), struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 2) + width + turned + bytes(4)
    source, target = tmp_path / "source", tmp_path / "target"
    Image.new("RGB", (20, 10)).save(source, kind, exif=exif)
    assert pictures.redraw(source, target) == pictures.Drawn("jpg" if kind == "JPEG" else "webp", 10, 20)
    assert avatars.draw(source.read_bytes())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_undone(orientation: int) -> None:
    image = Image.new("L", (2, 1))
    image.putpixel((1, 0), 255)
    image.getexif()[0x0112] = orientation
    expected = ImageOps.exif_transpose(image)
    found = pictures.upright(image)
    assert (found.size, found.tobytes()) == (expected.size, expected.tobytes())
