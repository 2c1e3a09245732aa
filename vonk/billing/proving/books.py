"""The books by themselves: each check is one statement, so that it sees one instant also while others post."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.db import connection

from vonk.billing.proving.checks import Check, Finding

_SQL: Final = Path(__file__).parent / "sql"

# Each statement yields the wrong rows, as the values of its complaint. ``of`` counts what it looked at.
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
        "no_advertiser_is_overdrawn",
        "billing_ledger_account",
        "ledger account {0} (advertiser {1}): debits {2} pass credits {3}",
    ),
    (
        "payments_are_the_advertisers_credits",
        "billing_payment",
        "{0}: paid {1}, credited {2}",
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
        "{0}: {1} without events or without a place in the log",
    ),
)


def checks() -> Iterator[Check]:
    """Yield what the books say of themselves."""
    for name, table, complaint in STATEMENTS:
        finding = Finding(name)
        statement = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name from the table above.
            finding.count(cursor.fetchone()[0])
        with connection.chunked_cursor() as cursor:
            cursor.execute(statement)
            for row in cursor:
                finding.complain(complaint.format(*row))
        yield finding.check()
