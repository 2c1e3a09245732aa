"""Groups of a Business Center's assets: who is in one works with what is in it."""

from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from vonk.authorisation.actions import asset_groups as actions
from vonk.authorisation.actions.asset_groups import Asset, GroupRole
from vonk.authorisation.queries import asset_groups as queries
from vonk.authorisation.queries.business_assets import all_creator_assets
from vonk.authorisation.rules.groups import ASSIGNMENTS_MAX, AssetKind
from vonk.control.paging import numbered_of
from vonk.control.scope import Right
from vonk.core.errors import FieldInvalid
from vonk.identity import queries as identity
from vonk.identity.rules import AccountRole
from vonk.wire.business.asked import AskedOfBusiness, Text, numbering
from vonk.wire.business.centers.assets import ADVERTISER, TT_ACCOUNT, AccountType, advertiser_role
from vonk.wire.business.centers.bc import PAGE_SIZE_MAX
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, PageInfo, page_info
from vonk.wire.business.operation import Call, Over, operation
from vonk.wire.codec import Id

T = TypeVar("T")
MANY: Final = 50
_EXAMPLE: Final = {"bc_id": "1838681029295206400"}
_KINDS: Final = {ADVERTISER: AssetKind.ACCOUNT, TT_ACCOUNT: AssetKind.CREATOR}
_TYPES: Final[dict[AssetKind, AccountType]] = {AssetKind.ACCOUNT: "ADVERTISER", AssetKind.CREATOR: "TT_ACCOUNT"}
_FIELDS: Final = {"name": "asset_group_name", "members": "members"}


class AssetNamed(msgspec.Struct, frozen=True):
    """An ad account or a creator's account."""

    asset_id: Id
    asset_type: AccountType


class Roles(msgspec.Struct, frozen=True):
    """What a member is with the group's assets of each type; without one they have no part in those."""

    ADVERTISER: Literal["ADMIN", "OPERATOR", "ANALYST"] | None = None
    TT_ACCOUNT: Literal["POST"] | None = None


class MemberNamed(msgspec.Struct, frozen=True):
    """A member, by their user id."""

    member_id: Id
    asset_roles: Roles | None = None


Assets = Annotated[list[AssetNamed], msgspec.Meta(max_length=MANY)]
Members = Annotated[list[MemberNamed], msgspec.Meta(max_length=MANY)]


class GroupNew(AskedOfBusiness, frozen=True):
    """A group, with what and who is in it."""

    asset_group_name: Text
    assets: Assets | None = None
    members: Members | None = None


class GroupMade(Given, frozen=True):
    """The new group."""

    asset_group_id: Digits


class GroupChanged(AskedOfBusiness, frozen=True):
    """What of a group changes: its NAME, or whom or what to ADD, UPDATE or DELETE."""

    asset_group_id: Id
    update_entity: Literal["NAME", "ASSET", "MEMBER"]
    action: Literal["ADD", "UPDATE", "DELETE"] | None = None
    asset_group_name: Text | None = None
    assets: Assets | None = None
    members: Members | None = None


class GroupsGone(AskedOfBusiness, frozen=True):
    """Which groups to delete."""

    asset_group_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=MANY)]


class Keyword(msgspec.Struct, frozen=True):
    """``keyword`` is looked for in names, whatever its case."""

    keyword: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class GroupsAsked(AskedOfBusiness, frozen=True):
    """Which groups, page by page."""

    filtering: Keyword | None = None
    page: int | None = None
    page_size: int | None = None


class GroupAsked(GroupsAsked, frozen=True, kw_only=True):
    """What or who is in a group, page by page."""

    asset_group_id: Id
    query_entity: Literal["ASSET", "MEMBER"]


class GroupRow(Given, frozen=True):
    """A group."""

    asset_group_id: Digits
    asset_group_name: str


class GroupPage(Given, frozen=True):
    """A page of groups."""

    asset_groups: tuple[GroupRow, ...]
    page_info: PageInfo


class GroupedAsset(Given, frozen=True):
    """An asset; its name is "" once the Business Center works with it no more."""

    asset_id: Digits
    asset_type: AccountType
    asset_name: str


class GroupedMember(Given, frozen=True):
    """A member, and what they are with the group's assets of each type."""

    member_id: Digits
    member_name: str
    asset_roles: dict[str, str]


class GroupTold(Given, frozen=True):
    """A group and a page of what was asked for; the other of the two is null."""

    asset_group_id: Digits
    asset_group_name: str
    assets: tuple[GroupedAsset, ...] | None
    members: tuple[GroupedMember, ...] | None
    page_info: PageInfo


@operation(
    "POST",
    "bc/asset_group/create",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="Group assets and the members who work with them",
    example={**_EXAMPLE, "asset_group_name": "Bread", "assets": [{"asset_id": "1838681029295206402", "asset_type": "ADVERTISER"}]},
)  # fmt: skip
def create(call: Call[GroupNew]) -> GroupMade:
    """Every member gets every asset, in the role of its type. A group raises what a member may do and never lowers it; what
    it gave ends with it, and what they were given by hand before is there again. At most 500 assignments of a group.
    """
    asked = call.asked
    try:
        made = actions.create(
            call.scope, name=asked.asset_group_name, assets=_assets(asked.assets), people=_people(asked.members),
            now=call.now,
        )  # fmt: skip
    except FieldInvalid as problem:
        raise _named(problem) from problem
    return GroupMade(asset_group_id=str(made))


