"""Pictures and sounds drawn for tests."""

import io
import wave
from datetime import datetime

from PIL import ExifTags, Image

from vonk.content.actions import library_images, post_pictures
from vonk.control.scope import Scope


def jpeg(width: int = 900, height: int = 1_200, colour: str = "tomato", *, camera: str = "") -> io.BytesIO:
    """A picture; with a camera, lying on its side with what a camera writes about itself."""
    drawn = io.BytesIO()
    exif = Image.Exif()
    if camera:
        exif[ExifTags.Base.Orientation] = 6
        exif[ExifTags.Base.Make] = camera
    Image.new("RGB", (width, height), colour).save(drawn, "JPEG", exif=exif)
    drawn.seek(0)
    return drawn


def picture(scope: Scope, now: datetime) -> int:
    """One of a person's that waits."""
    return post_pictures.add(scope, jpeg(90, 120), now=now)


def library_image(scope: Scope, now: datetime, name: str) -> int:
    """One of an account's library."""
    return library_images.add(scope, jpeg(90, 120), name=name, own_name=name, md5=None, now=now)


def wav(seconds: float) -> io.BytesIO:
    """A hum."""
    heard = io.BytesIO()
    with wave.open(heard, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8_000)
        file.writeframes(bytes(128 + (number // 10 % 2) * 40 for number in range(int(8_000 * seconds))))
    heard.seek(0)
    return heard
