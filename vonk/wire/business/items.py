"""Posts as v1.3 writes them (reference API §5, §6): items, their videos, and how long a creator's consent holds."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from vonk.authorisation.queries.held_posts import HeldPost
from vonk.authorisation.rules import ConsentState
from vonk.content.queries import PostFacts
from vonk.content.queries.renditions import RenditionFacts
from vonk.content.rules import Format, Unavailable, Visibility
from vonk.wire.business import materials
from vonk.wire.business.given import Digits, Given

VIDEO: Final = "VIDEO"
CAROUSEL: Final = "CAROUSEL"
FORMATS: Final[dict[str, tuple[Format, ...]]] = {
    VIDEO: (Format.VIDEO, Format.STORY),
    CAROUSEL: (Format.CAROUSEL,),
}
AUTH_STATUS: Final[dict[ConsentState, str]] = {
    ConsentState.ISSUED: "NOT_AUTHORIZED",
    ConsentState.ACTIVE: "AUTHORIZED",
    ConsentState.ENDING: "AUTHORIZED",
    ConsentState.SUSPENDED: "SUSPENDED",
    ConsentState.EXPIRED: "EXPIRED",
    ConsentState.REVOKED: "REVOKED",
    ConsentState.RELEASED: "RELEASED",
    ConsentState.DELETED: "DELETED",
}
"""``ad_auth_status``. Only AUTHORIZED is v1.3's; the others are ours (reference API §19)."""


class ImageInfo(Given, frozen=True):
    """A picture of a carousel. ``image_id`` is "" unless it is of the ad account's library."""

    image_id: str
    image_url: str
    width: int
    height: int


class MusicInfo(Given, frozen=True):
    """What is heard with a carousel; ``url`` is "" of a sound line without a sound."""

    music_id: Digits
    title: str
    url: str


class CarouselInfo(Given, frozen=True):
    """The pictures of a carousel, and its sound. A video that its host calls a carousel has no pictures."""

    image_info: list[ImageInfo]
    music_info: MusicInfo | None


class AuthInfo(Given, frozen=True):
    """How long a creator's consent holds. ``invite_start_time``: when the creator gave it; ``auth_start_time``: when the
    ad account took it up, null for a code that nobody redeemed yet.
    """

    ad_auth_status: str
    auth_start_time: str | None
    auth_end_time: str
    invite_start_time: str


class Answered(Given, frozen=True):
    """What a post answers or mentions."""

    duet_original_item_id: Digits | None
    stitch_original_item_id: Digits | None
    is_multi_duet_stitch: bool
    mentioned_item_ids: list[Digits]


def is_carousel(post: PostFacts) -> bool:
    """Say whether it is one: pictures, or a video that its host calls so."""
    return post.format is Format.CAROUSEL


def item_type(post: PostFacts) -> str:
    """Return what kind of post it is."""
    return CAROUSEL if is_carousel(post) else VIDEO


def carousel_info(post: PostFacts, link: Callable[[str], str], account_id: int) -> CarouselInfo | None:
    """Return null for every video; ``link`` makes whole addresses, and library pictures are named to their account."""
    if post.format is not Format.CAROUSEL:
        return None
    own = account_id in (post.account_id, post.pushed_for)
    shown = [
        ImageInfo(
            image_id=materials.image_id(one.library_id) if own and one.library_id else "",
            image_url=link(one.url),
            width=one.width,
            height=one.height,
        )
        for one in post.pictures
    ]
    heard = MusicInfo(str(post.sound_id), post.sound_title, link(post.sound_url)) if post.sound_id else None
    return CarouselInfo(image_info=shown, music_info=heard)


def item_status(post: PostFacts) -> str:
    """Return ``item_info.status``: who can see the post outside ads."""
    if post.unavailable_reason == Unavailable.DELETED:
        return "USER_DELETE"
    if post.unavailable_reason in {Unavailable.REMOVED, Unavailable.PROFILE_BANNED}:
        return "AUDIT_DELETE"
    if post.draft:
        return "REVIEW_PENDING"
    if post.ads_only or post.visibility is Visibility.PRIVATE:
        return "ONLY_AUTHOR_SEE"
    if post.profile_private or post.visibility is Visibility.FRIENDS:
        return "ONLY_FRIEND_SEE"
    return "HESITATE_RECOMMEND"


def video_status(post: PostFacts) -> str:
    """Return the status of a video row, which knows three values alone."""
    names = {
        "HESITATE_RECOMMEND": "ITEM_STATUS_HESITATE_RECOMMEND",
        "ONLY_FRIEND_SEE": "STATUS_ONLY_FRIEND_SEE",
    }
    return names.get(item_status(post), "ITEM_STATUS_ONLY_AUTHOR_SEE")


def answered(post: PostFacts, *, answers_answer: bool) -> Answered:
    """Return what the post answers or mentions."""
    return Answered(
        duet_original_item_id=str(post.duet_of) if post.duet_of is not None else None,
        stitch_original_item_id=str(post.stitch_of) if post.stitch_of is not None else None,
        is_multi_duet_stitch=answers_answer,
        mentioned_item_ids=[str(mentioned) for mentioned in post.mentions_posts],
    )


def auth_info(held: HeldPost, write: Callable[[datetime], str]) -> AuthInfo:
    """Return how long the consent holds; ``write`` is how this group writes instants."""
    return AuthInfo(
        ad_auth_status=AUTH_STATUS[held.state],
        auth_start_time=write(held.taken_at) if held.taken_at is not None else None,
        auth_end_time=write(held.ends_at),
        invite_start_time=write(held.issued_at),
    )


def seconds(post: PostFacts) -> float:
    """Return how long the video is."""
    return post.duration_ms / 1_000


NO_RENDITION: Final = RenditionFacts(0, 0, "")
