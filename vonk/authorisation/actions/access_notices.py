"""What the platform notices of accesses by itself: ends, ends of a notice, lapsed requests, reminders. Called by *work*.

Nothing here stops an ad: the grants' own end instants do. Each access is one transaction, and its consents are noticed
with it, in one UPDATE: nobody is written ten thousand letters because one access ended.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction
from django.db.models import F, Q, QuerySet

from vonk.authorisation import access_letters
from vonk.authorisation.actions import access_endings, records
from vonk.authorisation.chain import Detail
from vonk.authorisation.models import AccountAccess, Consent, ConsentChain
from vonk.authorisation.rules import Act, days_left, next_reminder_at
from vonk.control import audit
from vonk.control.scope import PLATFORM

PER_ROUND_MAX: Final = 200  # Of each kind: a round stays short, and the rest follows a second later.


class AccessesNoticed(msgspec.Struct, frozen=True):
    """How many of each were noticed in this round."""

    expired: int
    revoked: int
    lapsed: int
    reminded: int
    consents: int  # Whose notice of withdrawn scopes was over.


def expire_due(now: datetime) -> AccessesNoticed:
    """Record and tell both sides which accesses ended, whose notice is over, which requests lapsed, what ends soon.

    Safe to call as often as one likes and from several processes: whoever's conditional UPDATE changes the row writes.
    Reminders go out 14, 7, 3 and 1 days before the end.
    """
    live = Q(granted_at__isnull=False, revoked_at=None)
    return AccessesNoticed(
        revoked=_each(live & Q(ending_at__lte=now), _revoked, now),
        expired=_each(live & Q(end_noticed_at=None, ends_at__lte=now), _expired, now),
        lapsed=_each(_OPEN & Q(lapses_at__lte=now), _lapsed, now),
        reminded=_each(live & Q(remind_at__lte=now, ends_at__gt=now, ending_at=None), _reminded, now),
        consents=_withdrawn_scopes(now),
    )


_OPEN: Final = Q(granted_at=None, refused_at=None, withdrawn_at=None, end_noticed_at=None)


def _each(condition: Q, notice: Callable[[AccountAccess, datetime], bool], now: datetime) -> int:
    found = AccountAccess.objects.filter(condition).order_by("pk").values_list("pk", "profile_id")[:PER_ROUND_MAX]
    noticed = 0
    for access_id, profile_id in list(found):
        with transaction.atomic():
            if profile_id is not None:
                records.lock(profile_id)
            noticed += notice(AccountAccess.objects.select_related("terms").get(pk=access_id), now)
    return noticed


def _revoked(access: AccountAccess, now: datetime) -> bool:
    """Record that the notice is over: the access was revoked at that instant, and what came by way of it."""
    chain = _chain(access)
    entitled = AccountAccess.objects.filter(pk=access.pk, revoked_at=None, ending_at__lte=now).update(
        revoked_at=F("ending_at"), remind_at=None
    )
    if entitled == 0 or access.ending_at is None:
        return False
    ended = access_endings.revoke_consents(access_endings.standing(access), at=access.ending_at)
    detail = {"consents": ended}
    records.append(chain, PLATFORM, Act.ACCESS_REVOKED, at=access.ending_at, access=access, detail=detail)
    audit.record(PLATFORM, "access.revoked", "access", access.pk, at=now, account_id=access.account_id, detail=detail)
    return True


def _expired(access: AccountAccess, now: datetime) -> bool:
    chain = _chain(access)
    entitled = AccountAccess.objects.filter(
        pk=access.pk, end_noticed_at=None, revoked_at=None, ends_at__lte=now
    ).update(end_noticed_at=now, remind_at=None)
    if entitled == 0 or access.ends_at is None:
        return False
    ended = access_endings.standing(access).filter(ends_at__lte=now).update(end_noticed_at=now, remind_at=None)
    detail: Detail = {"ended_at": access.ends_at.isoformat(), "consents": ended}
    records.append(chain, PLATFORM, Act.ACCESS_EXPIRED, at=now, access=access, detail=detail)
    audit.record(PLATFORM, "access.expired", "access", access.pk, at=now, detail=detail)
    access_letters.expired(access, consents=ended, now=now)
    return True


def _lapsed(access: AccountAccess, now: datetime) -> bool:
    entitled = AccountAccess.objects.filter(_OPEN, pk=access.pk, lapses_at__lte=now).update(end_noticed_at=now)
    if entitled == 0:
        return False
    if access.profile_id is not None:
        records.append(_chain(access), PLATFORM, Act.LAPSED, at=now, access=access)
    audit.record(PLATFORM, "access.lapsed", "access", access.pk, at=now)
    access_letters.lapsed(access, now=now)
    return True


def _reminded(access: AccountAccess, now: datetime) -> bool:
    chain = _chain(access)
    if access.ends_at is None:
        return False
    entitled = AccountAccess.objects.filter(
        pk=access.pk, revoked_at=None, ends_at__gt=now, remind_at=access.remind_at, remind_at__lte=now
    ).update(remind_at=next_reminder_at(access.ends_at, now))
    if entitled == 0:
        return False
    days = days_left(access.ends_at, now)
    records.append(chain, PLATFORM, Act.REMINDED, at=now, access=access, detail={"days_left": days})
    access_letters.reminder(access, days=days, now=now)
    return True


def _withdrawn_scopes(now: datetime) -> int:
    """Revoke the consents whose notice is over although their access lives on: a scope was withdrawn."""
    over = Consent.objects.filter(
        access__isnull=False, revoked_at=None, released_at=None, ending_at__lte=now, access__revoked_at=None
    )
    found = over.order_by("access_id").values_list("access_id", "profile_id").distinct()[:PER_ROUND_MAX]
    return sum(
        _scopes_over(over.filter(access_id=access_id), access_id, profile_id, now)
        for access_id, profile_id in list(found)
        if access_id is not None
    )


@transaction.atomic
def _scopes_over(over: QuerySet[Consent], access_id: int, profile_id: int, now: datetime) -> int:
    chain = records.lock(profile_id)
    revoked = access_endings.revoke_consents(over, at=now, as_of=F("ending_at"))
    if revoked:
        detail: Detail = {"notice_over": True, "consents": revoked}
        access = AccountAccess.objects.get(pk=access_id)
        records.append(chain, PLATFORM, Act.ACCESS_CHANGED, at=now, access=access, detail=detail)
        audit.record(PLATFORM, "access.changed", "access", access.pk, at=now, detail=detail)
    return revoked


def _chain(access: AccountAccess) -> ConsentChain:
    assert access.profile_id is not None, "Only a request that nobody opened has no profile."
    return records.lock(access.profile_id)
