"""Policies: what operators set while the platform runs, each declared once where it acts, with every change kept.

A value takes effect at an instant, now or later; what held before stays known, so that who asks why something was decided
last month finds what the policy was then.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec
from django.db import transaction

from vonk.control import audit
from vonk.control.models import PolicyChange
from vonk.control.models.policies import NOTE_MAX as _NOTE_MAX
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import Conflict, FieldInvalid, NotFound

Value = int | tuple[str, ...]
_NOUN: Final = "policy"
NOTE_MAX: Final = _NOTE_MAX  # Of what is said with a change.


class PolicyKind(StrEnum):
    """What a policy's value is."""

    NUMBER = "number"  # From ``least`` to ``most``.
    CHOICES = "choices"  # Any of ``choices``, none too.


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as it is declared. ``title``, ``about`` and the choices' texts are to be translated."""

    name: str
    kind: PolicyKind
    default: Value
    title: str
    about: str
    least: int = 0
    most: int = 0
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()


class ChangeView(msgspec.Struct, frozen=True, kw_only=True):
    """One change. ``withdrawn_at``: it never took effect."""

    id: int
    name: str
    value: Value
    was: Value
    note: str
    effective_at: datetime
    made_at: datetime
    operator_id: int
    withdrawn_at: datetime | None


class PolicyView(msgspec.Struct, frozen=True, kw_only=True):
    """A policy with what holds now; ``coming`` are changes that have not taken effect, the soonest first."""

    policy: Policy
    value: Value
    since: datetime | None  # None: as declared, nobody has changed it.
    coming: tuple[ChangeView, ...]


class PolicyUnchanged(Conflict):
    """A change that changes nothing would only fill the history."""

    code = "policy_unchanged"
    message = "That is what holds at that moment already."
    cause = "Somebody may have set it just now."
    remedy = "Look at the history, then choose another value or leave it."
    link = "/console/policies/"


class PolicyInEffect(Conflict):
    """What took effect is not taken back; it is changed again."""

    code = "policy_in_effect"
    message = "This change is in effect, or was withdrawn already."
    remedy = "Revert it instead: that is a change of its own."
    link = "/console/policies/"


_DECLARED: Final[dict[str, Policy]] = {}


def declare(policy: Policy) -> Policy:
    """Note a policy, at import, and return it; its default is one of its values."""
    assert policy.name not in _DECLARED, f"{policy.name}: declared twice."
    assert _checked(policy, policy.default) == policy.default, f"{policy.name}: the default is not one of its values."
    _DECLARED[policy.name] = policy
    return policy


def value(policy: Policy, *, now: datetime) -> Value:
    """Return what holds at ``now``."""
    row = _in_effect(policy.name, now)
    return policy.default if row is None else _read(policy, row.value)


def number(policy: Policy, *, now: datetime) -> int:
    """Return a number's value at ``now``."""
    found = value(policy, now=now)
    assert isinstance(found, int), f"{policy.name} is a number."
    return found


def chosen(policy: Policy, *, now: datetime) -> frozenset[str]:
    """Return what is chosen at ``now``."""
    found = value(policy, now=now)
    assert isinstance(found, tuple), f"{policy.name} has choices."
    return frozenset(found)


def every(scope: Scope, *, now: datetime) -> tuple[PolicyView, ...]:
    """Return all policies with what holds, by name (Right.REVIEW: who judges by them may read them)."""
    scope.require(Right.REVIEW)
    return tuple(_view(policy, now) for _, policy in sorted(_DECLARED.items()))


def one(scope: Scope, name: str, *, now: datetime) -> PolicyView:
    """Return a policy with what holds; NotFound when there is none of the name (Right.REVIEW)."""
    scope.require(Right.REVIEW)
    return _view(_declared(name), now)


def history(scope: Scope, name: str, paging: Paging) -> Page[ChangeView]:
    """Return every change of a policy, the newest first (Right.REVIEW)."""
    scope.require(Right.REVIEW)
    policy = _declared(name)
    return page_of(PolicyChange.objects.filter(name=name), paging, lambda row: _change_view(policy, row))


