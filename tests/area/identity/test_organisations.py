"""Organisations: who joins, works, leaves; partners and what they share; nobody is left without an admin."""

import importlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chance import examples
from vonk.control.models import AuditEntry
from vonk.control.scope import PLATFORM, Right, Scope, Via
from vonk.core.errors import FieldInvalid, NotFound, Problem, RightMissing
from vonk.identity import access, queries
from vonk.identity.actions import accounts, assignments, erasing, member_invitations, members, partners, shares
from vonk.identity.actions import organisations as naming
from vonk.identity.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvitationExpired,
    InvitationNotFound,
    InvitationOfAnother,
    InvitationsLimited,
    LastAdmin,
    NotMember,
    OrganisationNameShared,
    PartnerItself,
    PartnershipExists,
    PartnershipNotAccepted,
    RoleAboveShare,
)
from vonk.identity.models import (
    Letter,
    MemberInvitation,
    Membership,
    OrganisationMember,
    Partnership,
    Person,
    ProfileAssignment,
    Share,
    ShareAssignment,
)
from vonk.identity.rules import AccountRole, FinanceRole, OrganisationRole

STANDARD, ADMIN = OrganisationRole.STANDARD, OrganisationRole.ADMIN


class Office(msgspec.Struct, frozen=True):
    """Ada's organisation with Vik and Cleo in it, and Mallory's beside it."""

    now: datetime
    people: dict[str, Scope]
    ada: Scope
    mallory: Scope
    account_id: int
    foreign_account_id: int

    def person(self, name: str) -> int:
        return self.people[name].person

    def member(self, name: str) -> OrganisationMember:
        return OrganisationMember.objects.get(person_id=self.person(name), organisation_id=self.ada.organisation)

    def account_scope(self, name: str, may: Right = Right.ACCOUNT_VIEW) -> Scope:
        return access.advertiser(access.Actor(self.person(name), Via.WEB), self.account_id, may=may)


def of(scope: Scope, organisation_id: int, may: Right = Right.BUSINESS_EDIT) -> Scope:
    return access.organisation(access.Actor(scope.person, Via.WEB), organisation_id, may=may)


def invite(ada: Scope, email: str, now: datetime, role: OrganisationRole = STANDARD) -> str:
    """Invite, and return the digest of the secret in the letter."""
    member_invitations.invite(ada, email=email, role=role, finance_role=None, now=now)
    body = Letter.objects.order_by("-pk")[0].body
    return member_invitations.digest_of(body.split("#")[1].split("\n")[0])


@pytest.fixture
def office(db: None, scope_of: Callable[..., Scope], open_account: Callable[..., int], now: datetime) -> Office:
    people = {name: scope_of(name) for name in ("Ada", "Vik", "Cleo", "Mallory")}
    account_id = open_account(people["Ada"])
    foreign = open_account(people["Mallory"], organisation_name="Mallory's agency")
    ada, mallory = (of(people[name], queries.organisations_of(people[name])[0].id) for name in ("Ada", "Mallory"))
    for name in ("Vik", "Cleo"):
        member_invitations.accept(people[name], invite(ada, f"{name.lower()}@example.org", now), now=now)
    return Office(now, people, ada, mallory, account_id, foreign)


def refused(kind: type[Problem], act: Callable[[], Any]) -> None:
    """The act is refused, and changes nothing."""
    before = state()
    with pytest.raises(kind), transaction.atomic():
        act()
    assert state() == before


def state() -> list[object]:
    tables = (OrganisationMember, Membership, MemberInvitation, Partnership, Share, ShareAssignment, Letter, AuditEntry)
    return [list(table.objects.order_by("pk").values_list()) for table in tables]


def test_an_invitation_is_good_once_for_a_week_and_for_its_address(office: Office) -> None:
    ada, now, later = office.ada, office.now, office.now + member_invitations.LIVES
    digest = invite(ada, " New@Example.org", now, ADMIN)
    refused(AlreadyInvited, lambda: invite(ada, "new@example.org", now))
    refused(AlreadyMember, lambda: invite(ada, "VIK@example.org", now))
    refused(FieldInvalid, lambda: invite(ada, "not an address", now))
    refused(FieldInvalid, lambda: invite(ada, "a" * 250 + "@example.org", now))
    refused(InvitationOfAnother, lambda: member_invitations.accept(office.people["Mallory"], digest, now=now))
    refused(InvitationExpired, lambda: member_invitations.accept(office.people["Mallory"], digest, now=later))
    refused(InvitationNotFound, lambda: member_invitations.read("0" * 64, now=now))
    Person.objects.filter(pk=office.person("Mallory")).update(email="new@example.org")
    last = later - timedelta(microseconds=1)
    assert member_invitations.read(digest, now=last).role == "admin"
    assert member_invitations.accept(office.people["Mallory"], digest, now=last) == ada.organisation
    assert office.member("Mallory").role == "admin"
    refused(InvitationNotFound, lambda: member_invitations.accept(office.people["Mallory"], digest, now=last))
    assert [entry.detail for entry in AuditEntry.objects.filter(action="organisation.member_invited")] == [
        {"invitation_id": row.pk, "role": row.role, "finance_role": None}
        for row in MemberInvitation.objects.order_by("pk")
    ]


