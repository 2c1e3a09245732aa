"""A business asks for more while its access is live: other uses, more days. The creator accepts with one act.

An acceptance is recorded as what it does: the access is changed, extended, or both.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import F, Q

from vonk.authorisation import access_letters, access_reach
from vonk.authorisation.actions import access_changes, access_limits, records
from vonk.authorisation.chain import Detail
from vonk.authorisation.errors.access import (
    AccessAmendmentAnswered,
    AccessAmendmentOpen,
    AccessAmendmentTooSoon,
    AccountAccessEnded,
)
from vonk.authorisation.models import AccessAmendment, AccountAccess, ConsentChain
from vonk.authorisation.rules import NO_END, Act, access
from vonk.authorisation.rules.access import AccessScope, AccessState, AmendmentState
from vonk.control import audit
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound


class Amended(msgspec.Struct, frozen=True):
    """What the access covers from now on, and until when (None: no end)."""

    access_id: int
    scopes: tuple[AccessScope, ...]
    ends_at: datetime | None


@transaction.atomic
def ask(
    scope: Scope, access_id: int, *, scopes: Iterable[str] = (), duration_days: int | None = None, now: datetime
) -> int:
    """Ask for more uses, for more days, or both, for the scope's organisation; return the amendment's id.

    ``scopes`` are those wanted; what is granted already is left out. ``duration_days`` (7, 30, 60 or 365) are counted
    from the access's end; None: as it is. It lapses after 30 days. Raises NotFound, AccountAccessEnded, AccessScopesInvalid,
    FieldInvalid when it asks for nothing, ExtendedTooFar, ExtendedBeyondTerms, AccessAmendmentOpen, and
    AccessAmendmentTooSoon within a week of the last one that came to nothing.
    """
    seen = access_reach.businesses_access(scope, access_id)
    chain, row = _locked(seen)
    if access_reach.state_of(row, now) is not AccessState.ACTIVE:
        raise AccountAccessEnded
    wanted = set(scopes)
    more = [one for one in (access_reach.chosen(wanted) if wanted else []) if one not in row.scopes]
    access_limits.require_duration(duration_days)
    if duration_days is not None:
        if row.ends_at == NO_END:
            raise FieldInvalid("duration_days", "null: the access has no end")
        access_changes.later_end(row, duration_days, now)
    elif not more:
        raise FieldInvalid("scopes", "at least one that is not granted yet, or more days")
    _require_quiet(row, now)
    amendment = AccessAmendment.objects.create(
        access=row,
        asked_by_id=scope.person,
        asked_at=now,
        scopes=more,
        duration_days=duration_days,
        lapses_at=now + access.LAPSES_AFTER,
    )
    _record(scope, chain, row, amendment, Act.ACCESS_AMENDMENT_ASKED, now=now)
    access_letters.amendment_asked(row, now=now)
    return amendment.pk


@transaction.atomic
def withdraw(scope: Scope, access_id: int, amendment_id: int, *, now: datetime) -> bool:
    """Take back what the scope's organisation asked for; return whether this call did.

    Raises NotFound, AccessAmendmentAnswered.
    """
    seen = access_reach.businesses_access(scope, access_id)
    chain, row = _locked(seen)
    amendment = _one(row, amendment_id)
    if amendment.withdrawn_at is not None:
        return False
    _require_open(amendment, row, now)
    amendment.withdrawn_at = now
    amendment.save(update_fields=["withdrawn_at"])
    _record(scope, chain, row, amendment, Act.ACCESS_AMENDMENT_WITHDRAWN, now=now)
    return True


@transaction.atomic
def accept(scope: Scope, access_id: int, amendment_id: int, *, now: datetime) -> Amended:
    """Give a business all that it asks for, as the owner of the profile.

    Raises NotFound, AccessAmendmentAnswered, ExtendedTooFar, ExtendedBeyondTerms.
    """
    seen = access_reach.creators_access(scope, access_id)
    chain, row = _locked(seen)
    amendment = _one(row, amendment_id)
    _require_open(amendment, row, now)
    detail: Detail = {"amendment": str(amendment.pk)}
    lasts_longer = amendment.duration_days is not None and row.ends_at != NO_END
    if amendment.scopes or not lasts_longer:
        given = access_reach.chosen({*row.scopes, *amendment.scopes})
        access_changes.cover(scope, chain, row, given, detail=detail, now=now)
    if lasts_longer:
        access_changes.lengthen(scope, chain, row, amendment.duration_days, detail=detail, now=now)
    amendment.accepted_at = now
    amendment.save(update_fields=["accepted_at"])
    access_letters.amendment_accepted(row, now=now)
    return Amended(
        row.pk, tuple(AccessScope(one) for one in row.scopes), row.ends_at if row.ends_at != NO_END else None
    )


@transaction.atomic
def refuse(scope: Scope, access_id: int, amendment_id: int, *, now: datetime) -> bool:
    """Leave an access as it is, as the owner of the profile; return whether this call did.

    Raises NotFound, AccessAmendmentAnswered.
    """
    seen = access_reach.creators_access(scope, access_id)
    chain, row = _locked(seen)
    amendment = _one(row, amendment_id)
    if amendment.refused_at is not None:
        return False
    _require_open(amendment, row, now)
    amendment.refused_at = now
    amendment.save(update_fields=["refused_at"])
    _record(scope, chain, row, amendment, Act.ACCESS_AMENDMENT_REFUSED, now=now)
    access_letters.amendment_refused(row, now=now)
    return True


def _locked(seen: AccountAccess) -> tuple[ConsentChain, AccountAccess]:
    if seen.profile_id is None or seen.granted_at is None:
        raise NotFound(noun="access")
    chain = records.lock(seen.profile_id)
    return chain, AccountAccess.objects.select_related("terms").get(pk=seen.pk)


def _one(row: AccountAccess, amendment_id: int) -> AccessAmendment:
    amendment = AccessAmendment.objects.filter(access=row, pk=amendment_id).first()
    if amendment is None:
        raise NotFound(noun="amendment")
    return amendment


def _require_open(amendment: AccessAmendment, row: AccountAccess, now: datetime) -> None:
    if access_reach.amendment_state_of(amendment, row, now) is not AmendmentState.OPEN:
        raise AccessAmendmentAnswered


def _require_quiet(row: AccountAccess, now: datetime) -> None:
    """Raise beside an open amendment and soon after a refused or withdrawn one; close one that has lapsed."""
    unanswered = AccessAmendment.objects.filter(access=row, accepted_at=None, refused_at=None, withdrawn_at=None)
    if unanswered.filter(lapses_at__gt=now).exists():
        raise AccessAmendmentOpen
    unanswered.update(withdrawn_at=F("lapses_at"))
    lately = now - access.ASK_AGAIN_AFTER
    if AccessAmendment.objects.filter(
        Q(refused_at__gt=lately) | Q(withdrawn_at__gt=lately, withdrawn_at__lt=F("lapses_at")), access=row
    ).exists():
        raise AccessAmendmentTooSoon(days=access.ASK_AGAIN_AFTER.days)


def _record(
    scope: Scope, chain: ConsentChain, row: AccountAccess, amendment: AccessAmendment, act: Act, *, now: datetime
) -> None:
    detail: Detail = {
        "amendment": str(amendment.pk),
        "scopes": " ".join(amendment.scopes),
        "duration_days": amendment.duration_days,
    }
    records.append(chain, scope, act, at=now, access=row, detail=detail)
    audit.record(
        scope, act.value.replace("access_amendment_", "access.amendment_"), "access", row.pk, at=now, detail=detail
    )
