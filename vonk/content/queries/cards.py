"""Posts as feeds and pages draw them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import Q, QuerySet

from vonk.content import captions, media
from vonk.content.models import Engagement, Follow, Post, PostMention, PostTag
from vonk.content.queries import pictures, visibility
from vonk.content.queries.pictures import PictureFacts
from vonk.content.queries.tallies import Counts, counts
from vonk.content.rules import Disclosure, EngagementKind
from vonk.control import prepared
from vonk.control.prepared import given
from vonk.control.scope import Scope


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


class _Tag(msgspec.Struct, frozen=True):
    post_id: int
    tag: str


class _Named(msgspec.Struct, frozen=True):
    post_id: int
    handle: str | None


class _Own(msgspec.Struct, frozen=True):
    post_id: int
    kind: str


class _Followed(msgspec.Struct, frozen=True):
    profile_id: int


_TO_ANYBODY: Final = prepared.models(lambda: card_rows(None).filter(pk__in=given("ids")))
_TO_VIEWER: Final = prepared.models(lambda: card_rows(given("viewer")).filter(pk__in=given("ids")))
_TAGS: Final = prepared.values(
    _Tag, lambda: PostTag.objects.filter(post_id__in=given("ids")).order_by("pk").values_list("post_id", "tag")
)
_NAMED: Final = prepared.values(
    _Named,
    lambda: (
        PostMention.objects.filter(post_id__in=given("ids"), profile__banned_at=None, profile__deleted_at=None)
        .order_by("pk")
        .values_list("post_id", "profile__handle")
    ),
)
_OWN: Final = prepared.values(
    _Own,
    lambda: Engagement.objects.filter(person_id=given("viewer"), post_id__in=given("ids")).values_list(
        "post_id", "kind"
    ),
)
_FOLLOWED: Final = prepared.values(
    _Followed,
    lambda: Follow.objects.filter(person_id=given("viewer"), profile_id__in=given("profiles")).values_list(
        "profile_id"
    ),
)
# What ``cards_of`` reads: of the others most are instants, which take as long to read as all the rest.
_READ: Final = (
    "caption", "may_duet", "may_stitch", "duet_of", "stitch_of", "created_at", "disclosure", "ai_generated",
    "profile__handle", "profile__display_name", "profile__avatar", "profile__owner",
    "video__rendition_key", "video__poster_key", "video__duration_ms", "video__width", "video__height", "video__pictures",
    "sound__title", "sound__audio_key",
)  # fmt: skip


def cards(viewer_id: int | None, post_ids: Sequence[int]) -> list[PostCard]:
    """Return the posts in this order, without those that the viewer may not see (any more)."""
    found = _TO_ANYBODY if viewer_id is None else _TO_VIEWER
    rows = {row.pk: row for row in found.rows(viewer=viewer_id, ids=post_ids)}
    return cards_of(viewer_id, [rows[post_id] for post_id in post_ids if post_id in rows])


def card_rows(viewer_id: int | None) -> QuerySet[Post]:
    """Return the posts that the viewer may see organically, with what a card needs of their profile, video and sound."""
    seen = Post.objects.filter(visibility.visible_to(viewer_id))
    return seen.select_related("profile", "video", "sound").only(*_READ)


def cards_of(viewer_id: int | None, rows: Sequence[Post]) -> list[PostCard]:
    """Draw the rows, in five queries however many they are, and one more where there are pictures."""
    drawn = pictures.of_each(rows)
    ids = [row.pk for row in rows]
    tags: dict[int, list[str]] = defaultdict(list)
    for tag in _TAGS.rows(ids=ids):
        tags[tag.post_id].append(tag.tag)
    mentions: dict[int, list[str]] = defaultdict(list)
    for named in _NAMED.rows(ids=ids):
        mentions[named.post_id].append(named.handle or "")
    counted = counts(ids)
    reactions: set[tuple[int, str]] = set()
    followed: set[int] = set()
    if viewer_id is not None:
        reactions.update((own.post_id, own.kind) for own in _OWN.rows(viewer=viewer_id, ids=ids))
        follows = _FOLLOWED.rows(viewer=viewer_id, profiles={row.profile_id for row in rows})
        followed.update(follow.profile_id for follow in follows)
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
            pictures=tuple(drawn.get(row.video_id, ())),
            sound_url=pictures.sound_url(row),
        )
        for row in rows
    ]


class Within(msgspec.Struct, frozen=True):
    """Which posts a page shows: of a profile, with a tag, with a sound; None does not narrow.

    ``words`` each stand in the caption, or begin one of its hashtags. ``followed_by``: of creators whom this person follows.
    """

    profile_id: int | None = None
    tag: str | None = None
    sound_id: int | None = None
    words: tuple[str, ...] = ()
    followed_by: int | None = None


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
    if within.followed_by is not None:
        rows = rows.filter(profile__in=Follow.objects.filter(person_id=within.followed_by).values("profile"))
    for word in within.words:
        tagged = PostTag.objects.filter(tag__startswith=captions.tag_of(word) or word).values("post_id")
        rows = rows.filter(Q(caption__icontains=word) | Q(pk__in=tagged))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: size + 1])
    shown = found[:size]
    return cards_of(viewer_id, shown), shown[-1].pk if len(found) > size else None


def kept_page(scope: Scope, kind: EngagementKind, *, after: int | None, size: int) -> tuple[list[PostCard], int | None]:
    """Return a page of the posts that the acting person liked or keeps, the latest first, and what to go on after.

    Posts that are not there for them any more are left out, so a page may hold fewer than ``size``.
    """
    rows = Engagement.objects.filter(person_id=scope.person, kind=kind.value)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk").values_list("pk", "post_id")[: size + 1])
    shown = cards(scope.person, [post_id for _, post_id in found[:size]])
    return shown, found[size - 1][0] if len(found) > size else None


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
