"""The platform's library of sounds."""

import msgspec

from vonk.content import queries
from vonk.content.actions import sound_files, sounds
from vonk.content.queries import SoundView
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation


class NewSound(Body, frozen=True):
    title: str


class SoundRights(Body, frozen=True):
    """Whether it may be heard in ads, and in which countries (ISO 3166-1 alpha-2); none: in all of them."""

    commercial: bool
    countries: tuple[str, ...] = ()


class UploadName(Body, frozen=True):
    """The file's name, where the body is the file itself."""

    name: str | None = None


class SoundCreated(msgspec.Struct, frozen=True):
    id: int


@operation("GET", "/sounds", may=None, summary="List the library of sounds")
def list_sounds(call: Call[Nothing, Paged]) -> Page[SoundView]:
    """Sounds that everybody may use."""
    return queries.library(call.query.paging())


@operation(
    "POST", "/sounds", may=Right.OPERATE, summary="Add a sound to the library", example={"title": "Morning rain"}
)
def create_sound(call: Call[NewSound, Nothing]) -> SoundCreated:
    """By its title."""
    return SoundCreated(sounds.add_to_library(call.scope, title=call.body.title, now=call.now))


@operation(
    "PUT",
    "/sounds/{sound_id}/rights",
    may=Right.OPERATE,
    summary="Set the rights to a sound of the library",
    example={"commercial": True, "countries": ["NL", "BE"]},
)
def set_rights(call: Call[SoundRights, Nothing]) -> None:
    """Posts with a sound that is not commercial cannot be authorised for ads (``music_rights_missing``)."""
    asked = call.body
    sounds.set_rights(
        call.scope, call.id("sound_id"), commercial=asked.commercial, countries=asked.countries, now=call.now
    )


@operation(
    "PUT", "/sounds/{sound_id}/audio", may=Right.OPERATE, uploads=True, summary="Upload what is heard of a sound"
)
def set_audio(call: Call[Nothing, UploadName]) -> None:
    """Once, of a sound of the library: whatever ffmpeg hears in the file, its first minute. Posts of pictures are heard with it."""
    assert call.upload is not None, "An upload operation has a file."
    sound_files.set_audio(call.scope, call.id("sound_id"), call.upload.file, now=call.now)
