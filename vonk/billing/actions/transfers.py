"""Posting: transfers are appended and both accounts' totals grow in the same transaction. Nothing else writes them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar

from django.db import connection, transaction
from django.db.models import F

from vonk.billing import ledger
from vonk.billing.errors import FundsShort, TransferKeyReused
from vonk.billing.ledger import FLOORED, AccountKind, Entry, Events, Party
from vonk.billing.models import LedgerAccount, Transfer
from vonk.core.ids import new_id

Item = TypeVar("Item")

KEYS_PER_QUERY: Final = 500  # Below every database's bound on one statement's parameters.


@transaction.atomic
def post(entries: Sequence[Entry], *, now: datetime) -> list[int]:
    """Append the entries that are not in the books yet; return each one's transfer id, in the order given.

    The same key a second time changes nothing. Raises TransferKeyReused when a key is there with other content,
    FundsShort when an account would go below its floor; then nothing is posted.
    """
    accounts = lock_accounts({party for entry in entries for party in (entry.debit, entry.credit)})
    return append(entries, accounts, now=now)


def lock_accounts(parties: Collection[Party]) -> dict[Party, LedgerAccount]:
    """Return the ledger accounts of the parties, made where missing, their rows held until commit.

    Rows are made and locked in one order, advertisers' cash before all others and then by id, so that two postings
    never wait for each other in a circle. Whoever has an ad account's cash row alone may add to its sources.
    """
    assert connection.in_atomic_block, "Ledger accounts are locked inside the transaction that moves the money."
    found = _ids(parties)
    missing = sorted(party for party in parties if party not in found)
    if missing:
        LedgerAccount.objects.bulk_create(
            [
                LedgerAccount(kind=party.kind.value, owner_id=party.owner_id, currency=party.currency)
                for party in missing
            ],
            ignore_conflicts=True,  # Somebody else made it in the meantime: then it is there, which is all we want.
        )
        found = _ids(parties)
    locked: dict[Party, LedgerAccount] = {}
    cash = sorted(pk for party, pk in found.items() if party.kind is AccountKind.ADVERTISER)
    others = sorted(pk for party, pk in found.items() if party.kind is not AccountKind.ADVERTISER)
    for ids in (*_chunks(cash), *_chunks(others)):
        for row in LedgerAccount.objects.select_for_update().filter(pk__in=ids).order_by("pk"):
            locked[_party(row)] = row
    assert locked.keys() == set(parties), "Every party has one ledger account."
    return locked


def append(entries: Sequence[Entry], accounts: Mapping[Party, LedgerAccount], *, now: datetime) -> list[int]:
    """Post to accounts that the caller has locked; promises and errors are those of ``post``."""
    posted = _posted([entry.key for entry in entries])
    new: dict[str, Transfer] = {}
    for entry in entries:
        row = _row(entry, accounts, now)
        first = posted.get(entry.key) or new.get(entry.key)
        if first is None:
            new[entry.key] = row
        elif _content(first) != _content(row):
            raise TransferKeyReused(key=entry.key)
    _move([entry for entry in entries if entry.key in new], accounts)
    Transfer.objects.bulk_create(list(new.values()))
    return [(posted.get(entry.key) or new[entry.key]).pk for entry in entries]


def _move(entries: Sequence[Entry], accounts: Mapping[Party, LedgerAccount]) -> None:
    """Add to the accounts' totals, once for each account."""
    once = {entry.key: entry for entry in entries}
    for party, moved in sorted(ledger.movements(once.values()).items()):
        row = accounts[party]
        row.debits_micros += moved.debits_micros
        row.credits_micros += moved.credits_micros
        left_micros = row.credits_micros - row.debits_micros + row.limit_micros
        if party.kind in FLOORED and left_micros < 0:
            raise FundsShort(balance_micros=left_micros + moved.debits_micros, amount_micros=moved.debits_micros)
        assert party.kind is not AccountKind.CREDIT or row.credits_micros <= row.debits_micros, (
            "No more is paid back than is owed."
        )
        LedgerAccount.objects.filter(pk=row.pk).update(
            debits_micros=F("debits_micros") + moved.debits_micros,
            credits_micros=F("credits_micros") + moved.credits_micros,
        )


def _row(entry: Entry, accounts: Mapping[Party, LedgerAccount], now: datetime) -> Transfer:
    return Transfer(
        id=new_id(),
        key=entry.key,
        reason=entry.reason,
        debit_id=accounts[entry.debit].pk,
        credit_id=accounts[entry.credit].pk,
        currency=entry.debit.currency,
        amount_micros=entry.amount_micros,
        at=now,
        **({name: getattr(entry.of, name) for name in Events.__struct_fields__} if entry.of is not None else {}),
    )


def _content(row: Transfer) -> tuple[object, ...]:
    """Return what two postings under one key must have in common: all but the id and the instant."""
    return (
        row.reason,
        row.debit_id,
        row.credit_id,
        row.currency,
        row.amount_micros,
        *(getattr(row, name) for name in Events.__struct_fields__),
    )


def _posted(keys: Sequence[str]) -> dict[str, Transfer]:
    return {row.key: row for some in _chunks(keys) for row in Transfer.objects.filter(key__in=some)}


def _ids(parties: Collection[Party]) -> dict[Party, int]:
    """Return the ids of the parties' accounts, as far as there are any."""
    owners: dict[tuple[AccountKind, str], list[int]] = {}
    for party in parties:
        owners.setdefault((party.kind, party.currency), []).append(party.owner_id)
    found = {}
    for (kind, currency), ids in owners.items():
        for some in _chunks(ids):
            rows = LedgerAccount.objects.filter(kind=kind.value, currency=currency, owner_id__in=some)
            found.update({_party(row): row.pk for row in rows})
    return found


def _party(row: LedgerAccount) -> Party:
    return Party(AccountKind(row.kind), row.owner_id, row.currency)


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), KEYS_PER_QUERY):
        yield items[start : start + KEYS_PER_QUERY]
