"""Roles and what they may do (reference §10), and what is asked of people who sign up; pure."""

from datetime import date
from enum import StrEnum
from typing import Final

from vonk.control.scope import Right

EMAIL_CHARS_MAX: Final = 254  # RFC 5321.
AGE_YEARS_MIN: Final = 13
AGE_YEARS_MAX: Final = 130
ADULT_YEARS: Final = 18  # Nobody younger is shown ads by what is known of them (DSA art. 28).


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


EVERYBODY: Final = frozenset({Right.VIEW, Right.CREATE})

# Two tables, because roles of both kinds share names, and texts that are equal would be one key.
ACCOUNT_RIGHTS: Final[dict[AccountRole, frozenset[Right]]] = {
    AccountRole.ANALYST: frozenset({Right.ACCOUNT_VIEW}),
    AccountRole.FINANCE_ANALYST: frozenset({Right.ACCOUNT_VIEW}),
    AccountRole.FINANCE_MANAGER: frozenset({Right.ACCOUNT_VIEW, Right.FUNDS_EDIT}),
    AccountRole.OPERATOR: frozenset({Right.ACCOUNT_VIEW, Right.CAMPAIGN_EDIT}),
    AccountRole.ADMIN: frozenset({Right.ACCOUNT_VIEW, Right.ACCOUNT_EDIT, Right.CAMPAIGN_EDIT, Right.FUNDS_EDIT}),
}
PLATFORM_RIGHTS: Final[dict[PlatformRole, frozenset[Right]]] = {
    PlatformRole.REVIEWER: frozenset({Right.REVIEW}),
    PlatformRole.OPERATOR: frozenset({Right.REVIEW, Right.OPERATE}),
}


def age_years(born_on: date, today: date) -> int:
    """Return the age in whole years; somebody born on 29 February turns on 1 March in other years."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
