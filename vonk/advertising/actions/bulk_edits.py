"""Change many objects: look at what would become of each, apply it, undo it. Small ones at once, large ones by a job.

What is looked at is done for each object by the very actions that change it, and taken back: no rule is written twice. A
worker that dies loses nothing: each line is decided in a transaction of its own, and whoever comes next goes on there.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
import structlog
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from vonk.advertising.actions import bulk_creating, bulk_lines
from vonk.advertising.actions.bulk_lines import Billed
from vonk.advertising.errors.bulk import (
    BulkEditOver,
    BulkEditsLimited,
    BulkLineFailed,
    NoOwnBid,
    NoOwnBudget,
    NothingSelected,
    TooManySelected,
)
from vonk.advertising.models import BulkEdit, BulkLine
from vonk.advertising.queries.objects import names
from vonk.advertising.queries.reported import Noun
from vonk.advertising.rules import bulk
from vonk.advertising.rules.bulk import Act, Kind, Outcome, State, Values
from vonk.control import audit, wording
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import FieldInvalid, NotFound, Problem, RightMissing
from vonk.identity import access
from vonk.identity.queries import account_facts

JOB: Final = "vonk.web.advertiser.jobs.work_off_edit"  # By name: jobs call actions, and know what was billed.
SLICE_LINES: Final = 500  # Of one run of the job: then another one has its turn.
_BATCH: Final = 100  # Rows a statement.
_NOUN: Final = "bulk_edit"

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class NewLine(msgspec.Struct, frozen=True):
    """A line of an import: the object (0: a new one), its name, what it shall be, and what is wrong with it before it is looked at."""

    object_id: int
    name: str
    wanted: Values
    problem: Problem | None = None


@transaction.atomic
def start(scope: Scope, noun: Noun, act: Act, object_ids: Sequence[int], *, now: datetime) -> int:
    """Keep what shall be done to these objects; return the edit's id. ``work`` looks at it, at once or by the job.

    Ids that are not the account's are refused in their lines, as what does not exist. Raises FieldInvalid,
    NothingSelected, TooManySelected, BulkEditsLimited.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    if noun not in bulk.NOUNS_OF[act.kind]:
        raise FieldInvalid("act", "not for these objects")
    ids = list(dict.fromkeys(object_ids))
    called = _names(scope, noun, ids)
    lines = [NewLine(object_id, called.get(object_id, ""), {}) for object_id in ids]
    return _keep(scope, noun, act, lines, now=now)


@transaction.atomic
def start_import(scope: Scope, noun: Noun, lines: Sequence[NewLine], *, file_name: str, now: datetime) -> int:
    """Keep the lines of a file; return the edit's id. Raises as ``start`` does."""
    scope.require(Right.CAMPAIGN_EDIT)
    return _keep(scope, noun, Act(kind=Kind.IMPORT), lines, file_name=file_name, now=now)


@transaction.atomic
def start_undo(scope: Scope, edit_id: int, *, now: datetime) -> int:
    """Keep an edit that sets everything back that this one changed, where nobody changed it since; return its id.

    What was deleted does not come back. Raises NotFound, BulkEditOver (undone before, or not to be undone).
    """
    row = _held(scope, edit_id)
    undone = BulkEdit.objects.filter(undoes=row).exists()
    if row.state != State.DONE or not bulk.may_undo(row.kind, row.applied_at, undone=undone, now=now):
        raise BulkEditOver
    lines = []
    for line in row.lines.filter(outcome__in=bulk.EFFECTIVE).order_by("number"):
        if line.outcome == Outcome.CREATED:
            lines.append(NewLine(line.made_id, line.name, {"deleted": True}))
        elif line.outcome == Outcome.CHANGED:
            lines.append(NewLine(line.object_id, line.name, {"set": line.before, "seen": line.after}))
    if not lines:
        raise BulkEditOver
    return _keep(scope, _noun(row), Act(kind=Kind.UNDO), lines, undoes=row, now=now)


@transaction.atomic
def apply(scope: Scope, edit_id: int, *, now: datetime) -> None:
    """Have what was looked at be done. Raises NotFound, BulkEditOver."""
    row = _held(scope, edit_id)
    if row.state != State.CHECKED:
        raise BulkEditOver
    row.lines.filter(outcome__in=bulk.EFFECTIVE).update(outcome="")
    row.state, row.applied_at, row.person_id = State.APPLYING.value, now, scope.person
    row.save(update_fields=["state", "applied_at", "person_id"])
    if row.objects_count > 1:
        audit.record(scope, "bulk_edit.applied", _NOUN, row.pk, at=now, detail={"kind": row.kind, "noun": row.noun})
    _enqueue_if_large(row)


