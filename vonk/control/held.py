"""What is held of one person: each area tells its part, a table at a time."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import msgspec
from django.db.models import Model, QuerySet


class Part(msgspec.Struct, frozen=True):
    """One table's rows about a person, each as field and value; values are texts, numbers, lists or None."""

    name: str
    rows: Iterable[dict[str, object]]


def part(name: str, found: "QuerySet[Any]", *fields: str) -> Part:
    """Return the rows' fields (all of the table's own when none is named), read one by one when they are asked for."""
    return Part(name, _rows(found, fields))


def _rows(found: "QuerySet[Model]", fields: Iterable[str]) -> Iterator[dict[str, object]]:
    for row in found.order_by("pk").values(*fields).iterator():
        yield {name: _plain(value) for name, value in row.items()}


def _plain(value: object) -> object:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, bool) or value is None or isinstance(value, (str, list, dict, float)):
        return value
    return str(value)  # Ids are decimal texts everywhere outside.
