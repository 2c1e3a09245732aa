"""One-time invitations: a link or a QR code by which one ad account gets to a creator's code without seeing it.

The secret stands in the link's fragment, which browsers send to no server; what is kept of it is a keyed digest.
"""

import hmac
import re
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from vonk.authorisation import codes, guesses, reach
from vonk.authorisation.actions import records, redemptions
from vonk.authorisation.actions.redemptions import Redeemed
from vonk.authorisation.errors.consents import (
    AuthCodeAlreadyUsed,
    AuthCodeExpired,
    AuthorizationRevoked,
)
from vonk.authorisation.errors.invitations import (
    InvitationExpired,
    InvitationNotFound,
    InvitationsLimited,
    InvitationUsed,
)
from vonk.authorisation.models import Consent, Invitation
from vonk.authorisation.rules import Act
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, Problem

LASTS: Final = timedelta(days=14)
OPEN_MAX: Final = 20  # Of one code.
PATH: Final = "/advertiser/invitation/"
_RANDOM_BYTES: Final = 32
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_PURPOSE: Final = b"vonk.authorisation.invitations/digest/1:"


class Invited(msgspec.Struct, frozen=True):
    """A new invitation. ``link`` holds its secret and is never shown again."""

    id: int
    link: str
    ends_at: datetime


@transaction.atomic
def make(scope: Scope, consent_id: int, *, now: datetime) -> Invited:
    """Invite one ad account to one of one's own codes that can still be used.

    Raises NotFound, AuthorizationRevoked, AuthCodeExpired, AuthCodeAlreadyUsed, InvitationsLimited.
    """
    chain = records.lock(reach.own_consent(scope, consent_id).profile_id)
    consent = Consent.objects.get(pk=consent_id)
    _require_open(consent, now=now)
    if _open(now).filter(consent=consent).count() >= OPEN_MAX:
        raise InvitationsLimited(most=OPEN_MAX)
    secret = secrets.token_urlsafe(_RANDOM_BYTES)
    invitation = Invitation.objects.create(
        consent=consent, digest=_digest(secret), made_at=now, ends_at=min(now + LASTS, consent.ends_at)
    )
    detail = {"invitation": str(invitation.pk), "ends_at": invitation.ends_at.isoformat()}
    records.append(chain, scope, Act.INVITED, at=now, consent=consent, detail=detail)
    audit.record(scope, "invitation.made", "consent", consent.pk, at=now, detail=detail)
    return Invited(invitation.pk, f"{settings.VONK.site_url}{PATH}#{secret}", invitation.ends_at)


@transaction.atomic
def withdraw(scope: Scope, invitation_id: int, *, now: datetime) -> bool:
    """Take an invitation back that nobody has used; return whether this call did."""
    found = Invitation.objects.filter(pk=invitation_id, consent__profile__owner_id=scope.person).first()
    scope.require(Right.CREATE)
    if found is None:
        raise NotFound(noun="invitation")
    withdrawn = _open(now).filter(pk=invitation_id).update(ends_at=now)
    if withdrawn:
        audit.record(scope, "invitation.withdrawn", "consent", found.consent_id, at=now)
    return withdrawn == 1


def code_of(scope: Scope, secret: str, *, now: datetime) -> str:
    """Return the code that an invitation leads to, for a look at it in the scope's ad account; nothing is used up.

    Call it outside a transaction: a wrong invitation is counted as a wrong code is. Raises InvitationNotFound,
    InvitationUsed, InvitationExpired, CodeGuessesLimited.
    """
    invitation = _found(scope, secret, now=now)
    _require_usable(invitation, scope.account, now=now)
    return _code(invitation)


def redeem(scope: Scope, secret: str, *, agree_sha256: str | None = None, now: datetime) -> Redeemed:
    """Take up the consent behind an invitation, which is used up by that; again in the same account is no change.

    Call it outside a transaction. Raises what ``code_of`` and ``redemptions.redeem`` raise; then it is not used up.
    """
    invitation = _found(scope, secret, now=now)
    mine = Q(used_at=None, ends_at__gt=now) | Q(used_by_id=scope.account)
    rows = Invitation.objects.filter(pk=invitation.pk)
    with transaction.atomic(durable=True):
        fresh = rows.filter(used_at=None, ends_at__gt=now).update(used_at=now, used_by_id=scope.account)
        if not fresh and not rows.filter(mine).exists():
            invitation.refresh_from_db()
            _require_usable(invitation, scope.account, now=now)
    try:
        return redemptions.redeem(scope, _code(invitation), agree_sha256=agree_sha256, now=now)
    except Problem:
        if fresh:
            rows.filter(used_by_id=scope.account).update(used_at=None, used_by=None)
        raise


def _found(scope: Scope, secret: str, *, now: datetime) -> Invitation:
    """Return the invitation with this secret; whoever guesses is slowed down."""
    scope.require(Right.CAMPAIGN_EDIT)
    with transaction.atomic(durable=True):
        guesses.admit(scope, now=now)
        formed = _SECRET.fullmatch(secret.strip()) is not None
        found = Invitation.objects.select_related("consent").filter(digest=_digest(secret.strip())).first()
        if found is None or not formed:
            guesses.count_wrong(scope, now=now)
    if found is None or not formed:
        raise InvitationNotFound
    return found


def _require_usable(invitation: Invitation, account_id: int, *, now: datetime) -> None:
    if invitation.used_at is not None and invitation.used_by_id != account_id:
        raise InvitationUsed
    if invitation.used_at is None and invitation.ends_at <= now:
        raise InvitationExpired


def _require_open(consent: Consent, *, now: datetime) -> None:
    if consent.deleted_at is not None or consent.code_digest is None:
        raise NotFound(noun="code")
    if consent.revoked_at is not None:
        raise AuthorizationRevoked
    if consent.ends_at <= now:
        raise AuthCodeExpired
    used = Consent.objects.filter(shared_from=consent).count() if consent.accounts_max > 1 else 0
    if consent.redeemed_at is not None or used >= consent.accounts_max:
        raise AuthCodeAlreadyUsed


def _open(now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(used_at=None, ends_at__gt=now)


def _code(invitation: Invitation) -> str:
    consent = invitation.consent
    assert consent.code_encrypted is not None, "Only a code is invited to."
    assert consent.code_digest is not None, "Only a code is invited to."
    return codes.decrypt(bytes(consent.code_encrypted), consent.code_digest, settings.VONK_KEYS.codes)


def _digest(secret: str) -> str:
    return hmac.new(settings.VONK_KEYS.codes, _PURPOSE + secret.encode(), sha256).hexdigest()
