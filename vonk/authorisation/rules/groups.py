"""What groups of assets make of a member's role with one asset; pure."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

import msgspec

from vonk.identity.rules import AccountRole, highest

NAME_MAX: Final = 100
GROUPS_MAX: Final = 200  # Of an organisation.
ASSIGNMENTS_MAX: Final = 500  # Assets times members of one group: each is a letter.
USES: Final = "uses"  # The one role with a creator's account.
ROLE_CHARS_MAX: Final = 20


class AssetKind(StrEnum):
    """What a group may hold."""

    ACCOUNT = "account"
    CREATOR = "creator"


class Grant(msgspec.Struct, frozen=True):
    """What groups gave, and what there was by hand: roles as text, None for none."""

    before: str | None
    gave: str


class Settled(msgspec.Struct, frozen=True):
    """The role that the member is to have, and what is to be remembered (None: nothing)."""

    role: str | None
    grant: Grant | None


def settle(current: str | None, grant: Grant | None, wanted: Collection[str]) -> Settled:
    """Return what becomes of a member's role with an asset for which their groups want these roles.

    Groups raise a role and never lower one. What they gave they take back, and what was given by hand before is there
    again; a role that somebody changed by hand since is by hand.
    """
    by_hand = grant.before if grant is not None and current == grant.gave else current
    if not wanted:
        return Settled(by_hand, None)
    role = _highest([*wanted, *([by_hand] if by_hand is not None else [])])
    return Settled(role, Grant(by_hand, role))


def _highest(roles: Collection[str]) -> str:
    if USES in roles:
        return USES
    found = highest(AccountRole(role) for role in roles)
    assert found is not None, "There is one at least."
    return found.value
