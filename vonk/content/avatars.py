"""Avatars: whatever picture comes in, a small square one is kept; nothing of the original's metadata is."""

import io
import struct
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from vonk.content import pictures
from vonk.content.errors import AvatarTooLarge, AvatarUnreadable

SIDE: Final = 256
BYTES_MAX: Final = 10_000_000
PIXELS_MAX: Final = 40_000_000  # 120 MB decoded.
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
QUALITY: Final = 85


def draw(picture: bytes) -> bytes:
    """Return the middle of the picture as a WebP of 256×256, upright.

    Raises AvatarTooLarge before anything is decoded, AvatarUnreadable for what is no picture.
    """
    too_large = AvatarTooLarge(megabytes=BYTES_MAX // 1_000_000, megapixels=PIXELS_MAX // 1_000_000)
    if len(picture) > BYTES_MAX:
        raise too_large
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as image:
            if image.width * image.height > PIXELS_MAX:
                raise too_large
            image.draft("RGB", (SIDE * 2, SIDE * 2))  # JPEG decodes at a fraction of its size.
            square = ImageOps.fit(pictures.upright(image).convert("RGBA"), (SIDE, SIDE))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, struct.error) as error:
        raise AvatarUnreadable from error
    drawn = io.BytesIO()
    square.save(drawn, "WEBP", quality=QUALITY)
    return drawn.getvalue()
