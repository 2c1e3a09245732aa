"""Ad accounts with all that their own people know of them."""

from collections.abc import Collection
from typing import NamedTuple

import msgspec

from vonk.control.scope import Right, Scope
from vonk.identity.models import AdAccount, Person
from vonk.identity.queries import accounts, rights
from vonk.identity.queries.accounts import AccountView
from vonk.identity.rules.contacts import Contact


class Colleague(NamedTuple):
    """Somebody who works in the same ad account."""

    person_id: int
    name: str


class AccountDetails(msgspec.Struct, frozen=True):
    """An ad account, whom to reach at its advertiser's, and why it is suspended (None: it is not)."""

    account: AccountView
    contact: Contact
    suspension_reason: str | None


def accounts_detailed(scope: Scope, account_ids: Collection[int]) -> dict[int, AccountDetails]:
    """Return those of the accounts in which the acting person holds a role, and which they let the acting app know of."""
    found = {one.id: one for one in accounts.accounts_of(scope) if one.id in account_ids}
    rows = AdAccount.objects.filter(pk__in=found).values_list("pk", "contact", "suspension_reason")
    return {pk: AccountDetails(found[pk], msgspec.convert(contact, Contact), why) for pk, contact, why in rows}


def colleagues(scope: Scope) -> dict[int, str]:
    """Return who works in the scope's ad account now, by name: whom its other people may know."""
    scope.require(Right.ACCOUNT_VIEW)
    ids = {held.person_id for held in rights.in_accounts(account_ids=[scope.account])}
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "display_name"))


def active_colleagues(scope: Scope) -> tuple[Colleague, ...]:
    """Return the ``colleagues`` who can sign in, the acting person too, sorted by name."""
    active = Person.objects.filter(pk__in=colleagues(scope), is_active=True).values_list("pk", "display_name")
    return tuple(sorted((Colleague(*one) for one in active), key=lambda one: (one.name.casefold(), one.person_id)))
