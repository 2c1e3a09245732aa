"""Take materials out of an ad account's library, for good: their files go with them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from vonk.content import media
from vonk.content.actions import small_renditions
from vonk.content.errors import MaterialInUse, MaterialUnderway
from vonk.content.models import Image, Post, Video
from vonk.content.rules import VideoState
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, Phrase


@transaction.atomic
def remove_video(scope: Scope, video_id: int, *, now: datetime) -> None:
    """Delete a video and the covers out of it. Raises NotFound, MaterialInUse while a post shows it, MaterialUnderway.

    The row stays without its files, as that of a video whose posts are all deleted: what was counted of it keeps its
    noun. A video that was refused has nothing to keep, and goes.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    video = Video.objects.select_for_update(no_key=True).filter(pk=video_id, account_id=scope.account).first()
    if video is None or (video.state == VideoState.READY.value and video.rendition_key is None):
        raise NotFound(noun="video")
    if video.state in (VideoState.UPLOADED.value, VideoState.PROCESSING.value):
        raise MaterialUnderway(material_id=video_id)
    if Post.objects.filter(video_id=video_id, deleted_at=None).exists():
        raise MaterialInUse(material_id=video_id, user=Phrase("a post shows it"))
    covers = Image.objects.filter(video_id=video_id)
    keys = [video.source_key, video.rendition_key, video.poster_key, *covers.values_list("key", flat=True)]
    keys += small_renditions.forget([video_id])
    covers.delete()
    if video.state == VideoState.FAILED.value:
        video.delete()
    else:
        video.source_key = video.rendition_key = video.poster_key = video.library_name = None
        video.save(update_fields=["source_key", "rendition_key", "poster_key", "library_name"])
    _drop(key for key in keys if key is not None)
    audit.record(scope, "video.removed", "video", video_id, at=now)


@transaction.atomic
def remove_image(scope: Scope, image_id: int, *, now: datetime) -> None:
    """Delete a picture. A cover goes with its video. Raises NotFound. Who uses it is the caller's to know."""
    scope.require(Right.CAMPAIGN_EDIT)
    image = Image.objects.select_for_update().filter(pk=image_id, account_id=scope.account, video=None).first()
    if image is None:
        raise NotFound(noun="image")
    image.delete()
    _drop([image.key])
    audit.record(scope, "image.removed", "image", image_id, at=now)


def _drop(keys: Iterable[str]) -> None:
    """Delete the files after the commit; what a crash leaves is found by ``videos.sweep``."""
    dropped = list(keys)

    def drop() -> None:
        for key in dropped:
            media.store().delete(key)

    transaction.on_commit(drop)
