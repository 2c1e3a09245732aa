"""What a person holds in one ad account, read in one statement, is what the three ways to it give."""

from tests.wire.organising import business, join, open_account, person
from vonk.control import clock
from vonk.identity import queries as identity
from vonk.identity.actions import account_assets, members, partners, shares
from vonk.identity.models import Person
from vonk.identity.queries import rights
from vonk.identity.queries.rights import Origin
from vonk.identity.rules import AccountRole, FinanceRole, OrganisationRole

NO_ID = 2**63  # More than a database takes.


def test_one_statement_tells_what_the_three_ways_give(db: None) -> None:
    now = clock.present().now()
    ada, cleo, vik, mallory = (person(name, now) for name in ("ada", "cleo", "vik", "mallory"))
    own, taken = open_account(ada, "Bakery", now), open_account(cleo, "Agency", now)
    bakery = business(ada, identity.organisations_of(ada)[0].id)
    agency = business(cleo, identity.organisations_of(cleo)[0].id)
    join(bakery, vik, OrganisationRole.STANDARD, now)
    partnership_id = partners.ask(bakery, partner=str(agency.organisation), now=now)

    def check() -> set[tuple[int, Origin]]:
        found = set()
        for who in (ada, cleo, vik, mallory):
            for account_id in (own, taken):
                told = rights.in_account(who.person, account_id)
                assert told == rights.in_accounts(person_id=who.person, account_ids=[account_id])
                found |= {(who.person, one.origin) for one in told}
            assert rights.in_account(who.person, NO_ID) == rights.in_account(who.person, 7) == []
        return found

    owners = {(ada.person, Origin.ORGANISATION), (cleo.person, Origin.ORGANISATION)}
    direct = {(ada.person, Origin.DIRECT), (cleo.person, Origin.DIRECT)}
    assert owners <= check() <= owners | direct

    partners.accept(agency, partnership_id, now=now)
    share_id = shares.share_account(agency, partnership_id, taken, role_max=AccountRole.OPERATOR, now=now)
    account_assets.assign(bakery, own, vik.person, AccountRole.OPERATOR, now=now)
    account_assets.assign(bakery, taken, vik.person, AccountRole.OPERATOR, now=now)
    members.change(bakery, vik.person, role=OrganisationRole.STANDARD, finance_role=FinanceRole.ANALYST, now=now)
    every = {(vik.person, Origin.DIRECT), (vik.person, Origin.ORGANISATION), (vik.person, Origin.PARTNER)}
    assert every <= check()

    Person.objects.filter(pk=vik.person).update(is_active=False)
    assert not every & check()
    Person.objects.filter(pk=vik.person).update(is_active=True)
    shares.unshare(agency, share_id, now=now)
    partners.end(agency, partnership_id, now=now)
    assert (vik.person, Origin.PARTNER) not in check()
