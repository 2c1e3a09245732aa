"""What the platform's operators read of all ad accounts and organisations."""

from datetime import datetime
from typing import Final

import msgspec
from django.db.models import Count, Q, QuerySet

from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.core.ids import parse_id
from vonk.identity.models import AdAccount, Organisation, OrganisationMember
from vonk.identity.queries import rights

SEARCH_CHARS_MAX: Final = 200


class AccountOfAll(msgspec.Struct, frozen=True):
    """An ad account as operators see it; ``suspended_at`` None: it is not suspended."""

    id: int
    name: str
    organisation_id: int
    organisation_name: str
    country: str
    currency: str
    advertiser_name: str
    created_at: datetime
    suspended_at: datetime | None
    suspension_reason: str | None


class OrganisationOfAll(msgspec.Struct, frozen=True):
    """An organisation as operators see it. ``admins`` 0: nobody can look after it."""

    id: int
    name: str
    created_at: datetime
    accounts: int
    members: int
    admins: int


class MemberOfAll(msgspec.Struct, frozen=True):
    """A member as operators see them."""

    person_id: int
    name: str
    email: str
    role: str
    finance_role: str | None


def all_accounts(scope: Scope, paging: Paging, *, text: str = "", suspended: bool = False) -> Page[AccountOfAll]:
    """Return ad accounts by id, or part of their, their advertiser's or their organisation's name, newest first."""
    scope.require(Right.OPERATE)
    rows = AdAccount.objects.select_related("organisation")
    if suspended:
        rows = rows.exclude(suspended_at=None)
    wanted = text.strip()[:SEARCH_CHARS_MAX]
    if wanted:
        named = Q(name__icontains=wanted) | Q(organisation__name__icontains=wanted)
        rows = rows.filter(named | Q(advertiser_name__icontains=wanted) | _id(wanted))
    return page_of(rows, paging, _account)


def any_account(scope: Scope, account_id: int) -> AccountOfAll:
    """Return one ad account; NotFound."""
    scope.require(Right.OPERATE)
    row = AdAccount.objects.select_related("organisation").filter(pk=account_id).first()
    if row is None:
        raise NotFound(noun="ad account")
    return _account(row)


def all_organisations(scope: Scope, paging: Paging, *, text: str = "") -> Page[OrganisationOfAll]:
    """Return organisations by id or part of their name, newest first."""
    scope.require(Right.OPERATE)
    rows = _organisations()
    wanted = text.strip()[:SEARCH_CHARS_MAX]
    if wanted:
        rows = rows.filter(Q(name__icontains=wanted) | _id(wanted))
    return page_of(rows, paging, _organisation)


def any_organisation(scope: Scope, organisation_id: int) -> OrganisationOfAll:
    """Return one organisation; NotFound."""
    scope.require(Right.OPERATE)
    row = _organisations().filter(pk=organisation_id).first()
    if row is None:
        raise NotFound(noun="organisation")
    return _organisation(row)


def any_members(scope: Scope, organisation_id: int) -> tuple[MemberOfAll, ...]:
    """Return the members of an organisation, oldest first (bounded by its members)."""
    scope.require(Right.OPERATE)
    rows = OrganisationMember.objects.select_related("person").filter(organisation_id=organisation_id)
    return tuple(
        MemberOfAll(row.person_id, row.person.display_name, row.person.email, row.role, row.finance_role)
        for row in rows.order_by("pk")
    )


def accounts_of_organisation(scope: Scope, organisation_id: int) -> tuple[AccountOfAll, ...]:
    """Return the ad accounts of an organisation, oldest first (bounded)."""
    scope.require(Right.OPERATE)
    rows = AdAccount.objects.select_related("organisation").filter(organisation_id=organisation_id)
    return tuple(_account(row) for row in rows.order_by("pk"))


def _id(text: str) -> Q:
    try:
        return Q(pk=parse_id(text))
    except ValueError:
        return Q(pk__in=[])


def _account(row: AdAccount) -> AccountOfAll:
    return AccountOfAll(
        id=row.pk,
        name=row.name,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation.name,
        country=row.country,
        currency=row.currency,
        advertiser_name=row.advertiser_name,
        created_at=row.created_at,
        suspended_at=row.suspended_at,
        suspension_reason=row.suspension_reason,
    )


def _organisations() -> QuerySet[Organisation]:
    admin = Q(members__role=rights.ADMIN, members__person__is_active=True)
    return Organisation.objects.annotate(
        account_count=Count("ad_accounts", distinct=True),
        member_count=Count("members", distinct=True),
        admin_count=Count("members", filter=admin, distinct=True),
    )


def _organisation(row: Organisation) -> OrganisationOfAll:
    counts = vars(row)  # Annotated above.
    return OrganisationOfAll(
        id=row.pk,
        name=row.name,
        created_at=row.created_at,
        accounts=counts["account_count"],
        members=counts["member_count"],
        admins=counts["admin_count"],
    )
