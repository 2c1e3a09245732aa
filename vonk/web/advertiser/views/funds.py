"""Money: the balance, paying in, and the statement."""

import secrets
from datetime import datetime
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from vonk.advertising import queries as advertising
from vonk.billing import queries as billing
from vonk.billing.actions import payments
from vonk.billing.errors import TestPaymentsOff
from vonk.billing.ledger import Reason
from vonk.billing.queries import TransferView
from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.events.records import Kind
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.accounts import TopUpForm
from vonk.web.advertiser.pages import answer, refuse_somewhere
from vonk.web.common import formats
from vonk.web.common.requests import paging_of

FILTERS = {"payments": Reason.TOP_UP, "charges": Reason.CHARGE}


class Line(msgspec.Struct, frozen=True):
    """One line of the statement. ``incoming``: it made the balance larger."""

    at: datetime
    label: str
    detail: str
    url: str
    micros: int
    incoming: bool
    test: bool


class Filter(msgspec.Struct, frozen=True):
    """Which lines are shown."""

    label: str
    url: str
    active: bool


class FundsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``test`` payments move no real money; ``provider`` False: nothing can be paid in here."""

    balance: int
    paid: int
    billed: int
    currency: str
    provider: bool
    test: bool
    filters: tuple[Filter, ...]
    lines: tuple[Line, ...]
    next_cursor: str | None


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the money; pay in."""
    currency = desk.account.currency
    if request.method != "POST":
        return _answer(request, desk, _new_form(currency))
    desk.scope.require(Right.FUNDS_EDIT)
    form = TopUpForm(request.POST, currency=currency)
    if form.is_valid():
        asked = form.cleaned_data
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


def _answer(request: HttpRequest, desk: Desk, form: TopUpForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    balance = billing.balance(desk.account.id)
    shown = request.GET.get("show", "")
    found = billing.transfers(desk.scope, paging_of(request), reason=FILTERS.get(shown))
    names = advertising.names(desk.scope, "ad", {line.ad_id for line in found.items if line.ad_id is not None})
    provider, test = _provider()
    record = FundsPage(
        balance=balance.micros,
        paid=balance.paid_micros,
        billed=balance.billed_micros,
        currency=balance.currency,
        provider=provider,
        test=test,
        filters=_filters(shown),
        lines=tuple(_line(line, names) for line in found.items),
        next_cursor=found.next_cursor,
    )
    return answer(request, desk, "funds.html", record, form=form, status=status)


def _provider() -> tuple[bool, bool]:
    try:
        provider = payments.provider_in_force()
    except TestPaymentsOff:
        return False, False
    return True, not provider.real


def _filters(shown: str) -> tuple[Filter, ...]:
    labels = (("", _("All")), ("payments", _("Payments")), ("charges", _("Charges")))
    url = reverse("advertiser:funds")
    return tuple(Filter(label, f"{url}?show={value}" if value else url, value == shown) for value, label in labels)


def _line(line: TransferView, names: dict[int, str]) -> Line:
    incoming = line.amount_micros > 0
    if line.reason == Reason.TOP_UP:
        detail = _("Reference %(reference)s") % {"reference": line.reference or ""}
        return Line(line.at, _("Payment"), detail, "", line.amount_micros, incoming, line.provider == "test")
    detail = f"{names.get(line.ad_id or 0, '')} · {_events(line)}" if line.ad_id is not None else _events(line)
    url = reverse("advertiser:ad", args=[line.ad_id]) if line.ad_id in names else ""
    return Line(line.at, _("Delivery"), detail, url, line.amount_micros, incoming, test=False)


def _events(line: TransferView) -> str:
    count = line.events or 0
    texts = {
        Kind.IMPRESSION: ngettext("%(count)d impression", "%(count)d impressions", count),
        Kind.VIEW_6S: ngettext("%(count)d 6-second view", "%(count)d 6-second views", count),
        Kind.CLICK_DESTINATION: ngettext("%(count)d click", "%(count)d clicks", count),
    }
    text = next((text for kind, text in texts.items() if kind == line.event_kind), "")
    return (
        text % {"count": count} if text else ngettext("%(count)d event", "%(count)d events", count) % {"count": count}
    )
