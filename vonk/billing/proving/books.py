"""The books by themselves: each check is one statement, so that it sees one instant also while others post."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.db import connection

from vonk.billing.proving import documents, ways
from vonk.billing.proving.checks import Check, Finding

_SQL: Final = Path(__file__).parent / "sql"

# Each statement yields the wrong rows, as the values of its complaint. The table is what it looked at, row by row.
STATEMENTS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "debits_equal_credits",
        "billing_ledger_account",
        "{0}: debits are {1}, credits {2}",
    ),
    (
        "accounts_are_their_transfers",
        "billing_ledger_account",
        "ledger account {0} ({1} {2} {3}): debits {4} and credits {5}, its transfers say {6} and {7}",
    ),
    (
        "no_account_is_overdrawn",
        "billing_ledger_account",
        "ledger account {0} ({1} {2} {3}): debits {4}, credits {5}, limit {6}",
    ),
    (
        "payments_are_the_advertisers_credits",
        "billing_payment",
        "{0}: paid {1}, credited {2}",
    ),
    (
        "collections_are_their_payments",
        "billing_collection",
        "{0}: collected {1}, booked {2}",
    ),
    (
        "vouchers_are_their_transfers",
        "billing_voucher",
        "voucher {1}: {0} {2}, its transfers say {3}",
    ),
    (
        "holds_end_once",
        "billing_hold",
        "{0}: the hold says {1}, its transfers {2}",
    ),
    (
        "refunds_are_their_transfers",
        "billing_refund",
        "{0}: the refund says {1}, its transfers {2}",
    ),
    (
        "credit_notes_are_their_findings",
        "billing_credit_note",
        "{0}: gives back {1}, its events had been billed {2}, its transfers say {3}",
    ),
    (
        "credit_notes_are_within_charges",
        "billing_finding_event",
        "segment to {0}, ad {1}, {2}, hour {3}: billed {4}, given back {5}, found invalid {6}",
    ),
    (
        "spend_is_within_budgets",
        "billing_budget_spend",
        "{0} {1} in {2}: billed {3} of a budget of {4}",
    ),
    (
        "budgets_count_their_charges",
        "billing_budget_spend",
        "{0} {1} in {2}: counted {3}, its charges are {4}",
    ),
    (
        "transfers_name_their_events",
        "billing_transfer",
        "{0}: {1} does not name its events and their place in the log, or names some where it stands for none",
    ),
    (
        "settled_position_holds",
        "billing_settled_segment",
        "settled up to position {0}, there are {2} up to position {1}",
    ),
)


def checks() -> Iterator[Check]:
    """Yield what the books say of themselves."""
    yield ways.check()
    for name, table, complaint in STATEMENTS:
        finding = Finding(name)
        statement = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
        with finding.timed():
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name from the table above.
                finding.count(cursor.fetchone()[0])
            with connection.chunked_cursor() as cursor:
                cursor.execute(statement)
                for row in cursor:
                    finding.complain(complaint.format(*row))
        yield finding.check()
    yield documents.invoices()
    yield documents.numbers()
    yield documents.reversed_shares()
