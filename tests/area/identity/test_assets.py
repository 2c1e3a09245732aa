"""Ad accounts as an organisation's assets: its own and partners', who works with them, and how they leave."""

from datetime import datetime

import pytest

from tests.wire.organising import business, join, open_account, person
from vonk.control import clock
from vonk.control.models import AuditEntry
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import NotFound, RightMissing
from vonk.identity import access
from vonk.identity import queries as identity
from vonk.identity.actions import account_assets, member_invitations, members, partners, shares
from vonk.identity.errors import LastAdmin, NotMember, RoleAboveShare
from vonk.identity.models import MemberInvitation, Membership, Share, ShareAssignment
from vonk.identity.rules import AccountRole, FinanceRole, OrganisationRole


def _firm(name: str, now: datetime) -> tuple[Scope, Scope, int]:
    """Return a person, their organisation and its ad account."""
    who = person(name, now)
    account_id = open_account(who, name.title(), now)
    return who, business(who, identity.organisations_of(who)[0].id), account_id


def test_own_accounts_and_those_of_partners_are_assigned_in_one_way(db: None) -> None:
    now = clock.present().now()
    ada, bakery, own = _firm("ada", now)
    _, agency, taken = _firm("cleo", now)
    vik, mallory = person("vik", now), person("mallory", now)
    join(bakery, vik, OrganisationRole.STANDARD, now)
    assert [one.id for one in identity.all_account_assets(bakery)] == [own]
    with pytest.raises(NotFound):
        account_assets.assign(bakery, taken, vik.person, AccountRole.ANALYST, now=now)
    partnership_id = partners.ask(bakery, partner=str(agency.organisation), now=now)
    partners.accept(agency, partnership_id, now=now)
    shares.share_account(agency, partnership_id, taken, role_max=AccountRole.ANALYST, now=now)
    assert [(one.id, one.owner_name, one.role) for one in identity.all_account_assets(bakery)] == [
        (own, "Ada", "admin"),
        (taken, "Cleo", None),
    ]
    as_vik = access.organisation(access.Actor(vik.person, Via.WEB), bakery.organisation, may=Right.BUSINESS_VIEW)
    assert identity.account_assets(as_vik) == ()
    for wanted, problem in ((AccountRole.OPERATOR, RoleAboveShare), (AccountRole.ADMIN, RoleAboveShare)):
        with pytest.raises(problem):
            account_assets.assign(bakery, taken, vik.person, wanted, now=now)
    with pytest.raises(NotMember):
        account_assets.assign(bakery, own, mallory.person, AccountRole.ANALYST, now=now)
    account_assets.assign(bakery, taken, vik.person, AccountRole.ANALYST, now=now)
    account_assets.assign(bakery, own, vik.person, AccountRole.OPERATOR, now=now)
    expected = [(own, "operator"), (taken, "analyst")]
    assert [(one.id, one.role) for one in identity.account_assets(as_vik)] == expected
    assert [(one.id, one.role) for one in identity.account_assets(bakery, vik.person)] == expected
    for act in (
        lambda: identity.account_assets(as_vik, ada.person),
        lambda: identity.all_account_assets(as_vik),
        lambda: account_assets.give_up(as_vik, [taken], now=now),
        lambda: account_assets.unassign(as_vik, own, vik.person, now=now),
        lambda: members.amend(as_vik, vik.person, role=OrganisationRole.ADMIN, now=now),
    ):
        before = AuditEntry.objects.count()
        with pytest.raises(RightMissing):
            act()
        assert AuditEntry.objects.count() == before
    account_assets.unassign(bakery, own, vik.person, now=now)
    assert [one.id for one in identity.account_assets(as_vik)] == [taken]
    with pytest.raises(NotFound):
        account_assets.give_up(bakery, [taken, own], now=now)  # One's own stays; so does what was named beside it.
    assert Share.objects.count() == 1
    account_assets.give_up(bakery, [taken], now=now)
    assert (Share.objects.count(), ShareAssignment.objects.count()) == (0, 0)
    assert AuditEntry.objects.filter(action="organisation.share_handed_back").get().account_id == taken
    assert identity.account_assets(as_vik) == ()


def test_an_invitation_carries_roles_in_ad_accounts(db: None) -> None:
    now = clock.present().now()
    _, bakery, own = _firm("ada", now)
    _, _, foreign = _firm("cleo", now)
    vik = person("vik", now)
    with pytest.raises(NotFound):
        member_invitations.invite(
            bakery,
            email="vik@example.org",
            role=OrganisationRole.STANDARD,
            finance_role=None,
            accounts={own: AccountRole.ANALYST, foreign: AccountRole.ADMIN},
            now=now,
        )
    assert not MemberInvitation.objects.exists()
    invitation_id = member_invitations.invite(
        bakery,
        email="vik@example.org",
        role=OrganisationRole.STANDARD,
        finance_role=FinanceRole.ANALYST,
        accounts={own: AccountRole.OPERATOR},
        now=now,
    )
    digest = member_invitations.digest_of("what the letter holds")
    MemberInvitation.objects.filter(pk=invitation_id).update(digest=digest)
    member_invitations.accept(vik, digest, now=now)
    assert Membership.objects.get(account_id=own, person_id=vik.person).role == "operator"
    assert AuditEntry.objects.filter(action="account.member_assigned", account_id=own).get().person_id == vik.person
    members.amend(bakery, vik.person, role=OrganisationRole.ADMIN, now=now)
    held = identity.member(bakery, vik.person).member
    assert (held.role, held.finance_role) == ("admin", "analyst")
    members.amend(bakery, vik.person, without_finance=True, now=now)
    held = identity.member(bakery, vik.person).member
    assert (held.role, held.finance_role) == ("admin", None)
    members.remove_by_address(bakery, "VIK@example.org", now=now)
    assert [one.name for one in identity.all_members(bakery)] == ["Ada"]
    with pytest.raises(LastAdmin):
        members.remove_by_address(bakery, "ada@example.org", now=now)
    with pytest.raises(NotFound):
        members.remove_by_address(bakery, "vik@example.org", now=now)
    member_invitations.invite(
        bakery, email="vik@example.org", role=OrganisationRole.STANDARD, finance_role=None, now=now
    )
    members.remove_by_address(bakery, "vik@example.org", now=now)
    assert identity.invitations(bakery, now=now) == ()
