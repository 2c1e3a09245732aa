"""Looking after the comments of posts that an ad account advertises, by a creator's access with the scope ``comments``.

Asked at every call: an access that ends, or loses the scope, ends it at once, and so does the consent.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from vonk.authorisation import comment_rights
from vonk.content.actions import comments
from vonk.content.queries import moderation
from vonk.control.scope import Scope
from vonk.core.errors import NotFound


@transaction.atomic
def hide(scope: Scope, consent_id: int, comment_id: int, *, now: datetime) -> None:
    """Hide a comment from everybody but its author and its post's creator, who may show it again.

    Raises NotFound, the link that is missing (errors.access.LINKS), CommentDecided.
    """
    comments.hide_for_account(scope, comment_rights.post_of(scope, consent_id, now), comment_id, now=now)


@transaction.atomic
def show(scope: Scope, consent_id: int, comment_id: int, *, now: datetime) -> None:
    """Show a comment again that was hidden for an ad account. Raises as ``hide``."""
    comments.show_for_account(scope, comment_rights.post_of(scope, consent_id, now), comment_id, now=now)


@transaction.atomic
def answer(scope: Scope, consent_id: int, comment_id: int, text: str, *, now: datetime) -> int:
    """Answer a comment in the advertiser's name; return the answer's id.

    Raises NotFound, the link that is missing, FieldInvalid, CommentAnswersLimit.
    """
    post_id = comment_rights.post_of(scope, consent_id, now)
    return comments.answer_for_account(scope, post_id, comment_id, text, now=now)


@transaction.atomic
def delete_answer(scope: Scope, consent_id: int, answer_id: int, *, now: datetime) -> None:
    """Delete an answer of the ad account's own. Raises NotFound, the link that is missing."""
    comments.delete_answer_for_account(scope, comment_rights.post_of(scope, consent_id, now), answer_id, now=now)


@transaction.atomic
def set_hidden(scope: Scope, comment_ids: Collection[int], *, hidden: bool, now: datetime) -> None:
    """Hide comments and answers, of whichever posts, or show them again: all of them or none.

    Raises NotFound, the link that is missing, CommentDecided.
    """
    act = comments.hide_for_account if hidden else comments.show_for_account
    for comment_id in sorted(set(comment_ids)):
        act(scope, _post_of(scope, comment_id, now), comment_id, now=now)


@transaction.atomic
def answer_below(scope: Scope, comment_id: int, text: str, *, now: datetime) -> int:
    """Answer a comment of whichever post that the account may look after; return the answer's id. Raises as ``answer``."""
    return comments.answer_for_account(scope, _post_of(scope, comment_id, now), comment_id, text, now=now)


@transaction.atomic
def delete_own(scope: Scope, answer_id: int, *, now: datetime) -> None:
    """Delete an answer of the ad account's own, of whichever post. Raises NotFound, the link that is missing."""
    comments.delete_answer_for_account(scope, _post_of(scope, answer_id, now), answer_id, now=now)


def _post_of(scope: Scope, comment_id: int, now: datetime) -> int:
    place = moderation.comment_places([comment_id]).get(comment_id)
    if place is None:
        raise NotFound(noun="comment")
    comment_rights.require_post(scope, place.post_id, now)
    return place.post_id
