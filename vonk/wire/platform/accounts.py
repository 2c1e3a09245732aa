"""Ad accounts and their money."""

import msgspec

from vonk.billing import queries as billing
from vonk.billing.actions import payments
from vonk.billing.queries import TransferView
from vonk.control import audit
from vonk.control.audit import EntryView
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.core.clock import to_ms
from vonk.events.tokens import VIEWER_TOKEN_LIVES_MS, ReaderClaims
from vonk.identity import queries as identity
from vonk.identity.actions import accounts
from vonk.identity.queries import AccountView
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation
from vonk.wire.platform import showings


class NewAccount(Body, frozen=True):
    """Currency (ISO 4217) and time zone (IANA) never change."""

    organisation_name: str
    name: str
    currency: str
    time_zone: str
    country: str
    advertiser_name: str
    payer_name: str


class Terms(Body, frozen=True):
    version: str


class TopUp(Body, frozen=True):
    """Micros of the account's currency; the reference makes the payment happen once."""

    amount_micros: int
    provider_reference: str


class BalanceView(msgspec.Struct, frozen=True, kw_only=True):
    """Micros of the currency: ever paid in and billed, what may be spent, and that by source.

    Charges draw on vouchers, then cash, then credit, of whose limit ``owed_micros`` is used. ``held_micros`` is set
    aside for refunds. ``stopped`` names why ads stand still whatever the balance; "" for no such reason.
    """

    currency: str
    paid_micros: int
    billed_micros: int
    balance_micros: int
    cash_micros: int
    voucher_micros: int
    credit_limit_micros: int
    owed_micros: int
    held_micros: int
    stopped: str


class AccountCreated(msgspec.Struct, frozen=True):
    id: int


class Accounts(msgspec.Struct, frozen=True):
    items: tuple[AccountView, ...]


class PaymentCreated(msgspec.Struct, frozen=True):
    id: int


class ReaderToken(msgspec.Struct, frozen=True):
    """Reads decisions at the ad server, as its header says."""

    token: str


@operation(
    "POST",
    "/accounts",
    may=Right.VIEW,
    summary="Open an ad account",
    example={
        "organisation_name": "Ada's bakery",
        "name": "Bread",
        "currency": "EUR",
        "time_zone": "Europe/Amsterdam",
        "country": "NL",
        "advertiser_name": "Ada's bakery",
        "payer_name": "Ada's bakery",
    },
)
def create_account(call: Call[NewAccount, Nothing]) -> AccountCreated:
    """The caller administers it."""
    asked = call.body
    return AccountCreated(
        accounts.open_account(
            call.scope,
            organisation_name=asked.organisation_name,
            name=asked.name,
            currency=asked.currency,
            time_zone=asked.time_zone,
            country=asked.country,
            advertiser_name=asked.advertiser_name,
            payer_name=asked.payer_name,
            now=call.now,
        )
    )


@operation("GET", "/accounts", may=Right.VIEW, summary="List one's ad accounts")
def list_accounts(call: Call[Nothing, Nothing]) -> Accounts:
    """All that the caller is a member of."""
    return Accounts(tuple(identity.accounts_of(call.scope)))


@operation("GET", "/accounts/{account_id}", may=Right.ACCOUNT_VIEW, summary="Read an ad account")
def read_account(call: Call[Nothing, Nothing]) -> AccountView:
    """With the caller's role in it."""
    return identity.account(call.scope)


@operation(
    "POST",
    "/accounts/{account_id}/spark_terms",
    may=Right.ACCOUNT_EDIT,
    summary="Accept the Spark terms",
    example={"version": "2026-11"},
)
def accept_terms(call: Call[Terms, Nothing]) -> None:
    """In the version in force; before it no code can be redeemed."""
    accounts.accept_spark_terms(call.scope, version=call.body.version, now=call.now)


@operation(
    "POST",
    "/accounts/{account_id}/top_ups",
    may=Right.FUNDS_EDIT,
    summary="Pay in",
    alone=True,
    example={"amount_micros": 100_000_000, "provider_reference": "test-1"},
)
def create_top_up(call: Call[TopUp, Nothing]) -> PaymentCreated:
    """Through the payment provider in force; a sandbox has one for tests."""
    return PaymentCreated(
        payments.top_up(
            call.scope,
            amount_micros=call.body.amount_micros,
            provider_reference=call.body.provider_reference,
            now=call.now,
        )
    )


@operation("GET", "/accounts/{account_id}/balance", may=Right.ACCOUNT_VIEW, summary="Read the balance")
def read_balance(call: Call[Nothing, Nothing]) -> BalanceView:
    """What was paid in and billed, and what may be spent, in micros."""
    found = billing.balance(call.scope.account, now=call.now)
    return BalanceView(
        currency=found.currency,
        paid_micros=found.paid_micros,
        billed_micros=found.billed_micros,
        balance_micros=found.micros,
        cash_micros=found.cash_micros,
        voucher_micros=found.voucher_micros,
        credit_limit_micros=found.limit_micros,
        owed_micros=found.owed_micros,
        held_micros=found.held_micros,
        stopped=found.stopped,
    )


@operation("GET", "/accounts/{account_id}/transfers", may=Right.ACCOUNT_VIEW, summary="Read the statement")
def list_transfers(call: Call[Nothing, Paged]) -> Page[TransferView]:
    """Every payment and every charge, newest first; a charge names its events' place in the log."""
    return billing.transfers(call.scope, call.query.paging())


@operation(
    "GET", "/accounts/{account_id}/audit_trail", may=Right.ACCOUNT_VIEW, summary="Read the account's audit trail"
)
def list_trail(call: Call[Nothing, Paged]) -> Page[EntryView]:
    """Who did what, newest first."""
    return audit.entries(call.scope, call.query.paging())


@operation(
    "GET", "/accounts/{account_id}/reader_token", may=Right.ACCOUNT_VIEW, summary="Get a token to read decisions"
)
def read_reader_token(call: Call[Nothing, Nothing]) -> ReaderToken:
    """For an hour, and for decisions about the account's ads alone."""
    return ReaderToken(
        showings.signer().sign_reader(ReaderClaims(call.scope.account, to_ms(call.now) + VIEWER_TOKEN_LIVES_MS))
    )