def test_letters_to_one_address_are_bounded_however_they_are_asked_for(office: Office) -> None:
    ada, now = office.ada, office.now
    invite(ada, "new@example.org", now)
    row = MemberInvitation.objects.get(email="new@example.org")
    first = row.digest
    for _ in range(member_invitations.SENDS_MAX - 1):
        member_invitations.resend(ada, row.pk, now=now)
    refused(InvitationsLimited, lambda: member_invitations.resend(ada, row.pk, now=now))
    refused(InvitationNotFound, lambda: member_invitations.read(first, now=now))
    member_invitations.withdraw(ada, row.pk, now=now)
    refused(NotFound, lambda: member_invitations.withdraw(ada, row.pk, now=now))
    refused(InvitationsLimited, lambda: invite(ada, "new@example.org", now))
    assert invite(ada, "new@example.org", now + member_invitations.LIVES)
    refused(NotFound, lambda: member_invitations.resend(office.mallory, row.pk, now=now))


def test_a_member_is_changed_once_and_told(office: Office) -> None:
    ada, now, vik = office.ada, office.now, office.person("Vik")
    members.change(ada, vik, role=STANDARD, finance_role=FinanceRole.MANAGER, now=now)
    assert Letter.objects.order_by("-pk")[0].person_id == vik
    assert office.account_scope("Vik").rights >= {Right.FUNDS_EDIT}
    refused(RightMissing, lambda: office.account_scope("Vik", Right.CAMPAIGN_EDIT))
    before = state()
    members.change(ada, vik, role=STANDARD, finance_role=FinanceRole.MANAGER, now=now)
    assert state() == before
    refused(NotFound, lambda: members.change(ada, office.person("Mallory"), role=ADMIN, finance_role=None, now=now))
    refused(LastAdmin, lambda: members.change(ada, ada.person, role=STANDARD, finance_role=None, now=now))
    standard = of(office.people["Vik"], ada.organisation, Right.BUSINESS_VIEW)
    refused(RightMissing, lambda: members.change(standard, vik, role=ADMIN, finance_role=None, now=now))
    refused(RightMissing, lambda: naming.rename(standard, name="Mine", now=now))


def test_who_is_removed_or_leaves_takes_nothing_along(office: Office) -> None:
    ada, now = office.ada, office.now
    for name in ("Vik", "Cleo"):
        assignments.assign_account(ada, office.account_id, office.person(name), AccountRole.OPERATOR, now=now)
        assignments.assign_profile(ada, 71, office.person(name), creator="Cleo", now=now)
    assert queries.may_use_profile(office.person("Vik"), ada.organisation, 71)
    members.remove(ada, office.person("Vik"), now=now)
    members.leave(of(office.people["Cleo"], ada.organisation, Right.BUSINESS_VIEW), now=now)
    assert Letter.objects.order_by("-pk")[0].subject == "Cleo left “Ada's bakery”"
    for name in ("Vik", "Cleo"):
        with pytest.raises(NotFound):
            office.account_scope(name)
        assert not queries.may_use_profile(office.person(name), ada.organisation, 71)
    assert (Membership.objects.exclude(person_id__in=[ada.person, office.mallory.person]).count()) == 0
    assert ProfileAssignment.objects.count() == 0
    refused(LastAdmin, lambda: members.leave(ada, now=now))
    refused(LastAdmin, lambda: members.remove(ada, ada.person, now=now))


