"""Redeem a list of codes: kept as it came, worked off by a job in small transactions, each line once.

A worker that dies loses nothing: what it had committed is done, the rest is still open, and whoever comes next goes on
there. Two at once do no line twice: a line's result is written under its row's lock, with the redemption itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils.module_loading import import_string

from vonk.authorisation import guesses, lookups
from vonk.authorisation.actions import redemptions, takings
from vonk.authorisation.code_lists import CodeList
from vonk.authorisation.errors.consents import AuthCodeFormatError, AuthCodeNotFound, CodeGuessesLimited
from vonk.authorisation.errors.imports import ImportLineFailed, ImportNothingToRetry, ImportsLimited
from vonk.authorisation.line_seals import LineSeals
from vonk.authorisation.models import CodeImport, CodeImportLine
from vonk.authorisation.rules.imports import (
    CODES_KEPT,
    FILE_NAME_MAX,
    FOR_GOOD,
    OPEN_IMPORTS_MAX,
    LineOutcome,
)
from vonk.control import audit
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import NotFound, Problem, RightMissing
from vonk.identity import access

SLICE_LINES: Final = 1_000  # Of one run of the job: then another list has its turn.
GROUP_LINES: Final = 50  # Of one transaction: it holds a creator's record, and with it their revocation, so long.
JOB: Final = "vonk.authorisation.jobs.work_off_codes"  # By name: jobs call actions.
_BATCH: Final = 100  # Rows a statement; SQLite binds at most 999 values on old builds.

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@transaction.atomic
def start(scope: Scope, found: CodeList, *, file_name: str = "", now: datetime) -> int:
    """Keep the list and have it worked off after the commit; return its id. What is no code is answered at once.

    Raises AccountSuspended, SparkTermsRequired, ImportsLimited.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    takings.require_account(scope.account)
    if CodeImport.objects.filter(account_id=scope.account, finished_at=None).count() >= OPEN_IMPORTS_MAX:
        raise ImportsLimited(most=OPEN_IMPORTS_MAX)
    made = CodeImport.objects.create(
        account_id=scope.account,
        person_id=scope.person,
        source=found.source.value,
        file_name=file_name[:FILE_NAME_MAX],
        lines=len(found.entries),
        made_at=now,
    )
    CodeImportLine.objects.bulk_create(_lines(made.pk, found), batch_size=_BATCH)
    detail = {"lines": made.lines, "source": made.source}
    audit.record(scope, "code_import.made", "code_import", made.pk, at=now, detail=detail)
    import_string(JOB).enqueue(made.pk)
    return made.pk


@transaction.atomic
def retry(scope: Scope, import_id: int, *, now: datetime) -> int:
    """Work off once more every line that failed and may pass now; return how many. NotFound, ImportNothingToRetry."""
    scope.require(Right.CAMPAIGN_EDIT)
    row = CodeImport.objects.select_for_update().filter(pk=import_id, account_id=scope.account).first()
    if row is None:
        raise NotFound(noun="list of codes")
    failed = CodeImportLine.objects.filter(code_import=row, outcome__isnull=False, code_encrypted__isnull=False)
    count = failed.update(outcome=None, consent=None)
    if count == 0:
        raise ImportNothingToRetry
    row.finished_at, row.person_id = None, scope.person
    row.save(update_fields=["finished_at", "person"])
    audit.record(scope, "code_import.retried", "code_import", row.pk, at=now, detail={"lines": count})
    import_string(JOB).enqueue(row.pk)
    return count


def code_of_line(scope: Scope, import_id: int, number: int) -> str:
    """Return the code of a line that may be tried again, to be looked at as if it were pasted; NotFound otherwise."""
    scope.require(Right.CAMPAIGN_EDIT)
    line = CodeImportLine.objects.filter(
        code_import_id=import_id, code_import__account_id=scope.account, number=number, code_encrypted__isnull=False
    ).first()
    if line is None or line.code_encrypted is None:
        raise NotFound(noun="line")
    return LineSeals(settings.VONK_KEYS.codes, import_id).open(bytes(line.code_encrypted))


