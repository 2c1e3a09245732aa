"""Say that an organic engagement was given or taken back, to those who read on: one row, in the act's own transaction.

What is done on an ad is counted as the ad's at once (the tally has its source) and is not told here.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from vonk.content.models import EngagementChange
from vonk.content.rules import Metric


def tell(
    metric: Metric, engagement_id: int, *, person_id: int, post_id: int, profile_id: int, at: datetime, given: bool
) -> None:
    """Append the change. ``at`` is when the engagement was given, also when it is taken back."""
    assert connection.in_atomic_block, "A change belongs to the transaction of its cause."
    EngagementChange.objects.create(
        kind=metric.value,
        engagement_id=engagement_id,
        person_id=person_id,
        post_id=post_id,
        profile_id=profile_id,
        at=at,
        given=given,
    )


def forget(change_ids: Sequence[int]) -> None:
    """Delete what was read; call it in the transaction of its effects."""
    assert connection.in_atomic_block, "A change is forgotten with its effects."
    EngagementChange.objects.filter(pk__in=change_ids).delete()
