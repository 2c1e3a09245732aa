"""Roles and what they may do (reference §10)."""

from enum import StrEnum
from typing import Final

from vonk.control.scope import Right


class AccountRole(StrEnum):
    """A person's role in one ad account."""

    ADMIN = "admin"
    OPERATOR = "operator"
    ANALYST = "analyst"


class PlatformRole(StrEnum):
    """A person's role on the platform itself."""

    OPERATOR = "operator"
    REVIEWER = "reviewer"


EVERYBODY: Final = frozenset({Right.VIEW, Right.CREATE})

RIGHTS: Final[dict[AccountRole | PlatformRole, frozenset[Right]]] = {
    AccountRole.ANALYST: frozenset({Right.ACCOUNT_VIEW}),
    AccountRole.OPERATOR: frozenset({Right.ACCOUNT_VIEW, Right.CAMPAIGN_EDIT}),
    AccountRole.ADMIN: frozenset({Right.ACCOUNT_VIEW, Right.ACCOUNT_EDIT, Right.CAMPAIGN_EDIT, Right.FUNDS_EDIT}),
    PlatformRole.REVIEWER: frozenset({Right.REVIEW}),
    PlatformRole.OPERATOR: frozenset({Right.REVIEW, Right.OPERATE}),
}
