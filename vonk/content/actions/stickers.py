"""Stickers and subtitles of one's own posts, and the answers to polls.

What is over a video is part of it: once the post was authorised for ads nothing of it changes (as the caption, S3).
Subtitles make it readable for more people, so they may come at any time.
"""

from datetime import datetime

from django.db import transaction

from vonk.content.actions.posts import lock_own
from vonk.content.errors.stickers import StickersLimit, StickersLocked
from vonk.content.models import PollVote, Post, Sticker, Subtitles
from vonk.content.queries import visibility
from vonk.content.stickers import STICKERS_MAX, Drawn, Kind, checked, checked_subtitles
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.core.taxonomy import LANGUAGES


@transaction.atomic
def place(scope: Scope, post_id: int, drawn: Drawn, *, now: datetime) -> int:
    """Put a sticker over one's own video; return its id. Raises NotFound, StickersLocked, StickersLimit, FieldInvalid."""
    post = _unlocked(scope, post_id)
    kept = checked(drawn, now=now)
    there = Sticker.objects.filter(post=post)
    if there.count() >= STICKERS_MAX:
        raise StickersLimit(most=STICKERS_MAX)
    if kept.kind is Kind.POLL and there.filter(kind=Kind.POLL.value).exists():
        raise FieldInvalid("kind", "no second poll: a post asks one question")
    row = Sticker.objects.create(
        post=post, kind=kept.kind.value, x=kept.x, y=kept.y, text=kept.text, options=list(kept.options),
        ends_at=kept.ends_at, url=kept.url, created_at=now,
    )  # fmt: skip
    audit.record(scope, "sticker.placed", "post", post_id, at=now, detail={"kind": row.kind})
    return row.pk


@transaction.atomic
def take_off(scope: Scope, post_id: int, sticker_id: int, *, now: datetime) -> None:
    """Take a sticker off one's own post, and with a poll its answers. Raises NotFound, StickersLocked."""
    post = _unlocked(scope, post_id)
    if not Sticker.objects.filter(pk=sticker_id, post=post).delete()[0]:
        raise NotFound(noun="sticker")
    audit.record(scope, "sticker.taken_off", "post", post_id, at=now)


@transaction.atomic
def vote(scope: Scope, sticker_id: int, option: int, *, now: datetime) -> bool:
    """Answer a poll; False when the person did before: the first answer stays. Raises NotFound, FieldInvalid."""
    scope.require(Right.VIEW)
    row = Sticker.objects.filter(pk=sticker_id, kind=Kind.POLL.value).first()
    if row is None or not Post.objects.filter(visibility.engageable_by(scope.person), pk=row.post_id).exists():
        raise NotFound(noun="sticker")
    if not 0 <= option < len(row.options):
        raise FieldInvalid("option", "a number from 0 to %(most)s", most=len(row.options) - 1)
    _, created = PollVote.objects.get_or_create(
        sticker=row, person_id=scope.person, defaults={"option": option, "at": now}
    )
    return created


@transaction.atomic
def set_subtitles(scope: Scope, post_id: int, language: str, text: str, *, now: datetime) -> None:
    """Keep what is said in one's own video, in one language; an empty text removes it. Raises NotFound, FieldInvalid."""
    post = lock_own(scope, post_id)
    if language not in LANGUAGES:
        raise FieldInvalid("language", "one of the languages of this site")
    rows = Subtitles.objects.filter(post=post, language=language)
    if not text.strip():
        if rows.delete()[0]:
            audit.record(scope, "subtitles.removed", "post", post_id, at=now, detail={"language": language})
        return
    kept = {"text": checked_subtitles(text), "saved_at": now}
    Subtitles.objects.update_or_create(post=post, language=language, defaults=kept)
    audit.record(scope, "subtitles.saved", "post", post_id, at=now, detail={"language": language})


def _unlocked(scope: Scope, post_id: int) -> Post:
    post = lock_own(scope, post_id)
    if post.caption_locked:
        raise StickersLocked
    return post
