"""Comments, judged by the words that the ad accounts which advertise the post have blocked."""

from datetime import datetime

from django.db import transaction

from vonk.advertising.models import Ad
from vonk.authorisation import comment_rights
from vonk.content.actions import comments, engagement
from vonk.content.moderation import first_hit
from vonk.content.queries import moderation
from vonk.content.rules import Source
from vonk.control.scope import Scope


@transaction.atomic
def write(scope: Scope, post_id: int, text: str, *, source: Source, now: datetime) -> int:
    """Comment on a post; return the comment's id. Raises what ``engagement.comment`` raises.

    With a word that an ad account which advertises the post has blocked, and may look after its comments, it is hidden
    from the first instant: from everybody but its author and the post's creator, who may show it.
    """
    comment_id = engagement.comment(scope, post_id, text, source=source, now=now)
    _judge(post_id, comment_id, text, now)
    return comment_id


@transaction.atomic
def reply(scope: Scope, comment_id: int, text: str, *, now: datetime) -> int:
    """Reply to a comment, judged by the same words; return the reply's id. Raises what ``comments.reply`` raises."""
    reply_id = comments.reply(scope, comment_id, text, now=now)
    post_id = moderation.comment_places([reply_id])[reply_id].post_id
    _judge(post_id, reply_id, text, now)
    return reply_id


def _judge(post_id: int, comment_id: int, text: str, now: datetime) -> None:
    rows = Ad.objects.filter(post_id=post_id, deleted_at=None)
    rows = rows.filter(ad_group__deleted_at=None, ad_group__campaign__deleted_at=None)
    words = moderation.words_of(set(rows.values_list("ad_group__campaign__account_id", flat=True)))
    for account_id in sorted(words):
        if first_hit(text, words[account_id]) is not None and comment_rights.looks_after(account_id, post_id, now):
            comments.hide_by_word(account_id, post_id, comment_id, now=now)
            break  # Hidden is hidden: for the account that came first.