def work_off(import_id: int, *, now: datetime, lines_max: int = SLICE_LINES) -> bool:
    """Redeem the next lines of the list; return whether some are left. Call it outside a transaction.

    It acts as the person who brought the list, with the rights that they have now. A code that does not exist is a
    wrong guess like any other: as soon as there were too many, every line that is left ends as ``code_guesses_limited``,
    unlooked at, and can be tried again when the time is over. So a list tells no more than typing does.
    """
    row = CodeImport.objects.filter(pk=import_id, finished_at=None).first()
    if row is None:
        return False
    CodeImport.objects.filter(pk=import_id, finished_at=None).update(claimed_at=now)
    try:
        scope = access.advertiser(access.Actor(row.person_id, Via.WORK), row.account_id, may=Right.CAMPAIGN_EDIT)
        takings.require_account(scope.account)
    except NotFound:  # No member any more.
        _close_rest(import_id, RightMissing.code)
    except Problem as problem:
        _close_rest(import_id, problem.code)
    else:
        lines = CodeImportLine.objects.filter(code_import_id=import_id, outcome=None).order_by("number")
        for profile_id, group in _found(scope, import_id, list(lines[:lines_max]), now=now):
            _redeem(scope, profile_id, group, now=now)
    return not _finish(import_id, now=now)


def forget(now: datetime) -> int:
    """Forget the codes of lines that failed long ago; return how many."""
    old = CodeImportLine.objects.filter(code_encrypted__isnull=False, code_import__finished_at__lt=now - CODES_KEPT)
    return old.update(code_encrypted=None)


def resume(now: datetime, *, silent_before: datetime) -> int:
    """Enqueue the lists that nobody has been working on since then; return how many. Lists are safe to work on twice."""
    silent = CodeImport.objects.filter(finished_at=None, made_at__lt=silent_before).exclude(
        claimed_at__gte=silent_before
    )
    resumed = 0
    for import_id in list(silent.values_list("pk", flat=True)):
        with transaction.atomic():
            claimed = CodeImport.objects.filter(pk=import_id, finished_at=None).exclude(claimed_at__gte=silent_before)
            if claimed.update(claimed_at=now):
                import_string(JOB).enqueue(import_id)
                resumed += 1
    return resumed


def _lines(import_id: int, found: CodeList) -> Iterator[CodeImportLine]:
    seals = LineSeals(settings.VONK_KEYS.codes, import_id)
    seen: set[str] = set()
    for number, entry in enumerate(found.entries, start=1):
        outcome = None
        if entry.code is None:
            outcome = AuthCodeFormatError.code
        elif entry.code in seen:
            outcome = LineOutcome.DUPLICATE.value
        else:
            seen.add(entry.code)
        yield CodeImportLine(
            code_import_id=import_id,
            number=number,
            row=entry.row,
            code_encrypted=seals.seal(entry.code) if entry.code is not None and outcome is None else None,
            code_hint=entry.hint,
            outcome=outcome,
        )


def _found(
    scope: Scope, import_id: int, lines: Sequence[CodeImportLine], *, now: datetime
) -> Iterator[tuple[int, list[tuple[CodeImportLine, int]]]]:
    """Yield the lines whose codes exist, each with its consent's id, in groups of one creator's profile.

    Lines whose codes do not exist get their result here, and are counted, in the list's order; once that is too many,
    nothing that stands further down is looked at.
    """
    seals = LineSeals(settings.VONK_KEYS.codes, import_id)
    asked: dict[int, str] = {}
    for line in lines:
        assert line.code_encrypted is not None, "An open line has its code."
        asked[line.pk] = seals.open(bytes(line.code_encrypted))
    consents = lookups.known(asked.values())
    groups: dict[int, list[tuple[CodeImportLine, int]]] = {}
    try:
        guesses.admit(scope, now=now)
        for line in lines:
            known = consents.get(asked[line.pk])
            if known is None:
                _count_wrong(scope, line, now=now)
                guesses.admit(scope, now=now)
            else:
                groups.setdefault(known.profile_id, []).append((line, known.consent_id))
    except CodeGuessesLimited as problem:
        _close_rest(import_id, problem.code, besides=[line.pk for of in groups.values() for line, _ in of])
    for profile_id, of_profile in groups.items():
        remaining = iter(of_profile)
        while group := list(islice(remaining, GROUP_LINES)):
            yield profile_id, group


