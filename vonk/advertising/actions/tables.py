"""Keep what people choose of their tables: columns for themselves, views for themselves or the account."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from vonk.advertising.errors.tables import TableViewNamed, TableViewsLimited
from vonk.advertising.models import TableColumns, TableView
from vonk.advertising.queries.reported import Noun
from vonk.advertising.rules.tables import COLUMNS_MAX, NAME_MAX, QUERY_MAX, VIEWS_MAX
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound

_NOUN = "table_view"


@transaction.atomic
def choose_columns(scope: Scope, noun: Noun, names: Sequence[str]) -> None:
    """Keep the person's columns of their tables of the noun, in order; none: the usual ones again. Raises FieldInvalid."""
    scope.require(Right.ACCOUNT_VIEW)
    if len(names) > COLUMNS_MAX:
        raise FieldInvalid("columns", "at most %(most)s", most=COLUMNS_MAX)
    TableColumns.objects.update_or_create(
        person_id=scope.person, noun=noun, defaults={"names": list(dict.fromkeys(names))}
    )


@transaction.atomic
def keep_view(scope: Scope, noun: Noun, *, name: str, shared: bool, query: str, now: datetime) -> int:
    """Keep a view; return its id. Raises FieldInvalid (name, query), TableViewNamed, TableViewsLimited."""
    scope.require(Right.ACCOUNT_VIEW)
    name = _name(name)
    _check_query(query)
    mine = TableView.objects.filter(account_id=scope.account, person_id=scope.person, noun=noun)
    if mine.count() >= VIEWS_MAX:
        raise TableViewsLimited(most=VIEWS_MAX)
    row = TableView(
        account_id=scope.account,
        person_id=scope.person,
        noun=noun,
        name=name,
        shared=shared,
        query=query,
        made_at=now,
        modified_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise TableViewNamed(name=name) from error
    audit.record(scope, "table_view.made", _NOUN, row.pk, at=now, detail={"noun": noun, "shared": shared})
    return row.pk


@transaction.atomic
def change_view(
    scope: Scope,
    view_id: int,
    *,
    name: str | None = None,
    query: str | None = None,
    shared: bool | None = None,
    now: datetime,
) -> None:
    """Have the view keep another query, be called otherwise, be for oneself or the account; None leaves what is.

    Raises FieldInvalid (name, query), TableViewNamed, NotFound (of others' views too).
    """
    row = _own(scope, view_id)
    if query is not None:
        _check_query(query)
        row.query = query
    row.name = row.name if name is None else _name(name)
    row.shared = row.shared if shared is None else shared
    row.modified_at = now
    try:
        with transaction.atomic():
            row.save(update_fields=["name", "query", "shared", "modified_at"])
    except IntegrityError as error:
        raise TableViewNamed(name=row.name) from error
    audit.record(scope, "table_view.changed", _NOUN, row.pk, at=now, detail={"shared": row.shared})


@transaction.atomic
def delete_view(scope: Scope, view_id: int, *, now: datetime) -> None:
    """Forget the view. Raises NotFound, of others' views too."""
    row = _own(scope, view_id)
    audit.record(scope, "table_view.deleted", _NOUN, row.pk, at=now)
    row.delete()


def _name(text: str) -> str:
    name = " ".join(text.replace("\0", "").split())
    if not 1 <= len(name) <= NAME_MAX:
        raise FieldInvalid("name", "from 1 to %(most)s characters", most=NAME_MAX)
    return name


def _check_query(query: str) -> None:
    if len(query) > QUERY_MAX:
        raise FieldInvalid("query", "at most %(most)s characters", most=QUERY_MAX)


def _own(scope: Scope, view_id: int) -> TableView:
    scope.require(Right.ACCOUNT_VIEW)
    rows = TableView.objects.select_for_update().filter(account_id=scope.account, person_id=scope.person)
    row = rows.filter(pk=view_id).first()
    if row is None:
        raise NotFound(noun="view")
    return row
