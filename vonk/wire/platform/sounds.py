"""The platform's library of sounds."""

import msgspec

from vonk.content import queries
from vonk.content.actions import sounds
from vonk.content.queries import SoundView
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation


class NewSound(Body, frozen=True):
    title: str


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
