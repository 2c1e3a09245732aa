"""Posts to be: kept as they are written, published by their creator, or by *work* at the instant that they chose.

Until then there is no post at all: nothing of it has an address, is in a feed, on a profile, in a sync or in an ad.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog
from django.conf import settings
from django.db import transaction

from vonk.content import captions, media
from vonk.content.actions import posts, small_renditions
from vonk.content.errors import VideoNotReady
from vonk.content.errors.drafts import AlreadyPublished, PublishTimeNotPossible
from vonk.content.models import Post, PostDraft, Video
from vonk.content.rules import Disclosure, VideoState, Visibility
from vonk.control import audit
from vonk.control.scope import Right, Scope, Via
from vonk.control.wording import later as _
from vonk.core.errors import FieldInvalid, NotFound, Problem
from vonk.identity import access
from vonk.identity.actions import letters

KIND: Final = "schedule"  # Of the news that a post was published, or could not be.
CAPTION_CHARS_MAX: Final = 10_000  # Of a draft: room to cut. What a post takes is judged when it is published.
AHEAD_MIN: Final = timedelta(minutes=1)
AHEAD_MAX: Final = timedelta(days=90)
DUE_PER_ROUND_MAX: Final = 50
_UNFINISHED: Final = (VideoState.UPLOADED.value, VideoState.PROCESSING.value)

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a post to be but its video; as ``posts.publish`` takes it."""

    caption: str
    sound_id: int | None = None
    visibility: Visibility = Visibility.PUBLIC
    may_duet: bool = True
    may_stitch: bool = True
    duet_of: int | None = None
    stitch_of: int | None = None
    disclosure: Disclosure = Disclosure.NONE
    ai_generated: bool = False


@transaction.atomic
def save(scope: Scope, video_id: int, words: Words, *, now: datetime) -> None:
    """Keep what the post of an upload will say; a moment that was chosen before is let go.

    Raises NotFound, AlreadyPublished or FieldInvalid.
    """
    _keep(scope, video_id, words, publish_at=None, now=now)


@transaction.atomic
def schedule(scope: Scope, video_id: int, words: Words, *, publish_at: datetime, now: datetime) -> None:
    """Have *work* publish the upload at this instant, from a minute to 90 days ahead, in place of any chosen before.

    The caption is judged now, everything else again at that time. The video may still be on its way: then it is published
    as soon as it plays. Raises PublishTimeNotPossible, CaptionTooLong, MentionsTooMany and what ``save`` raises.
    """
    if not now + AHEAD_MIN <= publish_at <= now + AHEAD_MAX:
        raise PublishTimeNotPossible(days=AHEAD_MAX.days)
    captions.read(words.caption)
    _keep(scope, video_id, words, publish_at=publish_at, now=now)
    audit.record(scope, "post.scheduled", "video", video_id, at=now, detail={"publish_at": publish_at.isoformat()})


@transaction.atomic
def unschedule(scope: Scope, video_id: int, *, now: datetime) -> None:
    """Let the chosen moment go and keep the draft; twice is once. NotFound without one, AlreadyPublished."""
    _lock(scope, video_id)
    rows = PostDraft.objects.filter(video_id=video_id)
    if not rows.exists():
        raise NotFound(noun="draft")
    if rows.exclude(publish_at=None).update(publish_at=None, failure="", saved_at=now):
        audit.record(scope, "post.unscheduled", "video", video_id, at=now)


@transaction.atomic
def publish(scope: Scope, video_id: int, words: Words, *, now: datetime) -> int:
    """Publish the upload now, scheduled or not; return the post's id.

    Raises AlreadyPublished when *work* was first, and what ``posts.publish`` raises.
    """
    _lock(scope, video_id)
    PostDraft.objects.filter(video_id=video_id).delete()
    return _publish(scope, video_id, words, now=now)


@transaction.atomic
def discard(scope: Scope, video_id: int, *, now: datetime) -> None:
    """Delete an upload that stands in no post, with its draft and its files, for good.

    Raises NotFound, AlreadyPublished, and VideoNotReady while it is being made ready.
    """
    video = _lock(scope, video_id)
    if video.state in _UNFINISHED:
        raise VideoNotReady
    keys = [key for key in (video.source_key, video.rendition_key, video.poster_key) if key is not None]
    keys += small_renditions.forget([video_id])
    audit.record(scope, "video.discarded", "video", video_id, at=now)
    video.delete()
    transaction.on_commit(lambda: _drop(iter(keys)))


