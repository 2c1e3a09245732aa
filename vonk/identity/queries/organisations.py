"""What others may read of organisations."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.db.models import Count

from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.models import AdAccount, Organisation, OrganisationMember, Person, Share
from vonk.identity.queries import rights


class OrganisationView(msgspec.Struct, frozen=True):
    """An organisation as one of its members sees it."""

    id: int
    name: str
    role: str
    finance_role: str | None
    created_at: datetime


class OrganisationAccount(msgspec.Struct, frozen=True):
    """An ad account of the organisation; ``role`` is the reader's, ``people`` how many hold any role there."""

    id: int
    name: str
    currency: str
    country: str
    role: str
    suspended: bool
    suspension_reason: str | None
    people: int


def organisations_of(scope: Scope) -> list[OrganisationView]:
    """Return the organisations that the acting person is a member of, oldest first (bounded by those of a person)."""
    rows = OrganisationMember.objects.select_related("organisation").filter(person_id=scope.person)
    if scope.reach is not None:  # An app's: those that own an ad account it was authorised for.
        rows = rows.filter(organisation__in=AdAccount.objects.filter(pk__in=scope.reach).values("organisation_id"))
    return [_view(row) for row in rows.order_by("organisation_id")]


def organisation(scope: Scope) -> OrganisationView:
    """Return the scope's organisation, as the acting member sees it."""
    scope.require(Right.BUSINESS_VIEW)
    rows = OrganisationMember.objects.select_related("organisation").filter(person_id=scope.person)
    row = rows.filter(organisation_id=scope.organisation).first()
    if row is None:
        raise NotFound(noun="organisation")
    return _view(row)


def ad_accounts(scope: Scope) -> tuple[OrganisationAccount, ...]:
    """Return the organisation's ad accounts in which the acting person holds a role, oldest first: an admin's are all."""
    scope.require(Right.BUSINESS_VIEW)
    by_account: dict[int, list[rights.Held]] = {}
    ours = rights.in_accounts(person_id=scope.person, account_ids=scope.reach, organisation_id=scope.organisation)
    for held in ours:
        by_account.setdefault(held.account_id, []).append(held)
    people: dict[int, set[int]] = {}
    for held in rights.in_accounts(account_ids=by_account):
        people.setdefault(held.account_id, set()).add(held.person_id)
    return tuple(
        OrganisationAccount(
            id=row.pk,
            name=row.name,
            currency=row.currency,
            country=row.country,
            role=_named(by_account[row.pk]),
            suspended=row.suspended_at is not None,
            suspension_reason=row.suspension_reason,
            people=len(people[row.pk]),
        )
        for row in AdAccount.objects.filter(pk__in=by_account).order_by("pk")
    )


def account_ids(organisation_id: int) -> frozenset[int]:
    """Return the ad accounts that the organisation owns (bounded)."""
    return frozenset(AdAccount.objects.filter(organisation_id=organisation_id).values_list("pk", flat=True))


def taken_account_ids(organisation_id: int) -> frozenset[int]:
    """Return the ad accounts that partners share with the organisation now (bounded)."""
    rows = Share.objects.filter(
        taker_id=organisation_id, partnership__accepted_at__isnull=False, partnership__ended_at=None
    )
    return frozenset(pk for pk in rows.values_list("account_id", flat=True) if pk is not None)


def administered_last(person_id: int, *, hold: bool = False) -> tuple[str, ...]:
    """Return the organisations, by name, whose other members would be left without an admin if the person went.

    ``hold`` locks those that the person administers until commit, so that it stays so.
    """
    mine = OrganisationMember.objects.filter(person_id=person_id, role=rights.ADMIN).values("organisation_id")
    rows = Organisation.objects.filter(pk__in=mine).order_by("pk")
    left = []
    for organisation in rows.select_for_update(no_key=True) if hold else rows:
        others = OrganisationMember.objects.filter(organisation=organisation, person__is_active=True)
        others = others.exclude(person_id=person_id)
        if others.exists() and not others.filter(role=rights.ADMIN).exists():
            left.append(organisation.name)
    return tuple(left)


def admin_names(organisation_id: int) -> tuple[str, ...]:
    """Return who administers the organisation, by name: whom its people ask for a role."""
    found = dict(Person.objects.filter(pk__in=rights.admins(organisation_id)).values_list("pk", "display_name"))
    return tuple(sorted(found.values()))


def organisation_names(organisation_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of the organisations that exist among the ids."""
    return dict(Organisation.objects.filter(pk__in=set(organisation_ids)).values_list("pk", "name"))


def organisations_working_with(account_id: int) -> tuple[int, ...]:
    """Return the organisation that owns the ad account, and the partners to which it is shared now."""
    owners = AdAccount.objects.filter(pk=account_id).values_list("organisation_id", flat=True)
    shared = Share.objects.filter(
        account_id=account_id, partnership__accepted_at__isnull=False, partnership__ended_at=None
    ).values_list("taker_id", flat=True)
    return tuple(sorted({*owners, *shared}))


class Home(msgspec.Struct, frozen=True):
    """Where an organisation is at home: as its first ad account says, which never changes."""

    currency: str
    country: str
    time_zone: str


def organisation_homes(organisation_ids: Iterable[int]) -> dict[int, Home]:
    """Return where each of the organisations that have an ad account is at home."""
    rows = AdAccount.objects.filter(organisation_id__in=set(organisation_ids)).order_by("-pk")
    found = rows.values_list("organisation_id", "currency", "country", "time_zone")
    return {pk: Home(currency, country, zone) for pk, currency, country, zone in found}  # The oldest is the last.


def account_counts(organisation_ids: Iterable[int]) -> dict[int, int]:
    """Return how many ad accounts each of the organisations owns."""
    ids = set(organisation_ids)
    counted = AdAccount.objects.filter(organisation_id__in=ids).values_list("organisation_id").annotate(Count("pk"))
    return dict.fromkeys(ids, 0) | dict(counted)


def payers_of(organisation_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return who pays for the ads of each organisation's accounts: every payer once, by name."""
    payers: dict[int, set[str]] = {organisation_id: set() for organisation_id in organisation_ids}
    rows = AdAccount.objects.filter(organisation_id__in=payers).values_list("organisation_id", "payer_name")
    for organisation_id, payer in rows:
        payers[organisation_id].add(payer)
    return {organisation_id: tuple(sorted(names)) for organisation_id, names in payers.items()}


def _named(held: list[rights.Held]) -> str:
    role = rights.named(held)
    assert role is not None, "Accounts without a role are not listed."
    return role.value


def _view(row: OrganisationMember) -> OrganisationView:
    found = row.organisation
    return OrganisationView(found.pk, found.name, row.role, row.finance_role, found.created_at)
