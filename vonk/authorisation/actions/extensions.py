"""Let a consent last longer, in place: the same code, the same ads."""

from datetime import datetime

import msgspec
from django.db import transaction

from vonk.authorisation import chain as chains
from vonk.authorisation import letters, publish, reach
from vonk.authorisation.actions import chains as originals
from vonk.authorisation.actions import endings, records, switches
from vonk.authorisation.errors.consents import (
    AuthorizationFollowsAccess,
    AuthorizationReleased,
    AuthorizationRevoked,
    ExtendedTooFar,
)
from vonk.authorisation.errors.terms import ExtendedBeyondTerms
from vonk.authorisation.models import Consent, ConsentChain, PermissionRequest
from vonk.authorisation.rules import (
    AHEAD_MAX,
    DURATION_DEFAULT_DAYS,
    DURATIONS_DAYS,
    NO_END,
    Act,
    extended_end,
    next_reminder_at,
)
from vonk.control import audit
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound


class Extended(msgspec.Struct, frozen=True):
    """A consent and its new end."""

    consent_id: int
    ends_at: datetime


@transaction.atomic
def extend(scope: Scope, consent_id: int, *, duration_days: int = DURATION_DEFAULT_DAYS, now: datetime) -> Extended:
    """Let a consent last longer, with the same code: from the later of now and its end. An expired one comes back.

    Of a code that several accounts used, each account's consent lasts as long as the code at least. Raises FieldInvalid,
    NotFound, AdSettingsOff, PostAuthorisationOff, AuthorizationRevoked, AuthorizationReleased,
    AuthorizationFollowsAccess, ExtendedTooFar, ExtendedBeyondTerms, and why the post cannot be shown any more (not for a
    private one, which may come back).
    """
    require_duration(duration_days)
    chain = records.lock(reach.own_consent(scope, consent_id).profile_id)
    return lengthen(scope, chain, Consent.objects.get(pk=consent_id), duration_days=duration_days, now=now)


def lengthen(
    scope: Scope,
    chain: ConsentChain,
    consent: Consent,
    *,
    duration_days: int,
    request: PermissionRequest | None = None,
    now: datetime,
) -> Extended:
    """Extend a consent of the locked chain for who has found that its creator said yes; raises what ``extend`` does."""
    _require_extensible(chain, consent)
    terms = consent.terms
    ends_at = extended_end(consent.ends_at, duration_days, now)
    if ends_at > now + AHEAD_MAX:
        raise ExtendedTooFar(years=AHEAD_MAX.days // 366)
    if terms is not None and terms.ends_at is not None and ends_at > terms.ends_at:
        raise ExtendedBeyondTerms(ends_at=terms.ends_at)
    for row in (consent, *_shares_to_follow(consent, ends_at)):
        of = request if row is consent else None
        _move_end(scope, chain, row, ends_at, duration_days=duration_days, request=of, now=now)
    return Extended(consent.pk, ends_at)


def with_shares(consent_id: int) -> list[Consent]:
    """Return the consent and, of a code that several accounts used, what each of them holds, in order."""
    rows = Consent.objects.select_related("terms")
    return [rows.get(pk=consent_id), *rows.filter(shared_from_id=consent_id).order_by("pk")]


def require_duration(duration_days: int) -> None:
    """Raise FieldInvalid unless a creator may choose that many days."""
    if duration_days not in DURATIONS_DAYS:
        raise FieldInvalid("duration_days", "one of %(known)s", known=", ".join(map(str, DURATIONS_DAYS)))


def _shares_to_follow(code: Consent, ends_at: datetime) -> list[Consent]:
    """Return what accounts hold of the code and would end before it; what somebody ended stays so."""
    rows = Consent.objects.filter(shared_from=code, ends_at__lt=ends_at)
    return list(rows.filter(revoked_at=None, notice_given_at=None, released_at=None).order_by("pk"))


def _move_end(
    scope: Scope,
    chain: ConsentChain,
    consent: Consent,
    ends_at: datetime,
    *,
    duration_days: int,
    request: PermissionRequest | None,
    now: datetime,
) -> None:
    endings.notice_end(chain, consent, now=now)
    ended_at, consent.ends_at = consent.ends_at, ends_at
    consent.duration_days = duration_days
    consent.end_noticed_at = None
    consent.remind_at = next_reminder_at(ends_at, now) if consent.redeemed_at is not None else None
    consent.save(update_fields=["ends_at", "duration_days", "end_noticed_at", "remind_at"])
    if consent.redeemed_at is not None:
        publish.publish_grant(consent, at=now)
    detail: chains.Detail = {
        "duration_days": duration_days,
        "ended_at": ended_at.isoformat(),
        "ends_at": ends_at.isoformat(),
    }
    records.append(chain, scope, Act.EXTENDED, at=now, consent=consent, request=request, detail=detail)
    audit.record(scope, "consent.extended", "consent", consent.pk, at=now, account_id=consent.account_id, detail=detail)
    letters.extended(consent, reach.post_of(consent), now=now)
    if consent.account_id is not None:
        originals.met(consent.account_id, consent.post_id, now)  # What stood on it before it lapsed stands again.


def _require_extensible(chain: ConsentChain, consent: Consent) -> None:
    if consent.deleted_at is not None:
        raise NotFound(noun="authorisation")
    if consent.revoked_at is not None or consent.notice_given_at is not None:
        raise AuthorizationRevoked
    if consent.released_at is not None:
        raise AuthorizationReleased
    if consent.access_id is not None or consent.ends_at == NO_END:
        raise AuthorizationFollowsAccess
    switches.require_on(chain, consent.post_id)
    reach.require_shown(consent.post_id, private_is_fine=True)
