"""What the platform notices by itself: ends, reminders, posts that went or came back. Called by *work* each second.

Nothing here stops an ad: the grant's end instant and the post's own publication do. This records it and writes letters,
each exactly once: what was noticed is marked in the same transaction, while the profiles' chains are held.

What falls due together is noticed together, many profiles in one transaction, so that each side gets one letter. The
chains are locked in order of profile: two processes that notice at once wait for each other and do not fall over.
What came by way of an access is noticed with it (``access_notices``).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

import msgspec
from django.db import transaction
from django.db.models import Q

from vonk.authorisation import chain as chains
from vonk.authorisation import digests, reach
from vonk.authorisation.actions import chains as originals
from vonk.authorisation.actions import endings, records
from vonk.authorisation.digests import Noted
from vonk.authorisation.models import Consent, ConsentChain, ConsentNeed
from vonk.authorisation.rules import UNAVAILABLE, Act, Refusal, days_left, next_reminder_at
from vonk.content.queries import PostFacts
from vonk.content.rules import Visibility
from vonk.control import audit
from vonk.control.scope import PLATFORM

PER_ROUND_MAX: Final = 500  # Of each kind: a round stays short, and the rest follows at once.
_BATCH: Final = 500  # Ids a statement; SQLite binds at most 999 values on old builds.

# Mirrors content's own judgement to find candidates; content.post_facts decides.
_POST_GONE: Final = (
    Q(post__deleted_at__isnull=False)
    | Q(post__removed_at__isnull=False)
    | Q(profile__banned_at__isnull=False)
    | Q(profile__deleted_at__isnull=False)
    | (Q(post__ads_only=False) & (~Q(post__visibility=Visibility.PUBLIC.value) | Q(profile__private=True)))
) & ~Q(post__draft=True, post__deleted_at=None)  # A draft is not gone: it is not there yet.
_HELD: Final = Q(redeemed_at__isnull=False, revoked_at=None, released_at=None)
_OWN_END: Final = Q(access=None, ending_at=None)  # No access and no notice decides when it ends.


class Noticed(msgspec.Struct, frozen=True):
    """How many of each were noticed in this round. ``revoked``: whose notice was over."""

    ended: int
    reminded: int
    gone: int
    back: int
    revoked: int = 0

    @property
    def more(self) -> bool:
        """Whether there may be more of a kind than one round takes."""
        return max(self.ended, self.reminded, self.gone, self.back, self.revoked) >= PER_ROUND_MAX


class _Found(msgspec.Struct, frozen=True):
    """What was found due, under the locks of its profiles' chains."""

    chains: Mapping[int, ConsentChain]
    rows: Sequence[Consent]
    posts: Mapping[int, PostFacts]


def notice_ended(now: datetime) -> Noticed:
    """Record and tell both sides what ended, what ends soon, and which posts went or came back, since the last time.

    Safe to call as often as one likes and from several processes. Reminders go out 14, 7, 3 and 1 days before the end
    (reference §9.2); of several that came due while nobody looked, the last one counts.
    """
    return Noticed(
        revoked=_notices_over(now),
        ended=_together(
            Q(end_noticed_at=None, revoked_at=None, deleted_at=None, ends_at__lte=now) & _OWN_END, _end, now
        ),
        reminded=_together(_HELD & _OWN_END & Q(remind_at__lte=now, ends_at__gt=now), _remind, now),
        gone=_together(_HELD & Q(gone_noticed_at=None, ends_at__gt=now) & _POST_GONE, _gone, now),
        back=_together(_HELD & Q(gone_noticed_at__isnull=False, ends_at__gt=now) & ~_POST_GONE, _back, now),
    )


def _together(condition: Q, notice: Callable[[_Found, datetime], int], now: datetime) -> int:
    """Notice up to PER_ROUND_MAX consents that meet the condition, in one transaction; return how many."""
    due = Consent.objects.filter(condition).order_by("ends_at", "pk").values_list("pk", "profile_id")[:PER_ROUND_MAX]
    found = list(due)
    if not found:
        return 0
    with transaction.atomic():
        held = {profile_id: records.lock(profile_id) for profile_id in sorted({profile_id for _, profile_id in found})}
        rows = [
            row
            for ids in _batches([consent_id for consent_id, _ in found])
            for row in Consent.objects.filter(condition, pk__in=ids).order_by("profile_id", "pk")
        ]
        return notice(_Found(held, rows, reach.posts_of(rows)), now) if rows else 0


