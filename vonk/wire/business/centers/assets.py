"""Assets of a Business Center: ad accounts and creators' accounts (TT_ACCOUNT); which there are, and who works with them."""

from typing import Final, Literal

import msgspec

from vonk.advertising.queries import measuring
from vonk.authorisation.actions import business_assets
from vonk.authorisation.queries.business_assets import CreatorAsset, all_creator_assets, creator_assets
from vonk.authorisation.rules.access import AccessScope, AccessState
from vonk.control.paging import Numbered, numbered_of
from vonk.control.scope import Right
from vonk.identity import queries as identity
from vonk.identity.actions import account_assets
from vonk.identity.queries import AccountAsset, MemberView, ShareView
from vonk.identity.rules import AccountRole
from vonk.wire.business.asked import AskedOfBusiness, Text, numbering
from vonk.wire.business.centers.bc import (
    PAGE_SIZE_MAX,
    AdvertiserRole,
    RelationStatus,
    RelationType,
)
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, PageInfo, page_info
from vonk.wire.business.operation import Call, Over, operation
from vonk.wire.business.pixel import pixel_code
from vonk.wire.codec import Id

ADVERTISER: Final = "ADVERTISER"
TT_ACCOUNT: Final = "TT_ACCOUNT"
ASSETS_MAX: Final = 50  # Of one call that names several.
AssetType = Literal[
    "ADVERTISER", "CATALOG", "DOMAIN", "LEAD", "PIXEL", "STOREFRONT", "TIKTOK_SHOP", "TT_ACCOUNT"
]  # Of these there are ad accounts, pixels and creators' accounts here; lists of the others are empty.
AccountType = Literal["ADVERTISER", "TT_ACCOUNT"]
TtAccountRole = Literal["POST", "LIVE", "DIRECT_MESSAGE"]

_STATUS_OF: Final[dict[AccessState, RelationStatus]] = {
    AccessState.ACTIVE: "BOUND",
    AccessState.ENDING: "BOUND",
    AccessState.REQUESTED: "PENDING",
    AccessState.REFUSED: "REJECTED",
    AccessState.WITHDRAWN: "UNBOUND",
    AccessState.LAPSED: "UNBOUND",
    AccessState.EXPIRED: "UNBOUND",
    AccessState.REVOKED: "UNBOUND",
}


class AssetRow(Given, frozen=True, kw_only=True):
    """An asset. Its role is the caller's (or the asked-for member's); the fields of other kinds are null."""

    asset_id: Digits
    asset_type: AssetType
    asset_name: str
    relation_type: RelationType
    relation_status: RelationStatus
    advertiser_role: AdvertiserRole | None = None
    advertiser_status: str | None = None
    advertiser_account_type: str | None = None
    tt_account_roles: tuple[TtAccountRole, ...] | None = None
    tt_account_handle: str | None = None
    pixel_code: str | None = None
    catalog_role: str | None = None
    store_role: str | None = None
    form_library_role: str | None = None
    owner_bc_name: str


class AssetList(Given, frozen=True):
    list: tuple[AssetRow, ...]
    page_info: PageInfo


class AssetFilter(msgspec.Struct, frozen=True, kw_only=True):
    """``user_id`` or ``user_email``: a member's assets in place of one's own, for admins."""

    keyword: Text | None = None
    user_id: Id | None = None
    user_email: Text | None = None


class AssetGet(AskedOfBusiness, frozen=True):
    asset_type: AssetType
    child_bc_id: Id | None = None
    filtering: AssetFilter | None = None
    page: int | None = None
    page_size: int | None = None


@operation("GET", "bc/asset/get", may=Right.BUSINESS_VIEW, over=Over.BUSINESS, summary="List the assets one works with")
def get(call: Call[AssetGet]) -> AssetList:
    """An admin works with all; a standard member with what was assigned to them."""
    asked = call.asked
    no_children(asked.child_bc_id)
    filters = asked.filtering or AssetFilter()
    who: int | None = filters.user_id
    if who is None and filters.user_email is not None:
        who = _person(identity.all_members(call.scope), filters.user_email)
    if asked.asset_type == ADVERTISER:
        rows = [_account(one, asked.bc_id) for one in identity.account_assets(call.scope, who)]
    elif asked.asset_type == TT_ACCOUNT:
        rows = [_creator(one, asked.bc_id) for one in creator_assets(call.scope, who, now=call.now)]
    elif asked.asset_type == "PIXEL":
        rows = _pixels(call, identity.account_assets(call.scope, who))
    else:
        rows = []
    return _list(rows, filters.keyword, asked.page, asked.page_size)


class AdminFilter(msgspec.Struct, frozen=True, kw_only=True):
    keyword: Text | None = None
    relation_type: RelationType | None = None
    relation_status: RelationStatus | None = None
    advertiser_show_status: str | None = None  # Not judged: one kind of status is enough here.


class AdminGet(AskedOfBusiness, frozen=True):
    asset_type: AssetType
    child_bc_id: Id | None = None
    filtering: AdminFilter | None = None
    page: int | None = None
    page_size: int | None = None


