"""Asking for unspent cash back, and what became of it."""

import secrets
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vonk.billing import queries as billing
from vonk.billing.actions import refunds
from vonk.billing.queries import RefundView
from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.money import RefundForm
from vonk.web.advertiser.pages import answer, refuse_somewhere
from vonk.web.common import formats, money_states
from vonk.web.common.requests import paging_of
from vonk.web.common.tables import Cell, Heading, Table


class RefundsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``confirm_micros`` above 0: the request was filled in and waits to be confirmed."""

    table: Table
    currency: str
    cash_micros: int
    confirm_micros: int


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the refunds; ask for one, which is shown and confirmed first."""
    currency = desk.account.currency
    if request.method != "POST":
        form = RefundForm(currency=currency, initial={"reference": secrets.token_urlsafe(16)})
        return _answer(request, desk, form)
    desk.scope.require(Right.FUNDS_EDIT)
    form = RefundForm(request.POST, currency=currency)
    if form.is_valid():
        asked = form.cleaned_data
        if not request.POST.get("confirmed"):
            return _answer(request, desk, form, confirm_micros=asked["amount_micros"])
        try:
            refunds.ask(
                desk.scope,
                amount_micros=asked["amount_micros"],
                reason=asked["reason"],
                reference=asked["reference"],
                now=desk.now,
            )
        except Problem as problem:
            refuse_somewhere(form, problem)
        else:
            amount = formats.money(asked["amount_micros"], currency)
            messages.success(request, _("%(amount)s are set aside until the operator decides.") % {"amount": amount})
            return redirect("advertiser:refunds")
    return _answer(request, desk, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _answer(
    request: HttpRequest,
    desk: Desk,
    form: RefundForm,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    confirm_micros: int = 0,
) -> HttpResponse:
    found = billing.refunds(desk.scope, paging_of(request))
    record = RefundsPage(
        table=Table(
            caption=_("Refunds"),
            headings=(
                Heading(_("Asked for")),
                Heading(_("Why")),
                Heading(_("State")),
                Heading(_("Amount"), number=True),
            ),
            rows=tuple(_row(one) for one in found.items),
            empty=_("No refunds"),
            empty_text=_("Cash that was paid in and not spent can be paid back."),
            icon="credit-card",
            next_cursor=found.next_cursor,
        ),
        currency=desk.account.currency,
        cash_micros=billing.balance(desk.account.id, now=desk.now).cash_micros,
        confirm_micros=confirm_micros,
    )
    return answer(request, desk, "refunds.html", record, form=form, status=status)


def _row(one: RefundView) -> tuple[Cell, ...]:
    tax = _("and %(tax)s tax") % {"tax": formats.money(one.tax_micros, one.currency)} if one.tax_micros else ""
    return (
        Cell(formats.instant(one.asked_at)),
        Cell(one.reason, small=one.answer),
        Cell(badge=money_states.refund_badge(one.state)),
        Cell(formats.money_exact(one.amount_micros, one.currency), small=tax),
    )
