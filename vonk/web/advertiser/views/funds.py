"""Money: what may be spent and from which source, paying in, and the statement's lines."""

import secrets
from datetime import date, timedelta
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vonk.advertising import queries as advertising
from vonk.billing import funding
from vonk.billing import queries as billing
from vonk.billing.actions import payments
from vonk.billing.errors import TestPaymentsOff
from vonk.billing.funding import Mode, Stop
from vonk.billing.ledger import Reason
from vonk.billing.queries import Balance, By, TermsView, VoucherView
from vonk.control.paging import Paging
from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.core.money import MICROS_PER_UNIT
from vonk.web.advertiser import money
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.accounts import TopUpForm
from vonk.web.advertiser.money import Line
from vonk.web.advertiser.pages import answer, refuse_somewhere
from vonk.web.advertiser.spans import day_words
from vonk.web.advertiser.views.home import today_of
from vonk.web.common import formats
from vonk.web.common.records import Chart, ChartKind, Series
from vonk.web.common.requests import paging_of

FILTERS: Final = {"payments": Reason.TOP_UP, "charges": Reason.CHARGE}
CHART_DAYS: Final = 30
VOUCHERS_SHOWN: Final = 20


class Filter(msgspec.Struct, frozen=True):
    """Which lines are shown."""

    label: str
    url: str
    active: bool


class Stat(msgspec.Struct, frozen=True):
    """One amount at the top."""

    label: str
    value: str
    icon: str
    hint: str = ""


class Fact(msgspec.Struct, frozen=True):
    """One line of how the account pays."""

    label: str
    value: str


class Due(msgspec.Struct, frozen=True):
    """What a payment comes to."""

    net: int
    tax: int
    total: int


class FundsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``test`` payments move no real money; ``provider`` False: nothing can be paid in here."""

    mode_text: str
    stopped: str
    stats: tuple[Stat, ...]
    by_day: Chart | None
    currency: str
    tax_percent: str
    due: Due | None
    facts: tuple[Fact, ...]
    vouchers: tuple[VoucherView, ...]
    provider: bool
    test: bool
    filters: tuple[Filter, ...]
    lines: tuple[Line, ...]
    next_cursor: str | None


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the money; pay in. Where there is tax, the sum is shown and confirmed first."""
    currency = desk.account.currency
    if request.method != "POST":
        return _answer(request, desk, _new_form(currency))
    desk.scope.require(Right.FUNDS_EDIT)
    form = TopUpForm(request.POST, currency=currency)
    if form.is_valid():
        asked = form.cleaned_data
        tax_ppm = payments.tax_ppm(desk.account.country)
        if tax_ppm and not request.POST.get("confirmed"):
            tax = funding.tax_on(asked["amount_micros"], tax_ppm)
            due = Due(asked["amount_micros"], tax, asked["amount_micros"] + tax)
            return _answer(request, desk, form, due=due)
        try:
            payments.top_up(
                desk.scope,
                amount_micros=asked["amount_micros"],
                provider_reference=asked["provider_reference"],
                now=desk.now,
            )
        except Problem as problem:
            refuse_somewhere(form, problem)
        else:
            paid = formats.money(asked["amount_micros"], currency)
            messages.success(request, _("%(amount)s were added to the balance.") % {"amount": paid})
            return redirect("advertiser:funds")
    return _answer(request, desk, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _new_form(currency: str) -> TopUpForm:
    return TopUpForm(currency=currency, initial={"provider_reference": secrets.token_urlsafe(16)})


def _answer(
    request: HttpRequest, desk: Desk, form: TopUpForm, status: HTTPStatus = HTTPStatus.OK, *, due: Due | None = None
) -> HttpResponse:
    balance = billing.balance(desk.account.id, now=desk.now)
    terms = billing.terms(desk.scope)
    shown = request.GET.get("show", "")
    found = billing.transfers(desk.scope, paging_of(request), reason=FILTERS.get(shown))
    names = advertising.names(desk.scope, "ad", {line.ad_id for line in found.items if line.ad_id is not None})
    provider, test = _provider()
    vouchers = billing.vouchers(desk.scope, Paging(size=VOUCHERS_SHOWN)).items
    record = FundsPage(
        mode_text=str(money.MODES[Mode(terms.mode)][1]),
        stopped=str(money.STOPS[Stop(terms.stopped)]) if terms.stopped else "",
        stats=_stats(balance),
        by_day=_chart(desk, balance.currency),
        currency=balance.currency,
        tax_percent=formats.percent(terms.tax_ppm / 1_000_000, 1) if terms.tax_ppm else "",
        due=due,
        facts=_facts(balance, terms),
        vouchers=tuple(one for one in vouchers if not one.ended and one.left_micros),
        provider=provider,
        test=test,
        filters=_filters(shown),
        lines=tuple(money.line(line, names) for line in found.items),
        next_cursor=found.next_cursor,
    )
    return answer(request, desk, "funds.html", record, form=form, status=status)


def _provider() -> tuple[bool, bool]:
    try:
        provider = payments.provider_in_force()
    except TestPaymentsOff:
        return False, False
    return True, not provider.real


def _stats(balance: Balance) -> tuple[Stat, ...]:
    currency = balance.currency

    def stat(label: str, micros: int, icon: str, hint: str = "") -> Stat:
        return Stat(label, formats.money(micros, currency), icon, hint)

    stats = [stat(_("Balance"), balance.micros, "wallet", _("May be spent"))]
    if balance.voucher_micros:
        stats.append(stat(_("Vouchers"), balance.voucher_micros, "sparkles", _("Spent first")))
    if balance.cash_micros != balance.micros:
        stats.append(stat(_("Cash"), balance.cash_micros, "coin"))
    if balance.owed_micros:
        hint = _("of %(limit)s credit") % {"limit": formats.money(balance.limit_micros, currency)}
        stats.append(stat(_("Owed"), balance.owed_micros, "report-money", hint))
    if balance.held_micros:
        stats.append(stat(_("Set aside"), balance.held_micros, "lock", _("For refunds")))
    stats.append(stat(_("Paid in"), balance.paid_micros, "credit-card"))
    stats.append(stat(_("Spent"), balance.billed_micros, "coin"))
    return tuple(stats)


def _facts(balance: Balance, terms: TermsView) -> tuple[Fact, ...]:
    mode = Mode(terms.mode)
    facts = [Fact(_("Way to pay"), str(money.MODES[mode][0]))]
    if mode is not Mode.PREPAY:
        facts.append(Fact(_("Credit line"), formats.money(terms.credit_limit_micros, balance.currency)))
    if terms.threshold_micros is not None:
        facts.append(Fact(_("Collected from"), formats.money(terms.threshold_micros, balance.currency)))
    if mode is Mode.MONTHLY:
        facts.append(Fact(_("Invoices are due after"), _("%(days)d days") % {"days": terms.due_days}))
    if terms.next_invoice_at is not None:
        facts.append(Fact(_("Next invoice"), formats.day(terms.next_invoice_at)))
    if terms.tax_ppm:
        facts.append(Fact(_("Tax"), formats.percent(terms.tax_ppm / 1_000_000, 1)))
    return tuple(facts)


def _chart(desk: Desk, currency: str) -> Chart | None:
    """Return what ads cost on each of the last days; nothing when they cost nothing."""
    today = today_of(desk)
    days = [today - timedelta(days=number) for number in reversed(range(CHART_DAYS))]
    spent: dict[date, int] = {}
    for row in billing.spend(account_id=desk.account.id, start_date=days[0], end_date=today, by=By.DAY):
        assert isinstance(row.bucket, date), "Asked for by day."
        spent[row.bucket] = spent.get(row.bucket, 0) + row.micros
    if not any(spent.values()):
        return None
    values = [spent.get(day, 0) for day in days]
    series = Series(
        name=_("Spend"),
        values=tuple(value / MICROS_PER_UNIT for value in values),
        texts=tuple(formats.money(value, currency) for value in values),
    )
    return Chart(
        id="spend-by-day",
        title=_("Spend by day"),
        label_heading=_("Day"),
        labels=tuple(day_words(day) for day in days),
        series=(series,),
        kind=ChartKind.BAR,
    )


def _filters(shown: str) -> tuple[Filter, ...]:
    labels = (("", _("All")), ("payments", _("Payments")), ("charges", _("Charges")))
    url = reverse("advertiser:funds")
    return tuple(Filter(label, f"{url}?show={value}" if value else url, value == shown) for value, label in labels)
