"""What becomes of an access that was given: a creator changes what it covers, lets it last longer, ends it.

The business gives it back here, too. What a business asks for besides is in ``access_amendments``.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.db import transaction

from vonk.authorisation import access_letters, access_reach
from vonk.authorisation.actions import access_endings, access_limits, records
from vonk.authorisation.chain import Detail
from vonk.authorisation.errors.access import AccountAccessEnded
from vonk.authorisation.errors.consents import ExtendedTooFar
from vonk.authorisation.errors.terms import ExtendedBeyondTerms
from vonk.authorisation.models import AccountAccess, Consent, ConsentChain
from vonk.authorisation.rules import AHEAD_MAX, NO_END, Act, extended_end, next_reminder_at
from vonk.authorisation.rules.access import LIVE, AccessScope, AccessState
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound


class Changed(msgspec.Struct, frozen=True):
    """What the access covers from now on, and how many consents ended with what it no longer does."""

    access_id: int
    scopes: tuple[AccessScope, ...]
    consents_ended: int


class Revoked(msgspec.Struct, frozen=True):
    """Whether this call ended the access, how many consents ended or end with it, and when (None: at once)."""

    changed: bool
    consents_ended: int = 0
    ending_at: datetime | None = None


@transaction.atomic
def change(
    scope: Scope, access_id: int, *, scopes: Iterable[str], preview_required: bool | None = None, now: datetime
) -> Changed:
    """Let a business do more, or less, with one's account. What it may do no longer ends, with the notice of the terms.

    A scope given back while its notice runs takes the notice back. ``preview_required`` (None: as it is) is for posts
    that are taken up from now on. Raises AccessScopesInvalid, AccountAccessEnded, FieldInvalid for a link of one's own.
    """
    given = access_reach.chosen(scopes)
    chain, row = _lock(scope, access_id)
    if access_reach.is_own(row):
        raise FieldInvalid("scopes", "an ad account of your own may do everything; unlink it instead")
    if access_reach.state_of(row, now) is not AccessState.ACTIVE:
        raise AccountAccessEnded
    ended = cover(scope, chain, row, given, preview_required=preview_required, now=now)
    access_letters.changed(row, consents=ended, now=now)
    return Changed(row.pk, tuple(AccessScope(one) for one in given), ended)


def cover(
    scope: Scope,
    chain: ConsentChain,
    row: AccountAccess,
    given: list[str],
    *,
    preview_required: bool | None = None,
    detail: Detail | None = None,
    now: datetime,
) -> int:
    """Let a live access cover these scopes alone, and record it; return how many consents ended.

    The caller holds the chain, and writes to the business.
    """
    had = {*access_endings.lost_roads(row, ())} - {*access_endings.lost_roads(row, row.scopes)}
    lost = [road for road in access_endings.lost_roads(row, given) if road in had]
    gained = {*access_endings.lost_roads(row, row.scopes)} - {*access_endings.lost_roads(row, given)}
    before, row.scopes = row.scopes, given
    if preview_required is not None:
        row.preview_required = preview_required
    row.save(update_fields=["scopes", "preview_required"])
    ended = access_endings.end_roads(row, lost, now=now) if lost else 0
    if gained:
        access_endings.take_notice_back(row, gained, now=now)
    told: Detail = {
        "scopes_before": " ".join(before),
        "scopes": " ".join(given),
        "preview_required": row.preview_required,
        "consents": ended,
        **(detail or {}),
    }
    records.append(chain, scope, Act.ACCESS_CHANGED, at=now, access=row, detail=told)
    audit.record(scope, "access.changed", "access", row.pk, at=now, detail=told)
    return ended


@transaction.atomic
def extend(scope: Scope, access_id: int, *, duration_days: int | None, now: datetime) -> datetime | None:
    """Let an access last longer, from the later of now and its end; None: until one ends it. Return its end, or None.

    An expired one comes back, with every consent under it. Raises FieldInvalid, AccountAccessEnded for a revoked one,
    ExtendedTooFar, ExtendedBeyondTerms, AccountAccessExists and AccountAccessLimit when an expired one has no room any more.
    """
    access_limits.require_duration(duration_days)
    chain, row = _lock(scope, access_id)
    state = access_reach.state_of(row, now)
    if state not in {AccessState.ACTIVE, AccessState.EXPIRED} or row.ends_at is None:
        raise AccountAccessEnded
    if access_reach.is_own(row):
        raise FieldInvalid("duration_days", "an ad account of your own stays linked until you unlink it")
    if state is AccessState.EXPIRED:
        access_limits.require_room(row, now)
    if row.ends_at == NO_END:
        return None
    lengthen(scope, chain, row, duration_days, now=now)
    access_letters.extended(row, now=now)
    return None if duration_days is None else row.ends_at


def later_end(row: AccountAccess, duration_days: int | None, now: datetime) -> datetime:
    """Return the end that so many days more would give (None: no end). Raises ExtendedTooFar, ExtendedBeyondTerms."""
    assert row.ends_at is not None, "Only what was granted lasts longer."
    ends_at = NO_END if duration_days is None else extended_end(row.ends_at, duration_days, now)
    if duration_days is not None and ends_at > now + AHEAD_MAX:
        raise ExtendedTooFar(years=AHEAD_MAX.days // 366)
    if row.terms is not None and row.terms.ends_at is not None and ends_at > row.terms.ends_at:
        raise ExtendedBeyondTerms(ends_at=row.terms.ends_at)
    return ends_at


def lengthen(
    scope: Scope,
    chain: ConsentChain,
    row: AccountAccess,
    duration_days: int | None,
    *,
    detail: Detail | None = None,
    now: datetime,
) -> None:
    """Let an access that has an end, and every consent under it, last longer, and record it. Raises as ``later_end``.

    The caller holds the chain, and writes to the business.
    """
    ended_at, row.ends_at = row.ends_at, later_end(row, duration_days, now)
    assert ended_at is not None, "Only what was granted lasts longer."
    row.end_noticed_at = None
    row.remind_at = None if duration_days is None else next_reminder_at(row.ends_at, now)
    row.save(update_fields=["ends_at", "end_noticed_at", "remind_at"])
    rows = access_endings.standing(row)
    consents = rows.update(ends_at=row.ends_at, end_noticed_at=None)
    access_endings.republish(rows, at=now)
    told: Detail = {
        "duration_days": duration_days,
        "ended_at": ended_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "consents": consents,
        **(detail or {}),
    }
    records.append(chain, scope, Act.ACCESS_EXTENDED, at=now, access=row, detail=told)
    audit.record(scope, "access.extended", "access", row.pk, at=now, detail=told)


@transaction.atomic
def revoke(scope: Scope, access_id: int, *, now: datetime) -> Revoked:
    """Take an access back: every ad that stands on it stops within a second, or when the terms' notice ends.

    Always accepted; a second time nothing changes. An expired one is closed for good.
    """
    chain, row = _lock(scope, access_id)
    if row.granted_at is None:
        raise NotFound(noun="access")
    if row.revoked_at is not None or row.notice_given_at is not None:
        return Revoked(changed=False, ending_at=row.ending_at)
    expired = access_reach.state_of(row, now) not in LIVE
    ended = access_endings.end(scope, chain, row, at_once=expired, now=now)
    return Revoked(changed=True, consents_ended=ended, ending_at=row.ending_at)


@transaction.atomic
def release(scope: Scope, access_id: int, *, now: datetime) -> Revoked:
    """Give an access back, for the scope's organisation: its consents end at once, whatever notice its terms ask for.

    Also while a notice runs, or when its days are over; a second time nothing changes. Raises NotFound.
    """
    seen = access_reach.businesses_access(scope, access_id)
    if seen.profile_id is None or seen.granted_at is None:
        raise NotFound(noun="access")
    chain = records.lock(seen.profile_id)
    row = AccountAccess.objects.select_related("terms").get(pk=access_id)
    if access_reach.state_of(row, now) is AccessState.REVOKED:
        return Revoked(changed=False)
    return Revoked(changed=True, consents_ended=access_endings.release(scope, chain, row, now=now))


def end_all_of(scope: Scope, chain: ConsentChain, *, now: datetime) -> tuple[int, ...]:
    """End every access to the chain's profile at once, and refuse what is asked: its owner is erased, or banned.

    In the caller's transaction, which holds the chain. Return the ids of the live consents that ended.
    """
    rows = AccountAccess.objects.filter(profile_id=chain.profile_id)
    for row in rows.filter(access_reach.open_(now)).order_by("pk"):
        row.refused_at = now
        row.save(update_fields=["refused_at"])
        records.append(chain, scope, Act.ACCESS_REFUSED, at=now, access=row)
        access_letters.refused(row, now=now)
    given = list(rows.filter(granted_at__isnull=False, revoked_at=None).select_related("terms").order_by("pk"))
    live = Consent.objects.filter(access__in=given, revoked_at=None, released_at=None, deleted_at=None, ends_at__gt=now)
    ended = tuple(live.order_by("pk").values_list("pk", flat=True))
    for row in given:
        access_endings.end(scope, chain, row, at_once=True, now=now)
    return ended


def _lock(scope: Scope, access_id: int) -> tuple[ConsentChain, AccountAccess]:
    scope.require(Right.CREATE)
    seen = access_reach.creators_access(scope, access_id)
    assert seen.profile_id is not None, "What is the creator's has their profile."
    chain = records.lock(seen.profile_id)
    return chain, AccountAccess.objects.select_related("terms").get(pk=access_id)
