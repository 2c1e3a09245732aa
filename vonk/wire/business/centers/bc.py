"""Business Centers: which there are, opening ad accounts in them, and who belongs to them."""

from typing import Final, Literal

import msgspec

from vonk.control.paging import numbered_of
from vonk.control.scope import Right
from vonk.identity import queries as identity
from vonk.identity.actions import accounts, member_invitations, members
from vonk.identity.queries import Home, InvitationView, MemberView, OrganisationView
from vonk.identity.rules import AccountRole, FinanceRole, OrganisationRole
from vonk.wire.business.asked import Asked, AskedOfBusiness, Text, numbering
from vonk.wire.business.errors import AccountForbidden, ParameterInvalid
from vonk.wire.business.given import Digits, Given, PageInfo, moment, page_info
from vonk.wire.business.operation import Call, Over, operation
from vonk.wire.codec import Id

PAGE_SIZE_MAX: Final = 50
EMAILS_MAX: Final = 50
AdvertiserRole = Literal["ADMIN", "OPERATOR", "ANALYST"]
UserRole = Literal["ADMIN", "STANDARD"]
FinanceName = Literal["MANAGER", "ANALYST"]
RelationType = Literal["OWNER_BC", "OWNER_PARTNER", "OWNER_INDIVIDUAL"]
RelationStatus = Literal["BOUND", "PENDING", "REJECTED", "UNBOUND"]


class BcFilter(msgspec.Struct, frozen=True, kw_only=True):
    """``keyword`` is looked for in the name, whatever its case, or is the id; ``keyword_type`` says which of the two."""

    keyword: Text | None = None
    keyword_type: Literal["NAME", "ID"] | None = None
    relation_type: RelationType | None = None


class BcGet(Asked, frozen=True):
    """``scene``: there are no Business Centers below others, so TIERED_ACCOUNT finds none."""

    bc_id: Id | None = None
    scene: Literal["SINGLE_ACCOUNT", "TIERED_ACCOUNT"] | None = None
    filtering: BcFilter | None = None
    page: int | None = None
    page_size: int | None = None


class BcInfo(Given, frozen=True):
    """A Business Center. Where it is at home its first ad account says; whether it is verified nobody asks here."""

    bc_id: Digits
    name: str
    company: str
    currency: str | None
    registered_area: str | None
    status: str
    timezone: str | None
    type: str
    verification_status: str | None


class FinanceGiven(Given, frozen=True):
    """The role in the money of all ad accounts, null without one."""

    finance_role: FinanceName | None


class BcRow(Given, frozen=True):
    """A Business Center, and what the caller is in it."""

    bc_info: BcInfo
    user_role: UserRole
    ext_user_role: FinanceGiven


class BcList(Given, frozen=True):
    list: tuple[BcRow, ...]
    page_info: PageInfo


@operation("GET", "bc/get", may=Right.VIEW, over=Over.PERSON, summary="List one's Business Centers", example={})
def get(call: Call[BcGet]) -> BcList:
    """Those that the caller is a member of, the first joined first."""
    asked = call.asked
    found = identity.organisations_of(call.scope)
    if asked.bc_id is not None and asked.bc_id not in {one.id for one in found}:
        raise AccountForbidden(noun="Business Center", account_id=asked.bc_id)
    rows = [one for one in found if _wanted(one, asked)]
    page = numbered_of(rows, numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX))
    homes = identity.organisation_homes(one.id for one in page.items)
    return BcList(list=tuple(_row(one, homes.get(one.id)) for one in page.items), page_info=page_info(page))


class AdvertiserInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Currency (ISO 4217) and time zone (IANA) never change."""

    name: Text
    currency: str
    timezone: str
    type: str | None = None  # There is one kind of ad account here.


class CustomerInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Who advertises and pays: shown beside every ad."""

    company: Text
    registered_area: str
    industry: int | None = None  # What is advertised is said of each ad.


class AdvertiserCreate(AskedOfBusiness, frozen=True):
    advertiser_info: AdvertiserInfo
    customer_info: CustomerInfo


class AdvertiserCreated(Given, frozen=True):
    advertiser_id: Digits


