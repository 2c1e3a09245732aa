"""What the server would refuse of a form that is being filled, beside each field: by the rules that creating goes by.

Creating names the first thing that is wrong and keeps what others did meanwhile out; here all that is wrong is found at once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.forms import Form

from vonk.advertising.drafts import AdDraft
from vonk.advertising.queries.draft_problems import problems_of_ad
from vonk.advertising.rules import Objective, audiences, budgets, objectives, schedules, texts
from vonk.billing import queries as billing
from vonk.core.errors import Problem
from vonk.delivery.snapshot import Budget, BudgetMode
from vonk.web.advertiser.access import Desk
from vonk.web.advertiser.forms.ad_groups import AdGroupForm
from vonk.web.advertiser.forms.ads import AdForm
from vonk.web.advertiser.forms.campaigns import BudgetForm
from vonk.web.advertiser.launching import AD, AD_GROUP, CAMPAIGN, RENAMED, Sheet
from vonk.web.advertiser.pages import refuse, refuse_somewhere


def judge(sheet: Sheet, desk: Desk) -> bool:
    """Judge every part of a form that was sent, and put what is wrong beside its field; return whether nothing is."""
    for form in sheet.forms.values():
        form.full_clean()
    campaign, group, ad = (sheet.forms.get(name) for name in (CAMPAIGN, AD_GROUP, AD))
    if isinstance(campaign, BudgetForm):
        _judge_campaign(campaign, desk)
    if isinstance(group, AdGroupForm):
        above = sheet.campaign.budget if sheet.campaign is not None else _budget(campaign)
        _judge_ad_group(group, desk, sheet.objective, above)
    if isinstance(ad, AdForm):
        _judge_ad(ad, desk, sheet)
    return not any(form.errors for form in sheet.forms.values())


def _judge_campaign(form: BudgetForm, desk: Desk) -> None:
    known = form.cleaned_data
    _name(form)
    if "budget_mode" in known and known.get("budget_micros") is not None:
        minimum = settings.VONK.daily_minimum_micros("campaign", desk.account.currency)
        currency = desk.account.currency
        _try(form, lambda: budgets.check(form.budget(), minimum_micros=minimum, currency=currency))


def _judge_ad_group(form: AdGroupForm, desk: Desk, objective: Objective | None, campaign: Budget | None) -> None:
    known = form.cleaned_data
    _name(form)
    if objective is not None and known.get("billing"):
        _try(form, lambda: objectives.billing(known["billing"], objective))
    starts_at, ends_at = known.get("starts_at") or desk.now, known.get("ends_at")
    _try(form, lambda: schedules.check(starts_at, ends_at, now=desk.now))
    budget = _budget(form)
    if budget is not None:
        _try(form, lambda: _check_budget(budget, starts_at, ends_at, desk.account.currency))
    if budget is not None and campaign is not None and known.get("bid_micros") is not None:
        _try(
            form,
            lambda: budgets.check_bid(
                known["bid_micros"], ad_group=budget, campaign=campaign, currency=desk.account.currency
            ),
        )
    if objective is not None and not {"countries", "places"} & form.errors.keys():
        _try(form, lambda: audiences.targeting(form.targeting(), objective), instead="age_bands")
    if known.get("cap_impressions") is not None and known.get("cap_days") is not None:
        _try(form, lambda: audiences.frequency_cap(form.cap()))


def _judge_ad(form: AdForm, desk: Desk, sheet: Sheet) -> None:
    known = form.cleaned_data
    chosen: dict[str, Any] = {}
    if known.get("consent_id" if form.is_spark else "post_id") is not None:
        chosen = form.creative()
    consent_id = chosen.get("consent_id")
    draft = AdDraft(
        name=known.get("name"),
        call_to_action=known.get("call_to_action", ""),
        landing_url=known.get("landing_url", ""),
        category=known.get("category", ""),
        **chosen,
    )
    found = problems_of_ad(
        desk.scope,
        draft,
        objective=sheet.objective,
        countries=_countries(sheet),
        billed=billing.billed_under([consent_id] if consent_id is not None else []),
        now=desk.now,
    )
    for problem in found:
        _put(form, problem)


def _countries(sheet: Sheet) -> Sequence[str]:
    if sheet.ad_group is not None:
        return sheet.ad_group.targeting.countries
    chosen: Sequence[str] = sheet.forms[AD_GROUP].cleaned_data.get("countries", ())
    return chosen


def _name(form: Form) -> None:
    if "name" in form.cleaned_data:
        _try(form, lambda: texts.name(form.cleaned_data["name"]))


def _budget(form: Form | None) -> Budget | None:
    """Return the budget as far as it is written; None while it is not, or wrongly."""
    if not isinstance(form, BudgetForm) or {"budget_mode", "budget_micros"} & form.errors.keys():
        return None
    return form.budget()


def _check_budget(budget: Budget, starts_at: datetime, ends_at: datetime | None, currency: str) -> None:
    if budget.mode is BudgetMode.LIFETIME and ends_at is not None and ends_at <= starts_at:
        return  # Said of the schedule already: such a span has no days.
    daily_micros = settings.VONK.daily_minimum_micros("ad_group", currency)
    minimum = schedules.minimum_micros(budget, daily_micros, starts_at, ends_at)
    budgets.check(budget, minimum_micros=minimum, currency=currency)


def _try(form: Form, rule: Callable[[], object], *, instead: str = "") -> None:
    try:
        rule()
    except Problem as problem:
        _put(form, problem, instead=instead)


def _put(form: Form, problem: Problem, *, instead: str = "") -> None:
    """Put the problem beside its field; ``instead`` is where one goes that names none of the form's."""
    field = problem.field or ""
    for name in (field, RENAMED.get(field, ""), instead):
        if name in form.errors or (name in form.fields and refuse(form, problem, field=name)):
            return  # One thing at a time is said of a field: the form's own word comes first.
    refuse_somewhere(form, problem)
