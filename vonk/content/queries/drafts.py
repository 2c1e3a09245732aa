"""What a creator keeps of posts to be."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from vonk.content.models import Post, PostDraft
from vonk.content.rules import Disclosure, Visibility
from vonk.control.scope import Right, Scope


class DraftFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A draft. ``publish_at`` None: whenever its creator does; ``failure`` is the code of what kept it from being published."""

    video_id: int
    caption: str
    sound_id: int | None
    visibility: Visibility
    disclosure: Disclosure
    ai_generated: bool
    may_duet: bool
    may_stitch: bool
    duet_of: int | None
    stitch_of: int | None
    publish_at: datetime | None
    failure: str
    saved_at: datetime


def drafts(scope: Scope, video_ids: Collection[int]) -> dict[int, DraftFacts]:
    """Return the acting person's drafts of these uploads; those without one, and others' uploads, are absent."""
    scope.require(Right.CREATE)
    rows = PostDraft.objects.filter(pk__in=video_ids, video__uploader_id=scope.person, video__account=None)
    return {row.video_id: _facts(row) for row in rows}


def post_of(scope: Scope, video_id: int) -> int | None:
    """Return the post that the acting person's upload became, None while it stands in none, or only in deleted ones."""
    scope.require(Right.CREATE)
    rows = Post.objects.filter(video_id=video_id, video__uploader_id=scope.person, video__account=None, deleted_at=None)
    return rows.order_by("pk").values_list("pk", flat=True).first()


def _facts(row: PostDraft) -> DraftFacts:
    return DraftFacts(
        video_id=row.video_id,
        caption=row.caption,
        sound_id=row.sound_id,
        visibility=Visibility(row.visibility),
        disclosure=Disclosure(row.disclosure),
        ai_generated=row.ai_generated,
        may_duet=row.may_duet,
        may_stitch=row.may_stitch,
        duet_of=row.duet_of,
        stitch_of=row.stitch_of,
        publish_at=row.publish_at,
        failure=row.failure,
        saved_at=row.saved_at,
    )
