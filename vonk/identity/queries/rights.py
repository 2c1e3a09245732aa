"""Where a person's rights come from. Read anew at every request: what is taken away is gone at the next one."""

from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec
from django.db import connection
from django.db.models import F, Q

from vonk.identity.models import AdAccount, Membership, OrganisationMember, ProfileAssignment, ShareAssignment
from vonk.identity.rules import (
    NOTHING,
    AccountRole,
    Asset,
    FinanceRole,
    OrganisationRole,
    Role,
    account_role,
    highest,
    organisation_roles,
    rights_of,
    within,
)

ADMIN = OrganisationRole.ADMIN.value


class Origin(StrEnum):
    """How somebody came to hold a role."""

    DIRECT = "direct"  # A role in the ad account itself.
    ORGANISATION = "organisation"  # A role in the organisation that owns it.
    PARTNER = "partner"  # Their own organisation works for the owner, and assigned them.


_ID_MAX: Final = 2**63 - 1
_ORIGINS: Final = (Origin.DIRECT, Origin.ORGANISATION, Origin.PARTNER)
_IN_ACCOUNT: Final = (Path(__file__).parent.parent / "sql" / "roles_in_account.sql").read_text(encoding="utf-8")


class Held(msgspec.Struct, frozen=True):
    """One role that a person holds in an ad account, and by way of which organisation."""

    person_id: int
    account_id: int
    organisation_id: int
    role: Role
    origin: Origin


AS_ACCOUNT_ROLE = {
    Role.BUSINESS_ADMIN: AccountRole.ADMIN,
    Role.BUSINESS_FINANCE_MANAGER: AccountRole.FINANCE_MANAGER,
    Role.BUSINESS_FINANCE_ANALYST: AccountRole.FINANCE_ANALYST,
    **{account_role(role): role for role in AccountRole},
}
"""As which role of the ad account each role counts there."""


def in_accounts(
    *, person_id: int | None = None, account_ids: Collection[int] | None = None, organisation_id: int | None = None
) -> list[Held]:
    """Return every role in ad accounts: a person's, those in the accounts, in those of the organisation, or all three.

    Only of people who can sign in. Bounded by accounts and members of an organisation; at least one bound is given.
    """
    assert person_id is not None or account_ids is not None or organisation_id is not None
    return [
        *_direct(person_id, account_ids, organisation_id),
        *_by_organisation(person_id, account_ids, organisation_id),
        *_by_partner(person_id, account_ids, organisation_id),
    ]


def in_account(person_id: int, account_id: int) -> list[Held]:
    """Return what ``in_accounts`` does of one person in one account, in one statement: every call of an API asks."""
    if not 0 < account_id <= _ID_MAX:
        return []  # A number that no database takes for an id is nobody's.
    with connection.cursor() as cursor:
        cursor.execute(_IN_ACCOUNT, {"person": person_id, "account": account_id})
        rows = cursor.fetchall()
    found: list[Held] = []
    for origin, organisation, role, other, _ in sorted(rows, key=lambda row: (_ORIGINS.index(row[0]), row[4])):
        match Origin(origin):
            case Origin.DIRECT:
                roles = [account_role(AccountRole(role))]
            case Origin.ORGANISATION:
                roles = _over_accounts(role, other)
            case Origin.PARTNER:
                roles = [_bounded(role, other)]
        found += [Held(person_id, account_id, organisation, one, Origin(origin)) for one in roles]
    return found


def account_ids(person_id: int) -> set[int]:
    """Return the ad accounts in which the person holds any role."""
    return {held.account_id for held in in_accounts(person_id=person_id)}


def named(held: Collection[Held]) -> AccountRole | None:
    """Return the highest role among those held in one account; None without any."""
    return highest(AS_ACCOUNT_ROLE[one.role] for one in held)


