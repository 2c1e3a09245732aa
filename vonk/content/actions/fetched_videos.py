"""Films that a host's server names by address instead of sending them."""

from datetime import datetime

from django.conf import settings

from vonk.content import library, media
from vonk.content.actions import videos
from vonk.control import fetching
from vonk.control.scope import Scope


def receive(scope: Scope, url: str, *, name: str | None = None, now: datetime) -> int:
    """Fetch a film and enqueue its processing, as ``videos.receive``; return the video's id.

    No transaction is open meanwhile. Raises what ``fetching.fetch`` and ``videos.receive`` raise; then nothing is kept.
    """
    videos.require(scope)  # Before anything is fetched.
    with media.scratch("upload") as folder:
        fetched = folder / "fetched"
        fetching.fetch(url, fetched, bytes_max=settings.VONK.upload_bytes_max, field="url")
        with fetched.open("rb") as file:
            return videos.receive(scope, file, name=name or library.name_in_url(url), now=now)
