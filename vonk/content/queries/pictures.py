"""Pictures of posts, and those that wait to be in one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from django.db.models import prefetch_related_objects

from vonk.content import media
from vonk.content.models import Picture, Post
from vonk.control import prepared
from vonk.control.prepared import given
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


class PictureFacts(msgspec.Struct, frozen=True):
    """A picture of a post, as it is drawn. URLs are paths on site; ``small_url`` is the same one, smaller.

    ``alt`` says what it shows; ``library_id`` is the picture of an ad account's library that it is a copy of, 0: of none.
    """

    id: int
    url: str
    small_url: str
    width: int
    height: int
    alt: str = ""
    library_id: int = 0


def picture(scope: Scope, picture_id: int) -> PictureFacts:
    """Return a picture of the person's that waits to be in a post; NotFound for every other."""
    scope.require(Right.CREATE)
    row = Picture.objects.filter(pk=picture_id, uploader_id=scope.person, video=None).first()
    if row is None:
        raise NotFound(noun="picture")
    return _facts(row)


def read(posts: Iterable[Post]) -> None:
    """Read the pictures of those posts that have some, in one query; of none when none has. Their videos are loaded."""
    sets = [post.video for post in posts if post.video.pictures]
    if sets:
        prefetch_related_objects(sets, "picture_rows")


class _Row(msgspec.Struct, frozen=True):
    video_id: int
    id: int
    key: str
    small_key: str | None
    width: int
    height: int
    alt: str
    library_id: int | None


_OF_SETS: Final = prepared.values(
    _Row,
    lambda: (
        Picture.objects.filter(video_id__in=given("sets"), key__isnull=False)
        .order_by("place")
        .values_list("video_id", "pk", "key", "small_key", "width", "height", "alt", "library_id")
    ),
)


def of_each(posts: Iterable[Post]) -> dict[int, list[PictureFacts]]:
    """Return what ``of`` says of each post, by its video; in one query, of none when no post has pictures."""
    found: dict[int, list[PictureFacts]] = defaultdict(list)
    for row in _OF_SETS.rows(sets=[post.video_id for post in posts if post.video.pictures]):
        found[row.video_id].append(_facts(row))
    return found


def of(post: Post) -> tuple[PictureFacts, ...]:
    """Return the post's pictures in their order, those that are still there; () of a video. ``read`` them before."""
    if not post.video.pictures:
        return ()
    rows: Sequence[Picture] = sorted(post.video.picture_rows.all(), key=lambda row: row.place or 0)
    return tuple(_facts(row) for row in rows if row.key is not None)


def sound_url(post: Post) -> str:
    """Return where the sound of a post of pictures is served, "" for none, and for a video: it has its own."""
    if not post.video.pictures or post.sound is None:
        return ""
    return media.url_of(post.sound.audio_key)


def _facts(row: Picture | _Row) -> PictureFacts:
    url = media.url_of(row.key)
    small_url = media.url_of(row.small_key)
    return PictureFacts(row.id, url, small_url, row.width, row.height, row.alt, row.library_id or 0)