def _end(found: _Found, now: datetime) -> int:
    _update(found.rows, end_noticed_at=now, remind_at=None)
    details: dict[int, chains.Detail] = {row.pk: {"ended_at": row.ends_at.isoformat()} for row in found.rows}
    _record(found, found.rows, Act.EXPIRED, details, now)
    accounts: dict[int | None, dict[int, chains.Detail]] = defaultdict(dict)
    for row in found.rows:
        accounts[row.account_id][row.pk] = {}
    for account_id, ended in accounts.items():
        audit.record_all(PLATFORM, "consent.expired", "consent", ended, at=now, account_id=account_id)
    digests.ended([Noted(row, found.posts[row.post_id]) for row in found.rows], now=now)
    _tell_standing_on(found.rows, now)
    return len(found.rows)


def _remind(found: _Found, now: datetime) -> int:
    for ends_at, rows in groupby(sorted(found.rows, key=lambda row: row.ends_at), key=lambda row: row.ends_at):
        _update(list(rows), remind_at=next_reminder_at(ends_at, now))
    days = {row.pk: days_left(row.ends_at, now) for row in found.rows}
    _record(found, found.rows, Act.REMINDED, {pk: {"days_left": left} for pk, left in days.items()}, now)
    digests.reminded([Noted(row, found.posts[row.post_id], days=days[row.pk]) for row in found.rows], now=now)
    return len(found.rows)


def _gone(found: _Found, now: datetime) -> int:
    noted = [
        Noted(row, post, reason=UNAVAILABLE.get(post.unavailable_reason, Refusal.VIDEO_UNAVAILABLE))
        for row in found.rows
        if (post := found.posts[row.post_id]).unavailable_reason is not None
    ]
    rows = [one.consent for one in noted]
    _update(rows, gone_noticed_at=now)
    details: dict[int, chains.Detail] = {
        one.consent.pk: {"reason": one.reason.value} for one in noted if one.reason is not None
    }
    _record(found, rows, Act.POST_GONE, details, now)
    digests.gone(noted, now=now)
    return len(noted)


def _back(found: _Found, now: datetime) -> int:
    noted = [Noted(row, post) for row in found.rows if (post := found.posts[row.post_id]).available]
    rows = [one.consent for one in noted]
    _update(rows, gone_noticed_at=None)
    _record(found, rows, Act.POST_BACK, {row.pk: {} for row in rows}, now)
    digests.back(noted, now=now)
    return len(noted)


def _notices_over(now: datetime) -> int:
    """Record which revocations took effect because their notice is over."""
    due = Consent.objects.filter(
        access=None, ending_at__lte=now, revoked_at=None, released_at=None, deleted_at=None
    ).order_by("ending_at", "pk")
    return sum(_notice_over(*found, now) for found in list(due.values_list("pk", "profile_id")[:PER_ROUND_MAX]))


@transaction.atomic
def _notice_over(consent_id: int, profile_id: int, now: datetime) -> bool:
    chain = records.lock(profile_id)
    return endings.notice_over(chain, Consent.objects.get(pk=consent_id), now=now)


def _record(
    found: _Found, rows: Sequence[Consent], act: Act, details: Mapping[int, chains.Detail], now: datetime
) -> None:
    for profile_id, of_profile in groupby(rows, key=lambda row: row.profile_id):
        acts = [(row, details[row.pk]) for row in of_profile]
        records.append_all(found.chains[profile_id], PLATFORM, act, acts, at=now)


def _update(rows: Collection[Consent], **values: datetime | None) -> None:
    for ids in _batches([row.pk for row in rows]):
        Consent.objects.filter(pk__in=ids).update(**values)


def _tell_standing_on(rows: Sequence[Consent], now: datetime) -> None:
    """Have what stood on these consents looked at again."""
    held = {(row.account_id, row.post_id) for row in rows if row.account_id is not None}
    for ids in _batches(sorted({post_id for _, post_id in held})):
        needed = ConsentNeed.objects.filter(original__in=ids).values_list("consent__account_id", "original_id")
        for account_id, post_id in set(needed) & held:
            assert account_id is not None, "Chosen by it."
            originals.met(account_id, post_id, now)


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), _BATCH):
        yield ids[first : first + _BATCH]
