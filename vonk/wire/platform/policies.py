"""Policies: what operators set while the platform runs."""

from datetime import datetime

import msgspec

from vonk.control import policies
from vonk.control.paging import Page
from vonk.control.policies import ChangeView, PolicyKind, PolicyView
from vonk.control.scope import Right
from vonk.wire.codec import Body, Instant
from vonk.wire.operation import Call, Nothing, Paged, operation


class PolicyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A policy with what holds; ``choices`` are the keys that may be chosen, none for a number from ``least`` to ``most``."""

    name: str
    title: str
    about: str
    kind: PolicyKind
    value: int | tuple[str, ...]
    default: int | tuple[str, ...]
    least: int
    most: int
    choices: tuple[str, ...]
    since: datetime | None


class Policies(msgspec.Struct, frozen=True):
    """All of them, by name."""

    items: tuple[PolicyAnswer, ...]


class PolicyBody(Body, frozen=True):
    """``effective_at`` None: at once."""

    value: int | tuple[str, ...]
    note: str = ""
    effective_at: Instant | None = None


@operation("GET", "/policies", may=Right.REVIEW, summary="Read the policies")
def list_policies(call: Call[Nothing, Nothing]) -> Policies:
    """What holds now, and since when."""
    return Policies(tuple(_answer(view) for view in policies.every(call.scope, now=call.now)))


@operation("GET", "/policies/{policy}/changes", may=Right.REVIEW, summary="Read a policy's history")
def list_policy_changes(call: Call[Nothing, Paged]) -> Page[ChangeView]:
    """The newest first, what is coming and what was withdrawn too."""
    return policies.history(call.scope, call.path["policy"], call.query.paging())


@operation(
    "PUT",
    "/policies/{policy}",
    may=Right.OPERATE,
    summary="Set a policy",
    example={"value": ["food"], "note": "Decided on Monday."},
)
def set_policy(call: Call[PolicyBody, Nothing]) -> ChangeView:
    """From now on, or from an instant to come."""
    asked = call.body
    return policies.change(
        call.scope, call.path["policy"], asked.value, asked.note, effective_at=asked.effective_at, now=call.now
    )


@operation(
    "POST", "/policies/changes/{change_id}/reversal", may=Right.OPERATE, summary="Set a policy back to before a change"
)
def revert_policy(call: Call[Nothing, Nothing]) -> ChangeView:
    """A change of its own."""
    return policies.revert(call.scope, call.id("change_id"), now=call.now)


def _answer(view: PolicyView) -> PolicyAnswer:
    policy = view.policy
    return PolicyAnswer(
        name=policy.name,
        title=policy.title,
        about=policy.about,
        kind=policy.kind,
        value=view.value,
        default=policy.default,
        least=policy.least,
        most=policy.most,
        choices=tuple(key for key, _ in policy.choices),
        since=view.since,
    )
