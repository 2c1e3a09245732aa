"""Invite people into an organisation by e-mail. Whoever accepts had the letter and has its address."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet

from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, Moment, NotFound
from vonk.identity.actions import news, organisations
from vonk.identity.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvitationExpired,
    InvitationNotFound,
    InvitationOfAnother,
    InvitationsLimited,
    MembersLimited,
    OrganisationsLimited,
)
from vonk.identity.models import AdAccount, MemberInvitation, Membership, OrganisationMember, Person
from vonk.identity.rules import EMAIL_CHARS_MAX, AccountRole, FinanceRole, OrganisationRole

LIVES: Final = timedelta(days=7)
OPEN_PER_ORGANISATION_MAX: Final = 100
SENDS_MAX: Final = 5
MEMBERS_MAX: Final = 1_000
ORGANISATIONS_PER_PERSON_MAX: Final = 100
SECRET_BYTES: Final = 32
SECRET_CHARS_MAX: Final = 64


class Invited(msgspec.Struct, frozen=True):
    """What the holder of an invitation's secret may know before they accept."""

    organisation_id: int
    organisation_name: str
    inviter_name: str
    email: str
    role: str
    finance_role: str | None
    expires_at: datetime


@transaction.atomic
def invite(
    scope: Scope,
    *,
    email: str,
    role: OrganisationRole,
    finance_role: FinanceRole | None,
    accounts: Mapping[int, AccountRole] | None = None,
    now: datetime,
) -> int:
    """Send an invitation to the address, whether somebody signs in with it or not; return the invitation's id.

    Whoever accepts has these roles in ad accounts of the organisation from then on. Raises FieldInvalid, AlreadyMember,
    AlreadyInvited, InvitationsLimited, MembersLimited, NotFound for an ad account that is not the organisation's.
    """
    scope.require(Right.BUSINESS_EDIT)
    organisation = organisations.hold(scope.organisation)
    address = _address(email)
    members = OrganisationMember.objects.filter(organisation_id=organisation.pk)
    if members.filter(person__email__iexact=address).exists():
        raise AlreadyMember
    if members.count() >= MEMBERS_MAX:
        raise MembersLimited(most=MEMBERS_MAX)
    waiting = _waiting(organisation.pk)
    if waiting.filter(email=address).exists():
        raise AlreadyInvited
    if waiting.count() >= OPEN_PER_ORGANISATION_MAX:
        raise InvitationsLimited(most=OPEN_PER_ORGANISATION_MAX, sends=SENDS_MAX)
    lately = MemberInvitation.objects.filter(organisation_id=organisation.pk, email=address, sent_at__gt=now - LIVES)
    if sum(lately.values_list("sends", flat=True)) >= SENDS_MAX:  # Withdrawing does not buy more letters.
        raise InvitationsLimited(most=OPEN_PER_ORGANISATION_MAX, sends=SENDS_MAX)
    wanted = dict(accounts or {})
    if AdAccount.objects.filter(pk__in=wanted, organisation=organisation).count() != len(wanted):
        raise NotFound(noun="ad account")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = MemberInvitation.objects.create(
        organisation=organisation,
        email=address,
        digest=digest_of(secret),
        role=role.value,
        finance_role=finance_role.value if finance_role is not None else None,
        accounts={str(account_id): one.value for account_id, one in wanted.items()},
        invited_by_id=scope.person,
        sent_at=now,
        expires_at=now + LIVES,
    )
    _send(row, secret, now)
    _record(scope, "organisation.member_invited", row, now)
    return row.pk


@transaction.atomic
def resend(scope: Scope, invitation_id: int, *, now: datetime) -> None:
    """Send a new link, which replaces the one before and lives as long again. Raises NotFound, InvitationsLimited."""
    scope.require(Right.BUSINESS_EDIT)
    row = _held(scope, invitation_id)
    if row.sends >= SENDS_MAX:
        raise InvitationsLimited(most=OPEN_PER_ORGANISATION_MAX, sends=SENDS_MAX)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row.digest, row.sent_at, row.sends, row.expires_at = digest_of(secret), now, row.sends + 1, now + LIVES
    row.save(update_fields=["digest", "sent_at", "sends", "expires_at"])
    _send(row, secret, now)
    _record(scope, "organisation.invitation_resent", row, now)


@transaction.atomic
def withdraw(scope: Scope, invitation_id: int, *, now: datetime) -> None:
    """Take an invitation back: its link leads nowhere from now on. Raises NotFound."""
    scope.require(Right.BUSINESS_EDIT)
    row = _held(scope, invitation_id)
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    _record(scope, "organisation.invitation_withdrawn", row, now)


@transaction.atomic
def withdraw_from(scope: Scope, email: str, *, now: datetime) -> bool:
    """Take back what waits for an answer from this address; return whether anything did."""
    scope.require(Right.BUSINESS_EDIT)
    waiting = _waiting(organisations.hold(scope.organisation).pk).filter(email=email.strip().lower())
    found = waiting.values_list("pk", flat=True).first()
    if found is None:
        return False
    withdraw(scope, found, now=now)
    return True


