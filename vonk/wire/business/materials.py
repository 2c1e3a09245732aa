"""How videos and pictures of a library are named on the wire: a letter and digits, so that no client takes them for numbers."""

from typing import Final

from vonk.core.errors import Missing
from vonk.core.ids import parse_id
from vonk.wire.business.errors import answers

_VIDEO: Final = "v"
_IMAGE: Final = "i"


class VideoIdInvalid(Missing):
    """The text names no video of the account's library."""

    code = "video_id_invalid"
    message = "%(video_id)s is no video of this ad account's library."
    remedy = "Take the video_id that the upload or the search answered."
    field = "video_id"


class ImageIdInvalid(Missing):
    """The text names no picture of the account's library."""

    code = "image_id_invalid"
    message = "%(image_id)s is no image of this ad account's library."
    remedy = "Take the image_id that the upload or the search answered."
    field = "image_id"


answers({VideoIdInvalid.code: 40053, ImageIdInvalid.code: 40912})


def video_id(made: int) -> str:
    """Return how a video is named."""
    return f"{_VIDEO}{made}"


def image_id(made: int) -> str:
    """Return how a picture is named."""
    return f"{_IMAGE}{made}"


def read_video_id(text: str) -> int:
    """Return the id in a video's name; VideoIdInvalid when it is none."""
    found = _read(text, _VIDEO)
    if found is None:
        raise VideoIdInvalid(video_id=text[:40])
    return found


def read_image_id(text: str) -> int:
    """Return the id in a picture's name; ImageIdInvalid when it is none."""
    found = _read(text, _IMAGE)
    if found is None:
        raise ImageIdInvalid(image_id=text[:40])
    return found


def _read(text: str, letter: str) -> int | None:
    if not text.startswith(letter):
        return None
    try:
        return parse_id(text[1:])
    except ValueError:
        return None
