"""What organic engagements were given or taken back since somebody last looked."""

from datetime import datetime

import msgspec

from vonk.content.models import EngagementChange
from vonk.content.rules import Metric


class Change(msgspec.Struct, frozen=True):
    """One organic engagement of our own site, given or taken back. ``post_id`` 0: a follow from the profile's page."""

    id: int
    metric: Metric
    engagement_id: int
    person_id: int
    post_id: int
    profile_id: int
    at: datetime
    given: bool


def engagement_changes(limit: int) -> list[Change]:
    """Return up to ``limit`` changes that wait, oldest first; whoever acts on them forgets them."""
    return [
        Change(
            row.pk,
            Metric(row.kind),
            row.engagement_id,
            row.person_id,
            row.post_id,
            row.profile_id,
            row.at,
            row.given,
        )
        for row in EngagementChange.objects.order_by("pk")[:limit]
    ]


def engagement_changes_wait() -> bool:
    """Tell whether there are any."""
    return EngagementChange.objects.exists()
