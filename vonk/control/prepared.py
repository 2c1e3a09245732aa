"""Queries that many requests make: Django compiles each of them once, and a call costs little more than its SQL.

Django builds and compiles a query anew whenever it is made, which takes several times as long as an engine needs to answer
a short one. What is kept here is a statement's text and how its columns are read, never a row: every call asks the
database, so what somebody just changed is seen by the next one.

A query is written as always, with ``given`` where its values will stand::

    _LIVING = models(lambda: Campaign.objects.filter(pk__in=given("ids"), deleted_at=None))
    rows = _LIVING.rows(ids=campaign_ids)

A value is compared with as it is given: where Django would make something of it (of a text that is looked for, of what
JSON holds), the query is no matter for here.
"""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

import msgspec
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

PADDED_MAX: Final = 1_024
"""Lists of up to so many values are filled up to a power of two: engines keep what they made of a text they have met."""

M = TypeVar("M", bound=Model)
S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")
_Convert = tuple[int, Sequence[Callable[[Any, Any, BaseDatabaseWrapper], Any]], Any]
_Make = Callable[[Sequence[Any]], T]

_NAMED: Final = re.compile(r"%\((\w+)\)s")
_LISTED: Final = "IN ("  # What stands before the place of a list.


class _Place(Expression):
    """Stands in a query for what a call gives by this name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002 - Django hands them in.
        return "%s", (self,)  # Whatever the engine; the statement's parameter is this place itself.


def given(name: str) -> Any:
    """Return the place of a value that a column is compared with; for ``…__in``, of a list of them."""
    return _Place(name)


class _Compiled(msgspec.Struct, Generic[T], frozen=True):
    """``parts`` is the text between the ``params``. ``skips``: without a value in a list no row fulfils the query."""

    parts: Sequence[str]
    params: Sequence[Any]
    converts: Sequence[_Convert]
    make: _Make[T]
    skips: bool


class Prepared(Generic[T]):
    """A query that is compiled at its first call; made by ``models``, ``values`` and ``statement``."""

    def __init__(self, compiled: Callable[[], _Compiled[T]]) -> None:
        self._compile = compiled
        self._compiled: _Compiled[T] | None = None

    def rows(self, *, limit: int | None = None, offset: int = 0, **values: Any) -> list[T]:
        """Return what the database holds now; with ``limit`` so many rows after the first ``offset``."""
        if self._compiled is None:
            self._compiled = self._compile()
        kept = self._compiled
        text, sent = _filled(kept, values)
        if text is None:
            return []
        if limit is not None:
            text += " LIMIT %s OFFSET %s"
            sent += (limit, offset)
        with connection.cursor() as cursor:
            cursor.execute(text, sent)
            found = cursor.fetchall()
        return [kept.make(row) for row in (_converted(found, kept.converts) if kept.converts else found)]

    def first(self, **values: Any) -> T | None:
        """Return the first row; None without any."""
        return next(iter(self.rows(**values)), None)


def models(query: Callable[[], QuerySet[M, M]]) -> Prepared[M]:
    """Return the query, whose rows are its model's, with what it selects as related."""
    return Prepared(lambda: _of_query(query(), _instances))


def values(into: type[S], query: Callable[[], QuerySet[Any, Any]]) -> Prepared[S]:
    """Return a query by ``values_list``, whose rows are structs with these columns in their order."""
    return Prepared(lambda: _of_query(query(), lambda _: lambda row: into(*row)))


def statement(into: type[S], text: str) -> Prepared[S]:
    """Return a statement with ``%(name)s`` where values stand and ``IN (%(name)s)`` for lists, whose rows are structs.

    A list without values matches nothing. Columns are taken as the engines give them, so they hold no instants and no JSON.
    """
    parts, names = _NAMED.split(text)[::2], _NAMED.findall(text)
    return Prepared(lambda: _Compiled(parts, [_Place(name) for name in names], (), lambda row: into(*row), skips=False))


def _of_query(query: QuerySet[Any, Any], maker: Callable[[Any], _Make[T]]) -> _Compiled[T]:
    compiler = query.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    parts = sql.split("%s")
    assert len(parts) == len(params) + 1, "Every parameter has one place in the text."
    columns = [column for column, _, _ in compiler.select[: compiler.col_count]]
    converters = compiler.get_converters(columns)
    converts = [(place, of_one[0], of_one[1]) for place, of_one in converters.items()]
    return _Compiled(parts, params, converts, maker(compiler), skips=True)


def _instances(compiler: Any) -> _Make[Any]:
    """Return what makes a model's instance of a row, as Django's own reading does."""
    select, info, alias = compiler.select, compiler.klass_info, connection.alias
    model, columns = info["model"], info["select_fields"]
    start, end = columns[0], columns[-1] + 1
    names = [column.target.attname for column, _, _ in select[start:end]]
    related = get_related_populators(info, select, alias)  # type: ignore[call-arg]  # The stubs know a later Django.

    def make(row: Sequence[Any]) -> Any:
        made = model.from_db(alias, names, row[start:end])
        for one in related:
            one.populate(row, made)
        return made

    return make


def _filled(kept: _Compiled[Any], values: dict[str, Any]) -> tuple[str | None, list[Any]]:
    """Return the text with a place for each value, and the values; None for the text where no row can be found."""
    whole, sent = [kept.parts[0]], []
    for before, param, after in zip(kept.parts, kept.params, kept.parts[1:], strict=False):
        if not isinstance(param, _Place):
            whole += ("%s", after)
            sent.append(param)
        elif before.endswith(_LISTED):
            listed = _padded(values[param.name])
            if not listed and kept.skips:
                return None, []
            whole += (", ".join(["%s"] * len(listed)) or "NULL", after)
            sent += listed
        else:
            whole += ("%s", after)
            sent.append(_sendable(values[param.name]))
    return "".join(whole), sent


def _padded(listed: Collection[Any]) -> list[Any]:
    """Return the values, with the last one repeated: it is among them however often it stands there."""
    found = list(listed)
    if not 0 < len(found) <= PADDED_MAX:
        return found
    return found + found[-1:] * ((1 << (len(found) - 1).bit_length()) - len(found))


def _sendable(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _converted(rows: Sequence[Sequence[Any]], converts: Sequence[_Convert]) -> list[list[Any]]:
    """Return the rows as the columns' fields read them; nothing is nothing in every field's reading."""
    found = [list(row) for row in rows]
    for place, converters, column in converts:
        for row in found:
            value = row[place]
            if value is not None:
                for convert in converters:
                    value = convert(value, column, connection)
                row[place] = value
    return found