@operation(
    "POST",
    "bc/advertiser/create",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="Open an ad account",
    example={
        "bc_id": "1838681029295206400",
        "advertiser_info": {"name": "Cakes", "currency": "EUR", "timezone": "Europe/Amsterdam"},
        "customer_info": {"company": "Ada's bakery", "registered_area": "NL"},
    },
)
def create_advertiser(call: Call[AdvertiserCreate]) -> AdvertiserCreated:
    """Qualifications, contacts and tax numbers are not asked for: who runs the platform knows its advertisers."""
    wanted, customer = call.asked.advertiser_info, call.asked.customer_info
    made = accounts.open_another(
        call.scope,
        name=wanted.name,
        currency=wanted.currency,
        time_zone=wanted.timezone,
        country=customer.registered_area,
        advertiser_name=customer.company,
        payer_name=customer.company,
        now=call.now,
    )
    return AdvertiserCreated(advertiser_id=str(made))


class MemberFilter(msgspec.Struct, frozen=True, kw_only=True):
    """``keyword`` is looked for in names and addresses. PENDING are those who have not answered their invitation."""

    keyword: Text | None = None
    user_role: UserRole | None = None
    relation_status: RelationStatus | None = None


class MemberGet(AskedOfBusiness, frozen=True):
    filtering: MemberFilter | None = None
    page: int | None = None
    page_size: int | None = None


class MemberRow(Given, frozen=True):
    """A member, or somebody invited: these have no ``user_id`` and no name yet."""

    user_id: Digits | None
    user_name: str
    user_email: str
    user_role: UserRole
    ext_user_role: FinanceGiven
    relation_status: RelationStatus
    create_time: str


class MemberList(Given, frozen=True):
    list: tuple[MemberRow, ...]
    page_info: PageInfo


@operation("GET", "bc/member/get", may=Right.BUSINESS_EDIT, over=Over.BUSINESS, summary="List members")
def get_members(call: Call[MemberGet]) -> MemberList:
    """Members first, the newest first, then open invitations; to admins."""
    wanted = call.asked.filtering or MemberFilter()
    joined = (_member(one) for one in identity.all_members(call.scope))
    invited = (_invited(one) for one in identity.invitations(call.scope, now=call.now))
    rows = [one for several in (joined, invited) for one in several if _fits(one, wanted)]
    page = numbered_of(rows, numbering(call.asked.page, call.asked.page_size, most=PAGE_SIZE_MAX))
    return MemberList(list=page.items, page_info=page_info(page))


class ExtUserRole(msgspec.Struct, frozen=True, kw_only=True):
    """An object without ``finance_role`` takes it away."""

    finance_role: FinanceName | None = None


class MemberInvite(AskedOfBusiness, frozen=True):
    """``asset_ids`` are ad accounts: with them goes ``advertiser_role``, ANALYST when it is absent."""

    emails: list[Text]
    user_role: UserRole = "STANDARD"
    ext_user_role: ExtUserRole | None = None
    asset_type: Literal["ADVERTISER"] | None = None
    asset_ids: list[Id] | None = None
    advertiser_role: AdvertiserRole = "ANALYST"


@operation(
    "POST",
    "bc/member/invite",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="Invite members",
    example={"bc_id": "1838681029295206400", "emails": ["vik@example.org"], "asset_ids": []},
)
def invite(call: Call[MemberInvite]) -> None:
    """A letter to each address, all or none. Whoever accepts has the role in the ad accounts from then on."""
    asked = call.asked
    if not 1 <= len(asked.emails) <= EMAILS_MAX:
        raise ParameterInvalid(field="emails", reason=f"1 to {EMAILS_MAX} addresses")
    finance = asked.ext_user_role.finance_role if asked.ext_user_role is not None else None
    for email in asked.emails:
        member_invitations.invite(
            call.scope,
            email=email,
            role=OrganisationRole(asked.user_role.lower()),
            finance_role=FinanceRole(finance.lower()) if finance is not None else None,
            accounts={one: AccountRole(asked.advertiser_role.lower()) for one in asked.asset_ids or ()},
            now=call.now,
        )


class MemberUpdate(AskedOfBusiness, frozen=True):
    """What is absent stays. A member's name is their own and is changed by nobody else."""

    user_id: Id
    user_role: UserRole | None = None
    ext_user_role: ExtUserRole | None = None
    user_name: str | None = None


