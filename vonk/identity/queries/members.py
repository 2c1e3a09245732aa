"""What an organisation's admins read of its people, and everybody of their own place in it."""

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from django.db.models import Q, QuerySet

from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.models import (
    AdAccount,
    MemberInvitation,
    Organisation,
    OrganisationMember,
    Person,
    ProfileAssignment,
    Share,
    ShareAssignment,
)
from vonk.identity.queries import rights
from vonk.identity.queries.rights import Held


class MemberView(msgspec.Struct, frozen=True):
    """A member of an organisation."""

    person_id: int
    name: str
    email: str
    role: str
    finance_role: str | None
    joined_at: datetime


class Source(msgspec.Struct, frozen=True):
    """One role in an ad account, and where it comes from: ``origin`` direct, organisation or partner."""

    role: str
    origin: str
    organisation_id: int
    organisation_name: str


class AccountRights(msgspec.Struct, frozen=True):
    """What somebody may do in an ad account: all that the roles allow together; ``role`` is the highest of them."""

    account_id: int
    account_name: str
    organisation_id: int  # Whose account it is.
    role: str
    sources: tuple[Source, ...]


class PersonRights(msgspec.Struct, frozen=True):
    """A member with all that they work with by way of the organisation."""

    member: MemberView
    accounts: tuple[AccountRights, ...]
    profile_ids: tuple[int, ...]  # Creators assigned to them; an admin needs none.
    shared_profile_ids: tuple[int, ...]  # Creators whom a partner shares.


class PersonInAccount(msgspec.Struct, frozen=True):
    """Somebody who works in an ad account."""

    person_id: int
    name: str
    role: str
    sources: tuple[Source, ...]


class InvitationView(msgspec.Struct, frozen=True):
    """An invitation that nobody answered."""

    id: int
    email: str
    role: str
    finance_role: str | None
    inviter_name: str
    sent_at: datetime
    sends: int
    expires_at: datetime
    expired: bool


def members(scope: Scope, paging: Paging) -> Page[MemberView]:
    """Return the members of the scope's organisation, newest first, to its admins."""
    scope.require(Right.BUSINESS_EDIT)
    rows = OrganisationMember.objects.select_related("person").filter(organisation_id=scope.organisation)
    return page_of(rows, paging, _member)


def all_members(scope: Scope) -> tuple[MemberView, ...]:
    """Return every member of the scope's organisation, newest first, to its admins (bounded)."""
    scope.require(Right.BUSINESS_EDIT)
    rows = OrganisationMember.objects.select_related("person").filter(organisation_id=scope.organisation)
    return tuple(_member(row) for row in rows.order_by("-pk"))


def members_in_account(scope: Scope, account_id: int) -> tuple[tuple[MemberView, str], ...]:
    """Return which members work in an ad account by way of the scope's organisation, and their highest role, by name.

    Of its own accounts and of those that partners share; to its admins. Raises NotFound where nobody works.
    """
    scope.require(Right.BUSINESS_EDIT)
    by_person: dict[int, list[Held]] = {}
    for one in rights.in_accounts(account_ids=[account_id]) if scope.reaches(account_id) else ():
        if one.organisation_id == scope.organisation:
            by_person.setdefault(one.person_id, []).append(one)
    if not by_person and not _shared_with(scope, account_id):
        raise NotFound(noun="ad account")
    rows = _of_organisation(scope).filter(person_id__in=by_person).order_by("person__display_name", "pk")
    return tuple((_member(row), _named(by_person[row.person_id])) for row in rows)


def members_using_creator(scope: Scope, profile_id: int) -> tuple[MemberView, ...]:
    """Return to admins which members may use what a creator granted, by name: admins, and to whom it is assigned.

    Whether anything was granted is the caller's to know.
    """
    scope.require(Right.BUSINESS_EDIT)
    assigned = ProfileAssignment.objects.filter(organisation_id=scope.organisation, profile_id=profile_id)
    shared = ShareAssignment.objects.filter(share__taker_id=scope.organisation, share__profile_id=profile_id)
    ids = {*assigned.values_list("person_id", flat=True), *shared.values_list("person_id", flat=True)}
    rows = _of_organisation(scope).filter(Q(role=rights.ADMIN) | Q(person_id__in=ids))
    return tuple(_member(row) for row in rows.order_by("person__display_name", "pk"))


