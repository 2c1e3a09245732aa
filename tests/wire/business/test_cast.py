"""Every operation of the business API, tried as each of the cast. A new operation without a row fails."""

import importlib
import pkgutil
from contextlib import nullcontext
from itertools import chain
from typing import Any

import pytest
from django.db import transaction

from tests.wire.business import rows
from tests.wire.business.conftest import Business, Said
from tests.wire.business.rows import Row
from tests.wire.conftest import CAST, Town
from vonk.control.models import AuditEntry, Publication
from vonk.wire.business import urls
from vonk.wire.business.operation import OPERATIONS, Operation, Over

assert urls.PARTS, "Importing the addresses declares the operations."

ROWS: dict[str, Row] = dict(
    chain.from_iterable(
        importlib.import_module(f"{rows.__name__}.{found.name}").ROWS.items()
        for found in pkgutil.iter_modules(rows.__path__)
    )
)
GROUPS = sorted({operation.group for operation in OPERATIONS})


class _UndoneError(Exception):
    """Takes back what a call changed."""


def filled(value: object, ids: dict[str, str]) -> object:
    """Return the value with the town's ids in it."""
    if isinstance(value, str):
        return ids[value[1:-1]] if value.startswith("{") and value.endswith("}") else value
    if isinstance(value, dict):
        return {key: filled(one, ids) for key, one in value.items()}
    return [filled(one, ids) for one in value] if isinstance(value, list) else value


def call(business: Business, town: Town, who: str, operation: Operation, row: Row) -> Said:
    """Call the operation with its row."""
    asked: dict[str, Any] = {
        name: filled(value, {**town.ids, "who": who, "fresh_code": town.fresh_code})
        for name, value in row.asked.items()
    }
    if operation.writes:
        return business.post(who, operation.path, files=row.files, **asked)
    return business.get(who, operation.path, **asked)


def traces() -> tuple[int, int]:
    """What a write leaves behind, wherever it writes."""
    return AuditEntry.objects.count(), Publication.objects.count()


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    assert set(ROWS) == {operation.name for operation in OPERATIONS}


@pytest.mark.parametrize("group", GROUPS)
def test_who_may_and_who_may_not(group: str, business: Business, town: Town) -> None:
    told = {}
    expected = {}
    declared = [operation for operation in OPERATIONS if operation.group == group]
    for operation in sorted(
        declared, key=lambda one: one.alone
    ):  # Those have transactions of their own: they stay done.
        row = ROWS[operation.name]
        for who in sorted(CAST, key=lambda name: name in row.may):  # The refused ones first, who must change nothing.
            before = traces()
            try:
                with nullcontext() if operation.alone else transaction.atomic():
                    told[operation.name, who] = call(business, town, who, operation, row).code
                    if who not in row.may:
                        assert traces() == before, f"{operation.name} as {who} left a trace."
                    raise _UndoneError
            except _UndoneError:
                pass
            nobody = who == "anonymous" and operation.over is not Over.APP
            expected[operation.name, who] = 40104 if nobody else row.code if who in row.may else row.refused
    assert told == expected
