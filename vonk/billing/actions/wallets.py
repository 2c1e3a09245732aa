"""What ad accounts may spend, from all sources at once, held until commit: vouchers, cash, the credit line."""

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec

from vonk.billing import ledger
from vonk.billing.actions import transfers
from vonk.billing.funding import Mode, Source, Stop
from vonk.billing.ledger import AccountKind, Party
from vonk.billing.models import LedgerAccount, Terms, Voucher

Key = tuple[int, str]  # Ad account, currency.


class Wallet(msgspec.Struct):
    """An ad account's sources, in the order in which charges draw on them, and their rows.

    ``stopped``: nothing more is to be shown, though what was shown is still billed.
    """

    account_id: int
    currency: str
    stopped: bool
    accounts: dict[Party, LedgerAccount]
    sources: list[Source]

    @property
    def spendable_micros(self) -> int:
        """What may still be spent, from the rows as they are now."""
        if self.stopped:
            return 0
        return sum(_left(self.accounts[source.party]) for source in self.sources)


def lock(keys: Collection[Key], *, now: datetime) -> dict[Key, Wallet]:
    """Return the wallets, all their rows held until commit.

    Each account's cash row is held first: whoever changes its vouchers or terms holds it too, so what is read after is
    what there is.
    """
    cash = transfers.lock_accounts({ledger.advertiser(account_id, currency) for account_id, currency in keys})
    account_ids = {account_id for account_id, _ in keys}
    parties: dict[Key, list[Party]] = {key: [] for key in keys}
    live = Voucher.objects.filter(account_id__in=account_ids, ended=False, expires_at__gt=now)
    for voucher_id, account_id, currency in live.order_by("expires_at", "pk").values_list(
        "pk", "account_id", "currency"
    ):
        if (account_id, currency) in parties:
            parties[account_id, currency].append(ledger.voucher(voucher_id, currency))
    terms = {row.account_id: row for row in Terms.objects.filter(account_id__in=account_ids)}
    on_credit = {account_id for account_id, row in terms.items() if Mode(row.mode) is not Mode.PREPAY}
    for account_id, currency in keys:
        parties[account_id, currency].append(ledger.advertiser(account_id, currency))
        if account_id in on_credit:
            parties[account_id, currency].append(ledger.credit(account_id, currency))
    others = {party for of in parties.values() for party in of if party.kind is not AccountKind.ADVERTISER}
    accounts = {**cash, **(transfers.lock_accounts(others) if others else {})}
    return {
        key: Wallet(
            account_id=key[0],
            currency=key[1],
            stopped=key[0] in terms and Stop(terms[key[0]].stopped) is not Stop.NONE,
            accounts={party: accounts[party] for party in of},
            sources=[Source(party, _left(accounts[party])) for party in of],
        )
        for key, of in parties.items()
    }


def lock_one(account_id: int, currency: str, *, now: datetime) -> Wallet:
    """Return one account's wallet, held until commit."""
    return lock([(account_id, currency)], now=now)[account_id, currency]


def rows(held: Iterable[Wallet]) -> dict[Party, LedgerAccount]:
    """Return the rows of the wallets together."""
    return {party: row for wallet in held for party, row in wallet.accounts.items()}


def _left(row: LedgerAccount) -> int:
    return row.credits_micros - row.debits_micros + row.limit_micros
