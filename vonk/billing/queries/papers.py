"""Vouchers, holds, refunds, invoices and credit notes, as advertisers and operators see them."""

from collections.abc import Collection
from datetime import date, datetime
from typing import TypeVar

import msgspec
from django.db.models import QuerySet

from vonk.billing import funding
from vonk.billing.ledger import AccountKind
from vonk.billing.models import CreditNote, FindingEvent, Hold, Invoice, LedgerAccount, Refund, TaxRate, Voucher
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound

Row = TypeVar("Row", Voucher, Hold, Refund, Invoice, CreditNote)


class VoucherView(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher and what is left of it."""

    id: int
    account_id: int
    amount_micros: int
    left_micros: int
    currency: str
    reason: str
    reference: str
    granted_at: datetime
    expires_at: datetime
    ended: bool


class HoldView(msgspec.Struct, frozen=True, kw_only=True):
    """Cash set aside, and what became of it."""

    id: int
    account_id: int
    amount_micros: int
    posted_micros: int
    currency: str
    purpose: str
    state: str
    placed_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class RefundView(msgspec.Struct, frozen=True, kw_only=True):
    """A refund; ``tax_micros`` goes back with the amount. ``failure`` is the code of the last failure to pay it."""

    id: int
    account_id: int
    amount_micros: int
    tax_micros: int
    currency: str
    state: str
    reason: str
    answer: str
    asked_at: datetime
    decided_at: datetime | None
    paid_at: datetime | None
    failures: int
    failure: str


class InvoiceView(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice. What is to pay is the amount less what was credited, and the tax on it."""

    id: int
    account_id: int
    number: str
    mode: str
    amount_micros: int
    credited_micros: int
    tax_ppm: int
    tax_micros: int
    total_micros: int
    currency: str
    period_start: date
    period_end: date
    issued_at: datetime
    due_at: datetime
    paid_at: datetime | None
    failures: int
    failure: str


class CreditNoteView(msgspec.Struct, frozen=True, kw_only=True):
    """A credit note: what a finding gave back to an ad account."""

    id: int
    account_id: int
    number: str
    amount_micros: int
    creators_micros: int
    currency: str
    issued_at: datetime
    finding_id: int
    rule: str
    reason: str
    events: int


class TaxView(msgspec.Struct, frozen=True):
    """What ad accounts of a country pay in tax, in millionths."""

    country: str
    rate_ppm: int
    set_at: datetime


def vouchers(scope: Scope, paging: Paging) -> Page[VoucherView]:
    """Return vouchers, newest first: an ad account's, or for operators everybody's."""
    return _vouchers(_of(scope, Voucher.objects.all()), paging)


def vouchers_of(account_id: int, paging: Paging) -> Page[VoucherView]:
    """Return an ad account's vouchers, newest first, for whoever has it inside their scope."""
    return _vouchers(Voucher.objects.filter(account_id=account_id), paging)


def _vouchers(given: "QuerySet[Voucher]", paging: Paging) -> Page[VoucherView]:
    page = page_of(given, paging, lambda row: row)
    rows = LedgerAccount.objects.filter(kind=AccountKind.VOUCHER.value, owner_id__in=[row.pk for row in page.items])
    left = {row.owner_id: row.credits_micros - row.debits_micros for row in rows}
    return Page(tuple(_voucher(row, left.get(row.pk, 0)) for row in page.items), page.next_cursor)


def holds(scope: Scope, paging: Paging) -> Page[HoldView]:
    """Return holds, newest first: an ad account's, or for operators everybody's."""
    return page_of(_of(scope, Hold.objects.all()), paging, _hold)


def refunds(scope: Scope, paging: Paging, *, state: str | None = None) -> Page[RefundView]:
    """Return refunds, newest first: an ad account's, or for operators everybody's; in one state, or in any."""
    rows = _of(scope, Refund.objects.all())
    if state is not None:
        rows = rows.filter(state=state)
    return page_of(rows, paging, _refund)


def refund(scope: Scope, refund_id: int) -> RefundView:
    """Return one refund; NotFound when there is none inside the scope."""
    return _refund(_one(_of(scope, Refund.objects.all()), refund_id, "refund"))


def invoices(scope: Scope, paging: Paging, *, open_only: bool = False) -> Page[InvoiceView]:
    """Return invoices, newest first: an ad account's, or for operators everybody's."""
    rows = _of(scope, Invoice.objects.all())
    return page_of(rows.filter(paid_at=None) if open_only else rows, paging, _invoice)


def unpaid_of(account_ids: Collection[int]) -> tuple[InvoiceView, ...]:
    """Return the unpaid invoices of ad accounts that the caller has inside its scope, oldest first (a few an account)."""
    return tuple(
        _invoice(row) for row in Invoice.objects.filter(account_id__in=account_ids, paid_at=None).order_by("pk")
    )


def invoice(scope: Scope, invoice_id: int) -> InvoiceView:
    """Return one invoice; NotFound when there is none inside the scope."""
    return _invoice(_one(_of(scope, Invoice.objects.all()), invoice_id, "invoice"))


def credit_notes(scope: Scope, paging: Paging) -> Page[CreditNoteView]:
    """Return credit notes, newest first: an ad account's, or for operators everybody's."""
    return page_of(_of(scope, CreditNote.objects.select_related("finding")), paging, _note)


def credit_note(scope: Scope, note_id: int) -> CreditNoteView:
    """Return one credit note; NotFound when there is none inside the scope."""
    return _note(_one(_of(scope, CreditNote.objects.select_related("finding")), note_id, "credit note"))


def tax_rates(scope: Scope) -> list[TaxView]:
    """Return the tax rates that are set; operators only."""
    scope.require(Right.OPERATE)
    return [TaxView(row.country, row.rate_ppm, row.set_at) for row in TaxRate.objects.order_by("country")]


def _of(scope: Scope, rows: "QuerySet[Row]") -> "QuerySet[Row]":
    if scope.account_id is not None:
        scope.require(Right.ACCOUNT_VIEW)
        return rows.filter(account_id=scope.account)
    scope.require(Right.OPERATE)
    return rows


def _one(rows: "QuerySet[Row]", row_id: int, noun: str) -> Row:
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise NotFound(noun=noun)
    return row


def _voucher(row: Voucher, left_micros: int) -> VoucherView:
    return VoucherView(
        id=row.pk,
        account_id=row.account_id,
        amount_micros=row.amount_micros,
        left_micros=left_micros,
        currency=row.currency,
        reason=row.reason,
        reference=row.reference,
        granted_at=row.granted_at,
        expires_at=row.expires_at,
        ended=row.ended,
    )


def _hold(row: Hold) -> HoldView:
    return msgspec.convert(row, HoldView, from_attributes=True)


def _refund(row: Refund) -> RefundView:
    return msgspec.convert(row, RefundView, from_attributes=True)


def _invoice(row: Invoice) -> InvoiceView:
    micros = row.amount_micros - row.credited_micros
    tax = funding.tax_on(micros, row.tax_ppm)
    return InvoiceView(
        id=row.pk,
        account_id=row.account_id,
        number=row.number,
        mode=row.mode,
        amount_micros=row.amount_micros,
        credited_micros=row.credited_micros,
        tax_ppm=row.tax_ppm,
        tax_micros=tax,
        total_micros=micros + tax,
        currency=row.currency,
        period_start=row.period_start,
        period_end=row.period_end,
        issued_at=row.issued_at,
        due_at=row.due_at,
        paid_at=row.paid_at,
        failures=row.failures,
        failure=row.failure,
    )


def _note(row: CreditNote) -> CreditNoteView:
    return CreditNoteView(
        id=row.pk,
        account_id=row.account_id,
        number=row.number,
        amount_micros=row.amount_micros,
        creators_micros=row.creators_micros,
        currency=row.currency,
        issued_at=row.issued_at,
        finding_id=row.finding_id,
        rule=row.finding.rule,
        reason=row.finding.reason,
        events=FindingEvent.objects.filter(note=row).count(),
    )
