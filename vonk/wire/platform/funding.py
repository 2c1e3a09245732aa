"""How an ad account pays: its sources, vouchers, refunds, invoices, credit notes, statement."""

from datetime import date

import msgspec

from vonk.billing import queries
from vonk.billing.actions import invoices, refunds
from vonk.billing.queries import (
    CreditNoteView,
    FoundEvent,
    InvoiceView,
    RefundView,
    Statement,
    TermsView,
    VoucherView,
)
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation


class RefundRequest(Body, frozen=True):
    """Micros of the account's currency; the reference makes the request happen once."""

    amount_micros: int
    reason: str
    reference: str


class RefundAsked(msgspec.Struct, frozen=True):
    id: int


class Span(Body, frozen=True):
    """Both days are included; they are the account's."""

    start_date: date
    end_date: date


@operation("GET", "/accounts/{account_id}/terms", may=Right.ACCOUNT_VIEW, summary="Read how the account pays")
def read_terms(call: Call[Nothing, Nothing]) -> TermsView:
    """Before, when so much is owed, or by the month; and its country's tax, in millionths."""
    return queries.terms(call.scope)


@operation("GET", "/accounts/{account_id}/vouchers", may=Right.ACCOUNT_VIEW, summary="List vouchers")
def list_vouchers(call: Call[Nothing, Paged]) -> Page[VoucherView]:
    """What the platform gave, and what is left of it, newest first."""
    return queries.vouchers(call.scope, call.query.paging())


@operation("GET", "/accounts/{account_id}/refunds", may=Right.ACCOUNT_VIEW, summary="List refunds")
def list_refunds(call: Call[Nothing, Paged]) -> Page[RefundView]:
    """What was asked back and what became of it, newest first."""
    return queries.refunds(call.scope, call.query.paging())


@operation(
    "POST",
    "/accounts/{account_id}/refunds",
    may=Right.FUNDS_EDIT,
    summary="Ask for unspent cash back",
    example={"amount_micros": 20_000_000, "reason": "The campaign is over.", "reference": "back-1"},
)
def create_refund(call: Call[RefundRequest, Nothing]) -> RefundAsked:
    """It is set aside until an operator decides."""
    asked = call.body
    return RefundAsked(
        refunds.ask(
            call.scope,
            amount_micros=asked.amount_micros,
            reason=asked.reason,
            reference=asked.reference,
            now=call.now,
        )
    )


@operation("GET", "/accounts/{account_id}/invoices", may=Right.ACCOUNT_VIEW, summary="List invoices")
def list_invoices(call: Call[Nothing, Paged]) -> Page[InvoiceView]:
    """Newest first."""
    return queries.invoices(call.scope, call.query.paging())


@operation(
    "POST",
    "/accounts/{account_id}/invoices/{invoice_id}/payment",
    may=Right.FUNDS_EDIT,
    summary="Pay an invoice",
    alone=True,
)
def pay_invoice(call: Call[Nothing, Nothing]) -> None:
    """Through the payment provider in force; ads that stood still for it go on within a second."""
    invoices.pay(call.scope, call.id("invoice_id"), now=call.now)


@operation("GET", "/accounts/{account_id}/credit_notes", may=Right.ACCOUNT_VIEW, summary="List credit notes")
def list_credit_notes(call: Call[Nothing, Paged]) -> Page[CreditNoteView]:
    """What was billed and found invalid later, newest first."""
    return queries.credit_notes(call.scope, call.query.paging())


@operation(
    "GET",
    "/accounts/{account_id}/credit_notes/{credit_note_id}/events",
    may=Right.ACCOUNT_VIEW,
    summary="List the events of a credit note",
)
def list_credit_note_events(call: Call[Nothing, Paged]) -> Page[FoundEvent]:
    """Each with its position in the log and what it had been billed."""
    note = queries.credit_note(call.scope, call.id("credit_note_id"))
    return queries.found_events(call.scope, call.query.paging(), note_id=note.id)


@operation("GET", "/accounts/{account_id}/statement", may=Right.ACCOUNT_VIEW, summary="Read the daily statement")
def read_statement(call: Call[Nothing, Span]) -> Statement:
    """Opening balance, what moved and why, closing balance, day by day; a year at most."""
    return queries.statement(call.scope, start_date=call.query.start_date, end_date=call.query.end_date)