@transaction.atomic
def cancel(scope: Scope, edit_id: int, *, now: datetime) -> None:
    """Have nothing come of it; what was changed before stays so. Raises NotFound, BulkEditOver."""
    row = _held(scope, edit_id)
    if row.state in {State.DONE, State.CANCELED}:
        raise BulkEditOver
    row.state = State.CANCELED.value
    row.save(update_fields=["state"])
    audit.record(scope, "bulk_edit.canceled", _NOUN, row.pk, at=now)


def is_small(objects: int) -> bool:
    """Say whether an edit of so many objects is worked off while somebody waits."""
    return objects <= bulk.AT_ONCE_MAX


def work_off(edit_id: int, *, billed: Billed, now: datetime, lines_max: int = SLICE_LINES) -> bool:
    """Look at, or change, the next objects as the person who asked; return whether some are left."""
    row = BulkEdit.objects.filter(pk=edit_id, state__in=bulk.WORKING).first()
    if row is None:
        return False
    BulkEdit.objects.filter(pk=edit_id).update(claimed_at=now)
    try:
        scope = access.advertiser(access.Actor(row.person_id, Via.WORK), row.account_id, may=Right.CAMPAIGN_EDIT)
    except NotFound:  # No member any more.
        _open(row).update(outcome=RightMissing.code, checked=True)
    else:
        work(scope, row.pk, billed=billed, now=now, lines_max=lines_max)
    return BulkEdit.objects.filter(pk=edit_id, state__in=bulk.WORKING).exists()


def work(scope: Scope, edit_id: int, *, billed: Billed, now: datetime, lines_max: int = SLICE_LINES) -> None:
    """Look at, or change, the next objects of the account's edit."""
    row = BulkEdit.objects.filter(pk=edit_id, account_id=scope.account, state__in=bulk.WORKING).first()
    if row is None:
        return
    act = msgspec.convert(row.act, Act)
    dry = row.state == State.CHECKING
    for line in list(_open(row).order_by("number")[:lines_max]):
        _decide(scope, row, line, act, dry=dry, billed=billed, now=now)
    _finish(edit_id)


def resume(now: datetime, *, silent_before: datetime) -> int:
    """Enqueue the large edits that nobody has been working on since then; return how many. They are safe to work on twice."""
    waiting = BulkEdit.objects.filter(state__in=bulk.WORKING, made_at__lt=silent_before)
    waiting = waiting.exclude(claimed_at__gte=silent_before)
    resumed = 0
    for edit_id in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic():
            if waiting.filter(pk=edit_id).update(claimed_at=now):
                import_string(JOB).enqueue(edit_id)
                resumed += 1
    return resumed


def _keep(
    scope: Scope,
    noun: Noun,
    act: Act,
    lines: Sequence[NewLine],
    *,
    undoes: BulkEdit | None = None,
    file_name: str = "",
    now: datetime,
) -> int:
    if not lines:
        raise NothingSelected
    if len(lines) > bulk.OBJECTS_MAX:
        raise TooManySelected(most=bulk.OBJECTS_MAX)
    if BulkEdit.objects.filter(account_id=scope.account, state__in=bulk.WORKING).count() >= bulk.OPEN_MAX:
        raise BulkEditsLimited(most=bulk.OPEN_MAX)
    row = BulkEdit.objects.create(
        account_id=scope.account,
        person_id=scope.person,
        noun=noun,
        kind=act.kind.value,
        act=msgspec.to_builtins(act),
        file_name=file_name[:200],
        state=State.CHECKING.value,
        objects_count=len(lines),
        undoes=undoes,
        made_at=now,
    )
    BulkLine.objects.bulk_create(
        (_line(row, number, line) for number, line in enumerate(lines, start=1)), batch_size=_BATCH
    )
    detail = {"kind": act.kind.value, "noun": noun, "objects": len(lines)}
    if len(lines) > 1:  # Of one object, its own row of the trail says all.
        audit.record(scope, "bulk_edit.made", _NOUN, row.pk, at=now, detail=detail)
    _enqueue_if_large(row)
    return row.pk


def _line(row: BulkEdit, number: int, line: NewLine) -> BulkLine:
    refused = (
        {} if line.problem is None else {"outcome": line.problem.code, "problem": _told(line.problem), "checked": True}
    )
    return BulkLine(
        edit=row, number=number, object_id=line.object_id, name=line.name[:512], wanted=line.wanted, **refused
    )


def _enqueue_if_large(row: BulkEdit) -> None:
    if not is_small(row.objects_count):
        import_string(JOB).enqueue(row.pk)


