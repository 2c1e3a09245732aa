"""Edits of many objects, and what became of each object."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db.models import Count, QuerySet

from vonk.advertising.models import BulkEdit, BulkLine
from vonk.advertising.queries.reported import Noun
from vonk.advertising.rules import bulk
from vonk.advertising.rules.bulk import EFFECTIVE, WORKING, Act, State
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound

NOUNS: Final[dict[str, Noun]] = {"campaign": "campaign", "ad_group": "ad_group", "ad": "ad"}


class EditView(msgspec.Struct, frozen=True, kw_only=True):
    """One edit. ``outcomes`` counts its lines by what became of them, "" those that are open."""

    id: int
    noun: Noun
    act: Act
    state: State
    file_name: str
    person_id: int
    objects: int
    decided: int
    outcomes: Mapping[str, int]
    made_at: datetime
    applied_at: datetime | None
    may_undo: bool
    undone_by: int | None
    undoes: int | None

    @property
    def working(self) -> bool:
        """Whether it is being worked on."""
        return self.state.value in WORKING

    @property
    def effective(self) -> int:
        """Of how many objects something changes, or changed."""
        return sum(count for outcome, count in self.outcomes.items() if outcome in EFFECTIVE)


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """One object of an edit. ``problem`` holds message, remedy and values of a refusal, to be translated."""

    number: int
    object_id: int
    name: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    made_id: int
    outcome: str
    problem: Mapping[str, Any]


def edit(scope: Scope, edit_id: int, *, now: datetime) -> EditView:
    """Return the account's edit; NotFound when there is none."""
    scope.require(Right.ACCOUNT_VIEW)
    row = _rows(scope).filter(pk=edit_id).first()
    if row is None:
        raise NotFound(noun="change")
    return _view(row, now)


def edits(scope: Scope, paging: Paging, *, now: datetime) -> Page[EditView]:
    """Return the account's edits, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    return page_of(_rows(scope), paging, lambda row: _view(row, now))


def lines(
    scope: Scope, edit_id: int, *, outcome: str | None = None, after: int = 0, size: int
) -> tuple[tuple[LineView, ...], bool]:
    """Return lines behind the number ``after``, and whether more follow; ``outcome`` None: whatever became of them."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = BulkLine.objects.filter(edit_id=edit_id, edit__account_id=scope.account, number__gt=after)
    if outcome is not None:
        rows = rows.filter(outcome=outcome)
    found = list(rows.order_by("number")[: size + 1])
    return tuple(_line(row) for row in found[:size]), len(found) > size


def _rows(scope: Scope) -> QuerySet[BulkEdit]:
    return BulkEdit.objects.filter(account_id=scope.account)


def _view(row: BulkEdit, now: datetime) -> EditView:
    counted = row.lines.order_by().values_list("outcome").annotate(count=Count("pk"))
    outcomes = dict(counted)
    undone_by = BulkEdit.objects.filter(undoes=row).values_list("pk", flat=True).first()
    may_undo = bulk.may_undo(row.kind, row.applied_at, undone=undone_by is not None, now=now)
    return EditView(
        id=row.pk,
        noun=NOUNS[row.noun],
        act=msgspec.convert(row.act, Act),
        state=State(row.state),
        file_name=row.file_name,
        person_id=row.person_id,
        objects=row.objects_count,
        decided=row.objects_count - outcomes.get("", 0),
        outcomes=outcomes,
        made_at=row.made_at,
        applied_at=row.applied_at,
        may_undo=row.state == State.DONE and may_undo,
        undone_by=undone_by,
        undoes=row.undoes_id,
    )


def _line(row: BulkLine) -> LineView:
    return LineView(
        number=row.number,
        object_id=row.object_id,
        name=row.name,
        before=row.before,
        after=row.after,
        made_id=row.made_id,
        outcome=row.outcome,
        problem=row.problem,
    )