@operation(
    "POST",
    "bc/asset_group/update",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="Change a group of assets",
    example={**_EXAMPLE, "asset_group_id": "1838681029295206409", "update_entity": "NAME", "asset_group_name": "Cakes"},
)
def update(call: Call[GroupChanged]) -> None:
    """NAME takes ``asset_group_name``; ASSET ``assets`` with ADD or DELETE; MEMBER ``members`` with ADD, UPDATE (the same
    here) or DELETE. All that is named, or nothing.
    """
    asked = call.asked
    try:
        if asked.update_entity == "NAME":
            name = _needed(asked.asset_group_name, "asset_group_name")
            actions.rename(call.scope, asked.asset_group_id, name=name, now=call.now)
            return
        action = _needed(asked.action, "action")
        if asked.update_entity == "ASSET":
            if action == "UPDATE":
                raise ParameterInvalid(field="action", reason="ADD or DELETE: of an asset nothing else can change")
            assets = _assets(_needed(asked.assets, "assets"))
            actions.change_assets(call.scope, asked.asset_group_id, assets, into=action == "ADD", now=call.now)
            return
        people = _people(_needed(asked.members, "members"))
        if action == "DELETE":
            out = [one.person_id for one in people]
            actions.change_people(call.scope, asked.asset_group_id, (), out=out, now=call.now)
        else:
            actions.change_people(call.scope, asked.asset_group_id, people, now=call.now)
    except FieldInvalid as problem:
        raise _named(problem) from problem


@operation(
    "POST", "bc/asset_group/delete", may=Right.BUSINESS_EDIT, over=Over.BUSINESS, summary="Delete groups of assets"
)
def delete(call: Call[GroupsGone]) -> None:
    """All of them or, when one is not there, none (40007). What they gave is taken back."""
    actions.delete(call.scope, call.asked.asset_group_ids, now=call.now)


@operation("GET", "bc/asset_group/list", may=Right.BUSINESS_EDIT, over=Over.BUSINESS, summary="List groups of assets")
def listed(call: Call[GroupsAsked]) -> GroupPage:
    """Newest first."""
    asked = call.asked
    page = queries.asset_groups(
        call.scope, numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX), keyword=_keyword(asked)
    )
    rows = tuple(GroupRow(asset_group_id=str(one.id), asset_group_name=one.name) for one in page.items)
    return GroupPage(asset_groups=rows, page_info=page_info(page))


@operation(
    "GET", "bc/asset_group/get", may=Right.BUSINESS_EDIT, over=Over.BUSINESS, summary="Read what is in a group of assets",
    example={**_EXAMPLE, "asset_group_id": "1838681029295206409", "query_entity": "ASSET"},
)  # fmt: skip
def get(call: Call[GroupAsked]) -> GroupTold:
    """Its assets or its members, in the order they came."""
    asked, said = call.asked, _keyword(call.asked).casefold()
    paging = numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX)
    if asked.query_entity == "ASSET":
        name, assets = queries.assets_in(call.scope, asked.asset_group_id)
        found = [one for one in _told_assets(call, assets) if said in one.asset_name.casefold()]
        page = numbered_of(found, paging)
        return GroupTold(
            asset_group_id=str(asked.asset_group_id), asset_group_name=name, assets=page.items, members=None,
            page_info=page_info(page),
        )  # fmt: skip
    name, people = queries.people_in(call.scope, asked.asset_group_id)
    names = {one.person_id: one.name for one in identity.all_members(call.scope)}
    rows = [
        GroupedMember(member_id=str(one.person_id), member_name=names.get(one.person_id, ""), asset_roles=_roles(one))
        for one in people
    ]
    members = numbered_of([one for one in rows if said in one.member_name.casefold()], paging)
    return GroupTold(
        asset_group_id=str(asked.asset_group_id), asset_group_name=name, assets=None, members=members.items,
        page_info=page_info(members),
    )  # fmt: skip


def _told_assets(call: Call[Any], assets: tuple[Asset, ...]) -> list[GroupedAsset]:
    names: dict[Asset, str] = {(AssetKind.ACCOUNT, one.id): one.name for one in identity.all_account_assets(call.scope)}
    for creator in all_creator_assets(call.scope, now=call.now):
        names[AssetKind.CREATOR, creator.profile.id] = creator.profile.display_name
    return [
        GroupedAsset(asset_id=str(one[1]), asset_type=_TYPES[one[0]], asset_name=names.get(one, "")) for one in assets
    ]


def _roles(one: queries.GroupPerson) -> dict[str, str]:
    role = advertiser_role(one.account_role)
    return {**({ADVERTISER: role} if role is not None else {}), **({TT_ACCOUNT: "POST"} if one.uses_creators else {})}


def _assets(named: list[AssetNamed] | None) -> list[Asset]:
    return [(_KINDS[one.asset_type], int(one.asset_id)) for one in named or ()]


def _people(named: list[MemberNamed] | None) -> list[GroupRole]:
    found = []
    for one in named or ():
        roles = one.asset_roles or Roles()
        role = AccountRole(roles.ADVERTISER.lower()) if roles.ADVERTISER is not None else None
        found.append(GroupRole(int(one.member_id), role, roles.TT_ACCOUNT is not None))
    return found


def _needed(value: T | None, field: str) -> T:
    if value is None or value == "":
        raise ParameterInvalid(field=field, reason="it is missing, and this change needs it")
    return value


def _keyword(asked: GroupsAsked) -> str:
    return (asked.filtering or Keyword()).keyword or ""


def _named(problem: FieldInvalid) -> ParameterInvalid:
    field = problem.field or ""
    return ParameterInvalid(field=_FIELDS.get(field, field), reason=str(problem.values["reason"]))


assert ASSIGNMENTS_MAX == 500, "The description of bc/asset_group/create says so."
