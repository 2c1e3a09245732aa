"""Comments that wait for the creator of their post: those with a word of the creator's list, or all of them.

A comment that waits is there for its author and for the creator alone, and counted nowhere. Approved, it is counted in the
hour in which it was written, as if it had never waited.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from vonk.content.actions import counting
from vonk.content.captions import clean_text
from vonk.content.errors.comments import CreatorWordsLimit
from vonk.content.models import Comment, CreatorBlockedWord, Profile
from vonk.content.moderation import WORD_CHARS_MAX, WORDS_MAX, Held
from vonk.content.skeletons import first_hit, skeleton
from vonk.control import audit, notifications
from vonk.control.scope import Right, Scope
from vonk.control.wording import later as _
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.actions import letters

KIND: Final = "comments"  # Of the news that a comment waits.
PAGE: Final = "/studio/comments/"  # Where the decision is made.
AT_ONCE_MAX: Final = 100  # Comments decided on in one act: a page of them.


def reason(profile: Profile, author_id: int, text: str) -> str:
    """Return why a new comment below the profile's posts waits, "" when it does not; its owner's own never do."""
    if profile.owner_id == author_id:
        return ""
    words = CreatorBlockedWord.objects.filter(profile=profile).values_list("folded", flat=True)
    if first_hit(text, words) is not None:
        return Held.WORD.value
    return Held.ALL.value if profile.hold_comments else ""


def tell(row: Comment, *, now: datetime) -> None:
    """Tell the creator that a comment waits, unless they have not read yet that one does."""
    owner_id = row.post.profile.owner_id
    if not row.held or owner_id is None or notifications.waits_unseen(owner_id, KIND):
        return
    letters.to_person(
        owner_id,
        subject=_("A comment waits for your decision"),
        body=_("Somebody commented on your post, and only you and they see it until you decide:\n%(link)s")
        % {"link": settings.VONK.site_url + PAGE},
        now=now,
        link=PAGE,
        kind=KIND,
    )


@transaction.atomic
def approve(scope: Scope, comment_ids: Collection[int], *, now: datetime) -> int:
    """Show waiting comments to everybody; return how many waited. All of them or none: NotFound, FieldInvalid.

    It is the creator's decision: no ad account hides them any more.
    """
    rows = [row for row in _lock(scope, comment_ids) if row.held]
    for row in rows:
        release(scope, row, now=now)
    return len(rows)


def release(scope: Scope, row: Comment, *, now: datetime) -> None:
    """Show one waiting comment, which the caller has locked, and count it."""
    row.held, row.hidden_at, row.hidden_for, row.creator_decided = "", None, None, True
    row.save(update_fields=["held", "hidden_at", "hidden_for", "creator_decided"])
    counting.count_comment(row)
    audit.record(scope, "comment.approved", "comment", row.pk, at=now, detail={"post": str(row.post_id)})


@transaction.atomic
def delete(scope: Scope, comment_ids: Collection[int], *, now: datetime) -> int:
    """Delete waiting comments for good; return how many there were. NotFound when one of them does not wait (any more)."""
    rows = _lock(scope, comment_ids)
    if not all(row.held for row in rows):
        raise NotFound(noun="comment")
    for row in rows:
        row.deleted_at = now
        row.save(update_fields=["deleted_at"])
        detail = {"post": str(row.post_id), "held": row.held}
        audit.record(scope, "comment.deleted", "comment", row.pk, at=now, detail=detail)
    return len(rows)


@transaction.atomic
def set_hold_all(scope: Scope, hold: bool, *, now: datetime) -> None:  # noqa: FBT001 - a switch's position is what the call is about.
    """Have every new comment below the acting creator's posts wait, or no longer. What waits goes on waiting."""
    profile = _lock_profile(scope)
    if profile.hold_comments != hold:
        profile.hold_comments = hold
        profile.save(update_fields=["hold_comments"])
        audit.record(scope, "profile.comments_held", "profile", profile.pk, at=now, detail={"on": hold})


@transaction.atomic
def block(scope: Scope, words: Iterable[str], *, now: datetime) -> int:
    """Have comments with these words wait from now on; return how many are new. FieldInvalid, CreatorWordsLimit."""
    profile = _lock_profile(scope)
    wanted = {skeleton(word): word for word in map(_checked, words)}
    known = set(CreatorBlockedWord.objects.filter(profile=profile).values_list("folded", flat=True))
    new = {folded: word for folded, word in wanted.items() if folded not in known}
    if len(known) + len(new) > WORDS_MAX:
        raise CreatorWordsLimit(most=WORDS_MAX)
    if new:
        CreatorBlockedWord.objects.bulk_create(
            [CreatorBlockedWord(profile=profile, word=word, folded=folded, at=now) for folded, word in new.items()]
        )
        _record(scope, profile, "profile.words_blocked", now, added=len(new))
    return len(new)


@transaction.atomic
def unblock(scope: Scope, word_id: int, *, now: datetime) -> str:
    """Take a word off the acting creator's list; return it. NotFound. What waits goes on waiting."""
    profile = _lock_profile(scope)
    row = CreatorBlockedWord.objects.filter(profile=profile, pk=word_id).first()
    if row is None:
        raise NotFound(noun="blocked word")
    row.delete()
    _record(scope, profile, "profile.words_unblocked", now, removed=1)
    return row.word


def _checked(text: str) -> str:
    word = clean_text("words", text)
    if not 1 <= len(word) <= WORD_CHARS_MAX or not 1 <= len(skeleton(word)) <= 4 * WORD_CHARS_MAX:
        raise FieldInvalid("words", "words of 1 to %(most)s characters that can be seen", most=WORD_CHARS_MAX)
    return word


def _record(scope: Scope, profile: Profile, act: str, now: datetime, **detail: object) -> None:
    """Without the words: the trail is read by more people than the list."""
    audit.record(scope, act, "profile", profile.pk, at=now, detail=detail)


def _lock_profile(scope: Scope) -> Profile:
    scope.require(Right.CREATE)
    row = Profile.objects.select_for_update(no_key=True).filter(owner_id=scope.person, deleted_at=None).first()
    if row is None:
        raise NotFound(noun="profile")
    return row


def _lock(scope: Scope, comment_ids: Collection[int]) -> list[Comment]:
    """Return the comments below the acting creator's own posts, locked until commit, in the order of their ids."""
    scope.require(Right.CREATE)
    wanted = set(comment_ids)
    if not 1 <= len(wanted) <= AT_ONCE_MAX:
        raise FieldInvalid("comments", "1 to %(most)s comments", most=AT_ONCE_MAX)
    rows: QuerySet[Comment] = Comment.objects.filter(pk__in=wanted, post__profile__owner_id=scope.person)
    there = rows.filter(deleted_at=None).values_list("pk", flat=True)
    found = list(
        Comment.objects.select_for_update(no_key=True).filter(pk__in=list(there), deleted_at=None).order_by("pk")
    )
    if {row.pk for row in found} != wanted:
        raise NotFound(noun="comment")
    return found