def may_use_profile(person_id: int, organisation_id: int, profile_id: int) -> bool:
    """Say whether the person may use what the creator's profile granted the organisation.

    Its admins may, a member to whom the profile is assigned, and a partner's person to whom it is after it was shared.
    Using it in an ad account takes CAMPAIGN_EDIT there as well (reference §10).
    """
    member = OrganisationMember.objects.filter(
        organisation_id=organisation_id, person_id=person_id, person__is_active=True
    ).first()
    if member is not None:
        roles = organisation_roles(
            OrganisationRole(member.role), FinanceRole(member.finance_role) if member.finance_role else None
        )
        held = {"organisation_id": organisation_id, "person_id": person_id, "profile_id": profile_id}
        if ProfileAssignment.objects.filter(**held).exists():
            roles = (*roles, Role.CREATOR_ASSIGNED)
        if rights_of(roles, Asset.CREATOR_ACCOUNT):
            return True
    return ShareAssignment.objects.filter(
        _living_share(person_id), share__giver_id=organisation_id, share__profile_id=profile_id
    ).exists()


def admins(organisation_id: int) -> list[int]:
    """Return the people who administer the organisation, who can sign in; the first of them joined first."""
    rows = OrganisationMember.objects.filter(organisation_id=organisation_id, role=ADMIN, person__is_active=True)
    return list(rows.order_by("joined_at", "pk").values_list("person_id", flat=True))


def _direct(person_id: int | None, account_ids: Collection[int] | None, organisation_id: int | None) -> list[Held]:
    rows = Membership.objects.filter(_of("person_id", person_id), person__is_active=True)
    rows = rows.filter(_among("account_id__in", account_ids), _of("account__organisation_id", organisation_id))
    found = rows.order_by("pk").values_list("person_id", "account_id", "account__organisation_id", "role")
    return [
        Held(person, account, owner, account_role(AccountRole(role)), Origin.DIRECT)
        for person, account, owner, role in found
    ]


def _by_organisation(
    person_id: int | None, account_ids: Collection[int] | None, organisation_id: int | None
) -> list[Held]:
    accounts = AdAccount.objects.filter(_among("pk__in", account_ids), _of("organisation_id", organisation_id))
    rows = accounts.filter(
        Q(organisation__members__role=ADMIN) | Q(organisation__members__finance_role__isnull=False),
        _of("organisation__members__person_id", person_id),
        organisation__members__person__is_active=True,
    ).order_by("organisation__members__pk", "pk")
    found = rows.values_list(
        "organisation__members__person_id",
        "pk",
        "organisation_id",
        "organisation__members__role",
        "organisation__members__finance_role",
    )
    return [
        Held(person, account, owner, held, Origin.ORGANISATION)
        for person, account, owner, role, finance in found
        for held in _over_accounts(role, finance)
    ]


def _over_accounts(role: str, finance: str | None) -> list[Role]:
    """Return those of a member's roles that are roles in the organisation's ad accounts, too."""
    roles = organisation_roles(OrganisationRole(role), FinanceRole(finance) if finance else None)
    return [one for one in roles if rights_of([one], Asset.AD_ACCOUNT) != NOTHING]


def _by_partner(person_id: int | None, account_ids: Collection[int] | None, organisation_id: int | None) -> list[Held]:
    rows = ShareAssignment.objects.filter(_living_share(person_id), share__account__isnull=False)
    rows = rows.filter(_among("share__account_id__in", account_ids), _of("share__giver_id", organisation_id))
    found = rows.order_by("pk").values_list(
        "person_id", "share__account_id", "share__taker_id", "role", "share__role_max"
    )
    return [
        Held(person, account, taker, _bounded(role, most), Origin.PARTNER)
        for person, account, taker, role, most in found
    ]


def _bounded(role: str | None, most: str | None) -> Role:
    """Return the role of a partner's person: what they were assigned, within what was shared."""
    assert role is not None, "Who is assigned to an ad account has a role there."
    assert most is not None, "The table has a share of an ad account bounded."
    assigned, cap = AccountRole(role), AccountRole(most)
    return account_role(assigned if within(assigned, cap) else cap)


def _living_share(person_id: int | None) -> Q:
    """Of a partnership that both agreed to and nobody ended, with a person who is still with the partner."""
    return _of("person_id", person_id) & Q(
        person__is_active=True,
        share__taker__members__person_id=F("person_id"),
        share__partnership__accepted_at__isnull=False,
        share__partnership__ended_at=None,
    )


def _of(column: str, value: int | None) -> Q:
    return Q() if value is None else Q(**{column: value})


def _among(column: str, values: Collection[int] | None) -> Q:
    return Q() if values is None else Q(**{column: values})