def test_accounts_are_assigned_by_the_organisations_admins_and_the_accounts_own(office: Office) -> None:
    ada, now, vik, cleo = office.ada, office.now, office.person("Vik"), office.person("Cleo")
    assignments.assign_account(ada, office.account_id, vik, AccountRole.ADMIN, now=now)
    boss = office.account_scope("Vik", Right.ACCOUNT_EDIT)
    assignments.assign_account(boss, office.account_id, cleo, AccountRole.ANALYST, now=now)
    before = state()
    assignments.assign_account(boss, office.account_id, cleo, AccountRole.ANALYST, now=now)
    assert state() == before
    assert [(one.name, one.role) for one in queries.people_in_account(boss, office.account_id)] == [
        ("Ada", "admin"),
        ("Cleo", "analyst"),
        ("Vik", "admin"),
    ]
    refused(NotMember, lambda: assignments.assign_account(
        boss, office.account_id, office.mallory.person, AccountRole.ADMIN, now=now))  # fmt: skip
    mine: dict[str, Any] = {"person_id": cleo, "role": AccountRole.ADMIN, "now": now}
    refused(NotFound, partial(assignments.assign_account, boss, office.foreign_account_id, **mine))
    refused(NotFound, partial(assignments.assign_account, ada, office.foreign_account_id, **mine))
    refused(RightMissing, lambda: assignments.assign_account(
        office.account_scope("Cleo"), office.account_id, cleo, AccountRole.ADMIN, now=now))  # fmt: skip
    assignments.unassign_account(boss, office.account_id, cleo, now=now)
    with pytest.raises(NotFound):
        office.account_scope("Cleo")
    assert {source.origin for source in queries.member(ada, ada.person).accounts[0].sources} == {
        "direct",
        "organisation",
    }


def test_a_further_account_belongs_to_the_organisation(office: Office) -> None:
    sent = {"name": "Cakes", "currency": "USD", "time_zone": "UTC", "country": "NL", "advertiser_name": "a",
            "payer_name": "p"}  # fmt: skip
    account_id = accounts.open_another(office.ada, **sent, now=office.now)
    assert [one.id for one in queries.ad_accounts(office.ada)] == [office.account_id, account_id]
    refused(FieldInvalid, lambda: accounts.open_another(office.ada, **sent | {"currency": "XXX"}, now=office.now))


def test_partners_ask_accept_share_and_part(office: Office) -> None:
    ada, mallory, now = office.ada, office.mallory, office.now
    refused(NotFound, lambda: partners.ask(ada, partner="Nobody", now=now))
    refused(PartnerItself, lambda: partners.ask(ada, partner=str(ada.organisation), now=now))
    partnership_id = partners.ask(ada, partner=" Mallory's  agency ", now=now)
    refused(PartnershipExists, lambda: partners.ask(mallory, partner=str(ada.organisation), now=now))
    refused(NotFound, lambda: partners.accept(ada, partnership_id, now=now))
    share: dict[str, Any] = {"role_max": AccountRole.OPERATOR, "now": now}
    refused(PartnershipNotAccepted, lambda: shares.share_account(ada, partnership_id, office.account_id, **share))
    partners.accept(mallory, partnership_id, now=now)
    refused(NotFound, lambda: shares.share_account(ada, partnership_id, office.foreign_account_id, **share))
    share_id = shares.share_account(ada, partnership_id, office.account_id, **share)
    refused(RoleAboveShare, lambda: shares.assign(
        mallory, share_id, mallory.person, role=AccountRole.FINANCE_MANAGER, now=now))  # fmt: skip
    refused(
        NotMember, lambda: shares.assign(mallory, share_id, office.person("Vik"), role=AccountRole.ANALYST, now=now)
    )
    refused(NotFound, lambda: shares.assign(ada, share_id, ada.person, role=AccountRole.ANALYST, now=now))
    refused(FieldInvalid, lambda: shares.assign(mallory, share_id, mallory.person, role=None, now=now))
    shares.assign(mallory, share_id, mallory.person, role=AccountRole.OPERATOR, now=now)
    assert Right.CAMPAIGN_EDIT in office.account_scope("Mallory").rights
    assert (
        shares.share_account(ada, partnership_id, office.account_id, role_max=AccountRole.ANALYST, now=now) == share_id
    )
    assert ShareAssignment.objects.get().role == "analyst"
    refused(RightMissing, lambda: office.account_scope("Mallory", Right.CAMPAIGN_EDIT))
    refused(NotFound, lambda: shares.unshare(mallory, share_id, now=now))
    shares.unshare(ada, share_id, now=now)
    with pytest.raises(NotFound):
        office.account_scope("Mallory")
    profile_share = shares.share_profile(ada, partnership_id, 71, creator="Cleo", now=now)
    shares.assign(mallory, profile_share, mallory.person, role=None, creator="Cleo", now=now)
    assert queries.may_use_profile(mallory.person, ada.organisation, 71)
    partners.end(mallory, partnership_id, now=now)
    assert not queries.may_use_profile(mallory.person, ada.organisation, 71)
    assert (Share.objects.count(), ShareAssignment.objects.count()) == (0, 0)
    refused(NotFound, lambda: partners.accept(mallory, partnership_id, now=now))
    assert partners.ask(mallory, partner=str(ada.organisation), now=now) != partnership_id


