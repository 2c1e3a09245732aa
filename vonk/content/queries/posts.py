"""Facts about posts for other areas, and a creator's own list."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import QuerySet

from vonk.content import captions, media
from vonk.content.models import Post
from vonk.content.queries import pictures
from vonk.content.queries.pictures import PictureFacts
from vonk.content.rules import (
    Disclosure,
    Format,
    Origin,
    PostState,
    PublishAs,
    VideoState,
    Visibility,
    unavailable_reason,
)
from vonk.control import prepared
from vonk.control.paging import Page, Paging, page_of
from vonk.control.prepared import given
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound

_FEW: Final = 50  # Up to so many posts are read with all they refer to in one statement.


class PostFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A post as other areas judge and show it. URLs are paths on site, "" once the post is deleted.

    ``available`` says whether ads may show it now; otherwise ``unavailable_reason`` is deleted, removed, profile_banned,
    draft, account_private or private. ``pushed_for`` is the ad account that pushed it, 0 when nobody did, and
    ``publish_as`` what becomes of it then. ``sound_commercial`` is True without a sound; ``sound_countries`` are where
    the sound may be heard in ads, none: everywhere. ``sound_profile_id`` is whose original it is, 0: the library's.
    ``mentions_posts`` are the ids of other posts that its caption points to. A post of ``pictures`` has no ``video_url``;
    its ``video_id`` names the set, ``poster_url`` is its first picture, and it has no length.
    """

    id: int
    profile_id: int
    owner_id: int | None
    account_id: int | None
    handle: str
    display_name: str
    avatar_url: str
    caption: str
    caption_locked: bool
    visibility: Visibility
    ads_only: bool
    in_ads: bool
    available: bool
    unavailable_reason: str | None
    removed_reason: str | None
    origin: Origin
    format: Format
    disclosure: Disclosure
    ai_generated: bool
    draft: bool
    profile_private: bool
    pushed_for: int
    publish_as: PublishAs | None
    video_id: int
    video_state: VideoState
    duration_ms: int
    width: int
    height: int
    duet_of: int | None
    stitch_of: int | None
    mentions_posts: tuple[int, ...]
    may_duet: bool
    may_stitch: bool
    sound_id: int
    sound_title: str
    sound_commercial: bool
    sound_countries: tuple[str, ...]
    sound_profile_id: int
    poster_url: str
    video_url: str
    created_at: datetime
    pictures: tuple[PictureFacts, ...] = ()
    sound_url: str = ""


class PostStanding(msgspec.Struct, frozen=True, kw_only=True):
    """Of ``PostFacts`` what says whether and where ads may show the post."""

    id: int
    available: bool
    unavailable_reason: str | None
    video_state: VideoState
    sound_countries: tuple[str, ...]


class _StandingRow(msgspec.Struct, frozen=True):
    id: int
    deleted_at: datetime | None
    removed_at: datetime | None
    visibility: str
    ads_only: bool
    origin: str
    draft: bool
    profile_banned_at: datetime | None
    profile_deleted_at: datetime | None
    profile_private: bool
    video_state: str
    sound_countries: list[str] | None


_STANDINGS: Final = prepared.values(
    _StandingRow,
    lambda: Post.objects.filter(pk__in=given("ids")).values_list(
        "pk", "deleted_at", "removed_at", "visibility", "ads_only", "origin", "draft", "profile__banned_at",
        "profile__deleted_at", "profile__private", "video__state", "sound__countries",
    ),
)  # fmt: skip


def post_standings(post_ids: Iterable[int]) -> dict[int, PostStanding]:
    """Return whether ads may show each post, deleted and removed ones too; unknown ids are absent."""
    return {row.id: _standing(row) for row in _STANDINGS.rows(ids=set(post_ids))}


def _standing(row: _StandingRow) -> PostStanding:
    state = PostState(
        deleted=row.deleted_at is not None,
        removed=row.removed_at is not None,
        profile_gone=row.profile_banned_at is not None or row.profile_deleted_at is not None,
        visibility=Visibility(row.visibility),
        ads_only=row.ads_only,
        origin=Origin(row.origin),
        draft=row.draft,
        profile_private=row.profile_private,
    )
    reason = unavailable_reason(state)
    video_state = VideoState(row.video_state)
    return PostStanding(
        id=row.id,
        available=reason is None and video_state is VideoState.READY,
        unavailable_reason=reason.value if reason else None,
        video_state=video_state,
        sound_countries=tuple(row.sound_countries or ()),
    )


def post_facts(post_ids: Iterable[int]) -> dict[int, PostFacts]:
    """Return what is known of each post, deleted and removed ones too; unknown ids are absent."""
    ids = set(post_ids)
    if len(ids) <= _FEW:
        few = list(_joined().filter(pk__in=ids))
        pictures.read(few)
        return {row.pk: facts_of(row) for row in few}
    found = Post.objects.select_related("video").filter(pk__in=ids)
    rows = list(found.prefetch_related("profile", "sound"))  # They are shared: each is read once.
    pictures.read(rows)
    return {row.pk: facts_of(row) for row in rows}


