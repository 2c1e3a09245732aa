"""Looking after the comments of a post: hiding, showing, answering, by its creator or by an ad account that they let.

Whether an account may is authorisation's to say before it calls here. The creator's decision wins: what they hid or
showed themselves, no account changes.
"""

from datetime import datetime
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import F, Q

from vonk.content import captions
from vonk.content.actions import holding
from vonk.content.errors.comments import CommentAnswersLimit, CommentDecided
from vonk.content.models import Comment
from vonk.content.queries import visibility
from vonk.control import audit
from vonk.control.scope import PLATFORM, Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.core.limits import COMMENT_MAX

ANSWERS_MAX: Final = 20  # Below one comment: a list of comments stays one that a page holds.
REPLIES_MAX: Final = 50  # Of other viewers below one comment: they never take the creator's room.


@transaction.atomic
def hide_comment(scope: Scope, comment_id: int, now: datetime) -> None:
    """Hide a comment or an answer on one's own post from everybody but its author; it stays counted. Twice is once."""
    row = _on_own_post(scope, comment_id)
    if row.hidden_at is None or row.hidden_for_id is not None:
        row.hidden_at, row.hidden_for = row.hidden_at or now, None
        _decided(scope, row, "comment.hidden", now)


@transaction.atomic
def show_comment(scope: Scope, comment_id: int, now: datetime) -> None:
    """Show a hidden comment on one's own post again, whoever hid it, or one that waits. No ad account hides it any more."""
    row = _on_own_post(scope, comment_id)
    if row.held:
        holding.release(scope, row, now=now)
    elif row.hidden_at is not None:
        row.hidden_at, row.hidden_for = None, None
        _decided(scope, row, "comment.shown", now)


@transaction.atomic
def answer_comment(scope: Scope, comment_id: int, text: str, *, now: datetime) -> int:
    """Answer a comment on one's own post as its creator; return the answer's id.

    Raises NotFound, also for an answer, FieldInvalid, CommentAnswersLimit.
    """
    return _answer(scope, _on_own_post(scope, comment_id), text, account_id=None, now=now)


@transaction.atomic
def reply(scope: Scope, comment_id: int, text: str, *, now: datetime) -> int:
    """Reply as a viewer to a comment that the acting person sees; return the reply's id. It is counted nowhere.

    On one's own post it is the creator's answer. Raises NotFound, also for an answer, FieldInvalid, CommentAnswersLimit.
    """
    scope.require(Right.VIEW)
    row = Comment.objects.select_related("post__profile").filter(pk=comment_id).first()
    if row is None or ((row.hidden_at is not None or row.held) and row.person_id != scope.person):
        raise NotFound(noun="comment")
    if row.post.profile.owner_id == scope.person:
        return _answer(scope, _on_post(row.post_id, comment_id, held=True), text, account_id=None, now=now)
    if not type(row.post).objects.filter(visibility.engageable_by(scope.person), pk=row.post_id).exists():
        raise NotFound(noun="comment")
    locked = _on_post(row.post_id, comment_id, held=True)
    written = _write_below(scope, locked, text, account_id=None, room=_Room(REPLIES_MAX, of_creator=False), now=now)
    return written.pk


@transaction.atomic
def hide_for_account(scope: Scope, post_id: int, comment_id: int, *, now: datetime) -> None:
    """Hide a comment of a post that the scope's ad account may look after. Twice is once. NotFound, CommentDecided."""
    row = _undecided(_on_post(post_id, comment_id), hidden=True)
    if row.hidden_at is None:
        row.hidden_at, row.hidden_for_id = now, scope.account
        row.save(update_fields=["hidden_at", "hidden_for"])
        audit.record(scope, "comment.hidden", "comment", row.pk, at=now, detail={"post": str(post_id)})


@transaction.atomic
def hide_by_word(account_id: int, post_id: int, comment_id: int, *, now: datetime) -> None:
    """Hide a new comment for an ad account that blocks a word in it, and may look after the post's comments."""
    row = _on_post(post_id, comment_id, held=True)
    assert row.hidden_at is None, "It was written in this transaction."
    row.hidden_at, row.hidden_for_id = now, account_id
    row.save(update_fields=["hidden_at", "hidden_for"])
    detail = {"post": str(post_id), "by": "blocked_word"}
    audit.record(PLATFORM, "comment.hidden", "comment", row.pk, at=now, account_id=account_id, detail=detail)


