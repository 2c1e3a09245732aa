"""Library pictures: what comes in is drawn anew, upright, and nothing of the original's metadata is kept."""

import struct
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec
from PIL import ExifTags, Image, ImageFilter, ImageOps, UnidentifiedImageError

from vonk.content.errors import ImageDamaged, ImageTooManyPixels, ImageUnknown

PIXELS_MAX: Final = 40_000_000  # 160 MB decoded.
SIDE_MAX: Final = 16_000
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
QUALITY: Final = 92
_TURNS: Final[dict[object, Image.Transpose]] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How to undo each orientation that EXIF names."""
_DEEP: Final = frozenset({"I", "F", "I;16", "I;16B", "I;16L"})  # More than eight bits a channel.


EDITED_SIDE_MIN: Final = 16
EDITED_SIDE_MAX: Final = 4_096  # 67 MB decoded, twice while the padding is drawn.
_BLUR_OF_SIDE: Final = 0.05  # Of the longer side: nothing in the padding can be recognised.


class Edit(StrEnum):
    """How a picture is brought to another size; never stretched."""

    CROP = "crop"  # It fills the frame; what stands over on two sides is cut off evenly.
    PAD = "pad"  # All of it is in the frame; around it lies a blurred copy of itself.


class Drawn(msgspec.Struct, frozen=True):
    """A picture as it is kept; ``format`` also ends its key: "jpg", "png" or "webp"."""

    format: str
    width: int
    height: int


def redraw(file: Path, target: Path) -> Drawn:
    """Draw the picture into the target: a JPEG stays one, WebP too, everything else becomes a PNG; of a GIF the first picture.

    Raises ImageTooManyPixels before anything is decoded, ImageUnknown for what is no picture, ImageDamaged for what
    breaks off.
    """
    plain, kind = _read(file)
    return _saved(plain, kind, target)


def draw_sizes(file: Path, sizes: Sequence[tuple[Path, int]]) -> Drawn:
    """Draw the picture into each target with no side longer than is named beside it, never larger, the largest first.

    What is transparent becomes WebP, everything else a JPEG; all targets are of one format. Returns the first one's
    measures. Raises as ``redraw``.
    """
    plain, _ = _read(file)
    kind = "WEBP" if "A" in plain.getbands() else "JPEG"
    drawn = []
    for target, side in sizes:
        plain.thumbnail((side, side), Image.Resampling.LANCZOS)
        drawn.append(_saved(plain, kind, target))
    return drawn[0]


def _read(file: Path) -> tuple[Image.Image, str | None]:
    too_many = ImageTooManyPixels(megapixels=PIXELS_MAX // 1_000_000, side=SIDE_MAX)
    try:
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > PIXELS_MAX or max(image.size) > SIDE_MAX:
                raise too_many
            kind = image.format
            plain = _plain(upright(image), opaque=kind == "JPEG")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_many from error
    except UnidentifiedImageError as error:
        raise ImageUnknown from error
    except (OSError, ValueError, SyntaxError, EOFError, struct.error) as error:
        raise ImageDamaged from error
    return plain, kind


def reshape(file: Path, target: Path, edit: Edit, *, width: int, height: int) -> Drawn:
    """Draw a library's picture in exactly the size: both sides from EDITED_SIDE_MIN to EDITED_SIDE_MAX pixels.

    What is smaller is enlarged. The format stays. Raises ImageDamaged when the file cannot be read.
    """
    assert EDITED_SIDE_MIN <= min(width, height) <= max(width, height) <= EDITED_SIDE_MAX, "The caller bounds it."
    try:
        with Image.open(file, formats=FORMATS) as image:
            kind = image.format
            plain = _plain(image, opaque=kind == "JPEG")
    except (OSError, ValueError, SyntaxError, EOFError, struct.error) as error:
        raise ImageDamaged from error
    size = (width, height)
    filled = ImageOps.fit(plain, size, Image.Resampling.LANCZOS)
    if edit is Edit.PAD:
        filled = filled.filter(ImageFilter.GaussianBlur(max(size) * _BLUR_OF_SIDE))
        whole = ImageOps.contain(plain, size, Image.Resampling.LANCZOS)
        filled.paste(whole, ((width - whole.width) // 2, (height - whole.height) // 2))
    return _saved(filled, kind, target)


def _saved(plain: Image.Image, kind: str | None, target: Path) -> Drawn:
    plain.info = {}  # Writers copy comments and profiles from there.
    if kind == "JPEG":
        plain.save(target, "JPEG", quality=QUALITY, optimize=True, progressive=True)
        return Drawn("jpg", plain.width, plain.height)
    if kind == "WEBP":
        plain.save(target, "WEBP", quality=QUALITY)
        return Drawn("webp", plain.width, plain.height)
    plain.save(target, "PNG")
    return Drawn("png", plain.width, plain.height)


def upright(image: Image.Image) -> Image.Image:
    """Return the picture as its camera was held. Nothing else of the metadata is touched: much of it cannot be written."""
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation))
    return image if turn is None else image.transpose(turn)


def _plain(image: Image.Image, *, opaque: bool) -> Image.Image:
    """Return the picture in the colours that every reader knows, with its transparency where it may have one."""
    transparent = not opaque and ("A" in image.getbands() or "transparency" in image.info)
    if image.mode in _DEEP:
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    return image.convert("RGBA" if transparent else "RGB")