@transaction.atomic
def change(
    scope: Scope, name: str, wanted: Value, note: str = "", *, effective_at: datetime | None = None, now: datetime
) -> ChangeView:
    """Set a policy from ``effective_at`` on, or at once (Right.OPERATE).

    Raises NotFound, FieldInvalid (value, note, effective_at: not in the past), PolicyUnchanged.
    """
    scope.require(Right.OPERATE)
    policy = _declared(name)
    checked = _checked(policy, wanted)
    said = " ".join(note.split())
    if len(said) > NOTE_MAX:
        raise FieldInvalid("note", "at most %(most)s characters", most=NOTE_MAX)
    at = effective_at or now
    if at < now:
        raise FieldInvalid("effective_at", "not in the past")
    was = value(policy, now=at)
    if checked == was:
        raise PolicyUnchanged
    row = PolicyChange.objects.create(
        name=name,
        value=msgspec.to_builtins(checked),
        was=msgspec.to_builtins(was),
        note=said,
        effective_at=at,
        made_at=now,
        operator_id=scope.person,
    )
    detail = {"policy": name, "from": row.was, "to": row.value, "effective_at": at.isoformat(), "note": said}
    audit.record(scope, "policy.changed", _NOUN, row.pk, at=now, detail=detail)
    return _change_view(policy, row)


def revert(scope: Scope, change_id: int, *, now: datetime) -> ChangeView:
    """Set the policy to what held before that change, at once; raises as ``change`` does (Right.OPERATE)."""
    scope.require(Right.OPERATE)
    row = PolicyChange.objects.filter(pk=change_id).first()
    if row is None:
        raise NotFound(noun="change of a policy")
    return change(scope, row.name, _read(_declared(row.name), row.was), now=now)


@transaction.atomic
def withdraw(scope: Scope, change_id: int, *, now: datetime) -> None:
    """Take back a change before it takes effect; NotFound, PolicyInEffect (Right.OPERATE)."""
    scope.require(Right.OPERATE)
    rows = PolicyChange.objects.filter(pk=change_id)
    name = rows.values_list("name", flat=True).first()
    if name is None:
        raise NotFound(noun="change of a policy")
    if rows.filter(effective_at__gt=now, withdrawn_at=None).update(withdrawn_at=now) == 0:
        raise PolicyInEffect
    audit.record(scope, "policy.change_withdrawn", _NOUN, change_id, at=now, detail={"policy": name})


def _declared(name: str) -> Policy:
    policy = _DECLARED.get(name)
    if policy is None:
        raise NotFound(noun="policy")
    return policy


def _in_effect(name: str, now: datetime) -> PolicyChange | None:
    rows = PolicyChange.objects.filter(name=name, effective_at__lte=now, withdrawn_at=None)
    return rows.order_by("-effective_at", "-pk").first()


def _view(policy: Policy, now: datetime) -> PolicyView:
    row = _in_effect(policy.name, now)
    coming = PolicyChange.objects.filter(name=policy.name, effective_at__gt=now, withdrawn_at=None)
    return PolicyView(
        policy=policy,
        value=policy.default if row is None else _read(policy, row.value),
        since=None if row is None else row.effective_at,
        coming=tuple(_change_view(policy, one) for one in coming.order_by("effective_at", "pk")),
    )


def _change_view(policy: Policy, row: PolicyChange) -> ChangeView:
    return ChangeView(
        id=row.pk,
        name=row.name,
        value=_read(policy, row.value),
        was=_read(policy, row.was),
        note=row.note,
        effective_at=row.effective_at,
        made_at=row.made_at,
        operator_id=row.operator_id,
        withdrawn_at=row.withdrawn_at,
    )


def _read(policy: Policy, kept: Any) -> Value:
    """Return a kept value as the policy has it today: within its bounds, without choices that are no more."""
    if policy.kind is PolicyKind.NUMBER:
        return min(max(int(kept), policy.least), policy.most)
    return tuple(key for key, _ in policy.choices if key in kept)


def _checked(policy: Policy, wanted: Value) -> Value:
    if policy.kind is PolicyKind.NUMBER:
        if not isinstance(wanted, int) or not policy.least <= wanted <= policy.most:
            raise FieldInvalid("value", "a number from %(least)s to %(most)s", least=policy.least, most=policy.most)
        return wanted
    known = [key for key, _ in policy.choices]
    if isinstance(wanted, int) or not set(wanted) <= set(known):
        raise FieldInvalid("value", "only what is offered")
    return tuple(key for key in known if key in wanted)
