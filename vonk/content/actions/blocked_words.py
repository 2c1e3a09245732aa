"""The words that an ad account does not want below its ads."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from vonk.content.captions import clean_text
from vonk.content.errors.comments import BlockedWordsLimit
from vonk.content.models import BlockedWord
from vonk.content.moderation import WORD_CHARS_MAX, WORDS_MAX, folded
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.actions import accounts


@transaction.atomic
def block(scope: Scope, words: Iterable[str], *, now: datetime) -> None:
    """Block the words from now on; those that are blocked already stay. Raises FieldInvalid, BlockedWordsLimit."""
    scope.require(Right.CAMPAIGN_EDIT)
    wanted = {folded(word): word for word in map(_checked, words)}
    accounts.hold(scope.account)
    there = BlockedWord.objects.filter(account_id=scope.account)
    known = set(there.values_list("folded", flat=True))
    new = {key: word for key, word in wanted.items() if key not in known}
    if len(known) + len(new) > WORDS_MAX:
        raise BlockedWordsLimit(most=WORDS_MAX)
    if not new:
        return
    BlockedWord.objects.bulk_create(
        [BlockedWord(account_id=scope.account, word=word, folded=key, at=now) for key, word in new.items()]
    )
    _record(scope, "blocked_words.added", now, added=len(new))


@transaction.atomic
def unblock(scope: Scope, words: Iterable[str], *, now: datetime) -> None:
    """Block the words no longer; for those that are not blocked nothing changes. What was hidden stays hidden."""
    scope.require(Right.CAMPAIGN_EDIT)
    keys = {folded(word) for word in words}
    gone = BlockedWord.objects.filter(account_id=scope.account, folded__in=keys).delete()[0]
    if gone:
        _record(scope, "blocked_words.removed", now, removed=gone)


@transaction.atomic
def change(scope: Scope, old: str, new: str, *, now: datetime) -> None:
    """Block ``new`` in place of ``old``. Raises NotFound when ``old`` is not blocked, FieldInvalid."""
    scope.require(Right.CAMPAIGN_EDIT)
    word = _checked(new)
    accounts.hold(scope.account)
    rows = BlockedWord.objects.filter(account_id=scope.account)
    row = rows.filter(folded=folded(old)).first()
    if row is None:
        raise NotFound(noun="blocked word")
    if rows.filter(folded=folded(word)).exclude(pk=row.pk).exists():
        row.delete()
    else:
        row.word, row.folded = word, folded(word)
        row.save(update_fields=["word", "folded"])
    _record(scope, "blocked_words.changed", now)


def _checked(text: str) -> str:
    word = clean_text("blocked_words", text)
    if not 1 <= len(word) <= WORD_CHARS_MAX or not folded(word) or len(folded(word)) > 2 * WORD_CHARS_MAX:
        raise FieldInvalid("blocked_words", "words of 1 to %(most)s characters", most=WORD_CHARS_MAX)
    return word


def _record(scope: Scope, action: str, now: datetime, **detail: object) -> None:
    """Without the words: the trail is read by more people than the list."""
    audit.record(scope, action, "ad_account", scope.account, at=now, detail=detail)
