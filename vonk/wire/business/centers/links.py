"""How a creator's account comes to a Business Center, and which of its ad accounts use it."""

from typing import Final, Literal

from vonk.advertising.queries import measuring
from vonk.authorisation.actions import accesses, business_assets
from vonk.authorisation.queries.business_assets import accounts_using
from vonk.authorisation.rules.access import AccessScope
from vonk.control.paging import numbered_of
from vonk.control.scope import Right
from vonk.identity.actions.accounts import ACCOUNTS_PER_ORGANISATION_MAX
from vonk.identity.queries import account_assets
from vonk.wire.business.asked import AskedOfBusiness, numbering
from vonk.wire.business.centers.bc import PAGE_SIZE_MAX, RelationStatus
from vonk.wire.business.given import Digits, Given, PageInfo, page_info
from vonk.wire.business.operation import Call, Over, operation
from vonk.wire.business.pixel import pixel_code
from vonk.wire.codec import Id

LINKS_PER_MINUTE_MAX: Final = 30
Creator = Literal["TT_ACCOUNT"]


class Authorization(AskedOfBusiness, frozen=True):
    """``scopes`` is our own: what the creator is asked for; all that there is when it is absent."""

    scopes: list[AccessScope] | None = None


class AuthorizationLink(Given, frozen=True):
    """A link that holds a secret: make a QR code of it, or send it to the creator. It lapses after 30 days."""

    bc_auth_qr_code: str


@operation(
    "GET",
    "bc/asset/account/authorization",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    per_minute=LINKS_PER_MINUTE_MAX,
    summary="Make a link by which a creator grants access",
)
def authorization(call: Call[Authorization]) -> AuthorizationLink:
    """Each call makes a new link, good for the creator who opens it first; they grant as much of it as they like."""
    wanted = call.asked.scopes if call.asked.scopes is not None else tuple(AccessScope)
    return AuthorizationLink(bc_auth_qr_code=accesses.invite(call.scope, scopes=wanted, now=call.now).link)


class LinkOfAccount(AskedOfBusiness, frozen=True):
    """``asset_id`` is the creator's account."""

    asset_id: Id
    advertiser_id: Id
    asset_type: Creator = "TT_ACCOUNT"


_EXAMPLE: Final = {
    "bc_id": "1838681029295206400",
    "asset_id": "1838681029295206403",
    "asset_type": "TT_ACCOUNT",
    "advertiser_id": "1838681029295206402",
}


@operation(
    "POST",
    "bc/asset/advertiser/assign",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="Let an ad account use a creator's account",
    example=_EXAMPLE,
)
def assign(call: Call[LinkOfAccount]) -> None:
    """Every ad account of the Business Center may, from the creator's grant on, unless it was unassigned."""
    business_assets.let_use(call.scope, call.asked.asset_id, call.asked.advertiser_id, now=call.now)


@operation(
    "POST",
    "bc/asset/advertiser/unassign",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="Keep a creator's account from an ad account",
    example=_EXAMPLE,
)
def unassign(call: Call[LinkOfAccount]) -> None:
    """It takes up no more of the creator's posts; ads on those that it took up before go on."""
    business_assets.keep_from(call.scope, call.asked.asset_id, call.asked.advertiser_id, now=call.now)


class AssignedGet(AskedOfBusiness, frozen=True):
    asset_id: Id
    asset_type: Creator = "TT_ACCOUNT"
    page: int | None = None
    page_size: int | None = None


class AssignedAccount(Given, frozen=True):
    advertiser_id: Digits
    advertiser_name: str


class AssignedList(Given, frozen=True):
    list: tuple[AssignedAccount, ...]
    page_info: PageInfo


@operation(
    "GET",
    "bc/asset/advertiser/assigned",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="List the ad accounts that use a creator's account",
)
def assigned(call: Call[AssignedGet]) -> AssignedList:
    """Of the Business Center itself, oldest first."""
    asked = call.asked
    found = accounts_using(call.scope, asked.asset_id, now=call.now)
    page = numbered_of(found, numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX))
    rows = tuple(AssignedAccount(advertiser_id=str(one.id), advertiser_name=one.name) for one in page.items)
    return AssignedList(list=rows, page_info=page_info(page))


class QuotaGet(AskedOfBusiness, frozen=True):
    asset_id: Id
    asset_type: Creator = "TT_ACCOUNT"


class Quota(Given, frozen=True):
    """How many ad accounts may use the creator's account, do, and still may."""

    total_quota: int
    used_quota: int
    available_quota: int


@operation(
    "GET",
    "bc/asset/bind/quota",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="Count the ad accounts that use a creator's account",
)
def quota(call: Call[QuotaGet]) -> Quota:
    """As many as a Business Center may have ad accounts."""
    used = len(accounts_using(call.scope, call.asked.asset_id, now=call.now))
    return Quota(
        total_quota=ACCOUNTS_PER_ORGANISATION_MAX,
        used_quota=used,
        available_quota=ACCOUNTS_PER_ORGANISATION_MAX - used,
    )


class PixelLinkGet(AskedOfBusiness, frozen=True):
    pixel_code: str
    page: int | None = None
    page_size: int | None = None


class PixelLink(Given, frozen=True):
    """An ad account that reports with the pixel."""

    advertiser_id: Digits
    advertiser_name: str
    relation_status: RelationStatus


class PixelLinks(Given, frozen=True):
    list: tuple[PixelLink, ...]
    page_info: PageInfo


@operation(
    "GET", "bc/pixel/link/get", may=Right.BUSINESS_VIEW, over=Over.BUSINESS, summary="List the ad accounts of a pixel"
)
def get_pixel_links(call: Call[PixelLinkGet]) -> PixelLinks:
    """One: a pixel belongs to the ad account that made it. Of a pixel that the caller does not reach there is none."""
    accounts = account_assets(call.scope)
    pixels = measuring.pixels_of_accounts(call.scope, [one.id for one in accounts])
    rows = [
        PixelLink(advertiser_id=str(one.id), advertiser_name=one.name, relation_status="BOUND")
        for one in accounts
        if call.asked.pixel_code in {pixel_code(pixel.id) for pixel in pixels.get(one.id, ())}
    ]
    page = numbered_of(rows, numbering(call.asked.page, call.asked.page_size, most=PAGE_SIZE_MAX))
    return PixelLinks(list=page.items, page_info=page_info(page))
