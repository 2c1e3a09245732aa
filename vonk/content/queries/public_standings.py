"""Whether posts may still be told to everybody as something that was shown."""

from collections.abc import Iterable

from vonk.content.models import Post
from vonk.content.queries.posts import state_of
from vonk.content.rules import PublicStanding, unavailable_reason


def public_standings(post_ids: Iterable[int]) -> dict[int, PublicStanding]:
    """Return the standing of each post, deleted and removed ones too; unknown ids are absent."""
    rows = Post.objects.select_related("profile").filter(pk__in=set(post_ids))
    return {
        row.pk: PublicStanding(
            unavailable=unavailable_reason(state_of(row)),
            ads_only=row.ads_only,
            removed_at=row.removed_at,
            removed_reason=row.removed_reason or "",
            banned_at=row.profile.banned_at,
            profile_deleted=row.profile.deleted_at is not None,
        )
        for row in rows
    }
