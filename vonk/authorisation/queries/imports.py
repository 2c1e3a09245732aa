"""Lists of codes: how far each is, and what became of its lines. A code is never shown again, only its last characters."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import Count, Q, QuerySet

from vonk.authorisation.models import CodeImport, CodeImportLine
from vonk.authorisation.rules.imports import GOOD, ImportSource, LineOutcome
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.queries import person_names

FAILED: Final = "failed"  # Every result but the good ones.
EXPORT_PAGE: Final = 1_000
OUTCOME_CHARS_MAX: Final = 60


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    """A list. ``outcomes`` counts the lines that are done, by result; ``done`` of ``lines`` are."""

    id: int
    source: ImportSource
    file_name: str
    lines: int
    done: int
    good: int
    outcomes: dict[str, int]
    retryable: int
    made_at: datetime
    finished_at: datetime | None
    person_name: str | None

    @property
    def failed(self) -> int:
        """How many lines ended with an error."""
        return self.done - self.good


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """A line. ``outcome`` None: not done yet; ``consent_id`` is what the account holds by it."""

    number: int
    row: int
    code_hint: str
    outcome: str | None
    consent_id: int | None
    may_retry: bool


def imports(scope: Scope, paging: Paging) -> Page[ImportView]:
    """Return the account's lists, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    page = page_of(CodeImport.objects.filter(account_id=scope.account), paging, lambda row: row)
    counts = _counts([row.pk for row in page.items])
    names = person_names({row.person_id for row in page.items})
    return Page(
        tuple(_view(row, *counts.get(row.pk, ({}, 0)), names.get(row.person_id)) for row in page.items),
        page.next_cursor,
    )


def code_import(scope: Scope, import_id: int) -> ImportView:
    """Return one of the account's lists, or NotFound."""
    row = _own(scope, import_id)
    return _view(row, *_counts([row.pk]).get(row.pk, ({}, 0)), person_names([row.person_id]).get(row.person_id))


def import_lines(scope: Scope, import_id: int, paging: Paging, *, outcome: str | None = None) -> Page[LineView]:
    """Return the lines in the list's order, those of one result where it is named ("failed": every error).

    The cursor is a line's number.
    """
    rows = _wanted(_own(scope, import_id), outcome)
    if paging.cursor is not None:
        rows = rows.filter(number__gt=paging.cursor)
    found = list(rows[: paging.size + 1])
    shown = found[: paging.size]
    return Page(tuple(map(_line, shown)), str(shown[-1].number) if len(found) > paging.size else None)


def all_import_lines(scope: Scope, import_id: int, *, outcome: str | None = None) -> Iterator[LineView]:
    """Yield the lines in the list's order: for a file."""
    rows = _wanted(_own(scope, import_id), outcome)
    return (_line(row) for row in rows.iterator(chunk_size=EXPORT_PAGE))


def _own(scope: Scope, import_id: int) -> CodeImport:
    scope.require(Right.ACCOUNT_VIEW)
    row = CodeImport.objects.filter(pk=import_id, account_id=scope.account).first()
    if row is None:
        raise NotFound(noun="list of codes")
    return row


def _wanted(row: CodeImport, outcome: str | None) -> QuerySet[CodeImportLine]:
    rows = CodeImportLine.objects.filter(code_import=row).order_by("number")
    if not outcome:
        return rows
    if outcome == FAILED:
        return rows.filter(outcome__isnull=False).exclude(outcome__in=GOOD)
    if len(outcome) > OUTCOME_CHARS_MAX:
        raise FieldInvalid("outcome", "not a result of a line")
    return rows.filter(outcome=outcome)


def _counts(import_ids: list[int]) -> dict[int, tuple[dict[str, int], int]]:
    """Return, for each list, its done lines by result, and how many may be tried again."""
    rows = CodeImportLine.objects.filter(code_import_id__in=import_ids, outcome__isnull=False)
    counted = rows.values_list("code_import_id", "outcome").annotate(
        of=Count("pk"), again=Count("pk", filter=Q(code_encrypted__isnull=False))
    )
    found: dict[int, tuple[dict[str, int], int]] = {}
    for import_id, outcome, count, again in counted.order_by("code_import_id", "-of", "outcome"):
        outcomes, before = found.setdefault(import_id, ({}, 0))
        outcomes[outcome or ""] = count
        found[import_id] = (outcomes, before + again)
    return found


def _view(row: CodeImport, outcomes: dict[str, int], retryable: int, person_name: str | None) -> ImportView:
    return ImportView(
        id=row.pk,
        source=ImportSource(row.source),
        file_name=row.file_name,
        lines=row.lines,
        done=sum(outcomes.values()),
        good=sum(outcomes.get(outcome.value, 0) for outcome in LineOutcome),
        outcomes=outcomes,
        retryable=retryable,
        made_at=row.made_at,
        finished_at=row.finished_at,
        person_name=person_name,
    )


def _line(row: CodeImportLine) -> LineView:
    return LineView(
        number=row.number,
        row=row.row,
        code_hint=row.code_hint,
        outcome=row.outcome,
        consent_id=row.consent_id,
        may_retry=row.outcome is not None and row.code_encrypted is not None,
    )
