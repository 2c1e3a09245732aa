"""What the town has of the Business Center: a member of Ada's organisation, and a partner with shares either way."""

from datetime import date, datetime

from django.db import transaction

from vonk.control.scope import PLATFORM, Right, Scope, Via
from vonk.identity import access
from vonk.identity import queries as identity
from vonk.identity.actions import accounts, member_invitations, partners, people, shares, suspensions
from vonk.identity.models import MemberInvitation
from vonk.identity.rules import AccountRole, OrganisationRole

PASSWORD = "a long sentence nobody guesses"


def person(name: str, now: datetime) -> Scope:
    person_id = people.register(
        email=f"{name}@example.org",
        password=PASSWORD,
        display_name=name.title(),
        language="en",
        country="NL",
        born_on=date(1990, 5, 17),
        now=now,
    )
    return access.person(access.Actor(person_id, Via.PLATFORM_API))


def business(scope: Scope, organisation_id: int) -> Scope:
    return access.organisation(access.Actor(scope.person, Via.PLATFORM_API), organisation_id, may=Right.BUSINESS_EDIT)


def join(ada: Scope, scope: Scope, role: OrganisationRole, now: datetime) -> None:
    """Let somebody in, as the letter's reader does."""
    email = identity.person(scope).email
    invitation_id = member_invitations.invite(ada, email=email, role=role, finance_role=None, now=now)
    digest = member_invitations.digest_of(f"the secret sent to {email}")
    MemberInvitation.objects.filter(pk=invitation_id).update(digest=digest)
    member_invitations.accept(scope, digest, now=now)


def open_account(scope: Scope, name: str, now: datetime) -> int:
    return accounts.open_account(
        scope,
        organisation_name=name,
        name=name,
        currency="EUR",
        time_zone="UTC",
        country="NL",
        advertiser_name=name,
        payer_name=name,
        now=now,
    )


def spread(scopes: dict[str, Scope], organisation_id: int, account_id: int, now: datetime) -> dict[str, int]:
    """Return ids: a member, an open invitation, partners that accepted and that ask, shares given and taken."""
    ada = business(scopes["ada"], organisation_id)
    member = person("member", now)
    join(ada, member, OrganisationRole.STANDARD, now)
    agency, other = person("agency", now), person("other", now)
    agency_account_id = open_account(agency, "Agency", now)
    suspended_account_id = open_account(other, "Other", now)
    open_account(other, "Third", now)
    with transaction.atomic():
        suspensions.suspend(PLATFORM, suspended_account_id, reason="Payments were reversed.", now=now)
    agency_id, other_id = (identity.organisations_of(one)[0].id for one in (agency, other))
    partnership_id = partners.ask(ada, partner="Agency", now=now)
    partners.accept(business(agency, agency_id), partnership_id, now=now)
    asking = partners.ask(business(other, other_id), partner=str(organisation_id), now=now)
    given = shares.share_account(ada, partnership_id, account_id, role_max=AccountRole.OPERATOR, now=now)
    taken = shares.share_account(
        business(agency, agency_id), partnership_id, agency_account_id, role_max=AccountRole.ANALYST, now=now
    )
    spare = person("spare", now)
    join(ada, spare, OrganisationRole.ADMIN, now)
    invitation_id = member_invitations.invite(
        ada, email="new@example.org", role=OrganisationRole.STANDARD, finance_role=None, now=now
    )
    return {
        "ad_account_id": account_id,
        "business_id": organisation_id,
        "member_id": member.person,
        "invitation_id": invitation_id,
        "partnership_id": partnership_id,
        "asking_partnership_id": asking,
        "suspended_account_id": suspended_account_id,
        "share_id": given,
        "taken_share_id": taken,
        "agency_id": agency_id,
        "agency_account_id": agency_account_id,
    }