def _decide(
    scope: Scope,
    row: BulkEdit,
    line: BulkLine,
    act: Act,
    *,
    dry: bool,
    billed: Billed,
    now: datetime,
) -> None:
    """Write what becomes of one object, and have it become so unless this is but a look."""
    with transaction.atomic():
        held = BulkLine.objects.select_for_update().filter(pk=line.pk, outcome="").first()
        if held is None:
            return  # Another worker was first.
        try:
            with transaction.atomic():
                told = _done(scope, _noun(row), held, act, dry=dry, billed=billed, now=now)
                if dry:
                    transaction.set_rollback(True)
        except Problem as problem:
            told = {"outcome": problem.code, "problem": _told(problem)}
        except DatabaseError:
            raise  # The job is put back; the line is still open.
        except Exception:  # noqa: BLE001 - one object must not keep the others; its line says so.
            _log.exception("bulk_edit.line_failed", edit_id=row.pk, object_id=held.object_id)
            told = {"outcome": BulkLineFailed.code, "problem": _told(BulkLineFailed())}
        if dry:
            told.pop("made_id", None)
        BulkLine.objects.filter(pk=held.pk).update(**told, checked=True)


def _done(
    scope: Scope,
    noun: Noun,
    line: BulkLine,
    act: Act,
    *,
    dry: bool,
    billed: Billed,
    now: datetime,
) -> dict[str, Any]:
    if act.kind is Kind.IMPORT and not line.object_id:
        created = bulk_creating.create(scope, noun, line.wanted, billed=billed, now=now)
        return {"outcome": Outcome.CREATED.value, "made_id": created, "after": line.wanted}
    present = bulk_lines.hold(scope, noun, line.object_id)
    if act.kind is Kind.DELETE or line.wanted.get("deleted"):
        bulk_lines.delete(scope, noun, line.object_id, now=now)
        return {"outcome": Outcome.DELETED.value, "name": present.name}
    if act.kind is Kind.DUPLICATE:
        created = bulk_lines.duplicate(scope, present, suffix=f" ({act.name})", billed=billed, now=now)
        return {"outcome": Outcome.CREATED.value, "made_id": created, "name": present.name}
    before = bulk_lines.values_of(present)
    seen = line.wanted.get("seen", {}) if dry or not line.before else line.before
    bulk_lines.require_unchanged(present, seen)
    after = _after(act, line, before, name=present.name, currency=account_facts(scope.account).currency)
    after = {name: value for name, value in after.items() if before.get(name) != value}
    changed = bool(after) and bulk_lines.set_values(scope, noun, line.object_id, after, billed=billed, now=now)
    return {
        "outcome": (Outcome.CHANGED if changed else Outcome.UNCHANGED).value,
        "before": {name: before.get(name) for name in after},
        "after": after,
        "name": present.name,
    }


def _after(act: Act, line: BulkLine, before: Values, *, name: str, currency: str) -> Values:
    if act.kind is Kind.UNDO:
        return dict(line.wanted["set"])
    if act.kind is Kind.IMPORT:
        return _imported(line.wanted, before, name)
    if line.after:  # As it was looked at: nobody gets another number than they saw.
        return dict(line.after)
    told = bulk.wanted(act, before, currency)
    if told == "no_budget":
        raise NoOwnBudget(name=name)
    if told == "no_bid":
        raise NoOwnBid(name=name)
    assert isinstance(told, dict), "Both reasons are raised."
    return told


def _imported(wanted: Values, before: Values, name: str) -> Values:
    """Return what a line of a file makes of an object that exists: a budget without a mode keeps that which it has."""
    budget = wanted.get("budget")
    if not budget or budget["mode"]:
        return dict(wanted)
    mode = before["budget"]["mode"]
    if mode == "none":
        raise NoOwnBudget(name=name)
    return {**wanted, "budget": {"mode": mode, "micros": budget["micros"]}}


def _finish(edit_id: int) -> None:
    """Say that the look, or the act, has ended when no line is open."""
    with transaction.atomic():
        row = BulkEdit.objects.select_for_update().get(pk=edit_id)
        following = {State.CHECKING: State.CHECKED, State.APPLYING: State.DONE}.get(State(row.state))
        if following is None or _open(row).exists():
            return
        row.state = following.value
        row.save(update_fields=["state"])


def _open(row: BulkEdit) -> QuerySet[BulkLine]:
    return BulkLine.objects.filter(edit=row, outcome="")


def _held(scope: Scope, edit_id: int) -> BulkEdit:
    scope.require(Right.CAMPAIGN_EDIT)
    row = BulkEdit.objects.select_for_update().filter(pk=edit_id, account_id=scope.account).first()
    if row is None:
        raise NotFound(noun="change")
    return row


def _told(problem: Problem) -> dict[str, Any]:
    """Return a refusal as it can be told later, in any language."""
    kind = type(problem)
    return {
        "message": kind.message,
        "remedy": kind.remedy,
        "values": {name: wording.kept(value) for name, value in problem.values.items()},
    }


def _names(scope: Scope, noun: Noun, ids: Iterable[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    ordered = list(ids)
    for at in range(0, len(ordered), 900):
        found.update(names(scope, noun, ordered[at : at + 900]))
    return found


def _noun(row: BulkEdit) -> Noun:
    nouns: dict[str, Noun] = {"campaign": "campaign", "ad_group": "ad_group", "ad": "ad"}
    return nouns[row.noun]
