"""The table of roles: what adds up, what bounds, what is named."""

from hypothesis import given
from hypothesis import strategies as st

from vonk.control.scope import Right
from vonk.identity.rules import (
    HIGHEST_FIRST,
    PERMISSIONS,
    AccountRole,
    Asset,
    Role,
    account_rights,
    account_role,
    highest,
    least_role,
    rights_of,
    within,
)

ROLES = st.sets(st.sampled_from(list(Role)))
ACCOUNT_ROLES = st.sets(st.sampled_from(list(AccountRole)), min_size=1)


def test_every_role_and_every_right_has_its_place() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert {right for kinds in PERMISSIONS.values() for rights in kinds.values() for right in rights} == set(Right)
    assert set(HIGHEST_FIRST) == set(AccountRole)


def test_each_right_belongs_to_one_kind_of_asset() -> None:
    kinds = {
        right: {asset for held in PERMISSIONS.values() for asset, rights in held.items() if right in rights}
        for right in Right
    }
    assert {right: len(assets) for right, assets in kinds.items()} == dict.fromkeys(Right, 1)


@given(ROLES, ROLES, st.sampled_from(list(Asset)))
def test_rights_add_up_and_none_takes_away(some: set[Role], others: set[Role], asset: Asset) -> None:
    assert rights_of(some | others, asset) == rights_of(some, asset) | rights_of(others, asset)


@given(ACCOUNT_ROLES)
def test_the_named_role_is_one_of_them_and_none_is_above_it(roles: set[AccountRole]) -> None:
    named = highest(roles)
    assert named in roles
    assert not any(account_rights(named) < account_rights(role) for role in roles if named is not None)


@given(st.sampled_from(list(AccountRole)), st.sampled_from(list(AccountRole)), st.sampled_from(list(AccountRole)))
def test_a_bound_is_an_order(low: AccountRole, mid: AccountRole, high: AccountRole) -> None:
    assert within(low, low)
    assert within(low, AccountRole.ADMIN)
    assert not (within(low, mid) and within(mid, high)) or within(low, high)
    assert within(low, high) == (account_rights(low) - account_rights(high) == frozenset())


def test_the_least_role_for_each_right() -> None:
    found = {
        right: least_role(right, asset)
        for asset in (Asset.AD_ACCOUNT, Asset.ORGANISATION)
        for right in Right
        if least_role(right, asset) is not None
    }
    assert found == {
        Right.ACCOUNT_VIEW: account_role(AccountRole.ANALYST),
        Right.CAMPAIGN_EDIT: account_role(AccountRole.OPERATOR),
        Right.FUNDS_EDIT: account_role(AccountRole.FINANCE_MANAGER),
        Right.ACCOUNT_EDIT: account_role(AccountRole.ADMIN),
        Right.BUSINESS_VIEW: Role.BUSINESS_STANDARD,
        Right.BUSINESS_EDIT: Role.BUSINESS_ADMIN,
    }
    assert highest([]) is None
