"""Policies: what operators set at run time, who changed it when, and the way back. Beside them the settings of the start."""

from datetime import datetime
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vonk.control import policies, settings_told
from vonk.control.policies import ChangeView, Policy, PolicyKind, PolicyView, Value
from vonk.control.scope import Right, Scope
from vonk.control.settings_told import SettingTold
from vonk.core.errors import Conflict, Invalid
from vonk.identity import queries as identity
from vonk.web.common import formats, problems
from vonk.web.common.requests import now_of, paging_of
from vonk.web.operator.access import for_platform
from vonk.web.operator.policy_forms import PolicyForm


class PolicyRow(msgspec.Struct, frozen=True):
    """A policy in the list."""

    name: str
    title: str
    about: str
    value: str
    since: datetime | None
    coming: int


class PoliciesPage(msgspec.Struct, frozen=True):
    """The list; ``settings`` are read here and set elsewhere, for operators alone."""

    rows: tuple[PolicyRow, ...]
    settings: tuple[SettingTold, ...]
    settings_problem: str
    operates: bool


class ChangeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A change in the history. ``state``: "" in effect or past, else what it waits for."""

    id: int
    was: str
    value: str
    note: str
    who: str
    made_at: datetime
    effective_at: datetime
    withdrawn: bool
    coming: bool


class PolicyPage(msgspec.Struct, frozen=True, kw_only=True):
    """One policy with its history."""

    name: str
    title: str
    about: str
    value: str
    since: datetime | None
    changes: tuple[ChangeRow, ...]
    next_cursor: str | None
    operates: bool


@require_safe
@for_platform(Right.REVIEW)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show what holds."""
    operates = Right.OPERATE in scope.rights
    told: tuple[SettingTold, ...] = ()
    problem = ""
    if operates:
        try:
            told = settings_told.told(scope)
        except ValueError as error:  # The file was broken since the start: what runs goes on, what starts would not.
            problem = str(error)
    rows = tuple(_row(view) for view in policies.every(scope, now=now_of(request)))
    record = PoliciesPage(rows, told, problem, operates)
    return render(request, "operator/policies.html", {"page": record})


@require_safe
@for_platform(Right.REVIEW)
def one(request: HttpRequest, scope: Scope, name: str) -> HttpResponse:
    """Show a policy with every change of it."""
    view = policies.one(scope, name, now=now_of(request))
    return _answer(request, scope, view, PolicyForm(view), HTTPStatus.OK)


@require_POST
@for_platform(Right.OPERATE)
def change(request: HttpRequest, scope: Scope, name: str) -> HttpResponse:
    """Set it."""
    now = now_of(request)
    view = policies.one(scope, name, now=now)
    form = PolicyForm(view, request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            policies.change(scope, name, form.wanted, asked["note"], effective_at=asked["effective_at"], now=now)
        except (Invalid, Conflict) as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Set. The history tells who, when and why."))
            return redirect("operator:policy", name)
    return _answer(request, scope, view, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@for_platform(Right.OPERATE)
def revert(request: HttpRequest, scope: Scope, name: str, change_id: int) -> HttpResponse:
    """Set what held before a change."""
    try:
        policies.revert(scope, change_id, now=now_of(request))
    except Conflict as problem:
        messages.warning(request, problems.view_of(problem).message)
    else:
        messages.success(request, _("Set back to what held before."))
    return redirect("operator:policy", name)


@require_POST
@for_platform(Right.OPERATE)
def withdraw(request: HttpRequest, scope: Scope, name: str, change_id: int) -> HttpResponse:
    """Take back a change that has not taken effect."""
    try:
        policies.withdraw(scope, change_id, now=now_of(request))
    except Conflict as problem:
        messages.warning(request, problems.view_of(problem).message)
    else:
        messages.success(request, _("Withdrawn. It does not take effect."))
    return redirect("operator:policy", name)


def _answer(request: HttpRequest, scope: Scope, view: PolicyView, form: PolicyForm, status: HTTPStatus) -> HttpResponse:
    now, policy = now_of(request), view.policy
    found = policies.history(scope, policy.name, paging_of(request))
    names = identity.person_names({change.operator_id for change in found.items})
    record = PolicyPage(
        name=policy.name,
        title=_(policy.title),  # noqa: INT001 - texts of declared policies.
        about=_(policy.about),  # noqa: INT001 - texts of declared policies.
        value=_said(policy, view.value),
        since=view.since,
        changes=tuple(_change(policy, change, names, now) for change in found.items),
        next_cursor=found.next_cursor,
        operates=Right.OPERATE in scope.rights,
    )
    return render(request, "operator/policy.html", {"page": record, "form": form}, status=status)


def _row(view: PolicyView) -> PolicyRow:
    policy = view.policy
    title, about = _(policy.title), _(policy.about)  # noqa: INT001 - texts of declared policies.
    return PolicyRow(policy.name, title, about, _said(policy, view.value), view.since, len(view.coming))


def _change(policy: Policy, change: ChangeView, names: dict[int, str], now: datetime) -> ChangeRow:
    return ChangeRow(
        id=change.id,
        was=_said(policy, change.was),
        value=_said(policy, change.value),
        note=change.note,
        who=names.get(change.operator_id, ""),
        made_at=change.made_at,
        effective_at=change.effective_at,
        withdrawn=change.withdrawn_at is not None,
        coming=change.withdrawn_at is None and change.effective_at > now,
    )


def _said(policy: Policy, value: Value) -> str:
    """Return a value in words."""
    if isinstance(value, int):
        if policy.unit == "days":
            return ngettext("%(count)s day", "%(count)s days", value) % {"count": formats.number(value)}
        return formats.number(value)
    texts = dict(policy.choices)
    return ", ".join(_(texts[key]) for key in value) or _("None")  # noqa: INT001 - texts of declared policies.


assert set(PolicyKind) == {PolicyKind.NUMBER, PolicyKind.CHOICES}, "Every kind has its words and its field."
