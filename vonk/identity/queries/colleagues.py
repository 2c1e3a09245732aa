"""With whom somebody works in an ad account: names alone."""

from typing import NamedTuple

from vonk.control.scope import Right, Scope
from vonk.identity.models import Person
from vonk.identity.queries import rights


class Colleague(NamedTuple):
    """Somebody who works in the same ad account."""

    person_id: int
    name: str


def colleagues(scope: Scope) -> tuple[Colleague, ...]:
    """Return who works in the scope's ad account, the acting person too, by name. Without roles and addresses."""
    scope.require(Right.ACCOUNT_VIEW)
    people = {held.person_id for held in rights.in_accounts(account_ids=[scope.account])}
    names = Person.objects.filter(pk__in=people, is_active=True).values_list("pk", "display_name")
    return tuple(sorted((Colleague(*one) for one in names), key=lambda one: (one.name.casefold(), one.person_id)))
