"""Ad accounts' money: lists of accounts, refunds, holds, invoices, credit notes, findings and tax rates."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import msgspec
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from vonk.billing import queries as billing
from vonk.billing.actions import terms
from vonk.billing.actions.refunds import PURPOSE
from vonk.billing.funding import Mode, RefundState, Stop
from vonk.control.scope import Right, Scope
from vonk.core.errors import Problem
from vonk.identity import queries as identity
from vonk.web.common import formats, problems
from vonk.web.common.money_states import hold_badge, refund_badge
from vonk.web.common.requests import now_of, paging_of
from vonk.web.common.tables import Cell, Heading, Table
from vonk.web.common.validity import rule_title
from vonk.web.operator.access import for_platform
from vonk.web.operator.money_forms import MODE_TEXTS, PPM_PER_PERCENT, FindAccountForm, TaxForm

TABS: Final = (
    ("money", gettext_lazy("Accounts")),
    ("refunds", gettext_lazy("Refunds")),
    ("invoices", gettext_lazy("Invoices")),
    ("credit_notes", gettext_lazy("Credit notes")),
    ("holds", gettext_lazy("Holds")),
    ("event_money", gettext_lazy("Follow an event")),
    ("taxes", gettext_lazy("Tax")),
)
STOP_TEXTS: Final = {
    Stop.NONE: "",
    Stop.PAYMENT_FAILED: gettext_lazy("Stopped: could not be collected"),
    Stop.INVOICE_OVERDUE: gettext_lazy("Stopped: invoice overdue"),
}
assert STOP_TEXTS.keys() == set(Stop), "Every stop has its words."


class Tab(msgspec.Struct, frozen=True):
    """One of the lists, as a link."""

    label: str
    url: str
    active: bool


class MoneyPage(msgspec.Struct, frozen=True, kw_only=True):
    """A list, with a form beside it when something can be done."""

    title: str
    subtitle: str
    tabs: tuple[Tab, ...]
    table: Table
    form_title: str = ""
    submit: str = ""
    form_method: str = "post"
    more_url: str = ""  # Where a search goes on that was bounded.


def tabs(active: str) -> tuple[Tab, ...]:
    """Return the links between the lists."""
    return tuple(Tab(str(label), reverse(f"operator:{name}"), name == active) for name, label in TABS)


def names_of(account_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of ad accounts."""
    return {account_id: facts.name for account_id, facts in identity.accounts_facts(account_ids).items()}


def account_cell(account_id: int, names: dict[int, str]) -> Cell:
    """Return an ad account as a link to its money."""
    return Cell(names.get(account_id, str(account_id)), reverse("operator:account_money", args=[account_id]))


@require_safe
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the ad accounts that have money; find one by its id."""
    form = FindAccountForm(request.GET if request.GET.get("account") else None)
    if form.is_bound and form.is_valid():
        return redirect("operator:account_money", form.cleaned_data["account"])
    found = billing.accounts_money(scope, paging_of(request), now=now_of(request))
    names = names_of(one.account_id for one in found.items)
    table = Table(
        caption=_("Accounts"),
        headings=(
            Heading(_("Ad account")),
            Heading(_("Way to pay")),
            Heading(_("May be spent"), number=True),
            Heading(_("Cash"), number=True),
            Heading(_("Vouchers"), number=True),
            Heading(_("Owed"), number=True),
        ),
        rows=tuple(
            (
                account_cell(one.account_id, names),
                Cell(str(MODE_TEXTS[Mode(one.mode)]), small=str(STOP_TEXTS[Stop(one.stopped)])),
                *(
                    Cell(formats.money(micros, one.currency))
                    for micros in (one.micros, one.cash_micros, one.voucher_micros, one.owed_micros)
                ),
            )
            for one in found.items
        ),
        empty=_("No money yet"),
        empty_text=_("Ad accounts appear here with their first payment, voucher or credit line."),
        icon="wallet",
        next_cursor=found.next_cursor,
    )
    record = MoneyPage(
        title=_("Money"),
        subtitle=_("What ad accounts hold, owe and ask back."),
        tabs=tabs("money"),
        table=table,
        submit=_("Show"),
        form_method="get",
    )
    return show(request, record, form)


@require_safe
@for_platform(Right.OPERATE)
def refunds(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the refunds; those that wait, or all."""
    asked = request.GET.get("show") != "all"
    state = RefundState.ASKED.value if asked else None
    found = billing.refunds(scope, paging_of(request), state=state)
    names = names_of(one.account_id for one in found.items)
    rows = tuple(
        (
            Cell(formats.instant(one.asked_at), reverse("operator:refund", args=[one.id])),
            account_cell(one.account_id, names),
            Cell(one.reason),
            Cell(badge=refund_badge(one.state), small=one.failure.replace("_", " ")),
            Cell(formats.money_exact(one.amount_micros, one.currency)),
        )
        for one in found.items
    )
    table = Table(
        caption=_("Refunds"),
        headings=(
            Heading(_("Asked for")),
            Heading(_("Ad account")),
            Heading(_("Why")),
            Heading(_("State")),
            Heading(_("Amount"), number=True),
        ),
        rows=rows,
        empty=_("No refund waits for you") if asked else _("No refunds"),
        icon="credit-card",
        next_cursor=found.next_cursor,
    )
    subtitle = _("Those that wait for a decision.") if asked else _("All of them.")
    return show(request, MoneyPage(title=_("Refunds"), subtitle=subtitle, tabs=tabs("refunds"), table=table))


