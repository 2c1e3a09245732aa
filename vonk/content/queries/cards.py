"""Posts as feeds and pages draw them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db.models import QuerySet

from vonk.content import captions, media
from vonk.content.models import Engagement, Follow, Post, PostMention, PostTag
from vonk.content.queries import pictures, visibility
from vonk.content.queries.pictures import PictureFacts
from vonk.content.queries.tallies import Counts, counts
from vonk.content.rules import Disclosure, EngagementKind


class CardProfile(msgspec.Struct, frozen=True):
    """Whose post it is; ``followed`` by whoever looks."""

    id: int
    handle: str
    display_name: str
    avatar_url: str
    followed: bool


class CardSound(msgspec.Struct, frozen=True):
    """The sound line."""

    id: int
    title: str


class PostCard(msgspec.Struct, frozen=True, kw_only=True):
    """All that a feed needs to draw a post. URLs are paths on site; ``segments`` joined are the caption.

    Of ``pictures`` there are some, or a ``video_url``. ``sound_url`` is what is heard with pictures, "" for nothing.
    """

    post_id: int
    profile: CardProfile
    caption: str
    segments: tuple[captions.Segment, ...]
    hashtags: tuple[str, ...]
    mentions: tuple[str, ...]
    sound: CardSound | None
    video_url: str
    poster_url: str
    duration_ms: int
    width: int
    height: int
    counts: Counts
    liked: bool
    favourited: bool
    own: bool
    may_duet: bool
    may_stitch: bool
    duet_of: int | None
    stitch_of: int | None
    created_at: datetime
    disclosure: Disclosure = Disclosure.NONE
    ai_generated: bool = False
    pictures: tuple[PictureFacts, ...] = ()
    sound_url: str = ""


def cards(viewer_id: int | None, post_ids: Sequence[int]) -> list[PostCard]:
    """Return the posts in this order, without those that the viewer may not see (any more)."""
    rows = {row.pk: row for row in card_rows(viewer_id).filter(pk__in=post_ids)}
    return cards_of(viewer_id, [rows[post_id] for post_id in post_ids if post_id in rows])


def card_rows(viewer_id: int | None) -> QuerySet[Post]:
    """Return the posts that the viewer may see organically, with what a card needs of their profile, video and sound."""
    return Post.objects.filter(visibility.visible_to(viewer_id)).select_related("profile", "video", "sound")


def cards_of(viewer_id: int | None, rows: Sequence[Post]) -> list[PostCard]:
    """Draw the rows, in five queries however many they are, and one more where there are pictures."""
    pictures.read(rows)
    ids = [row.pk for row in rows]
    tags: dict[int, list[str]] = defaultdict(list)
    for post_id, tag in PostTag.objects.filter(post_id__in=ids).order_by("pk").values_list("post_id", "tag"):
        tags[post_id].append(tag)
    mentions: dict[int, list[str]] = defaultdict(list)
    named = PostMention.objects.filter(post_id__in=ids, profile__banned_at=None, profile__deleted_at=None)
    for post_id, handle in named.order_by("pk").values_list("post_id", "profile__handle"):
        mentions[post_id].append(handle or "")
    counted = counts(ids)
    reactions: set[tuple[int, str]] = set()
    followed: set[int] = set()
    if viewer_id is not None:
        own = Engagement.objects.filter(person_id=viewer_id, post_id__in=ids)
        reactions.update(own.values_list("post_id", "kind"))
        follows = Follow.objects.filter(person_id=viewer_id, profile_id__in={row.profile_id for row in rows})
        followed.update(follows.values_list("profile_id", flat=True))
    return [
        PostCard(
            post_id=row.pk,
            profile=CardProfile(
                row.profile.pk,
                row.profile.handle or "",
                row.profile.display_name,
                media.url_of(row.profile.avatar),
                row.profile_id in followed,
            ),
            caption=row.caption,
            segments=captions.segments(row.caption, mentions[row.pk]),
            hashtags=tuple(tags[row.pk]),
            mentions=tuple(mentions[row.pk]),
            sound=CardSound(row.sound.pk, row.sound.title) if row.sound else None,
            video_url=media.url_of(row.video.rendition_key),
            poster_url=media.url_of(row.video.poster_key),
            duration_ms=row.video.duration_ms or 0,
            width=row.video.width or 0,
            height=row.video.height or 0,
            counts=counted.get(row.pk, Counts()),
            liked=(row.pk, EngagementKind.LIKE.value) in reactions,
            favourited=(row.pk, EngagementKind.FAVOURITE.value) in reactions,
            own=viewer_id is not None and row.profile.owner_id == viewer_id,
            may_duet=row.may_duet,
            may_stitch=row.may_stitch,
            duet_of=row.duet_of_id,
            stitch_of=row.stitch_of_id,
            created_at=row.created_at,
            disclosure=Disclosure(row.disclosure),
            ai_generated=row.ai_generated,
            pictures=pictures.of(row),
            sound_url=pictures.sound_url(row),
        )
        for row in rows
    ]


class Within(msgspec.Struct, frozen=True):
    """Which posts a page shows: of a profile, with a tag, with a sound; None does not narrow."""

    profile_id: int | None = None
    tag: str | None = None
    sound_id: int | None = None


def card_page(
    viewer_id: int | None, within: Within, *, after: int | None, size: int
) -> tuple[list[PostCard], int | None]:
    """Return a page of posts, newest first, and the id to go on after (None on the last page)."""
    rows = card_rows(viewer_id)
    if within.profile_id is not None:
        rows = rows.filter(profile_id=within.profile_id)
    if within.tag is not None:
        rows = rows.filter(pk__in=PostTag.objects.filter(tag=captions.tag_of(within.tag)).values("post_id"))
    if within.sound_id is not None:
        rows = rows.filter(sound_id=within.sound_id)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: size + 1])
    shown = found[:size]
    return cards_of(viewer_id, shown), shown[-1].pk if len(found) > size else None


def post_count(within: Within) -> int:
    """Return how many public posts there are."""
    rows = Post.objects.filter(visibility.PUBLIC)
    if within.tag is not None:
        rows = rows.filter(pk__in=PostTag.objects.filter(tag=captions.tag_of(within.tag)).values("post_id"))
    if within.profile_id is not None:
        rows = rows.filter(profile_id=within.profile_id)
    if within.sound_id is not None:
        rows = rows.filter(sound_id=within.sound_id)
    return rows.count()
