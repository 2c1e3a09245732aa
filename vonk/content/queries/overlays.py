"""What a player adds to a post: stickers with their polls' results, subtitles, and a smaller file."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime

import msgspec
from django.db.models import Count

from vonk.content import media
from vonk.content.models import PollVote, Post, Sticker, Subtitles
from vonk.content.queries import visibility
from vonk.content.stickers import Kind
from vonk.control.scope import Scope
from vonk.core.errors import NotFound


class StickerView(msgspec.Struct, frozen=True, kw_only=True):
    """A sticker as one viewer sees it. ``votes`` (one number an option) are there for whoever answered, and the creator.

    ``choice`` is what the viewer answered, None before they did.
    """

    id: int
    kind: Kind
    x: int
    y: int
    text: str
    options: tuple[str, ...]
    votes: tuple[int, ...]
    choice: int | None
    ends_at: datetime | None
    url: str


class Overlay(msgspec.Struct, frozen=True):
    """What there is for one post; ``subtitles`` are languages, ``small_url`` is "" without a smaller file."""

    stickers: tuple[StickerView, ...] = ()
    subtitles: tuple[str, ...] = ()
    small_url: str = ""


def overlays(viewer_id: int | None, post_ids: Collection[int]) -> dict[int, Overlay]:
    """Return what there is for posts that the viewer sees already, in at most five queries; posts without are absent."""
    stickers: dict[int, list[StickerView]] = defaultdict(list)
    for post_id, view in _stickers(viewer_id, post_ids):
        stickers[post_id].append(view)
    languages: dict[int, list[str]] = defaultdict(list)
    said = Subtitles.objects.filter(post_id__in=post_ids).order_by("language")
    for post_id, language in said.values_list("post_id", "language"):
        languages[post_id].append(language)
    of_videos = Post.objects.filter(pk__in=post_ids, video__small__isnull=False)
    small = dict(of_videos.values_list("pk", "video__small__key"))
    return {
        post_id: Overlay(
            tuple(stickers.get(post_id, ())), tuple(languages.get(post_id, ())), media.url_of(small.get(post_id))
        )
        for post_id in {*stickers, *languages, *small}
    }


def handles_behind(viewer_id: int | None, original_ids: Collection[int]) -> dict[int, str]:
    """Return the handle behind each original of a Duet or Stitch that the viewer may see."""
    if not original_ids:
        return {}
    rows = Post.objects.filter(visibility.visible_to(viewer_id), pk__in=original_ids)
    return {post_id: handle or "" for post_id, handle in rows.values_list("pk", "profile__handle")}


def stickers_of(scope: Scope, post_id: int) -> tuple[StickerView, ...]:
    """Return the stickers of a post, for whoever has it inside their scope already."""
    return tuple(view for _, view in _stickers(scope.person_id, [post_id]))


def sticker(scope: Scope, sticker_id: int) -> StickerView:
    """Return one sticker of a post that the acting person sees; NotFound."""
    row = Sticker.objects.filter(pk=sticker_id).first()
    if row is None or not Post.objects.filter(visibility.engageable_by(scope.person), pk=row.post_id).exists():
        raise NotFound(noun="sticker")
    return next(view for view in stickers_of(scope, row.post_id) if view.id == sticker_id)


def subtitles(viewer_id: int | None, post_id: int, language: str) -> str:
    """Return WebVTT of a post that the viewer may meet; NotFound."""
    seen = Post.objects.filter(visibility.engageable_by(viewer_id), pk=post_id)
    row = Subtitles.objects.filter(post__in=seen, language=language).first()
    if row is None:
        raise NotFound(noun="subtitles")
    return row.text


def _stickers(viewer_id: int | None, post_ids: Collection[int]) -> list[tuple[int, StickerView]]:
    rows = list(Sticker.objects.filter(post_id__in=post_ids).select_related("post__profile").order_by("pk"))
    polls = [row.pk for row in rows if row.kind == Kind.POLL.value]
    counted: Counter[tuple[int, int]] = Counter()
    own: dict[int, int] = {}
    if polls:
        votes = PollVote.objects.filter(sticker_id__in=polls)
        for sticker_id, option, times in votes.values_list("sticker_id", "option").annotate(Count("pk")):
            counted[sticker_id, option] = times
        if viewer_id is not None:
            own.update(votes.filter(person_id=viewer_id).values_list("sticker_id", "option"))
    return [(row.post_id, _view(row, viewer_id, counted, own.get(row.pk))) for row in rows]


def _view(row: Sticker, viewer_id: int | None, counted: Counter[tuple[int, int]], choice: int | None) -> StickerView:
    told = choice is not None or (viewer_id is not None and row.post.profile.owner_id == viewer_id)
    return StickerView(
        id=row.pk,
        kind=Kind(row.kind),
        x=row.x,
        y=row.y,
        text=row.text,
        options=tuple(row.options),
        votes=tuple(counted[row.pk, option] for option in range(len(row.options))) if told else (),
        choice=choice,
        ends_at=row.ends_at,
        url=row.url,
    )
