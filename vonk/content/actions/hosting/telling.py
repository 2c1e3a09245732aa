"""Tell a host's webhooks what became of a film of one of its people, in the transaction in which it did."""

from datetime import datetime

import msgspec

from vonk.content.hosted import ItemKind
from vonk.content.models import HostItem, Profile, Video
from vonk.content.rules import VideoState
from vonk.control.webhooks import emitting
from vonk.control.webhooks.emitting import Happening, Owner
from vonk.control.webhooks.rules import OwnerKind

NOUN = "video"


class FilmEvent(msgspec.Struct, frozen=True):
    """A film that is ready, or failed and why. ``account`` is the host's own id of the person."""

    video_id: str
    account: str
    state: str
    failure: str | None
    width: int
    height: int
    duration_ms: int


def tell(video_id: int, *, now: datetime) -> None:
    """Have the host hear of it: a film of nobody's of a host, and one that is underway, is told to nobody."""
    if not emitting.anybody_listens():
        return
    video = Video.objects.filter(pk=video_id, account=None, state__in=[VideoState.READY, VideoState.FAILED]).first()
    if video is None:
        return
    profiles = Profile.objects.filter(owner_id=video.uploader_id).values("pk")
    item = HostItem.objects.filter(kind=ItemKind.ACCOUNT.value, object_id__in=profiles, removed_at=None).first()
    if item is None:
        return
    event = FilmEvent(
        video_id=str(video.pk),
        account=item.external_id,
        state=video.state,
        failure=video.failure,
        width=video.width or 0,
        height=video.height or 0,
        duration_ms=video.duration_ms or 0,
    )
    told = Happening(f"{NOUN}.{video.state}", now, msgspec.json.encode(event).decode())
    emitting.emit([Owner(OwnerKind.HOST, item.host_id)], [told], now=now)
