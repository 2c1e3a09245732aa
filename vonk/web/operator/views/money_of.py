"""One ad account's money, one refund, one invoice: what operators look at and decide."""

import secrets
from datetime import datetime, timedelta
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vonk.billing import queries as billing
from vonk.billing.actions import invoices, refunds, terms, vouchers
from vonk.billing.funding import Mode, RefundState, Stop
from vonk.billing.queries import InvoiceView, RefundView
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, Problem
from vonk.identity import queries as identity
from vonk.web.common import formats, problems
from vonk.web.common.money_states import refund_badge
from vonk.web.common.records import Badge
from vonk.web.common.requests import now_of
from vonk.web.common.tables import Cell, Heading, Table
from vonk.web.operator.access import for_platform
from vonk.web.operator.money_forms import AnswerForm, BankForm, TermsForm, VoucherForm
from vonk.web.operator.views.money import STOP_TEXTS

VOUCHERS_SHOWN = 20


class Fact(msgspec.Struct, frozen=True):
    """One line."""

    label: str
    value: str


class AccountPage(msgspec.Struct, frozen=True, kw_only=True):
    """One ad account's money."""

    account_id: int
    name: str
    stopped: str
    currency: str
    facts: tuple[Fact, ...]
    vouchers: Table


class RefundPage(msgspec.Struct, frozen=True, kw_only=True):
    """One refund. ``waits``: it is to be decided; ``stuck``: it is approved and has not been paid."""

    refund: RefundView
    account_name: str
    state: Badge
    waits: bool
    stuck: bool


class InvoicePage(msgspec.Struct, frozen=True):
    """One invoice."""

    invoice: InvoiceView
    account_name: str


@require_http_methods(["GET", "HEAD", "POST"])
@for_platform(Right.OPERATE)
def account(request: HttpRequest, scope: Scope, account_id: int) -> HttpResponse:
    """Show an ad account's money; say how it pays; grant it a voucher."""
    now = now_of(request)
    of = billing.terms_of(account_id)
    asked_terms = request.method == "POST" and "mode" in request.POST
    asked_voucher = request.method == "POST" and "days" in request.POST
    terms_form = TermsForm(
        request.POST if asked_terms else None,
        initial={
            "mode": of.mode,
            "credit_limit_micros": of.credit_limit_micros,
            "threshold_micros": of.threshold_micros or 0,
            "due_days": of.due_days,
        },
    )
    voucher_form = VoucherForm(
        request.POST if asked_voucher else None, initial={"reference": secrets.token_urlsafe(16), "days": 90}
    )
    if asked_terms and terms_form.is_valid() and _set_terms(scope, account_id, terms_form, now):
        messages.success(request, _("The account pays so from now on."))
        return redirect("operator:account_money", account_id)
    if asked_voucher and voucher_form.is_valid() and _grant(scope, account_id, voucher_form, now):
        messages.success(request, _("The voucher is granted."))
        return redirect("operator:account_money", account_id)
    wrong = asked_terms or asked_voucher
    return render(
        request,
        "operator/account_money.html",
        {"page": _account(account_id, now), "terms_form": terms_form, "voucher_form": voucher_form},
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_platform(Right.OPERATE)
def refund(request: HttpRequest, scope: Scope, refund_id: int) -> HttpResponse:
    """Show a refund; approve or decline it; try again or give up when the provider does not pay."""
    form = AnswerForm(request.POST if request.POST.get("act") in {"decline", "return"} else None)
    act, now = request.POST.get("act", ""), now_of(request)
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            match act:
                case "approve":
                    refunds.approve(scope, refund_id, now=now)
                case "retry":
                    refunds.retry(scope, refund_id, now=now)
                case "decline":
                    refunds.decline(scope, refund_id, answer=form.cleaned_data["answer"], now=now)
                case "return":
                    refunds.give_up(scope, refund_id, answer=form.cleaned_data["answer"], now=now)
                case _:
                    raise FieldInvalid("act", "approve, decline, retry or return")
        except Problem as problem:
            form = form if form.is_bound else AnswerForm({"answer": "–"})
            form.full_clean()
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Done."))
            return redirect("operator:refund", refund_id)
    found = billing.refund(scope, refund_id)
    record = RefundPage(
        refund=found,
        account_name=identity.account_facts(found.account_id).name,
        state=refund_badge(found.state),
        waits=found.state == RefundState.ASKED.value,
        stuck=found.state == RefundState.APPROVED.value,
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "operator/refund.html", {"page": record, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_platform(Right.OPERATE)
def invoice(request: HttpRequest, scope: Scope, invoice_id: int) -> HttpResponse:
    """Show an invoice; note that it was paid at the bank."""
    form = BankForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invoices.note_paid(scope, invoice_id, reference=form.cleaned_data["reference"], now=now_of(request))
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("The invoice is paid."))
            return redirect("operator:invoice", invoice_id)
    found = billing.invoice(scope, invoice_id)
    record = InvoicePage(found, identity.account_facts(found.account_id).name)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "operator/invoice.html", {"page": record, "form": form}, status=status)


def _set_terms(scope: Scope, account_id: int, form: Form, now: datetime) -> bool:
    asked = form.cleaned_data
    try:
        terms.set_terms(
            scope,
            account_id,
            mode=Mode(asked["mode"]),
            credit_limit_micros=asked["credit_limit_micros"],
            threshold_micros=asked["threshold_micros"],
            due_days=asked["due_days"],
            now=now,
        )
    except Problem as problem:
        problems.add_to_form(form, problem)
        return False
    return True


def _grant(scope: Scope, account_id: int, form: Form, now: datetime) -> bool:
    asked = form.cleaned_data
    try:
        vouchers.grant(
            scope,
            account_id,
            amount_micros=asked["amount_micros"],
            reason=asked["reason"],
            reference=asked["reference"],
            expires_at=now + timedelta(days=asked["days"]),
            now=now,
        )
    except Problem as problem:
        problems.add_to_form(form, problem)
        return False
    return True


def _account(account_id: int, now: datetime) -> AccountPage:
    balance = billing.balance(account_id, now=now)
    currency = balance.currency
    amounts = (
        (_("May be spent"), balance.micros),
        (_("Vouchers"), balance.voucher_micros),
        (_("Cash"), balance.cash_micros),
        (_("Owed on credit"), balance.owed_micros),
        (_("Credit line"), balance.limit_micros),
        (_("Set aside for refunds"), balance.held_micros),
        (_("Paid in, ever"), balance.paid_micros),
        (_("Billed, less credit notes"), balance.billed_micros),
    )
    granted = billing.vouchers_of(account_id, Paging(size=VOUCHERS_SHOWN))
    return AccountPage(
        account_id=account_id,
        name=identity.account_facts(account_id).name,
        stopped=str(STOP_TEXTS[Stop(balance.stopped)]),
        currency=currency,
        facts=tuple(Fact(label, formats.money_exact(micros, currency)) for label, micros in amounts),
        vouchers=Table(
            caption=_("Vouchers"),
            headings=(
                Heading(_("Reason")),
                Heading(_("Ends")),
                Heading(_("Granted"), number=True),
                Heading(_("Left"), number=True),
            ),
            rows=tuple(
                (
                    Cell(one.reason),
                    Cell(formats.instant(one.expires_at)),
                    Cell(formats.money_exact(one.amount_micros, currency)),
                    Cell(formats.money_exact(one.left_micros, currency)),
                )
                for one in granted.items
            ),
            empty=_("No vouchers"),
            icon="sparkles",
        ),
    )