@transaction.atomic
def show_for_account(scope: Scope, post_id: int, comment_id: int, *, now: datetime) -> None:
    """Show again what an ad account hid, on a post that the scope's may look after. NotFound, CommentDecided."""
    row = _undecided(_on_post(post_id, comment_id), hidden=False)
    if row.hidden_at is not None:
        row.hidden_at, row.hidden_for = None, None
        row.save(update_fields=["hidden_at", "hidden_for"])
        audit.record(scope, "comment.shown", "comment", row.pk, at=now, detail={"post": str(post_id)})


@transaction.atomic
def answer_for_account(scope: Scope, post_id: int, comment_id: int, text: str, *, now: datetime) -> int:
    """Answer a comment in the name of the scope's ad account, as its advertiser; return the answer's id.

    Raises as ``answer_comment``.
    """
    return _answer(scope, _on_post(post_id, comment_id), text, account_id=scope.account, now=now)


@transaction.atomic
def delete_answer_for_account(scope: Scope, post_id: int, answer_id: int, *, now: datetime) -> None:
    """Delete an answer that the scope's ad account gave, whoever wrote it there. NotFound."""
    row = _on_post(post_id, answer_id)
    if row.account_id != scope.account:
        raise NotFound(noun="comment")
    row.deleted_at = now
    row.save(update_fields=["deleted_at"])
    audit.record(scope, "comment.deleted", "comment", row.pk, at=now, detail={"post": str(post_id)})


def _answer(scope: Scope, row: Comment, text: str, *, account_id: int | None, now: datetime) -> int:
    room = _Room(ANSWERS_MAX, of_creator=True)
    written = _write_below(scope, row, text, account_id=account_id, room=room, now=now)
    detail = {"post": str(row.post_id), "comment": str(row.pk)}
    audit.record(scope, "comment.answered", "comment", written.pk, at=now, detail=detail)
    return written.pk


class _Room(NamedTuple):
    """How many may stand below a comment: of the creator and ad accounts together, or of other viewers."""

    most: int
    of_creator: bool


def _write_below(
    scope: Scope, row: Comment, text: str, *, account_id: int | None, room: _Room, now: datetime
) -> Comment:
    if row.reply_to_id is not None:
        raise NotFound(noun="comment")  # Answers are not answered.
    text = captions.clean_text("text", text)
    if not 1 <= len(text) <= COMMENT_MAX:
        raise FieldInvalid("text", "1 to %(most)s characters", most=COMMENT_MAX)
    official = Q(account__isnull=False) | Q(person=F("post__profile__owner"))
    below = row.answers.filter(official if room.of_creator else ~official, deleted_at=None)
    if below.count() >= room.most:
        raise CommentAnswersLimit(most=room.most)
    written = Comment.objects.create(
        post_id=row.post_id,
        person_id=scope.person,
        text=text,
        reply_to=row,
        account_id=account_id,
        held=holding.reason(row.post.profile, scope.person, text) if account_id is None else "",
        at=now,
    )
    holding.tell(written, now=now)
    return written


def _decided(scope: Scope, row: Comment, act: str, now: datetime) -> None:
    row.creator_decided = True
    row.save(update_fields=["hidden_at", "hidden_for", "creator_decided"])
    audit.record(scope, act, "comment", row.pk, at=now)


def _undecided(row: Comment, *, hidden: bool) -> Comment:
    if row.creator_decided and (row.hidden_at is not None) != hidden:
        raise CommentDecided
    return row


def _on_own_post(scope: Scope, comment_id: int) -> Comment:
    scope.require(Right.CREATE)
    own = Comment.objects.filter(pk=comment_id, post__profile__owner_id=scope.person).values_list("post_id", flat=True)
    post_id = own.first()
    if post_id is None:
        raise NotFound(noun="comment")
    return _on_post(post_id, comment_id, held=True)


def _on_post(post_id: int, comment_id: int, *, held: bool = False) -> Comment:
    """Return the comment, locked: of two who decide about it the second sees what the first did.

    One that waits for the creator is there with ``held`` alone: for its author and for the creator.
    """
    rows = Comment.objects.select_for_update(no_key=True).filter(pk=comment_id, post_id=post_id, deleted_at=None)
    row = rows.first()
    if row is None or (row.held and not held):
        raise NotFound(noun="comment")
    return row