def test_a_name_that_two_have_names_nobody(office: Office) -> None:
    naming.rename(office.mallory, name="Ada's bakery", now=office.now)
    third = accounts.open_account(
        office.people["Vik"], organisation_name="Third", name="n", currency="EUR", time_zone="UTC", country="NL",
        advertiser_name="a", payer_name="p", now=office.now,
    )  # fmt: skip
    assert third
    mine = next(one.id for one in queries.organisations_of(office.people["Vik"]) if one.name == "Third")
    vik = of(office.people["Vik"], mine)
    refused(OrganisationNameShared, lambda: partners.ask(vik, partner="Ada's bakery", now=office.now))


def test_erasing_leaves_no_organisation_without_an_admin(office: Office) -> None:
    ada, now = office.ada, office.now
    assert queries.administered_last(ada.person) == ("Ada's bakery",)
    refused(LastAdmin, lambda: erasing.lock(office.people["Ada"], ada.person))
    partnership_id = partners.ask(ada, partner="Mallory's agency", now=now)
    invite(office.mallory, "ada@example.org", now)
    with transaction.atomic():
        erasing.lock(office.people["Mallory"], office.mallory.person)
        erasing.erase(office.mallory.person, now=now)
    assert Partnership.objects.get(pk=partnership_id).ended_at == now
    assert not MemberInvitation.objects.filter(organisation_id=office.mallory.organisation).exists()
    assert AuditEntry.objects.get(action="organisation.closed").object_id == office.mallory.organisation
    members.change(ada, office.person("Vik"), role=ADMIN, finance_role=None, now=now)
    with transaction.atomic():
        erasing.lock(office.people["Ada"], ada.person)
        erasing.erase(ada.person, now=now)
    assert not OrganisationMember.objects.filter(person_id=ada.person).exists()
    assert [row.person_id for row in OrganisationMember.objects.filter(role="admin")] == [office.person("Vik")]


def test_an_operator_makes_an_admin_where_nobody_else_can(office: Office) -> None:
    members.appoint(PLATFORM, office.ada.organisation, office.person("Vik"), now=office.now)
    assert office.member("Vik").role == "admin"
    refused(
        RightMissing,
        lambda: members.appoint(office.ada, office.ada.organisation, office.person("Cleo"), now=office.now),
    )
    refused(NotFound, lambda: members.appoint(PLATFORM, office.ada.organisation, 7, now=office.now))


ACTS = st.lists(
    st.tuples(
        st.sampled_from(("Ada", "Vik", "Cleo")),
        st.sampled_from(("change", "remove", "leave", "erase")),
        st.sampled_from(("Ada", "Vik", "Cleo")),
        st.sampled_from((ADMIN, STANDARD)),
    ),
    max_size=8,
)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_they_do_somebody_looks_after_who_remains(
    office: Office, acts: list[tuple[str, str, str, OrganisationRole]]
) -> None:
    with transaction.atomic():
        for actor, act, about, role in acts:
            try:
                with transaction.atomic():
                    scope = of(office.people[actor], office.ada.organisation, Right.BUSINESS_VIEW)
                    perform(office, scope, act, office.person(about), role)
            except Problem:
                pass  # A refusal is an answer; what holds afterwards is what counts.
            left = OrganisationMember.objects.filter(
                organisation_id=office.ada.organisation, person__is_active=True
            ).values_list("role", flat=True)
            assert not left or "admin" in left
        transaction.set_rollback(True)


def perform(office: Office, scope: Scope, act: str, person_id: int, role: OrganisationRole) -> None:
    if act == "change":
        members.change(scope, person_id, role=role, finance_role=None, now=office.now)
    elif act == "remove":
        members.remove(scope, person_id, now=office.now)
    elif act == "leave":
        members.leave(scope, now=office.now)
    else:
        erasing.lock(scope, scope.person)
        erasing.erase(scope.person, now=office.now)


def test_organisations_of_before_get_their_members(office: Office) -> None:
    Membership.objects.create(account_id=office.account_id, person_id=office.person("Vik"), role="operator")
    OrganisationMember.objects.all().delete()
    Person.objects.filter(pk=office.mallory.person).update(is_active=False)
    migration = importlib.import_module("vonk.identity.migrations.0006_first_members")
    for _ in range(2):  # Safe to repeat.
        migration.make_members(apps, None)
        assert {(row.organisation_id, row.person_id, row.role) for row in OrganisationMember.objects.all()} == {
            (office.ada.organisation, office.ada.person, "admin"),
            (office.ada.organisation, office.person("Vik"), "standard"),
        }
