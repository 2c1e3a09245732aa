"""Comments in the counters: counted when they are there for everybody, in the hour in which they were written."""

from vonk.content.actions import changes, tallies
from vonk.content.actions.tallies import TallyKey
from vonk.content.models import Comment
from vonk.content.rules import Metric
from vonk.core.clock import hour_of


def count_comment(row: Comment) -> None:
    """Count a comment; an answer, or one that waits for the post's creator, is counted nowhere."""
    _add(row, 1)


def uncount_comment(row: Comment) -> None:
    """Take a comment that is deleted out of the counters, if it was counted."""
    _add(row, -1)


def _add(row: Comment, value: int) -> None:
    if row.reply_to_id is not None or row.held:
        return
    tallies.add({TallyKey(row.post_id, row.ad_id, hour_of(row.at), Metric.COMMENTS.value): value})
    if row.ad_id == 0:  # What happened on an ad is the ad's already.
        changes.tell(
            Metric.COMMENTS,
            row.pk,
            person_id=row.person_id,
            post_id=row.post_id,
            profile_id=row.post.profile_id,
            at=row.at,
            given=value > 0,
        )
