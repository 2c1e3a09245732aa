"""The validity rules: what broke them, how they are set, and who set them so."""

from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.billing import validity
from vonk.billing.actions import validity as setting
from vonk.billing.validity import RuleView
from vonk.control import trail
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.control.trail import Entry
from vonk.events.validity import EVENT_REFUSALS
from vonk.identity import queries as identity
from vonk.reporting.invalid import AdInvalid
from vonk.web.common.records import Chart
from vonk.web.common.requests import now_of
from vonk.web.operator import ad_server, origin_lists, validity_numbers
from vonk.web.operator.access import for_platform
from vonk.web.operator.forms import RuleForm
from vonk.web.operator.origin_lists import Lists
from vonk.web.operator.validity_numbers import PERIOD_DEFAULT_DAYS, PERIODS_DAYS, Numbers, RuleRow

TRAIL_READ: Final = 100  # Of the newest acts on any rule.
PAST_SHOWN: Final = 10


class Refusal(msgspec.Struct, frozen=True):
    """Why events were refused, and how often since the ad server began."""

    name: str
    count: int
    cause: str
    remedy: str


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The first page. ``refusals`` None: the ad server is silent."""

    days: int
    periods: tuple[int, ...]
    numbers: Numbers
    chart: Chart
    ads: tuple[AdInvalid, ...]
    refusals: tuple[Refusal, ...] | None
    lists: Lists


class PastAct(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a rule, and how it was before."""

    at: datetime
    who: str
    words: str
    enabled_before: bool
    values_before: Mapping[str, int]


class RulePage(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. ``asks`` when it has to be said once more that it is to be turned off."""

    row: RuleRow
    since: date
    chart: Chart
    past: tuple[PastAct, ...]
    undo: tuple[tuple[str, int], ...]  # The thresholds as they were before the newest act.
    asks: bool
    wanted: Mapping[str, int]


@require_safe
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show every rule with what broke it; ``?days=`` chooses one of the periods."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(period) for period in PERIODS_DAYS} else PERIOD_DEFAULT_DAYS
    now = now_of(request)
    numbers = validity_numbers.numbers(scope, days=days, now=now)
    record = Overview(
        days=days,
        periods=PERIODS_DAYS,
        numbers=numbers,
        chart=validity_numbers.chart(
            numbers.traffic,
            {row.view.rule: row.title for row in numbers.rows if row.period}
            | {row.name: row.title for row in numbers.found},
            chart_id="invalid",
            title=_("Invalid events by hour"),
            now=now,
        ),
        ads=numbers.traffic.ads,
        refusals=_refusals(),
        lists=origin_lists.lists(),
    )
    return render(request, "operator/validity.html", {"page": record})


@require_safe
@for_platform(Right.OPERATE)
def rule(request: HttpRequest, scope: Scope, name: str) -> HttpResponse:
    """Show one rule: its meaning, its numbers, how it is set, and who set it so."""
    return _answer(request, scope, validity.rule(scope, name), None)


@require_POST
@for_platform(Right.OPERATE)
def put(request: HttpRequest, scope: Scope, name: str) -> HttpResponse:
    """Set a rule. Turning one off is asked about once more."""
    view = validity.rule(scope, name)
    form = RuleForm(request.POST, thresholds=view.thresholds)
    if not form.is_valid():
        return _answer(request, scope, view, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    enabled = form.cleaned_data["enabled"]
    if view.enabled and not enabled and not form.cleaned_data["sure"]:
        return _answer(request, scope, view, form, asks=True)
    setting.set_rule(scope, rule=name, enabled=enabled, values=form.values, now=now_of(request))
    messages.success(request, _("Set. The ad servers judge by it within a second."))
    return redirect("operator:validity_rule", name)


@require_POST
@for_platform(Right.OPERATE)
def reset(request: HttpRequest, scope: Scope, name: str) -> HttpResponse:
    """Set a rule as it was built."""
    setting.reset_rule(scope, rule=name, now=now_of(request))
    messages.success(request, _("The rule is as it was built."))
    return redirect("operator:validity_rule", name)


def _answer(
    request: HttpRequest,
    scope: Scope,
    view: RuleView,
    form: RuleForm | None,
    *,
    asks: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    now = now_of(request)
    numbers = validity_numbers.numbers(scope, days=PERIOD_DEFAULT_DAYS, now=now)
    row = next(row for row in numbers.rows if row.view.rule == view.rule)
    past = _past(scope, view)
    before = past[0].values_before if past else {}
    record = RulePage(
        row=row,
        since=numbers.traffic.start_date,
        chart=validity_numbers.chart(
            numbers.traffic, {view.rule: row.title}, chart_id="rule", title=_("Events that broke it, by hour"), now=now
        ),
        past=past,
        undo=tuple((one.name, before.get(one.name, one.default)) for one in view.thresholds),
        asks=asks,
        wanted=form.values if form is not None and asks else {},
    )
    shown = form if form is not None and not asks else RuleForm(thresholds=view.thresholds, enabled=view.enabled)
    return render(request, "operator/validity_rule.html", {"page": record, "form": shown}, status=status)


def _past(scope: Scope, view: RuleView) -> tuple[PastAct, ...]:
    found = trail.entries(scope, Paging(size=TRAIL_READ), noun=setting.NOUN).items
    acts = [entry for entry in found if entry.detail.get("rule") == view.rule][:PAST_SHOWN]
    people = identity.person_names({entry.person_id for entry in acts if entry.person_id is not None})
    return tuple(_act(entry, people) for entry in acts)


def _act(entry: Entry, people: Mapping[int, str]) -> PastAct:
    act = msgspec.convert(entry.detail, _Detail)
    state = _("On") if act.enabled else _("Off")
    values = ", ".join(f"{name} {value}" for name, value in act.values.items())
    return PastAct(
        at=entry.at,
        who=_("the platform") if entry.person_id is None else people.get(entry.person_id, str(entry.person_id)),
        words=f"{state}, {values}" if values else f"{state}, {_('with its defaults')}",
        enabled_before=act.enabled_before,
        values_before=act.values_before,
    )


class _Detail(msgspec.Struct, frozen=True):
    """What the trail keeps of a change."""

    enabled: bool
    values: dict[str, int]
    enabled_before: bool
    values_before: dict[str, int]


def _refusals() -> tuple[Refusal, ...] | None:
    counted = ad_server.verdicts()
    if counted is None:
        return None
    return tuple(
        Refusal(refusal.value, counted[refusal.value], entry.cause, entry.remedy)
        for refusal, entry in EVENT_REFUSALS.items()
        if counted.get(refusal.value, 0)
    )
