"""Partners of a Business Center, and what is shared with them either way."""

from typing import Literal

import msgspec

from vonk.authorisation.actions import business_assets
from vonk.content import queries as content
from vonk.control.paging import numbered_of
from vonk.control.scope import Right
from vonk.identity import queries as identity
from vonk.identity.queries import ShareView
from vonk.identity.rules import AccountRole
from vonk.wire.business.asked import AskedOfBusiness, Text, numbering
from vonk.wire.business.centers.assets import (
    ADVERTISER,
    ASSETS_MAX,
    AccountType,
    TtAccountRole,
    advertiser_role,
    no_children,
    several,
    shared_asset,
)
from vonk.wire.business.centers.bc import PAGE_SIZE_MAX, AdvertiserRole, RelationStatus
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, PageInfo, moment, page_info
from vonk.wire.business.operation import Call, Over, operation
from vonk.wire.codec import Id


class PartnerFilter(msgspec.Struct, frozen=True, kw_only=True):
    """``name`` is looked for in the partner's name, whatever its case."""

    name: Text | None = None


class PartnerGet(AskedOfBusiness, frozen=True):
    filtering: PartnerFilter | None = None
    page: int | None = None
    page_size: int | None = None


class PartnerRow(Given, frozen=True):
    """A partner. PENDING: one asked the other; ``asked_by_partner`` says whether an answer is awaited from here."""

    bc_id: Digits
    bc_name: str
    relation_status: RelationStatus
    asked_by_partner: bool
    create_time: str


class PartnerList(Given, frozen=True):
    list: tuple[PartnerRow, ...]
    page_info: PageInfo


@operation("GET", "bc/partner/get", may=Right.BUSINESS_EDIT, over=Over.BUSINESS, summary="List partners")
def get(call: Call[PartnerGet]) -> PartnerList:
    """Newest first, with open questions of either side."""
    asked = call.asked
    said = ((asked.filtering or PartnerFilter()).name or "").casefold()
    rows = [
        PartnerRow(
            bc_id=str(one.partner_id),
            bc_name=one.partner_name,
            relation_status="BOUND" if one.accepted_at is not None else "PENDING",
            asked_by_partner=one.state == "asked",
            create_time=moment(one.asked_at),
        )
        for one in identity.partnerships(call.scope)
        if said in one.partner_name.casefold()
    ]
    page = numbered_of(rows, numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX))
    return PartnerList(list=page.items, page_info=page_info(page))


class PartnerAdd(AskedOfBusiness, frozen=True):
    """``asset_ids`` may be absent: then nothing is shared. ``advertiser_role`` is the highest that the partner gives."""

    partner_id: Id
    asset_type: AccountType
    asset_ids: list[Id] | None = None
    advertiser_role: AdvertiserRole = "ANALYST"
    source_child_bc_id: Id | None = None
    target_child_bc_id: Id | None = None


@operation(
    "POST",
    "bc/partner/add",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="Add a partner, or share assets with one",
    example={"bc_id": "1838681029295206400", "partner_id": "1838681029295206404", "asset_type": "ADVERTISER"},
)
def add(call: Call[PartnerAdd]) -> None:
    """Asks the other Business Center, which agrees by adding this one; assets are shared once both agreed."""
    asked = call.asked
    no_children(asked.source_child_bc_id)
    no_children(asked.target_child_bc_id)
    wanted = asked.asset_ids or []
    if len(wanted) > ASSETS_MAX:
        raise ParameterInvalid(field="asset_ids", reason=f"at most {ASSETS_MAX} ids")
    of_accounts = asked.asset_type == ADVERTISER
    business_assets.add_partner(
        call.scope,
        asked.partner_id,
        account_ids=wanted if of_accounts else (),
        role_max=AccountRole(asked.advertiser_role.lower()),
        profile_ids=() if of_accounts else wanted,
        now=call.now,
    )


class PartnerDelete(AskedOfBusiness, frozen=True):
    partner_id: Id


@operation(
    "POST",
    "bc/partner/delete",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="End a partnership",
    example={"bc_id": "1838681029295206400", "partner_id": "1838681029295206404"},
)
def delete(call: Call[PartnerDelete]) -> None:
    """Or refuse, or withdraw the question. Whatever was shared either way is taken back at once."""
    business_assets.end_partner(call.scope, call.asked.partner_id, now=call.now)


class PartnerAssetGet(AskedOfBusiness, frozen=True):
    """SHARING: what this Business Center shares with the partner; SHARED: what the partner shares with it."""

    partner_id: Id
    asset_type: AccountType
    share_type: Literal["SHARING", "SHARED"]
    filtering: PartnerFilter | None = None
    page: int | None = None
    page_size: int | None = None


class PartnerAsset(Given, frozen=True):
    """An asset that is shared; ``advertiser_role`` is the highest that the other's people may have."""

    asset_id: Digits
    asset_type: AccountType
    asset_name: str
    advertiser_role: AdvertiserRole | None
    tt_account_roles: tuple[TtAccountRole, ...] | None
    relation_status: RelationStatus
    create_time: str


class PartnerAssets(Given, frozen=True):
    list: tuple[PartnerAsset, ...]
    page_info: PageInfo


@operation(
    "GET",
    "bc/partner/asset/get",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="List what is shared with a partner",
)
def get_assets(call: Call[PartnerAssetGet]) -> PartnerAssets:
    """Oldest first."""
    asked = call.asked
    partnership_id = business_assets.partnership_of(call.scope, asked.partner_id)
    shared = identity.shares(call.scope, partnership_id=partnership_id)
    wanted = [
        one
        for one in shared
        if one.given == (asked.share_type == "SHARING") and shared_asset(one)[0] == asked.asset_type
    ]
    names = content.profile_briefs(one.profile_id for one in wanted if one.profile_id is not None)
    said = ((asked.filtering or PartnerFilter()).name or "").casefold()
    rows = [
        _asset(one, names[one.profile_id].display_name if one.profile_id is not None else one.account_name or "")
        for one in wanted
    ]
    kept = [one for one in rows if said in one.asset_name.casefold()]
    page = numbered_of(kept, numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX))
    return PartnerAssets(list=page.items, page_info=page_info(page))


class PartnerAssetDelete(AskedOfBusiness, frozen=True):
    partner_id: Id
    asset_type: AccountType
    asset_ids: list[Id]


@operation(
    "POST",
    "bc/partner/asset/delete",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="Take assets back from a partner",
    example={
        "bc_id": "1838681029295206400",
        "partner_id": "1838681029295206404",
        "asset_type": "ADVERTISER",
        "asset_ids": ["1838681029295206402"],
    },
)
def delete_assets(call: Call[PartnerAssetDelete]) -> None:
    """All of them or none; from everybody at the partner, from their next request on."""
    asked = call.asked
    several(asked.asset_ids)
    of_accounts = asked.asset_type == ADVERTISER
    business_assets.unshare(
        call.scope,
        asked.partner_id,
        account_ids=asked.asset_ids if of_accounts else (),
        profile_ids=() if of_accounts else asked.asset_ids,
        now=call.now,
    )


def _asset(one: ShareView, name: str) -> PartnerAsset:
    kind, asset_id = shared_asset(one)
    return PartnerAsset(
        asset_id=str(asset_id),
        asset_type=kind,
        asset_name=name,
        advertiser_role=advertiser_role(one.role_max),
        tt_account_roles=("POST",) if kind != ADVERTISER else None,
        relation_status="BOUND",
        create_time=moment(one.shared_at),
    )
