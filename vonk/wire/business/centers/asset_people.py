"""Who works with an asset of a Business Center: members to whom it is assigned, partners with whom it is shared."""

import msgspec

from vonk.authorisation.actions import business_assets
from vonk.authorisation.queries.business_assets import all_creator_assets
from vonk.control.paging import numbered_of
from vonk.control.scope import Right
from vonk.identity import queries as identity
from vonk.identity.actions import account_assets
from vonk.identity.queries import MemberView
from vonk.identity.rules import AccountRole
from vonk.wire.business.asked import AskedOfBusiness, Text, numbering
from vonk.wire.business.centers.assets import ADVERTISER, AccountType, TtAccountRole, advertiser_role, shared_asset
from vonk.wire.business.centers.bc import (
    PAGE_SIZE_MAX,
    AdvertiserRole,
    FinanceGiven,
    RelationStatus,
    UserRole,
    finance_name,
    user_role,
)
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, PageInfo, page_info
from vonk.wire.business.operation import Call, Over, operation
from vonk.wire.codec import Id


class AssetAssign(AskedOfBusiness, frozen=True):
    """``advertiser_role`` goes with ADVERTISER, ``tt_account_roles`` with TT_ACCOUNT."""

    user_id: Id
    asset_type: AccountType
    asset_id: Id
    advertiser_role: AdvertiserRole | None = None
    tt_account_roles: list[TtAccountRole] | None = None


@operation(
    "POST",
    "bc/asset/assign",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    also=("bc/member/assign",),
    summary="Let a member work with an asset",
    example={
        "bc_id": "1838681029295206400",
        "user_id": "1838681029295206401",
        "asset_type": "ADVERTISER",
        "asset_id": "1838681029295206402",
        "advertiser_role": "OPERATOR",
    },
)
def assign(call: Call[AssetAssign]) -> None:
    """In place of what they were before; of what a partner shares, no more than was shared.

    Who uses a creator's account uses all that the creator granted: POST stands for it. There is no LIVE and no
    DIRECT_MESSAGE here.
    """
    asked = call.asked
    if asked.asset_type == ADVERTISER:
        if asked.advertiser_role is None:
            raise ParameterInvalid(field="advertiser_role", reason="it is missing")
        role = AccountRole(asked.advertiser_role.lower())
        account_assets.assign(call.scope, asked.asset_id, asked.user_id, role, now=call.now)
        return
    if asked.tt_account_roles not in (None, ["POST"]):
        raise ParameterInvalid(field="tt_account_roles", reason='["POST"]: creators here grant nothing else')
    business_assets.assign(call.scope, asked.asset_id, asked.user_id, now=call.now)


class AssetUnassign(AskedOfBusiness, frozen=True):
    user_id: Id
    asset_type: AccountType
    asset_id: Id


@operation(
    "POST",
    "bc/asset/unassign",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="Take an asset back from a member",
    example={
        "bc_id": "1838681029295206400",
        "user_id": "1838681029295206401",
        "asset_type": "ADVERTISER",
        "asset_id": "1838681029295206402",
    },
)
def unassign(call: Call[AssetUnassign]) -> None:
    """What they may do as an admin of the Business Center, or in its money, stays."""
    asked = call.asked
    remove = account_assets.unassign if asked.asset_type == ADVERTISER else business_assets.unassign
    remove(call.scope, asked.asset_id, asked.user_id, now=call.now)


class PeopleFilter(msgspec.Struct, frozen=True, kw_only=True):
    """``keyword`` is looked for in names, whatever its case, and in members' addresses."""

    keyword: Text | None = None


class OneAsset(AskedOfBusiness, frozen=True):
    asset_type: AccountType
    asset_id: Id
    filtering: PeopleFilter | None = None
    page: int | None = None
    page_size: int | None = None


class AssetMember(Given, frozen=True):
    """A member who works with the asset."""

    user_id: Digits
    user_name: str
    user_email: str
    user_role: UserRole
    ext_user_role: FinanceGiven
    advertiser_role: AdvertiserRole | None
    tt_account_roles: tuple[TtAccountRole, ...] | None
    relation_status: RelationStatus


class AssetMembers(Given, frozen=True):
    list: tuple[AssetMember, ...]
    page_info: PageInfo


@operation(
    "GET", "bc/asset/member/get", may=Right.BUSINESS_EDIT, over=Over.BUSINESS, summary="List who works with an asset"
)
def get_members(call: Call[OneAsset]) -> AssetMembers:
    """By name, each with the highest of their roles."""
    asked = call.asked
    if asked.asset_type == ADVERTISER:
        rows = [
            _works(one, role=advertiser_role(role))
            for one, role in identity.members_in_account(call.scope, asked.asset_id)
        ]
    else:
        rows = [
            _works(one, posts=True) for one in identity.members_using_creator(call.scope, _known(call, asked.asset_id))
        ]
    said = ((asked.filtering or PeopleFilter()).keyword or "").casefold()
    kept = [one for one in rows if said in one.user_name.casefold() or said in one.user_email.casefold()]
    page = numbered_of(kept, numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX))
    return AssetMembers(list=page.items, page_info=page_info(page))


class AssetPartner(Given, frozen=True):
    """A partner with which the asset is shared."""

    bc_id: Digits
    bc_name: str
    advertiser_role: AdvertiserRole | None
    relation_status: RelationStatus


class AssetPartners(Given, frozen=True):
    list: tuple[AssetPartner, ...]
    page_info: PageInfo


@operation(
    "GET",
    "bc/asset/partner/get",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="List the partners with whom an asset is shared",
)
def get_partners(call: Call[OneAsset]) -> AssetPartners:
    """By the caller's Business Center; what partners share with it is listed by bc/partner/asset/get."""
    asked = call.asked
    said = ((asked.filtering or PeopleFilter()).keyword or "").casefold()
    rows = [
        AssetPartner(
            bc_id=str(one.partner_id),
            bc_name=one.partner_name,
            advertiser_role=advertiser_role(one.role_max),
            relation_status="BOUND",
        )
        for one in identity.shares(call.scope)
        if one.given and shared_asset(one) == (asked.asset_type, asked.asset_id) and said in one.partner_name.casefold()
    ]
    page = numbered_of(rows, numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX))
    return AssetPartners(list=page.items, page_info=page_info(page))


def _known(call: Call[OneAsset], profile_id: int) -> int:
    """Return the id of a creator's account that the Business Center works with; raises what ParameterInvalid says."""
    if profile_id not in {one.profile.id for one in all_creator_assets(call.scope, now=call.now)}:
        raise ParameterInvalid(field="asset_id", reason="no creator's account of this Business Center")
    return profile_id


def _works(one: MemberView, *, role: AdvertiserRole | None = None, posts: bool = False) -> AssetMember:
    return AssetMember(
        user_id=str(one.person_id),
        user_name=one.name,
        user_email=one.email,
        user_role=user_role(one.role),
        ext_user_role=FinanceGiven(finance_role=finance_name(one.finance_role)),
        advertiser_role=role,
        tt_account_roles=("POST",) if posts else None,
        relation_status="BOUND",
    )
