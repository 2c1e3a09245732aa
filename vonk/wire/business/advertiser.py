"""Ad accounts: what is known of them, and what of it their people change (reference API §3)."""

from typing import Annotated, Any, Final

import msgspec

from vonk.billing import queries as billing
from vonk.control.paging import Numbering, numbered_of
from vonk.control.scope import Right
from vonk.core.errors import Invalid
from vonk.identity import queries as identity
from vonk.identity.actions import details
from vonk.identity.queries import AccountDetails
from vonk.wire.business.asked import Asked, AskedOfAccount, numbering
from vonk.wire.business.errors import AccountForbidden, ParameterInvalid, answers
from vonk.wire.business.given import Digits, Given, PageInfo, chosen, page_info, units
from vonk.wire.business.operation import Call, Over, operation
from vonk.wire.codec import Id

IDS_MAX: Final = 100
PAGE_SIZE_MAX: Final = 1_000  # As clients send it everywhere; there are never more rows than ids.

Words = Annotated[str, msgspec.Meta(max_length=255)]


class NothingToUpdate(Invalid):
    """The body changes nothing."""

    code = "nothing_to_update"
    message = "There is nothing to update."
    remedy = "Send at least one of the fields that can be changed."


answers({NothingToUpdate.code: 40012})


class InfoAsked(Asked, frozen=True):
    """``fields`` chooses among the fields of a row; unless given all come."""

    advertiser_ids: Annotated[list[Id], msgspec.Meta(min_length=1)]
    fields: list[str] | None = None
    page: int | None = None
    page_size: int | None = None


class AdvertiserInfo(Given, frozen=True):
    """An ad account. What its people never wrote is null; ``create_time`` is in epoch seconds."""

    advertiser_id: Digits
    name: str
    address: str | None
    company: str
    contacter: str | None
    country: str
    currency: str
    description: str | None
    email: str | None
    industry: str | None
    language: str | None
    license_no: str | None
    license_url: str | None
    license_province: str | None
    license_city: str | None
    phone_number: str | None
    cellphone_number: str | None
    telephone_number: str | None
    promotion_area: str | None
    promotion_center_city: str | None
    promotion_center_province: str | None
    rejection_reason: str | None
    brand: str
    role: str
    status: str
    timezone: str
    display_timezone: str
    advertiser_account_type: str
    owner_bc_id: Digits | None
    create_time: int
    balance: float


class AdvertiserInfos(Given, frozen=True):
    """The accounts in the order of their ids, each once."""

    list: list[Any]
    page_info: PageInfo


class AdvertiserUpdate(AskedOfAccount, frozen=True):
    """What is absent stays; an empty text takes the field away. Money and time zone never change."""

    advertiser_name: Words | None = None
    company: Words | None = None
    contact_name: Words | None = None
    contact_email: Words | None = None
    contact_number: Words | None = None
    address: Words | None = None
    license_no: Words | None = None
    promotion_link: Words | None = None
    license_image_id: Words | None = None
    need_submit_certificate: bool | None = None
    qualification_images: list[dict[str, Any]] | None = None
    tax_map: dict[str, str] | None = None
    advertiser_budgets: list[dict[str, Any]] | None = None
    budget_update_type: str | None = None


_CONTACT: Final = {
    "company": "company",
    "contact_name": "person",
    "contact_email": "email",
    "contact_number": "phone",
    "address": "address",
    "license_no": "licence_number",
    "promotion_link": "website",
}
_KEPT: Final = ("license_image_id", "need_submit_certificate", "qualification_images", "tax_map")


@operation(
    "GET",
    "advertiser/info",
    may=Right.ACCOUNT_VIEW,
    over=Over.PERSON,
    summary="Read ad accounts",
    example={"advertiser_ids": ["1838000000000000001"]},
)
def info(call: Call[InfoAsked]) -> AdvertiserInfos:
    """Up to 100 at once. One that the token does not reach refuses the call and is named."""
    asked = call.asked
    ids = sorted(set(asked.advertiser_ids))
    if len(ids) > IDS_MAX:
        raise ParameterInvalid(field="advertiser_ids", reason=f"at most {IDS_MAX} ids")
    where: Numbering = numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX, usual=IDS_MAX)
    found = identity.accounts_detailed(call.scope, ids)
    missing = next((one for one in ids if one not in found), None)
    if missing is not None:
        raise AccountForbidden(noun="advertiser", account_id=missing)
    page = numbered_of([found[one] for one in ids], where)
    money = billing.balances([one.account.id for one in page.items], now=call.now)
    rows = [_row(one, money[one.account.id].micros if one.account.id in money else 0) for one in page.items]
    return AdvertiserInfos(list=chosen(rows, AdvertiserInfo, asked.fields, ()), page_info=page_info(page))


@operation(
    "POST",
    "advertiser/update",
    may=Right.ACCOUNT_EDIT,
    summary="Change an ad account's name and contact",
    example={"advertiser_id": "1838000000000000001", "advertiser_name": "Bread", "contact_email": "ada@example.org"},
)
def update(call: Call[AdvertiserUpdate]) -> None:
    """The name and whom to reach. Papers of the company are kept; nobody here checks them."""
    asked = call.asked
    if asked.advertiser_budgets is not None or asked.budget_update_type is not None:
        raise ParameterInvalid(
            field="advertiser_budgets",
            reason="an ad account has no budget of its own; set one on campaigns and ad groups",
        )
    contact = {ours: getattr(asked, theirs) for theirs, ours in _CONTACT.items() if getattr(asked, theirs) is not None}
    kept = {name: getattr(asked, name) for name in _KEPT if getattr(asked, name) is not None}
    if asked.advertiser_name is None and not contact and not kept:
        raise NothingToUpdate
    details.set_details(call.scope, name=asked.advertiser_name, contact=contact, kept=kept, now=call.now)


def _row(found: AccountDetails, balance_micros: int) -> AdvertiserInfo:
    account, contact = found.account, found.contact
    return AdvertiserInfo(
        advertiser_id=str(account.id),
        name=account.name,
        address=contact.address or None,
        company=contact.company or account.advertiser_name,
        contacter=contact.person or None,
        country=account.country,
        currency=account.currency,
        description=None,
        email=contact.email or None,
        industry=None,
        language=None,
        license_no=contact.licence_number or None,
        license_url=None,
        license_province=None,
        license_city=None,
        phone_number=contact.phone or None,
        cellphone_number=None,
        telephone_number=contact.phone or None,
        promotion_area=None,
        promotion_center_city=None,
        promotion_center_province=None,
        rejection_reason=found.suspension_reason,
        brand=account.advertiser_name,
        role="ROLE_ADVERTISER",
        status="STATUS_LIMIT" if account.suspended else "STATUS_ENABLE",
        timezone=account.time_zone,
        display_timezone=account.time_zone,
        advertiser_account_type="AUCTION",
        owner_bc_id=str(account.organisation_id),
        create_time=int(account.created_at.timestamp()),
        balance=units(balance_micros),
    )
