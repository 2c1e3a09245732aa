"""Who lives in a developer's world: signed up as everybody is, each world with handles of its own."""

import secrets
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import msgspec

from vonk.content import queries as content
from vonk.content.actions import processing, profiles, videos
from vonk.content.rules import VideoState
from vonk.control.scope import Scope, Via
from vonk.core.errors import Unavailable
from vonk.identity import access

BORN_ON: Final = date(1990, 5, 17)
FILM_SECONDS_MAX: Final = 120.0  # Where work runs, it may have taken the film up first.
_POLL_SECONDS: Final = 0.1


class FilmUnfinished(Unavailable):
    """A film of the world is not processed."""

    code = "sandbox_film_unfinished"
    message = "A film of the sandbox was not processed: %(state)s."
    cause = "The machine is very busy, or the film cannot be read on it."
    remedy = "Try again when work has caught up."


class Person(msgspec.Struct, frozen=True):
    """Somebody who signed up, with the password that they sign in by."""

    scope: Scope
    profile_id: int
    handle: str
    email: str
    password: str


def sign_up(name: str, world: str, *, now: datetime) -> Person:
    """Sign somebody up under a handle of this world's."""
    handle, password = f"{name.lower()}_{world}", secrets.token_urlsafe(12)
    email = f"{name.lower()}.{world}@example.org"
    signed_up = profiles.sign_up(
        email=email,
        password=password,
        handle=handle,
        display_name=name,
        language="en",
        country="NL",
        born_on=BORN_ON,
        now=now,
    )
    scope = access.person(access.Actor(signed_up.person_id, Via.COMMAND))
    return Person(scope, signed_up.profile_id, handle, email, password)


def upload(person: Person, film: Path, *, now: datetime) -> int:
    """Upload the film and see it processed; return the video's id. Raises FilmUnfinished."""
    with film.open("rb") as file:
        video_id = videos.receive(person.scope, file, name=film.name, now=now)
    processing.process(video_id, now_source=lambda: datetime.now(UTC))  # As the job does, unless it was first.
    until = time.monotonic() + FILM_SECONDS_MAX
    while (found := content.video(person.scope, video_id)).state != VideoState.READY:
        if found.state == VideoState.FAILED or time.monotonic() > until:
            raise FilmUnfinished(state=found.failure or found.state)
        time.sleep(_POLL_SECONDS)
    return video_id