def own_post(scope: Scope, post_id: int) -> PostFacts:
    """Return one post of the person, or of the scope's ad account; NotFound for all others and deleted ones."""
    row = _own(scope).filter(pk=post_id).first()
    if row is None:
        raise NotFound(noun="post")
    return facts_of(row)


def own_posts(scope: Scope, paging: Paging) -> Page[PostFacts]:
    """Return the person's own posts wherever they are shown, removed ones too, newest first."""
    return page_of(_own(scope), paging, facts_of)


def pushed_post(scope: Scope, post_id: int) -> PostFacts:
    """Return one post that the scope's ad account pushed, deleted or not; NotFound for all others."""
    scope.require(Right.ACCOUNT_VIEW)
    row = _rows().filter(pushed_for_id=scope.account, pk=post_id).first()
    if row is None:
        raise NotFound(noun="post")
    return facts_of(row)


def pushed_posts(scope: Scope, paging: Paging) -> Page[PostFacts]:
    """Return what the scope's ad account pushed, deleted ones too, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    return page_of(_rows().filter(pushed_for_id=scope.account), paging, facts_of)


def own_post_ids(scope: Scope) -> list[int]:
    """Return the ids of the person's own posts wherever they are shown, removed ones too."""
    return list(_own(scope).order_by("pk").values_list("pk", flat=True))


def all_posts(scope: Scope, paging: Paging) -> Page[PostFacts]:
    """Return every post that is not deleted, for moderators."""
    scope.require(Right.REVIEW)
    return page_of(_rows().filter(deleted_at=None), paging, facts_of)


def facts_of(row: Post) -> PostFacts:
    """Return the facts of a row that came with its profile, video and sound."""
    profile, video, sound = row.profile, row.video, row.sound
    reason = unavailable_reason(state_of(row))
    ready = video.state == VideoState.READY.value
    return PostFacts(
        id=row.pk,
        profile_id=profile.pk,
        owner_id=profile.owner_id,
        account_id=profile.account_id,
        handle=profile.handle or "",
        display_name=profile.display_name,
        avatar_url=media.url_of(profile.avatar),
        caption=row.caption,
        caption_locked=row.caption_locked,
        visibility=Visibility(row.visibility),
        ads_only=row.ads_only,
        in_ads=row.in_ads,
        available=reason is None and ready,
        unavailable_reason=reason.value if reason else None,
        removed_reason=row.removed_reason,
        origin=Origin(row.origin),
        format=Format(row.format),
        disclosure=Disclosure(row.disclosure),
        ai_generated=row.ai_generated,
        draft=row.draft,
        profile_private=profile.private,
        pushed_for=row.pushed_for_id or 0,
        publish_as=PublishAs(row.publish_as) if row.publish_as else None,
        video_id=video.pk,
        video_state=VideoState(video.state),
        duration_ms=video.duration_ms or 0,
        width=video.width or 0,
        height=video.height or 0,
        duet_of=row.duet_of_id,
        stitch_of=row.stitch_of_id,
        mentions_posts=tuple(linked for linked in captions.post_links(row.caption) if linked != row.pk),
        may_duet=row.may_duet,
        may_stitch=row.may_stitch,
        sound_id=sound.pk if sound else 0,
        sound_title=sound.title if sound else "",
        sound_commercial=sound.commercial if sound else True,
        sound_countries=tuple(sound.countries) if sound else (),
        sound_profile_id=(sound.profile_id or 0) if sound else 0,
        poster_url=media.url_of(video.poster_key) if row.deleted_at is None else "",
        video_url=media.url_of(video.rendition_key) if row.deleted_at is None else "",
        created_at=row.created_at,
        pictures=pictures.of(row) if row.deleted_at is None else (),
        sound_url=pictures.sound_url(row) if row.deleted_at is None else "",
    )


def state_of(row: Post) -> PostState:
    """Return what decides where the post may be shown; its profile is loaded."""
    return PostState(
        deleted=row.deleted_at is not None,
        removed=row.removed_at is not None,
        profile_gone=row.profile.banned_at is not None or row.profile.deleted_at is not None,
        visibility=Visibility(row.visibility),
        ads_only=row.ads_only,
        origin=Origin(row.origin),
        draft=row.draft,
        profile_private=row.profile.private,
    )


def _joined() -> QuerySet[Post]:
    return Post.objects.select_related("profile", "video", "sound")


def _rows() -> QuerySet[Post]:
    return _joined().prefetch_related("video__picture_rows")


def _own(scope: Scope) -> QuerySet[Post]:
    rows = _rows().filter(deleted_at=None)
    if scope.account_id is not None:
        return rows.filter(profile__account_id=scope.account_id)
    return rows.filter(profile__owner_id=scope.person)
