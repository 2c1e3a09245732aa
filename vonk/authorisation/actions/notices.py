"""What the platform notices by itself: ends, reminders, posts that went or came back. Called by *work* each second.

Nothing here stops an ad: the grant's end instant and the post's own publication do. This records it and writes letters,
each exactly once: whoever's conditional UPDATE changes the row writes, in the same transaction.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction
from django.db.models import Q

from vonk.authorisation import letters, reach
from vonk.authorisation.actions import endings, records
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import UNAVAILABLE, Act, Refusal, days_left, next_reminder_at
from vonk.content.rules import Visibility
from vonk.control.scope import PLATFORM

PER_ROUND_MAX: Final = 200  # Of each kind: a round stays short, and the rest follows a second later.

# Mirrors content's own judgement to find candidates; content.post_facts decides.
_POST_GONE: Final = (
    Q(post__deleted_at__isnull=False)
    | Q(post__removed_at__isnull=False)
    | Q(profile__banned_at__isnull=False)
    | Q(profile__deleted_at__isnull=False)
    | (Q(post__ads_only=False) & ~Q(post__visibility=Visibility.PUBLIC.value))
)
_HELD: Final = Q(redeemed_at__isnull=False, revoked_at=None, released_at=None)


class Noticed(msgspec.Struct, frozen=True):
    """How many of each were noticed in this round."""

    ended: int
    reminded: int
    gone: int
    back: int


def notice_ended(now: datetime) -> Noticed:
    """Record and tell both sides what ended, what ends soon, and which posts went or came back, since the last time.

    Safe to call as often as one likes and from several processes. Reminders go out 14, 7, 3 and 1 days before the end
    (reference §9.2); of several that came due while nobody looked, the last one counts.
    """
    return Noticed(
        ended=_each(Q(end_noticed_at=None, revoked_at=None, deleted_at=None, ends_at__lte=now), _end, now),
        reminded=_each(_HELD & Q(remind_at__lte=now, ends_at__gt=now), _remind, now),
        gone=_each(_HELD & Q(gone_noticed_at=None, ends_at__gt=now) & _POST_GONE, _gone, now),
        back=_each(_HELD & Q(gone_noticed_at__isnull=False, ends_at__gt=now) & ~_POST_GONE, _back, now),
    )


def _each(condition: Q, notice: Callable[[int, int, datetime], bool], now: datetime) -> int:
    """Notice up to PER_ROUND_MAX consents that meet the condition, each in its own transaction; return how many."""
    found = Consent.objects.filter(condition).order_by("ends_at", "pk").values_list("pk", "profile_id")
    return sum(notice(consent_id, profile_id, now) for consent_id, profile_id in list(found[:PER_ROUND_MAX]))


@transaction.atomic
def _end(consent_id: int, profile_id: int, now: datetime) -> bool:
    chain = records.lock(profile_id)
    return endings.notice_end(chain, Consent.objects.get(pk=consent_id), now=now)


@transaction.atomic
def _remind(consent_id: int, profile_id: int, now: datetime) -> bool:
    chain = records.lock(profile_id)
    consent = Consent.objects.get(pk=consent_id)
    entitled = Consent.objects.filter(
        _HELD, pk=consent_id, ends_at__gt=now, remind_at=consent.remind_at, remind_at__lte=now
    ).update(remind_at=next_reminder_at(consent.ends_at, now))
    if entitled == 0:
        return False
    days = days_left(consent.ends_at, now)
    records.append(chain, PLATFORM, Act.REMINDED, at=now, consent=consent, detail={"days_left": days})
    letters.reminder(consent, reach.post_of(consent), days=days, now=now)
    return True


@transaction.atomic
def _gone(consent_id: int, profile_id: int, now: datetime) -> bool:
    chain = records.lock(profile_id)
    consent = Consent.objects.get(pk=consent_id)
    post = reach.post_of(consent)
    if post.unavailable_reason is None:
        return False
    entitled = Consent.objects.filter(_HELD, pk=consent_id, ends_at__gt=now, gone_noticed_at=None).update(
        gone_noticed_at=now
    )
    if entitled == 0:
        return False
    reason = UNAVAILABLE.get(post.unavailable_reason, Refusal.VIDEO_UNAVAILABLE)
    records.append(chain, PLATFORM, Act.POST_GONE, at=now, consent=consent, detail={"reason": reason.value})
    letters.gone(consent, post, reason, now=now)
    return True


@transaction.atomic
def _back(consent_id: int, profile_id: int, now: datetime) -> bool:
    chain = records.lock(profile_id)
    consent = Consent.objects.get(pk=consent_id)
    post = reach.post_of(consent)
    if not post.available:
        return False
    entitled = Consent.objects.filter(_HELD, pk=consent_id, ends_at__gt=now, gone_noticed_at__isnull=False).update(
        gone_noticed_at=None
    )
    if entitled == 0:
        return False
    records.append(chain, PLATFORM, Act.POST_BACK, at=now, consent=consent)
    letters.back(consent, post, now=now)
    return True
