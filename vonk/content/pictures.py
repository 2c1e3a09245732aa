"""Library pictures: what comes in is drawn anew, upright, and nothing of the original's metadata is kept."""

import struct
from pathlib import Path
from typing import Final

import msgspec
from PIL import ExifTags, Image, UnidentifiedImageError

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
