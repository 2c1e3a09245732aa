"""A post as every list of consents shows it."""

import msgspec

from vonk.content.queries import PictureFacts, PostFacts


class PostView(msgspec.Struct, frozen=True):
    """A post as a list of consents shows it."""

    id: int
    profile_id: int
    handle: str | None
    display_name: str
    caption: str
    poster_url: str
    video_url: str
    duration_ms: int | None
    width: int | None
    height: int | None
    ads_only: bool
    available: bool
    unavailable_reason: str | None
    pictures: tuple[PictureFacts, ...] = ()
    sound_url: str = ""


def post_view(post: PostFacts) -> PostView:
    """Return the facts of the post that lists of consents show."""
    return PostView(
        id=post.id,
        profile_id=post.profile_id,
        handle=post.handle,
        display_name=post.display_name,
        caption=post.caption,
        poster_url=post.poster_url,
        video_url=post.video_url,
        duration_ms=post.duration_ms,
        width=post.width,
        height=post.height,
        ads_only=post.ads_only,
        available=post.available,
        unavailable_reason=post.unavailable_reason,
        pictures=post.pictures,
        sound_url=post.sound_url,
    )