def publish_due(now: datetime) -> int:
    """Publish what is due, each in a transaction of its own; return how many posts were made. Safe to call twice at once."""
    due = PostDraft.objects.filter(publish_at__lte=now, failure="").exclude(video__state__in=_UNFINISHED)
    made = 0
    for video_id in list(due.order_by("publish_at", "pk").values_list("pk", flat=True)[:DUE_PER_ROUND_MAX]):
        made += _publish_one(video_id, now)
    return made


@transaction.atomic
def _publish_one(video_id: int, now: datetime) -> int:
    """Publish one draft that is due; 0 when it is not any more, or could not be: then its creator is told why."""
    video = Video.objects.select_for_update(no_key=True).filter(pk=video_id).first()
    draft = PostDraft.objects.filter(pk=video_id, publish_at__lte=now, failure="").first()
    if video is None or draft is None:
        return 0  # Another was first, or its creator thought again.
    try:
        with transaction.atomic():
            draft_words = _words(draft)
            draft.delete()
            scope = access.person(access.Actor(video.uploader_id, Via.WORK))
            post_id = _publish(scope, video_id, draft_words, now=now)
    except Problem as problem:
        PostDraft.objects.filter(pk=video_id).update(failure=problem.code)
        _log.warning("draft.not_published", video_id=video_id, code=problem.code)
        _tell_failed(video, problem, now=now)
        return 0
    _tell_published(video, post_id, now=now)
    return 1


def _keep(scope: Scope, video_id: int, words: Words, *, publish_at: datetime | None, now: datetime) -> None:
    _lock(scope, video_id)
    if len(words.caption) > CAPTION_CHARS_MAX:
        raise FieldInvalid("caption", "at most %(most)s characters", most=CAPTION_CHARS_MAX)
    said = msgspec.structs.asdict(words) | {
        "caption": captions.clean_text("caption", words.caption),
        "visibility": words.visibility.value,
        "disclosure": words.disclosure.value,
    }
    rest = {"publish_at": publish_at, "failure": "", "saved_at": now}
    PostDraft.objects.update_or_create(video_id=video_id, defaults=said | rest)


def _publish(scope: Scope, video_id: int, words: Words, *, now: datetime) -> int:
    return posts.publish(scope, video_id=video_id, now=now, **msgspec.structs.asdict(words))


def _words(draft: PostDraft) -> Words:
    return Words(
        caption=draft.caption,
        sound_id=draft.sound_id,
        visibility=Visibility(draft.visibility),
        may_duet=draft.may_duet,
        may_stitch=draft.may_stitch,
        duet_of=draft.duet_of,
        stitch_of=draft.stitch_of,
        disclosure=Disclosure(draft.disclosure),
        ai_generated=draft.ai_generated,
    )


def _lock(scope: Scope, video_id: int) -> Video:
    """Return the acting person's upload, locked until commit: NotFound for any other, AlreadyPublished when it is a post."""
    scope.require(Right.CREATE)
    own = Video.objects.select_for_update(no_key=True).filter(uploader_id=scope.person, account=None, pictures=0)
    video = own.filter(pk=video_id).first()
    if video is None:
        raise NotFound(noun="video")
    post_id = Post.objects.filter(video_id=video_id).values_list("pk", flat=True).first()
    if post_id is not None:
        raise AlreadyPublished(post_id=post_id)
    return video


def _tell_published(video: Video, post_id: int, *, now: datetime) -> None:
    path = f"/studio/posts/{post_id}/"
    letters.to_person(
        video.uploader_id,
        subject=_("Your planned post is published"),
        body=_("“%(name)s” was published at the time that you chose:\n%(link)s")
        % {"name": video.original_name, "link": settings.VONK.site_url + path},
        now=now,
        link=path,
        kind=KIND,
    )


def _tell_failed(video: Video, problem: Problem, *, now: datetime) -> None:
    path = f"/studio/videos/{video.pk}/"
    letters.to_person(
        video.uploader_id,
        subject=_("Your planned post could not be published"),
        body=_(
            "“%(name)s” was not published at the time that you chose, and is kept as a draft.\n\nReason: %(why)s\n%(link)s"
        )
        % {"name": video.original_name, "why": _why(problem), "link": settings.VONK.site_url + path},
        now=now,
        link=path,
        kind=KIND,
    )


def _why(problem: Problem) -> str:
    """Return the problem in its reader's language."""
    message = _(problem.message)
    return message % problem.values if problem.values else message


def _drop(keys: Iterator[str]) -> None:
    for key in keys:
        media.store().delete(key)
