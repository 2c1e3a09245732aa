"""What an ad account's library takes: kinds of file, names, bounds; pure."""

from enum import StrEnum
from pathlib import PurePath
from typing import Final
from urllib.parse import unquote, urlsplit

from vonk.core.errors import FieldInvalid

FILE_NAME_MAX: Final = 100
PIECE_BYTES: Final = 20 << 20  # What one piece of a file may have.
FILE_BYTES_MAX: Final = 100_000_000  # Of a file that comes at once and waits.
IMAGE_BYTES_MAX: Final = 50_000_000
COVERS_MAX: Final = 10


class FileKind(StrEnum):
    """What a file is to become."""

    IMAGE = "image"
    VIDEO = "video"


def asked_name(text: str, field: str = "file_name") -> str:
    """Return a name as its author wrote it, without outer blanks; FieldInvalid says what is wrong with it."""
    name = text.strip()
    if not 1 <= len(name) <= FILE_NAME_MAX:
        raise FieldInvalid(field, "1 to %(most)s characters", most=FILE_NAME_MAX)
    if not name.isprintable():
        raise FieldInvalid(field, "one line of text, without control characters")
    return name


def found_name(text: str, kind: FileKind) -> str:
    """Return what a file is called whose author gave it no name: the last part of its own, cut to what is kept."""
    last = PurePath(text.replace("\\", "/")).name
    plain = "".join(character for character in last if character.isprintable()).strip()
    return plain[:FILE_NAME_MAX] or kind.value


def name_in_url(url: str) -> str:
    """Return the file's name in an address, "" when it names none."""
    return PurePath(unquote(urlsplit(url).path)).name


def told_apart(name: str, made: int) -> str:
    """Return the name with an id in it, before its ending: for a name that is taken."""
    path = PurePath(name)
    ending = path.suffix if len(path.suffix) <= 8 else ""
    mark = f"_{made}"
    stem = name[: len(name) - len(ending)] if ending else name
    return stem[: FILE_NAME_MAX - len(mark) - len(ending)] + mark + ending
