"""Tell the ad servers what an account may still spend."""

from datetime import datetime

from vonk.billing.models import LedgerAccount
from vonk.control import publications
from vonk.delivery.snapshot import DocumentKind, FundsDocument
from vonk.events.log import Position


def publish(account_id: int, ledger_account: LedgerAccount, *, settled: Position, now: datetime) -> None:
    """Publish the account's funds, in the transaction that changed them and with its ledger account locked.

    ``settled`` is the position up to which every charge has been taken off.
    """
    publications.publish(
        DocumentKind.FUNDS,
        account_id,
        FundsDocument(
            account_id=account_id,
            currency=ledger_account.currency,
            balance_micros=ledger_account.credits_micros - ledger_account.debits_micros,
            settled_position=settled,
        ),
        at=now,
    )
