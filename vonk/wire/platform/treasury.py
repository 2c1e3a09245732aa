"""What operators do with ad accounts' money, and how they follow it."""

import msgspec

from vonk.billing import queries
from vonk.billing.actions import invoices, refunds, terms, vouchers
from vonk.billing.funding import Mode
from vonk.billing.queries import (
    Balance,
    CreditNoteView,
    HoldView,
    InvoiceView,
    MoneyMoved,
    RefundView,
    TaxView,
    TermsView,
)
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body, Instant
from vonk.wire.operation import Call, Nothing, Paged, operation


class NewTerms(Body, frozen=True):
    """Micros of the account's currency. ``credit_limit_micros`` for threshold and monthly, the others each for one."""

    mode: Mode
    credit_limit_micros: int = 0
    threshold_micros: int = 0
    due_days: int = 0


class NewVoucher(Body, frozen=True):
    """Micros of the account's currency; the reference makes it happen once."""

    amount_micros: int
    reason: str
    reference: str
    expires_at: Instant


class VoucherGranted(msgspec.Struct, frozen=True):
    id: int


class NewTax(Body, frozen=True):
    """In millionths: 210000 is 21 %."""

    rate_ppm: int


class Answer(Body, frozen=True):
    """What the advertiser reads."""

    answer: str


class BankPayment(Body, frozen=True):
    """Where it is found at the bank."""

    reference: str


class AccountMoney(msgspec.Struct, frozen=True):
    """An ad account's money and how it pays."""

    balance: Balance
    spendable_micros: int
    terms: TermsView


class TaxRates(msgspec.Struct, frozen=True):
    items: tuple[TaxView, ...]


@operation("GET", "/money/accounts/{advertiser_id}", may=Right.OPERATE, summary="Read an ad account's money")
def read_account(call: Call[Nothing, Nothing]) -> AccountMoney:
    """By source, and how it pays."""
    account_id = call.id("advertiser_id")
    balance = queries.balance(account_id, now=call.now)
    return AccountMoney(balance, balance.micros, queries.terms_of(account_id))


@operation(
    "PUT",
    "/money/accounts/{advertiser_id}/terms",
    may=Right.OPERATE,
    summary="Say how an ad account pays",
    example={"mode": "monthly", "credit_limit_micros": 1_000_000_000, "due_days": 14},
)
def set_terms(call: Call[NewTerms, Nothing]) -> None:
    """The ad servers hear of it within a second."""
    asked = call.body
    terms.set_terms(
        call.scope,
        call.id("advertiser_id"),
        mode=asked.mode,
        credit_limit_micros=asked.credit_limit_micros,
        threshold_micros=asked.threshold_micros,
        due_days=asked.due_days,
        now=call.now,
    )


@operation(
    "POST",
    "/money/accounts/{advertiser_id}/vouchers",
    may=Right.OPERATE,
    summary="Grant a voucher",
    example={
        "amount_micros": 50_000_000,
        "reason": "Welcome",
        "reference": "welcome-1",
        "expires_at": "2027-01-31T00:00:00Z",
    },
)
def create_voucher(call: Call[NewVoucher, Nothing]) -> VoucherGranted:
    """It is spent before cash, the soonest ending first."""
    asked = call.body
    return VoucherGranted(
        vouchers.grant(
            call.scope,
            call.id("advertiser_id"),
            amount_micros=asked.amount_micros,
            reason=asked.reason,
            reference=asked.reference,
            expires_at=asked.expires_at,
            now=call.now,
        )
    )


@operation("GET", "/tax_rates", may=Right.OPERATE, summary="List tax rates")
def list_tax_rates(call: Call[Nothing, Nothing]) -> TaxRates:
    """By country; those without one have none."""
    return TaxRates(tuple(queries.tax_rates(call.scope)))


@operation("PUT", "/tax_rates/{country}", may=Right.OPERATE, summary="Set a tax rate", example={"rate_ppm": 210_000})
def set_tax_rate(call: Call[NewTax, Nothing]) -> None:
    """For what is paid from now on."""
    terms.set_tax(call.scope, country=call.path["country"], rate_ppm=call.body.rate_ppm, now=call.now)


@operation("GET", "/refunds", may=Right.OPERATE, summary="List all refunds")
def list_refunds(call: Call[Nothing, Paged]) -> Page[RefundView]:
    """Newest first."""
    return queries.refunds(call.scope, call.query.paging())


@operation("POST", "/refunds/{refund_id}/approval", may=Right.OPERATE, summary="Approve a refund")
def approve_refund(call: Call[Nothing, Nothing]) -> None:
    """The payment provider pays it within a second, and its tax."""
    refunds.approve(call.scope, call.id("refund_id"), now=call.now)


@operation(
    "POST",
    "/refunds/{refund_id}/refusal",
    may=Right.OPERATE,
    summary="Decline a refund",
    example={"answer": "Your ads are still running."},
)
def decline_refund(call: Call[Answer, Nothing]) -> None:
    """What was set aside may be spent again."""
    refunds.decline(call.scope, call.id("refund_id"), answer=call.body.answer, now=call.now)


@operation("POST", "/refunds/{refund_id}/retry", may=Right.OPERATE, summary="Try again to pay a refund")
def retry_refund(call: Call[Nothing, Nothing]) -> None:
    """At once."""
    refunds.retry(call.scope, call.id("refund_id"), now=call.now)


@operation(
    "POST",
    "/refunds/{refund_id}/return",
    may=Right.OPERATE,
    summary="Give up a refund",
    example={"answer": "Your card is closed."},
)
def return_refund(call: Call[Answer, Nothing]) -> None:
    """What the payment provider could not pay goes back into the ad account."""
    refunds.give_up(call.scope, call.id("refund_id"), answer=call.body.answer, now=call.now)


@operation("GET", "/holds", may=Right.OPERATE, summary="List all holds")
def list_holds(call: Call[Nothing, Paged]) -> Page[HoldView]:
    """Newest first."""
    return queries.holds(call.scope, call.query.paging())


@operation("GET", "/invoices", may=Right.OPERATE, summary="List all invoices")
def list_invoices(call: Call[Nothing, Paged]) -> Page[InvoiceView]:
    """Newest first."""
    return queries.invoices(call.scope, call.query.paging())


@operation(
    "POST",
    "/invoices/{invoice_id}/payment",
    may=Right.OPERATE,
    summary="Note an invoice as paid at the bank",
    example={"reference": "statement 12, line 3"},
)
def note_invoice_paid(call: Call[BankPayment, Nothing]) -> None:
    """Ads that stood still for it go on within a second."""
    invoices.note_paid(call.scope, call.id("invoice_id"), reference=call.body.reference, now=call.now)


@operation("GET", "/credit_notes", may=Right.OPERATE, summary="List all credit notes")
def list_credit_notes(call: Call[Nothing, Paged]) -> Page[CreditNoteView]:
    """Newest first."""
    return queries.credit_notes(call.scope, call.query.paging())


@operation("GET", "/transfers", may=Right.OPERATE, summary="List all transfers")
def list_transfers(call: Call[Nothing, Paged]) -> Page[MoneyMoved]:
    """Every amount from one ledger account to another, newest first."""
    return queries.money_moved(call.scope, call.query.paging())


@operation("GET", "/transfers/{transfer_id}", may=Right.OPERATE, summary="Read a transfer")
def read_transfer(call: Call[Nothing, Nothing]) -> MoneyMoved:
    """With the place of its events in the log."""
    return queries.transfer(call.scope, call.id("transfer_id"))
