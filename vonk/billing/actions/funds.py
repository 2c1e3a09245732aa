"""An ad account's money moves, and the ad servers hear at once what it may still spend."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from vonk.billing.actions import transfers, wallets
from vonk.billing.actions.wallets import Wallet
from vonk.billing.ledger import Entry
from vonk.control import positions, publications
from vonk.delivery.snapshot import DocumentKind, FundsDocument
from vonk.events.log import Position

CONSUMER: Final = "settle"  # The consumer of the log that takes charges off.


def move(account_id: int, currency: str, entries: Sequence[Entry], *, now: datetime) -> None:
    """Post what moves an ad account's money, in the caller's transaction, and publish its funds.

    The same keys again move nothing. Raises what posting raises: FundsShort, TransferKeyReused.
    """
    wallet = wallets.lock_one(account_id, currency, now=now)
    parties = {party for entry in entries for party in (entry.debit, entry.credit)}
    others = transfers.lock_accounts(parties - wallet.accounts.keys())
    transfers.append(entries, {**wallet.accounts, **others}, now=now)
    publish_now(wallet, now=now)


def tell(account_id: int, currency: str, *, now: datetime) -> None:
    """Publish an account's funds after something other than a movement changed what it may spend."""
    publish_now(wallets.lock_one(account_id, currency, now=now), now=now)


def publish_now(wallet: Wallet, *, now: datetime) -> None:
    """Publish as ``publish`` does. Read under the wallet's lock: a settlement that took charges off has moved on too."""
    publish(wallet, settled=positions.of(CONSUMER), now=now)


def publish(wallet: Wallet, *, settled: Position, now: datetime) -> None:
    """Publish the account's funds, in the transaction that changed them and with its wallet held.

    ``settled`` is the position up to which every charge has been taken off.
    """
    publications.publish(
        DocumentKind.FUNDS,
        wallet.account_id,
        FundsDocument(
            account_id=wallet.account_id,
            currency=wallet.currency,
            balance_micros=wallet.spendable_micros,
            settled_position=settled,
        ),
        at=now,
    )