@operation(
    "POST",
    "bc/member/update",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="Change a member's roles",
    example={"bc_id": "1838681029295206400", "user_id": "1838681029295206401", "user_role": "ADMIN"},
)
def update(call: Call[MemberUpdate]) -> None:
    """From the member's next request on; the last admin stays one."""
    asked = call.asked
    if asked.user_name is not None:
        raise ParameterInvalid(field="user_name", reason="a member's name is their own; leave the parameter away")
    finance = asked.ext_user_role.finance_role if asked.ext_user_role is not None else None
    members.amend(
        call.scope,
        asked.user_id,
        role=OrganisationRole(asked.user_role.lower()) if asked.user_role is not None else None,
        finance_role=FinanceRole(finance.lower()) if finance is not None else None,
        without_finance=asked.ext_user_role is not None and finance is None,
        now=call.now,
    )


class MemberDelete(AskedOfBusiness, frozen=True):
    """One of the two."""

    user_id: Id | None = None
    user_email: Text | None = None


@operation(
    "POST",
    "bc/member/delete",
    may=Right.BUSINESS_EDIT,
    over=Over.BUSINESS,
    summary="Remove a member",
    example={"bc_id": "1838681029295206400", "user_id": "1838681029295206401"},
)
def delete(call: Call[MemberDelete]) -> None:
    """With all that they work with by way of the Business Center; by address also an invitation without an answer."""
    asked = call.asked
    if (asked.user_id is None) == (asked.user_email is None):
        raise ParameterInvalid(field="user_id", reason="either it or user_email")
    if asked.user_id is not None:
        members.remove(call.scope, asked.user_id, now=call.now)
    elif asked.user_email is not None:
        members.remove_by_address(call.scope, asked.user_email, now=call.now)


def user_role(role: str) -> UserRole:
    """Return a member's role as v1.3 names it."""
    return "ADMIN" if role == OrganisationRole.ADMIN.value else "STANDARD"


def finance_name(role: str | None) -> FinanceName | None:
    """Return a finance role as v1.3 names it."""
    if role is None:
        return None
    return "MANAGER" if role == FinanceRole.MANAGER.value else "ANALYST"


def _wanted(one: OrganisationView, asked: BcGet) -> bool:
    filters = asked.filtering or BcFilter()
    if asked.scene == "TIERED_ACCOUNT" or filters.relation_type not in (None, "OWNER_BC"):
        return False
    if asked.bc_id is not None and one.id != asked.bc_id:
        return False
    if not filters.keyword:
        return True
    by_name = filters.keyword_type != "ID" and filters.keyword.casefold() in one.name.casefold()
    return by_name or (filters.keyword_type != "NAME" and filters.keyword.strip() == str(one.id))


def _row(one: OrganisationView, home: Home | None) -> BcRow:
    return BcRow(
        bc_info=BcInfo(
            bc_id=str(one.id),
            name=one.name,
            company=one.name,
            currency=home.currency if home is not None else None,
            registered_area=home.country if home is not None else None,
            status="ENABLE",
            timezone=home.time_zone if home is not None else None,
            type="NORMAL",
            verification_status=None,
        ),
        user_role=user_role(one.role),
        ext_user_role=FinanceGiven(finance_role=finance_name(one.finance_role)),
    )


def _fits(one: MemberRow, wanted: MemberFilter) -> bool:
    if wanted.user_role is not None and one.user_role != wanted.user_role:
        return False
    if wanted.relation_status is not None and one.relation_status != wanted.relation_status:
        return False
    said = (wanted.keyword or "").casefold()
    return said in one.user_name.casefold() or said in one.user_email.casefold()


def _member(one: MemberView) -> MemberRow:
    return MemberRow(
        user_id=str(one.person_id),
        user_name=one.name,
        user_email=one.email,
        user_role=user_role(one.role),
        ext_user_role=FinanceGiven(finance_role=finance_name(one.finance_role)),
        relation_status="BOUND",
        create_time=moment(one.joined_at),
    )


def _invited(one: InvitationView) -> MemberRow:
    return MemberRow(
        user_id=None,
        user_name="",
        user_email=one.email,
        user_role=user_role(one.role),
        ext_user_role=FinanceGiven(finance_role=finance_name(one.finance_role)),
        relation_status="PENDING",
        create_time=moment(one.sent_at),
    )