def member(scope: Scope, person_id: int) -> PersonRights:
    """Return a member and where their rights come from: anybody's to admins, to others their own. Raises NotFound."""
    scope.require(Right.BUSINESS_VIEW)
    if person_id != scope.person_id:
        scope.require(Right.BUSINESS_EDIT)
    rows = OrganisationMember.objects.select_related("person").filter(organisation_id=scope.organisation)
    row = rows.filter(person_id=person_id).first()
    if row is None:
        raise NotFound(noun="member")
    held = rights.in_accounts(person_id=person_id, account_ids=scope.reach)
    ours = [one for one in held if one.organisation_id == scope.organisation]
    assigned = ProfileAssignment.objects.filter(organisation_id=scope.organisation, person_id=person_id)
    shared = ShareAssignment.objects.filter(person_id=person_id, share__taker_id=scope.organisation)
    return PersonRights(
        member=_member(row),
        accounts=tuple(_by_account(ours)),
        profile_ids=tuple(assigned.order_by("pk").values_list("profile_id", flat=True)),
        shared_profile_ids=tuple(
            profile_id
            for profile_id in shared.order_by("pk").values_list("share__profile_id", flat=True)
            if profile_id is not None
        ),
    )


def people_in_account(scope: Scope, account_id: int) -> tuple[PersonInAccount, ...]:
    """Return who works in an ad account and why, by name: to its admins and to its organisation's. Raises NotFound."""
    if scope.organisation_id is not None:
        scope.require(Right.BUSINESS_EDIT)
        reach = Q(organisation_id=scope.organisation)
    elif scope.account_id is not None:
        scope.require(Right.ACCOUNT_EDIT)
        reach = Q(pk=scope.account)
    else:
        scope.require(Right.OPERATE)
        reach = Q()
    if not AdAccount.objects.filter(reach, pk=account_id).exists():
        raise NotFound(noun="ad account")
    by_person: dict[int, list[Held]] = {}
    for one in rights.in_accounts(account_ids=[account_id]):
        by_person.setdefault(one.person_id, []).append(one)
    names = dict(Person.objects.filter(pk__in=by_person).values_list("pk", "display_name"))
    organisations = _names(held for several in by_person.values() for held in several)
    found = [
        PersonInAccount(person_id, names[person_id], _named(held), _sources(held, organisations))
        for person_id, held in by_person.items()
    ]
    return tuple(sorted(found, key=lambda person: (person.name, person.person_id)))


def invitations(scope: Scope, *, now: datetime) -> tuple[InvitationView, ...]:
    """Return the invitations of the scope's organisation that nobody answered, newest first (bounded)."""
    scope.require(Right.BUSINESS_EDIT)
    rows = MemberInvitation.objects.select_related("invited_by").filter(
        organisation_id=scope.organisation, accepted_at=None, withdrawn_at=None
    )
    return tuple(
        InvitationView(
            id=row.pk,
            email=row.email,
            role=row.role,
            finance_role=row.finance_role,
            inviter_name=row.invited_by.display_name,
            sent_at=row.sent_at,
            sends=row.sends,
            expires_at=row.expires_at,
            expired=row.expires_at <= now,
        )
        for row in rows.order_by("-pk")
    )


def _of_organisation(scope: Scope) -> QuerySet[OrganisationMember]:
    return OrganisationMember.objects.select_related("person").filter(organisation_id=scope.organisation)


def _shared_with(scope: Scope, account_id: int) -> bool:
    living = Share.objects.filter(taker_id=scope.organisation, account_id=account_id, partnership__ended_at=None)
    return living.filter(partnership__accepted_at__isnull=False).exists()


def _member(row: OrganisationMember) -> MemberView:
    return MemberView(
        person_id=row.person_id,
        name=row.person.display_name,
        email=row.person.email,
        role=row.role,
        finance_role=row.finance_role,
        joined_at=row.joined_at,
    )


def _by_account(held: Collection[Held]) -> list[AccountRights]:
    by_account: dict[int, list[Held]] = {}
    for one in held:
        by_account.setdefault(one.account_id, []).append(one)
    organisations = _names(held)
    rows = AdAccount.objects.filter(pk__in=by_account).order_by("pk").values_list("pk", "name", "organisation_id")
    return [
        AccountRights(pk, name, owner, _named(by_account[pk]), _sources(by_account[pk], organisations))
        for pk, name, owner in rows
    ]


def _sources(held: Iterable[Held], organisations: dict[int, str]) -> tuple[Source, ...]:
    return tuple(
        Source(
            rights.AS_ACCOUNT_ROLE[one.role].value,
            one.origin.value,
            one.organisation_id,
            organisations[one.organisation_id],
        )
        for one in held
    )


def _named(held: Collection[Held]) -> str:
    role = rights.named(held)
    assert role is not None, "Somebody who holds nothing is not listed."
    return role.value


def _names(held: Iterable[Held]) -> dict[int, str]:
    ids = {one.organisation_id for one in held}
    return dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))
