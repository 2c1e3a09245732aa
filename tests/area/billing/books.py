"""What tests of money look at: where it is, and what ad servers were told."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from vonk.billing.ledger import FLOORED
from vonk.billing.models import LedgerAccount, Transfer
from vonk.control.models import Publication
from vonk.delivery.snapshot import DocumentKind, FundsDocument, decode_document


@contextmanager
def undone() -> Iterator[None]:
    """Undo what happens inside, as Django's own tests do: also what is durable."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # Django's own, without a type.
    with block:
        yield
        transaction.set_rollback(True)


def left() -> dict[str, int]:
    """Return the balance of each kind of account that is not empty."""
    sums: dict[str, int] = {}
    for row in LedgerAccount.objects.all():
        sums[row.kind] = sums.get(row.kind, 0) + row.credits_micros - row.debits_micros
    return {kind: micros for kind, micros in sums.items() if micros}


def moved(reason: str) -> list[int]:
    """Return the amounts moved for a reason, in order."""
    return list(Transfer.objects.filter(reason=reason).order_by("pk").values_list("amount_micros", flat=True))


def published(account_id: int) -> int:
    """Return what the ad servers were told that the account may spend."""
    row = Publication.objects.get(kind="funds", object_id=account_id)
    document = decode_document(DocumentKind.FUNDS, row.document or "")
    assert isinstance(document, FundsDocument)
    return document.balance_micros


def assert_sound() -> None:
    """Debits equal credits, totals are their transfers', no account is below its floor."""
    totals: dict[int, list[int]] = {}
    for row in Transfer.objects.all():
        totals.setdefault(row.debit_id, [0, 0])[0] += row.amount_micros
        totals.setdefault(row.credit_id, [0, 0])[1] += row.amount_micros
    for account in LedgerAccount.objects.all():
        assert [account.debits_micros, account.credits_micros] == totals.get(account.pk, [0, 0])
        if account.kind in FLOORED:
            assert account.credits_micros + account.limit_micros >= account.debits_micros
    assert sum(debits for debits, _ in totals.values()) == sum(credit for _, credit in totals.values())