@transaction.atomic(durable=True)
def _count_wrong(scope: Scope, line: CodeImportLine, *, now: datetime) -> None:
    if _end([line.pk], AuthCodeNotFound.code):
        guesses.count_wrong(scope, now=now)


def _redeem(scope: Scope, profile_id: int, group: Sequence[tuple[CodeImportLine, int]], *, now: datetime) -> None:
    """Redeem one creator's codes and write the lines' results in one transaction."""
    try:
        with transaction.atomic(durable=True):
            still_open = _hold([line.pk for line, _ in group])
            group = [(line, consent_id) for line, consent_id in group if line.pk in still_open]
            results = redemptions.redeem_all(scope, profile_id, [consent_id for _, consent_id in group], now=now)
            _write(group, results)
    except DatabaseError:
        raise  # The job is put back; the lines are still open.
    except Exception:  # noqa: BLE001 - one creator's codes must not keep the others'; the lines say so and can be tried again.
        _log.exception("code_import.group_failed", profile_id=profile_id, lines=len(group))
        _end([line.pk for line, _ in group], ImportLineFailed.code)


def _write(group: Sequence[tuple[CodeImportLine, int]], results: Mapping[int, redemptions.Redeemed | Problem]) -> None:
    """Write the lines' results, with a statement for each kind of result and one for what the account got."""
    by_outcome: dict[str, list[int]] = {}
    got: list[tuple[int, int]] = []
    for line, consent_id in group:
        result = results[consent_id]
        if isinstance(result, Problem):
            by_outcome.setdefault(result.code, []).append(line.pk)
        else:
            good = LineOutcome.AGAIN if result.again else LineOutcome.REDEEMED
            by_outcome.setdefault(good.value, []).append(line.pk)
            got.append((result.consent_id, line.pk))
    for outcome, line_ids in by_outcome.items():
        _end(line_ids, outcome)
    with connection.cursor() as cursor:  # A value for each row: what QuerySet.bulk_update does takes ten times as long.
        cursor.executemany(f"UPDATE {CodeImportLine._meta.db_table} SET consent_id = %s WHERE id = %s", got)  # noqa: S608, SLF001 - the table's own name.


def _hold(line_ids: Sequence[int]) -> frozenset[int]:
    """Return those of the lines that nobody has ended, and hold them: another worker at the same list waits, then sees."""
    lines = CodeImportLine.objects.select_for_update().filter(pk__in=line_ids, outcome=None).order_by("pk")
    return frozenset(lines.values_list("pk", flat=True))


def _end(line_ids: Sequence[int], outcome: str) -> int:
    """Write the result of lines that have none yet; return how many these were. A code that is done with is forgotten."""
    rows = CodeImportLine.objects.filter(pk__in=line_ids, outcome=None)
    return rows.update(outcome=outcome, code_encrypted=None) if outcome in FOR_GOOD else rows.update(outcome=outcome)


def _close_rest(import_id: int, outcome: str, *, besides: Sequence[int] = ()) -> None:
    rows = CodeImportLine.objects.filter(code_import_id=import_id, outcome=None)
    rows.exclude(pk__in=list(besides)).update(outcome=outcome)


def _finish(import_id: int, *, now: datetime) -> bool:
    """Say that the list has ended when no line is open; return whether that is so."""
    with transaction.atomic():
        row = CodeImport.objects.select_for_update().get(pk=import_id)
        if CodeImportLine.objects.filter(code_import=row, outcome=None).exists():
            return False
        if row.finished_at is None:
            row.finished_at = now
            row.save(update_fields=["finished_at"])
        return True
