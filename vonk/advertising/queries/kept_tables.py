"""What people keep of their tables."""

from typing import cast

import msgspec
from django.db.models import Q

from vonk.advertising.models import TableColumns, TableView
from vonk.advertising.queries.reported import Noun
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound

VIEWS_SHOWN_MAX = 200  # Of an account's shared ones and one's own.


class KeptView(msgspec.Struct, frozen=True):
    """A view under its name. ``own``: the person may change and delete it."""

    id: int
    name: str
    shared: bool
    own: bool
    query: str


def views(scope: Scope, noun: Noun) -> tuple[KeptView, ...]:
    """Return the person's own views of the account's tables of the noun, and those that others share, by name."""
    scope.require(Right.ACCOUNT_VIEW)
    visible = Q(person_id=scope.person) | Q(shared=True)
    rows = TableView.objects.filter(visible, account_id=scope.account, noun=noun).order_by("name", "pk")
    return tuple(
        KeptView(row.pk, row.name, row.shared, row.person_id == scope.person, row.query)
        for row in rows[:VIEWS_SHOWN_MAX]
    )


def view(scope: Scope, view_id: int) -> tuple[Noun, KeptView]:
    """Return a view of the person's own, and of which tables it is. Raises NotFound, of others' views too."""
    scope.require(Right.ACCOUNT_VIEW)
    row = TableView.objects.filter(account_id=scope.account, person_id=scope.person, pk=view_id).first()
    if row is None:
        raise NotFound(noun="view")
    return cast("Noun", row.noun), KeptView(row.pk, row.name, row.shared, True, row.query)


def chosen_columns(scope: Scope, noun: Noun) -> tuple[str, ...]:
    """Return the person's own columns; empty while they chose none."""
    names = TableColumns.objects.filter(person_id=scope.person, noun=noun).values_list("names", flat=True).first()
    return tuple(str(name) for name in names or ())
