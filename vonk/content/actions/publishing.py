"""Keep what the ad servers know of posts true. Whoever changes a post or its profile calls ``sync`` in that transaction."""

from collections.abc import Iterable
from datetime import datetime

from vonk.content import media
from vonk.content.models import Post, Profile
from vonk.content.queries import pictures
from vonk.content.queries.posts import state_of
from vonk.content.rules import VideoState, unavailable_reason
from vonk.control import publications
from vonk.delivery.snapshot import DocumentKind, PictureDocument, PostDocument


def lock(post_id: int) -> Post | None:
    """Return the post with its profile, both locked until commit, or None when there is none.

    Always the profile first, so that two actions never wait for each other in a circle. Engagement is not held up.
    """
    profile_id = Post.objects.filter(pk=post_id).values_list("profile_id", flat=True).first()
    if profile_id is None:
        return None
    profile = lock_profile(profile_id)
    post = Post.objects.select_for_update(no_key=True).get(pk=post_id)
    post.profile = profile
    return post


def lock_profile(profile_id: int) -> Profile:
    """Return the profile, locked until commit."""
    return Profile.objects.select_for_update(no_key=True).get(pk=profile_id)


def sync(post_ids: Iterable[int], *, now: datetime) -> None:
    """Publish or withdraw the documents of those posts that are in ads."""
    rows = Post.objects.filter(pk__in=list(post_ids), in_ads=True).select_related("profile", "video", "sound")
    for post in rows.order_by("pk"):
        if unavailable_reason(state_of(post)) is None and post.video.state == VideoState.READY.value:
            publications.publish(DocumentKind.POST, post.pk, document_of(post), at=now)
        else:
            publications.withdraw(DocumentKind.POST, post.pk, at=now)


def sync_profile(profile_id: int, *, now: datetime) -> None:
    """Do so for every post of a profile that changed."""
    sync(Post.objects.filter(profile_id=profile_id, in_ads=True).values_list("pk", flat=True), now=now)


def document_of(post: Post) -> PostDocument:
    """Return the post as ad servers show it; profile, video and sound are loaded, the video is ready."""
    profile, video, sound = post.profile, post.video, post.sound
    return PostDocument(
        id=post.pk,
        profile_id=profile.pk,
        handle=profile.handle or "",
        display_name=profile.display_name,
        avatar_url=media.url_of(profile.avatar),
        caption=post.caption,
        sound_id=sound.pk if sound else 0,
        sound_title=sound.title if sound else "",
        video_url=media.url_of(video.rendition_key),
        poster_url=media.url_of(video.poster_key),
        duration_ms=video.duration_ms or 0,
        width=video.width or 0,
        height=video.height or 0,
        may_duet=post.may_duet,
        may_stitch=post.may_stitch,
        ai_generated=post.ai_generated,
        disclosure=post.disclosure,
        countries=tuple(sound.countries) if sound else (),
        external_id=post.external_id,
        pictures=tuple(
            PictureDocument(one.url, one.small_url, one.width, one.height, one.alt) for one in pictures.of(post)
        ),
        sound_url=pictures.sound_url(post),
    )
