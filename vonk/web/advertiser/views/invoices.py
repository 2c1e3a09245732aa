"""Invoices and credit notes: lists, a page each, paying."""

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats as django_formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vonk.billing import queries as billing
from vonk.billing.actions import invoices
from vonk.billing.queries import CreditNoteView, InvoiceView
from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.web.advertiser import money
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer, problem_of, refusal_status
from vonk.web.common import formats
from vonk.web.common.records import Badge
from vonk.web.common.requests import paging_of
from vonk.web.common.tables import Cell, Heading, Table


class ListPage(msgspec.Struct, frozen=True):
    """A list."""

    table: Table


class InvoicePage(msgspec.Struct, frozen=True):
    """One invoice."""

    invoice: InvoiceView
    state: Badge
    period: str
    tax: str
    payable: bool


class NotePage(msgspec.Struct, frozen=True):
    """One credit note and the events it gives back."""

    note: CreditNoteView
    table: Table


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the invoices."""
    found = billing.invoices(desk.scope, paging_of(request))
    table = Table(
        caption=_("Invoices"),
        headings=(
            Heading(_("Number")),
            Heading(_("Period")),
            Heading(_("Due")),
            Heading(_("State")),
            Heading(_("To pay"), number=True),
        ),
        rows=tuple(
            (
                Cell(one.number, reverse("advertiser:invoice", args=[one.id])),
                Cell(_period(one)),
                Cell(formats.day(one.due_at)),
                Cell(badge=money.invoice_badge(one, desk.now)),
                Cell(formats.money(one.total_micros, one.currency)),
            )
            for one in found.items
        ),
        empty=_("No invoices"),
        empty_text=_("Accounts that pay after ads were shown get invoices. This is where they are."),
        icon="report-money",
        next_cursor=found.next_cursor,
    )
    return answer(request, desk, "invoices.html", ListPage(table))


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def invoice(request: HttpRequest, desk: Desk, invoice_id: int) -> HttpResponse:
    """Show an invoice; pay it."""
    problem = None
    if request.method == "POST":
        desk.scope.require(Right.FUNDS_EDIT)
        try:
            invoices.pay(desk.scope, invoice_id, now=desk.now)
        except Problem as refused:
            status = refusal_status(request, refused)
            problem = problem_of(request, refused)
        else:
            messages.success(request, _("The invoice is paid."))
            return redirect("advertiser:invoice", invoice_id)
    found = billing.invoice(desk.scope, invoice_id)
    record = InvoicePage(
        found,
        money.invoice_badge(found, desk.now),
        _period(found),
        formats.percent(found.tax_ppm / 1_000_000, 1),
        found.paid_at is None and desk.may_pay,
    )
    if problem is not None:
        return answer(request, desk, "invoice.html", record, problem=problem, status=status)
    return answer(request, desk, "invoice.html", record)


@require_safe
@at_desk()
def notes(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the credit notes."""
    found = billing.credit_notes(desk.scope, paging_of(request))
    table = Table(
        caption=_("Credit notes"),
        headings=(
            Heading(_("Number")),
            Heading(_("When")),
            Heading(_("Why")),
            Heading(_("Events"), number=True),
            Heading(_("Amount"), number=True),
        ),
        rows=tuple(
            (
                Cell(one.number, reverse("advertiser:credit_note", args=[one.id])),
                Cell(formats.instant(one.issued_at)),
                Cell(one.reason),
                Cell(formats.number(one.events)),
                Cell(formats.money_exact(one.amount_micros, one.currency)),
            )
            for one in found.items
        ),
        empty=_("No credit notes"),
        empty_text=_("What was billed and turns out invalid later is given back by a credit note."),
        next_cursor=found.next_cursor,
    )
    return answer(request, desk, "credit_notes.html", ListPage(table))


@require_safe
@at_desk()
def note(request: HttpRequest, desk: Desk, note_id: int) -> HttpResponse:
    """Show a credit note."""
    found = billing.credit_note(desk.scope, note_id)
    events = billing.found_events(desk.scope, paging_of(request), note_id=note_id)
    table = Table(
        caption=_("Events"),
        headings=(
            Heading(_("Received")),
            Heading(_("Event")),
            Heading(_("Ad")),
            Heading(_("Log position"), number=True),
            Heading(_("Given back"), number=True),
        ),
        rows=tuple(
            (
                Cell(formats.instant(one.received_at)),
                Cell(one.event_kind.replace("_", " ")),
                Cell(str(one.ad_id), reverse("advertiser:ad", args=[one.ad_id])),
                Cell(formats.number(one.position)),
                Cell(formats.money_exact(one.amount_micros, found.currency)),
            )
            for one in events.items
        ),
        empty=_("No events"),
        next_cursor=events.next_cursor,
    )
    return answer(request, desk, "credit_note.html", NotePage(found, table))


def _period(invoice: InvoiceView) -> str:
    first = str(django_formats.date_format(invoice.period_start, "SHORT_DATE_FORMAT"))
    last = str(django_formats.date_format(invoice.period_end, "SHORT_DATE_FORMAT"))
    return f"{first} – {last}"