def read(digest: str, *, now: datetime) -> Invited:
    """Return what an invitation's secret, by its digest, invites to. Raises InvitationNotFound, InvitationExpired."""
    row = _found(digest, now)
    return Invited(
        organisation_id=row.organisation_id,
        organisation_name=row.organisation.name,
        inviter_name=row.invited_by.display_name,
        email=row.email,
        role=row.role,
        finance_role=row.finance_role,
        expires_at=row.expires_at,
    )


@transaction.atomic
def accept(scope: Scope, digest: str, *, now: datetime) -> int:
    """Join the organisation, as the person who has the invited address; return the organisation's id.

    The secret proves that the letter was read. Raises InvitationNotFound, InvitationExpired, InvitationOfAnother,
    MembersLimited, OrganisationsLimited.
    """
    scope.require(Right.VIEW)
    organisation = organisations.hold(_found(digest, now).organisation_id)
    row = _found(digest, now)  # Again, now that nobody else can accept or withdraw it.
    person = Person.objects.select_for_update(no_key=True).get(pk=scope.person)
    if person.email.lower() != row.email:
        raise InvitationOfAnother(address=row.email)
    members = OrganisationMember.objects.filter(organisation_id=organisation.pk)
    if not members.filter(person_id=person.pk).exists():
        if members.count() >= MEMBERS_MAX:
            raise MembersLimited(most=MEMBERS_MAX)
        if OrganisationMember.objects.filter(person_id=person.pk).count() >= ORGANISATIONS_PER_PERSON_MAX:
            raise OrganisationsLimited(most=ORGANISATIONS_PER_PERSON_MAX)
        OrganisationMember.objects.create(
            organisation=organisation,
            person_id=person.pk,
            role=row.role,
            finance_role=row.finance_role,
            joined_at=now,
        )
        for account_id, held in row.accounts.items():
            Membership.objects.update_or_create(
                account_id=int(account_id), person_id=person.pk, defaults={"role": held}
            )
            detail = {"person_id": person.pk, "role": held}
            audit.record(
                scope,
                "account.member_assigned",
                "ad_account",
                int(account_id),
                at=now,
                account_id=int(account_id),
                detail=detail,
            )
    row.accepted_at, row.accepted_by_id = now, person.pk
    row.save(update_fields=["accepted_at", "accepted_by"])
    _record(scope, "organisation.invitation_accepted", row, now)
    news.joined(organisation.pk, organisation=organisation.name, person=person.display_name, now=now)
    return organisation.pk


def digest_of(secret: str) -> str:
    """Return what is kept of a secret: 256 random bits, so a plain digest is enough."""
    return hashlib.sha256(secret.strip()[:SECRET_CHARS_MAX].encode()).hexdigest()


def _waiting(organisation_id: int) -> QuerySet[MemberInvitation]:
    return MemberInvitation.objects.filter(organisation_id=organisation_id, accepted_at=None, withdrawn_at=None)


def _held(scope: Scope, invitation_id: int) -> MemberInvitation:
    """Return an unanswered invitation of the scope's organisation, which is held; NotFound."""
    organisation = organisations.hold(scope.organisation)
    row = _waiting(organisation.pk).select_related("organisation", "invited_by").filter(pk=invitation_id).first()
    if row is None:
        raise NotFound(noun="invitation")
    return row


def _found(digest: str, now: datetime) -> MemberInvitation:
    rows = MemberInvitation.objects.select_related("organisation", "invited_by")
    row = rows.filter(digest=digest, accepted_at=None, withdrawn_at=None).first()
    if row is None:
        raise InvitationNotFound
    if row.expires_at <= now:
        raise InvitationExpired(organisation=row.organisation.name, at=Moment(row.expires_at))
    return row


def _send(row: MemberInvitation, secret: str, now: datetime) -> None:
    news.invited(
        row.email,
        organisation=row.organisation.name,
        inviter=row.invited_by.display_name,
        secret=secret,
        expires_at=row.expires_at,
        now=now,
    )


def _record(scope: Scope, action: str, row: MemberInvitation, now: datetime) -> None:
    """Without the address: the trail outlives the invitation."""
    detail = {"invitation_id": row.pk, "role": row.role, "finance_role": row.finance_role}
    audit.record(scope, action, "organisation", row.organisation_id, at=now, detail=detail)


def _address(text: str) -> str:
    address = text.strip().lower()
    if len(address) > EMAIL_CHARS_MAX:
        raise FieldInvalid("email", "at most %(most)s characters", most=EMAIL_CHARS_MAX)
    try:
        validate_email(address)
    except ValidationError as error:
        raise FieldInvalid("email", "not an e-mail address") from error
    return address
