"""Roles, and the one table of what each may do with what (reference §10); pure.

What a person may do with an asset is the union of what each of their roles gives: they may hold an ad account as its
operator, as the organisation's finance manager and through a partner's share at once.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from vonk.control.scope import Right


class OrganisationRole(StrEnum):
    """A person's role in an organisation (Business Center)."""

    ADMIN = "admin"
    STANDARD = "standard"  # Works with what is assigned to them, and with nothing else.


class FinanceRole(StrEnum):
    """A person's role in an organisation's money: of all its ad accounts. Beside the role above."""

    MANAGER = "manager"
    ANALYST = "analyst"


class AccountRole(StrEnum):
    """A person's role in one ad account."""

    ADMIN = "admin"
    OPERATOR = "operator"
    ANALYST = "analyst"
    FINANCE_MANAGER = "finance_manager"  # Pays, and asks for refunds; changes no campaign (reference §10).
    FINANCE_ANALYST = "finance_analyst"  # Sees the money.


class PlatformRole(StrEnum):
    """A person's role on the platform itself."""

    OPERATOR = "operator"
    REVIEWER = "reviewer"


class Asset(StrEnum):
    """The kinds of thing that a right is over."""

    OWN = "own"  # What is a person's own: posts, profile, preferences.
    ORGANISATION = "organisation"
    AD_ACCOUNT = "ad_account"
    CREATOR_ACCOUNT = "creator_account"  # A creator's profile to which they granted an organisation access.
    PLATFORM = "platform"
    HOST = "host"  # What a host app syncs.


class Role(StrEnum):
    """Every role there is, under one name each: roles of several kinds are called alike."""

    PERSON = "person"
    BUSINESS_ADMIN = "business_admin"
    BUSINESS_STANDARD = "business_standard"
    BUSINESS_FINANCE_MANAGER = "business_finance_manager"
    BUSINESS_FINANCE_ANALYST = "business_finance_analyst"
    ACCOUNT_ADMIN = "account_admin"
    ACCOUNT_OPERATOR = "account_operator"
    ACCOUNT_ANALYST = "account_analyst"
    ACCOUNT_FINANCE_MANAGER = "account_finance_manager"
    ACCOUNT_FINANCE_ANALYST = "account_finance_analyst"
    CREATOR_ASSIGNED = "creator_assigned"
    PLATFORM_REVIEWER = "platform_reviewer"
    PLATFORM_OPERATOR = "platform_operator"
    HOST_SERVER = "host_server"


_SEE: Final = frozenset({Right.ACCOUNT_VIEW})
_PAY: Final = _SEE | {Right.FUNDS_EDIT}
_RUN: Final = _SEE | {Right.CAMPAIGN_EDIT}
_ALL: Final = _RUN | {Right.ACCOUNT_EDIT, Right.FUNDS_EDIT}
_MEMBER: Final = frozenset({Right.BUSINESS_VIEW})
_USE: Final = frozenset({Right.CREATOR_USE})

PERMISSIONS: Final[dict[Role, dict[Asset, frozenset[Right]]]] = {
    Role.PERSON: {Asset.OWN: frozenset({Right.VIEW, Right.CREATE})},
    Role.BUSINESS_ADMIN: {
        Asset.ORGANISATION: _MEMBER | {Right.BUSINESS_EDIT},
        Asset.AD_ACCOUNT: _ALL,
        Asset.CREATOR_ACCOUNT: _USE,
    },
    Role.BUSINESS_STANDARD: {Asset.ORGANISATION: _MEMBER},
    Role.BUSINESS_FINANCE_MANAGER: {Asset.ORGANISATION: _MEMBER, Asset.AD_ACCOUNT: _PAY},
    Role.BUSINESS_FINANCE_ANALYST: {Asset.ORGANISATION: _MEMBER, Asset.AD_ACCOUNT: _SEE},
    Role.ACCOUNT_ADMIN: {Asset.AD_ACCOUNT: _ALL},
    Role.ACCOUNT_OPERATOR: {Asset.AD_ACCOUNT: _RUN},
    Role.ACCOUNT_ANALYST: {Asset.AD_ACCOUNT: _SEE},
    Role.ACCOUNT_FINANCE_MANAGER: {Asset.AD_ACCOUNT: _PAY},
    Role.ACCOUNT_FINANCE_ANALYST: {Asset.AD_ACCOUNT: _SEE},
    Role.CREATOR_ASSIGNED: {Asset.CREATOR_ACCOUNT: _USE},
    Role.PLATFORM_REVIEWER: {Asset.PLATFORM: frozenset({Right.REVIEW})},
    Role.PLATFORM_OPERATOR: {Asset.PLATFORM: frozenset({Right.REVIEW, Right.OPERATE})},
    Role.HOST_SERVER: {Asset.HOST: frozenset({Right.HOST_SYNC})},
}
"""What is not here may not be done. ``access`` makes every scope from it; nothing else decides."""

NOTHING: Final[frozenset[Right]] = frozenset()
EVERYBODY: Final = PERMISSIONS[Role.PERSON][Asset.OWN]

HIGHEST_FIRST: Final = (
    AccountRole.ADMIN,
    AccountRole.OPERATOR,
    AccountRole.FINANCE_MANAGER,
    AccountRole.ANALYST,
    AccountRole.FINANCE_ANALYST,
)
"""The order in which one of several roles in an ad account is named; their rights add up."""


def rights_of(roles: Iterable[Role], asset: Asset) -> frozenset[Right]:
    """Return what the roles together allow with an asset of the kind."""
    return NOTHING.union(*(PERMISSIONS[role].get(asset, NOTHING) for role in roles))


def organisation_roles(role: OrganisationRole, finance: FinanceRole | None) -> tuple[Role, ...]:
    """Return the roles of a member of an organisation."""
    held = (Role(f"business_{role.value}"),)
    return held if finance is None else (*held, Role(f"business_finance_{finance.value}"))


def account_role(role: AccountRole) -> Role:
    """Return a role in an ad account by its one name."""
    return Role(f"account_{role.value}")


def platform_role(role: PlatformRole) -> Role:
    """Return a role on the platform itself by its one name."""
    return Role(f"platform_{role.value}")


def account_rights(role: AccountRole) -> frozenset[Right]:
    """Return what a role in an ad account allows there."""
    return rights_of([account_role(role)], Asset.AD_ACCOUNT)


def within(role: AccountRole, most: AccountRole) -> bool:
    """Say whether ``role`` allows nothing that ``most`` does not: what a partner's people may be."""
    return account_rights(role) <= account_rights(most)


def highest(roles: Iterable[AccountRole]) -> AccountRole | None:
    """Return the role that a person with all of these is named by; None without any."""
    held = set(roles)
    return next((role for role in HIGHEST_FIRST if role in held), None)


def least_role(right: Right, asset: Asset) -> Role | None:
    """Return the role with the fewest rights that allows this with an asset of the kind; None when none does."""
    enough = [role for role, rights in PERMISSIONS.items() if right in rights.get(asset, NOTHING)]
    named = [role for role in enough if asset is not Asset.AD_ACCOUNT or role.value.startswith("account_")]
    return min(named or enough, key=lambda role: len(PERMISSIONS[role][asset]), default=None)