@operation("GET", "bc/asset/admin/get", may=Right.BUSINESS_EDIT, over=Over.BUSINESS, summary="List all assets")
def admin_get(call: Call[AdminGet]) -> AssetList:
    """To admins; of creators' accounts also those that were asked for, refused, or are over."""
    asked = call.asked
    no_children(asked.child_bc_id)
    filters = asked.filtering or AdminFilter()
    if filters.advertiser_show_status is not None:
        raise ParameterInvalid(field="filtering.advertiser_show_status", reason="filter by relation_status instead")
    if asked.asset_type == ADVERTISER:
        rows = [_account(one, asked.bc_id) for one in identity.all_account_assets(call.scope)]
    elif asked.asset_type == TT_ACCOUNT:
        rows = [_creator(one, asked.bc_id) for one in all_creator_assets(call.scope, now=call.now)]
    elif asked.asset_type == "PIXEL":
        rows = _pixels(call, identity.account_assets(call.scope))
    else:
        rows = []
    kept = [
        one
        for one in rows
        if filters.relation_type in (None, one.relation_type) and filters.relation_status in (None, one.relation_status)
    ]
    return _list(kept, filters.keyword, asked.page, asked.page_size)


class AdminDelete(AskedOfBusiness, frozen=True):
    asset_type: AccountType
    asset_ids: list[Id]
    child_bc_id: Id | None = None


@operation(
    "POST",
    "bc/asset/admin/delete",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="Give assets up",
    example={"bc_id": "1838681029295206400", "asset_type": "TT_ACCOUNT", "asset_ids": ["1838681029295206403"]},
)
def delete(call: Call[AdminDelete]) -> None:
    """All of them or none: creators' accounts go back to the creator, what a partner shares to the partner.

    A Business Center's own ad accounts stay: what was spent and owed in them is theirs for good.
    """
    asked = call.asked
    no_children(asked.child_bc_id)
    several(asked.asset_ids)
    give_up = account_assets.give_up if asked.asset_type == ADVERTISER else business_assets.give_up
    give_up(call.scope, asked.asset_ids, now=call.now)


def no_children(child_bc_id: int | None) -> None:
    """Raise ParameterInvalid when a Business Center below the named one is asked for."""
    if child_bc_id is not None:
        raise ParameterInvalid(field="child_bc_id", reason="there are no Business Centers below others")


def several(asset_ids: list[Id]) -> None:
    """Raise ParameterInvalid unless as many are named as one call takes."""
    if not 1 <= len(asset_ids) <= ASSETS_MAX:
        raise ParameterInvalid(field="asset_ids", reason=f"1 to {ASSETS_MAX} ids")


def advertiser_role(role: str | None) -> AdvertiserRole | None:
    """Return a role in an ad account as v1.3 names it: who sees to its money only is an ANALYST there."""
    if role == AccountRole.ADMIN.value:
        return "ADMIN"
    if role == AccountRole.OPERATOR.value:
        return "OPERATOR"
    return "ANALYST" if role is not None else None


def shared_asset(one: ShareView) -> tuple[AccountType, int]:
    """Return what is shared, as v1.3 names it."""
    if one.account_id is not None:
        return ("ADVERTISER", one.account_id)
    assert one.profile_id is not None, "The table has a share of one asset."
    return ("TT_ACCOUNT", one.profile_id)


def _list(rows: list[AssetRow], keyword: str | None, page: int | None, page_size: int | None) -> AssetList:
    said = (keyword or "").casefold()
    kept = [one for one in rows if said in one.asset_name.casefold() or said == one.asset_id]
    found: Numbered[AssetRow] = numbered_of(kept, numbering(page, page_size, most=PAGE_SIZE_MAX))
    return AssetList(list=found.items, page_info=page_info(found))


def _account(one: AccountAsset, bc_id: int) -> AssetRow:
    return AssetRow(
        asset_id=str(one.id),
        asset_type="ADVERTISER",
        asset_name=one.name,
        relation_type="OWNER_BC" if one.owner_id == bc_id else "OWNER_PARTNER",
        relation_status="BOUND",
        advertiser_role=advertiser_role(one.role),
        advertiser_status="STATUS_LIMIT" if one.suspended else "STATUS_ENABLE",
        owner_bc_name=one.owner_name,
    )


def _creator(one: CreatorAsset, bc_id: int) -> AssetRow:
    return AssetRow(
        asset_id=str(one.profile.id),
        asset_type="TT_ACCOUNT",
        asset_name=one.profile.display_name,
        relation_type="OWNER_INDIVIDUAL" if one.holder_id == bc_id else "OWNER_PARTNER",
        relation_status=_STATUS_OF[one.state],
        tt_account_roles=("POST",) if AccessScope.EXISTING_POSTS in one.scopes else (),
        tt_account_handle=one.profile.handle,
        owner_bc_name="" if one.holder_id == bc_id else one.holder_name,
    )


def _pixels(call: Call[AssetGet] | Call[AdminGet], accounts: tuple[AccountAsset, ...]) -> list[AssetRow]:
    """Return the pixels of the ad accounts that the caller reaches."""
    names = {one.id: one.owner_name for one in accounts}
    pixels = measuring.pixels_of_accounts(call.scope, names)
    return [
        AssetRow(
            asset_id=str(pixel.id),
            asset_type="PIXEL",
            asset_name=pixel.name,
            relation_type="OWNER_BC",
            relation_status="BOUND",
            pixel_code=pixel_code(pixel.id),
            owner_bc_name=names[account_id],
        )
        for account_id, found in pixels.items()
        for pixel in found
    ]


def _person(members: tuple[MemberView, ...], email: str) -> int:
    found = next((one.person_id for one in members if one.email.casefold() == email.strip().casefold()), None)
    if found is None:
        raise ParameterInvalid(field="filtering.user_email", reason="no member has this address")
    return found
