"""What somebody did to posts that they meet, in a feed or as an ad."""

from collections.abc import Collection

import msgspec

from vonk.content.models import Engagement, Follow, Post
from vonk.content.queries.tallies import Counts, counts
from vonk.content.queries.visibility import engageable_by, visible_to
from vonk.content.rules import EngagementKind
from vonk.control.scope import Scope


class Reaction(msgspec.Struct, frozen=True):
    """A post's counters, and what the viewer did to it. ``own``: it is theirs, so there is nobody to follow."""

    counts: Counts
    liked: bool
    favourited: bool
    followed: bool
    own: bool
    has_page: bool  # It may be seen outside ads too, so a link to it leads somewhere.


def reactions(scope: Scope | None, post_ids: Collection[int]) -> dict[int, Reaction]:
    """Return them for those of the posts that the viewer may engage with; the others are absent."""
    viewer_id = scope.person_id if scope else None
    rows = list(
        Post.objects.filter(engageable_by(viewer_id), pk__in=post_ids).values_list(
            "pk", "profile_id", "profile__owner_id"
        )
    )
    seen = set(Post.objects.filter(visible_to(None), pk__in=[row[0] for row in rows]).values_list("pk", flat=True))
    counted = counts([row[0] for row in rows])
    did: set[tuple[int, str]] = set()
    followed: set[int] = set()
    if viewer_id is not None:
        own = Engagement.objects.filter(person_id=viewer_id, post_id__in=[row[0] for row in rows])
        did.update(own.values_list("post_id", "kind"))
        follows = Follow.objects.filter(person_id=viewer_id, profile_id__in=[row[1] for row in rows])
        followed.update(follows.values_list("profile_id", flat=True))
    return {
        post_id: Reaction(
            counts=counted.get(post_id, Counts()),
            liked=(post_id, EngagementKind.LIKE.value) in did,
            favourited=(post_id, EngagementKind.FAVOURITE.value) in did,
            followed=profile_id in followed,
            own=viewer_id is not None and owner_id == viewer_id,
            has_page=post_id in seen,
        )
        for post_id, profile_id, owner_id in rows
    }
