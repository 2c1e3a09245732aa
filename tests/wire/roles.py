"""One person for every role there is, and ad accounts and organisations that they do and do not work with."""

from datetime import datetime

import msgspec

from tests.wire.organising import business, join, open_account, person
from vonk.control.scope import PLATFORM, Scope, Via
from vonk.identity import queries as identity
from vonk.identity.access import Actor
from vonk.identity.actions import accounts, assignments, members, partners, people, shares
from vonk.identity.rules import AccountRole, FinanceRole, OrganisationRole, PlatformRole

PROFILE, SHARED_PROFILE = 71, 72  # Creators who granted Ada's organisation access; the second is shared.
SUBJECTS = (
    "anonymous", "viewer", "creator",
    "business_admin", "business_unassigned", "business_assigned", "business_finance_manager",
    "business_finance_analyst", "account_admin", "account_operator", "account_analyst", "account_finance_manager",
    "account_finance_analyst",
    "partner_admin", "partner_operator", "partner_analyst", "partner_unassigned",
    "removed", "reviewer", "operator", "mallory",
)  # fmt: skip


class Cast(msgspec.Struct, frozen=True):
    """Who is who; ad accounts: own, other, shared, foreign; organisations: own, partner, foreign."""

    actors: dict[str, Actor | None]
    accounts: dict[str, int]
    organisations: dict[str, int]


def cast(now: datetime) -> Cast:
    people_of: dict[str, Scope] = {name: person(name, now) for name in SUBJECTS[1:]}
    own = open_account(people_of["business_admin"], "Own", now)
    organisation_id = identity.organisations_of(people_of["business_admin"])[0].id
    ada = business(people_of["business_admin"], organisation_id)
    other, shared = (another(ada, name, now) for name in ("Other", "Shared"))
    partner_account = open_account(people_of["partner_admin"], "Partner", now)
    partner_id = identity.organisations_of(people_of["partner_admin"])[0].id
    agency = business(people_of["partner_admin"], partner_id)
    foreign = open_account(people_of["mallory"], "Foreign", now)
    foreign_id = identity.organisations_of(people_of["mallory"])[0].id

    insiders = [name for name in SUBJECTS if name.startswith(("business_", "account_"))] + ["removed"]
    for name in insiders[1:]:
        join(ada, people_of[name], OrganisationRole.STANDARD, now)
    for name in SUBJECTS:
        if name.startswith("account_"):
            role = AccountRole(name.removeprefix("account_"))
            assignments.assign_account(ada, own, people_of[name].person, role, now=now)
    for name in ("business_assigned", "removed"):
        assignments.assign_account(ada, own, people_of[name].person, AccountRole.OPERATOR, now=now)
        assignments.assign_profile(ada, PROFILE, people_of[name].person, creator="Cleo", now=now)
    for finance in FinanceRole:
        found = people_of[f"business_finance_{finance.value}"].person
        members.change(ada, found, role=OrganisationRole.STANDARD, finance_role=finance, now=now)
    members.remove(ada, people_of["removed"].person, now=now)

    for name in ("partner_operator", "partner_analyst", "partner_unassigned"):
        join(agency, people_of[name], OrganisationRole.STANDARD, now)
    partnership_id = partners.ask(ada, partner="Partner", now=now)
    partners.accept(agency, partnership_id, now=now)
    share_id = shares.share_account(ada, partnership_id, shared, role_max=AccountRole.OPERATOR, now=now)
    for name in ("operator", "analyst"):
        found = people_of[f"partner_{name}"].person
        shares.assign(agency, share_id, found, role=AccountRole(name), now=now)
    profile_share_id = shares.share_profile(ada, partnership_id, SHARED_PROFILE, creator="Cleo", now=now)
    shares.assign(agency, profile_share_id, people_of["partner_operator"].person, role=None, creator="Cleo", now=now)

    people.appoint(PLATFORM, people_of["reviewer"].person, PlatformRole.REVIEWER, now=now)
    people.appoint(PLATFORM, people_of["operator"].person, PlatformRole.OPERATOR, now=now)
    actors: dict[str, Actor | None] = {name: Actor(scope.person, Via.PLATFORM_API) for name, scope in people_of.items()}
    return Cast(
        actors | {"anonymous": None},
        {"own": own, "other": other, "shared": shared, "foreign": foreign, "partner": partner_account},
        {"own": organisation_id, "partner": partner_id, "foreign": foreign_id},
    )


def another(scope: Scope, name: str, now: datetime) -> int:
    return accounts.open_another(
        scope,
        name=name,
        currency="EUR",
        time_zone="UTC",
        country="NL",
        advertiser_name=name,
        payer_name=name,
        now=now,
    )