@require_safe
@for_platform(Right.OPERATE)
def invoices(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the invoices."""
    found = billing.invoices(scope, paging_of(request))
    names = names_of(one.account_id for one in found.items)
    table = Table(
        caption=_("Invoices"),
        headings=(
            Heading(_("Number")),
            Heading(_("Ad account")),
            Heading(_("Due")),
            Heading(_("Paid")),
            Heading(_("To pay"), number=True),
        ),
        rows=tuple(
            (
                Cell(one.number, reverse("operator:invoice", args=[one.id])),
                account_cell(one.account_id, names),
                Cell(formats.instant(one.due_at)),
                Cell(formats.instant(one.paid_at) if one.paid_at else _("Open"), small=one.failure.replace("_", " ")),
                Cell(formats.money_exact(one.total_micros, one.currency)),
            )
            for one in found.items
        ),
        empty=_("No invoices"),
        empty_text=_("Accounts with a credit line get them."),
        icon="report-money",
        next_cursor=found.next_cursor,
    )
    return show(request, MoneyPage(title=_("Invoices"), subtitle="", tabs=tabs("invoices"), table=table))


@require_safe
@for_platform(Right.OPERATE)
def holds(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the holds."""
    found = billing.holds(scope, paging_of(request))
    names = names_of(one.account_id for one in found.items)
    table = Table(
        caption=_("Holds"),
        headings=(
            Heading(_("Placed")),
            Heading(_("Ad account")),
            Heading(_("For")),
            Heading(_("State")),
            Heading(_("Amount"), number=True),
            Heading(_("Posted"), number=True),
        ),
        rows=tuple(
            (
                Cell(formats.instant(one.placed_at)),
                account_cell(one.account_id, names),
                Cell(_("Refund") if one.purpose == PURPOSE else one.purpose),
                Cell(badge=hold_badge(one.state)),
                Cell(formats.money_exact(one.amount_micros, one.currency)),
                Cell(formats.money_exact(one.posted_micros, one.currency)),
            )
            for one in found.items
        ),
        empty=_("No holds"),
        empty_text=_("Cash is set aside while a refund waits."),
        icon="lock",
        next_cursor=found.next_cursor,
    )
    subtitle = _("Cash set aside; each is posted or voided once.")
    return show(request, MoneyPage(title=_("Holds"), subtitle=subtitle, tabs=tabs("holds"), table=table))


@require_safe
@for_platform(Right.OPERATE)
def credit_notes(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the credit notes."""
    found = billing.credit_notes(scope, paging_of(request))
    names = names_of(one.account_id for one in found.items)
    table = Table(
        caption=_("Credit notes"),
        headings=(
            Heading(_("Number")),
            Heading(_("When")),
            Heading(_("Ad account")),
            Heading(_("Rule")),
            Heading(_("Events"), number=True),
            Heading(_("Amount"), number=True),
            Heading(_("From creators"), number=True),
        ),
        rows=tuple(
            (
                Cell(one.number),
                Cell(formats.instant(one.issued_at)),
                account_cell(one.account_id, names),
                Cell(rule_title(one.rule), reverse("operator:finding", args=[one.finding_id]), small=one.reason),
                Cell(formats.number(one.events)),
                Cell(formats.money_exact(one.amount_micros, one.currency)),
                Cell(formats.money_exact(one.creators_micros, one.currency)),
            )
            for one in found.items
        ),
        empty=_("No credit notes"),
        empty_text=_("A finding about billed events gives back what they cost."),
        next_cursor=found.next_cursor,
    )
    subtitle = _("What was billed and found invalid later. The log is never changed.")
    return show(request, MoneyPage(title=_("Credit notes"), subtitle=subtitle, tabs=tabs("credit_notes"), table=table))


@require_http_methods(["GET", "HEAD", "POST"])
@for_platform(Right.OPERATE)
def taxes(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the tax rates; set one."""
    form = TaxForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            rate_ppm = int(asked["percent"] * PPM_PER_PERCENT)
            terms.set_tax(scope, country=asked["country"], rate_ppm=rate_ppm, now=now_of(request))
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("The tax rate is set, for what is paid from now on."))
            return redirect("operator:taxes")
    table = Table(
        caption=_("Tax"),
        headings=(Heading(_("Country")), Heading(_("Rate"), number=True), Heading(_("Since"))),
        rows=tuple(
            (
                Cell(one.country, name_of="region"),
                Cell(formats.percent(Decimal(one.rate_ppm) / 1_000_000, 2)),
                Cell(formats.instant(one.set_at)),
            )
            for one in billing.tax_rates(scope)
        ),
        empty=_("No tax is collected"),
        empty_text=_("Ad accounts of a country without a rate pay no tax."),
    )
    record = MoneyPage(
        title=_("Tax"),
        subtitle=_("By the ad account's country; on payments and invoices."),
        tabs=tabs("taxes"),
        table=table,
        form_title=_("Set a rate"),
        submit=_("Set"),
    )
    return show(request, record, form, status=422 if form.errors else 200)


def show(request: HttpRequest, record: MoneyPage, form: Form | None = None, *, status: int = 200) -> HttpResponse:
    """Return one of these pages."""
    return render(request, "operator/money.html", {"page": record, "form": form}, status=status)
