"""What every new post is made of: a video that plays, a sound line, and what its caption leads to."""

from collections.abc import Sequence
from datetime import datetime

from vonk.content import captions
from vonk.content.actions import post_pictures, sound_files
from vonk.content.errors import PicturesDiffer, VideoFailed, VideoNotReady
from vonk.content.models import Post, PostMention, PostTag, Profile, Sound, Video
from vonk.content.rules import VideoState
from vonk.control.scope import Scope
from vonk.core.errors import NotFound


def ready_video(video: Video | None) -> Video:
    """Return the video if a post can show it; NotFound, VideoFailed or VideoNotReady."""
    if video is None:
        raise NotFound(noun="video")
    if video.state == VideoState.FAILED.value:
        raise VideoFailed(failure=video.failure)
    if video.state != VideoState.READY.value:
        raise VideoNotReady
    if video.rendition_key is None:  # The post it was in was deleted.
        raise NotFound(noun="video")
    return video


def of_account(
    scope: Scope, video_id: int | None, image_ids: Sequence[int], image_alts: Sequence[str] = (), *, now: datetime
) -> Video:
    """Return the account's ready video, locked, or copies of pictures of its library; PicturesDiffer unless one is named.

    Raises what ``ready_video`` and ``post_pictures.of_library`` raise.
    """
    if image_ids and video_id is None:
        return post_pictures.of_library(scope, image_ids, image_alts, now=now)
    if image_ids or video_id is None:
        raise PicturesDiffer
    own = Video.objects.select_for_update(no_key=True)
    return ready_video(own.filter(pk=video_id, account_id=scope.account).first())


def make_audible(sound_id: int) -> None:
    """Let the sound be heard by itself, where something can be taken out of a video; NotFound."""
    sound = Sound.objects.filter(pk=sound_id).first()
    if sound is None:
        raise NotFound(noun="sound")
    sound_files.make_audible(sound)


def sound_of(profile: Profile, video: Video, sound_id: int | None, now: datetime) -> Sound | None:
    """Return the sound named, or else the profile's original of a video that has one; NotFound."""
    if sound_id is not None:
        sound = Sound.objects.filter(pk=sound_id).first()
        if sound is None:
            raise NotFound(noun="sound")
        return sound
    if not video.has_sound:
        return None
    return Sound.objects.create(title=f"original sound – {profile.handle}", profile=profile, created_at=now)


def index_caption(post: Post, said: captions.Caption) -> None:
    """Make what tag pages and mentions know of the post what its caption says."""
    PostTag.objects.filter(post=post).delete()
    PostMention.objects.filter(post=post).delete()
    PostTag.objects.bulk_create([PostTag(post=post, tag=tag) for tag in said.tags])
    named = Profile.objects.filter(handle__in=said.handles, deleted_at=None, banned_at=None)
    PostMention.objects.bulk_create([PostMention(post=post, profile=profile) for profile in named])
