"""An estimate in words: whom an ad group that is being written may reach, what a day brings, and what nobody knows of it."""

from typing import Final

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.advertising.rules import schedules
from vonk.core.errors import Problem
from vonk.delivery.snapshot import Budget, BudgetMode
from vonk.reporting.forecasts import drafted
from vonk.reporting.forecasts.drafted import Asked, Bid, Drafted, Range, Unknown
from vonk.web.advertiser.access import Desk
from vonk.web.advertiser.forms.ad_groups import AdGroupForm
from vonk.web.advertiser.forms.campaigns import BudgetForm
from vonk.web.advertiser.launching import AD_GROUP, CAMPAIGN, Sheet
from vonk.web.advertiser.words import DAY_SECONDS
from vonk.web.common import formats

_UNKNOWN: Final = {
    Unknown.PLACES: gettext_lazy("Regions and cities narrow it further: by how much is not known."),
    Unknown.LANGUAGES: gettext_lazy("Languages narrow it further: by how much is not known."),
    Unknown.INTERESTS: gettext_lazy("Interests narrow it further: by how much is not known."),
    Unknown.DEVICES: gettext_lazy("Devices narrow it further: by how much is not known."),
    Unknown.UNDER_18: gettext_lazy("People under 18 are counted by no age: there may be more of them."),
}
assert _UNKNOWN.keys() == set(Unknown), "Whatever is not known is said."


class EstimateCard(msgspec.Struct, frozen=True, kw_only=True):
    """The card. ``missing`` says what is to be written first, and then there is nothing else."""

    missing: str = ""
    people: str = ""
    impressions: str = ""
    bound: str = ""  # What bounds the impressions.
    bid: str = ""
    bid_bad: bool = False
    unknown: tuple[str, ...] = ()
    basis: str = ""


def of_sheet(sheet: Sheet, desk: Desk) -> EstimateCard:
    """Return the estimate of what is written so far."""
    form, objective = sheet.forms.get(AD_GROUP), sheet.objective
    if not isinstance(form, AdGroupForm):
        return EstimateCard(missing=_("An estimate is made of an ad group."))
    form.full_clean()
    if objective is None or {"countries", "places"} & form.errors.keys():
        return EstimateCard(missing=_("Choose a country to see how many people there are."))
    known = form.cleaned_data
    asked = Asked(
        targeting=form.targeting(),
        objective=objective,
        billing=known.get("billing", ""),
        goal=known.get("goal", ""),
        bid_micros=known.get("bid_micros"),
        daily_micros=_daily_micros(sheet, form, desk),
        cap=_cap(form),
    )
    return _card(drafted.drafted(desk.scope, asked, now=desk.now), desk.account.currency)


def _cap(form: AdGroupForm) -> tuple[int, int] | None:
    if form.cleaned_data.get("cap_days") is None or form.cleaned_data.get("cap_impressions") is None:
        return None
    cap = form.cap()
    return None if cap is None else (cap.impressions, max(1, cap.window_seconds // DAY_SECONDS))


def _daily_micros(sheet: Sheet, form: AdGroupForm, desk: Desk) -> int | None:
    """Return what a day may cost by the smaller of the two budgets; None while no budget is written."""
    above = sheet.campaign.budget if sheet.campaign is not None else _budget(sheet.forms.get(CAMPAIGN))
    starts_at, ends_at = form.cleaned_data.get("starts_at") or desk.now, form.cleaned_data.get("ends_at")
    days = schedules.days(starts_at, ends_at) if ends_at is not None and ends_at > starts_at else None
    amounts = [
        budget.micros if budget.mode is BudgetMode.DAILY else budget.micros // (days or 1)
        for budget in (above, _budget(form))
        if budget is not None and budget.mode is not BudgetMode.NONE
        if budget.mode is BudgetMode.DAILY or days is not None
    ]
    return min(amounts, default=None)


def _budget(form: object) -> Budget | None:
    if not isinstance(form, BudgetForm):
        return None
    if not hasattr(form, "cleaned_data"):
        form.full_clean()
    if {"budget_mode", "budget_micros"} & form.errors.keys():
        return None
    try:
        return form.budget()
    except Problem:
        return None


def _card(found: Drafted, currency: str) -> EstimateCard:
    return EstimateCard(
        people=_range(found.people) if found.people is not None else "",
        impressions=_range(found.impressions) if found.impressions is not None else "",
        bound=_bound(found, currency),
        bid=_bid(found, currency),
        bid_bad=found.bid is Bid.BELOW_FLOOR,
        unknown=tuple(str(_UNKNOWN[one]) for one in found.unknown),
        basis=_("Worked out from the ads shown in the last 8 days; a promise it is not.")
        if found.people is not None
        else _("Too little was shown to these people in the last 8 days to say how many they are."),
    )


def _range(of: Range) -> str:
    low, high = _rounded(of.low), _rounded(of.high)
    if low == high:
        return formats.number(low)
    return _("%(low)s to %(high)s") % {"low": formats.number(low), "high": formats.number(high)}


def _rounded(value: int) -> int:
    """Return the number with two digits that count: it is an estimate, and shall look like one."""
    step: int = 10 ** max(0, len(str(value)) - 2)
    return round(value / step) * step


def _bound(found: Drafted, currency: str) -> str:
    if found.by_money is None:
        return ""
    price = formats.money(found.cpm_micros, currency)
    if found.by_money:
        return _("Your budget decides, at %(price)s a thousand.") % {"price": price}
    return _("There are no more: the budget would buy them all at %(price)s a thousand.") % {"price": price}


def _bid(found: Drafted, currency: str) -> str:
    usual = {"price": formats.money(found.usual_cpm_micros, currency)}
    match found.bid:
        case Bid.BELOW_FLOOR:
            return _("Such a bid is less than any impression costs: nothing would be shown.")
        case Bid.BELOW_USUAL:
            return (
                _("Others usually bid %(price)s a thousand impressions; yours is worth less, and may win few.") % usual
            )
        case Bid.ENOUGH:
            return _("Others usually bid %(price)s a thousand impressions; yours is worth as much or more.") % usual
        case Bid.UNTOLD:
            return _("How the bid stands to others' is not known: too few others bid, or too little was shown.")
        case Bid.NONE:
            return ""
