"""What billing holds of one person, for the person's own reading (GDPR art. 15)."""

from collections.abc import Iterator

from django.db.models import Q

from vonk.billing.ledger import AccountKind
from vonk.billing.models import LedgerAccount, Transfer
from vonk.control.held import Part, part


def parts(person_id: int) -> Iterator[Part]:
    """Yield the person's earnings as a creator: the balances, and every transfer of them."""
    kind = AccountKind.CREATOR_EARNINGS.value
    mine = LedgerAccount.objects.filter(kind=kind, owner_id=person_id)
    yield part("earnings", mine, "currency", "credits_micros", "debits_micros")
    yield part(
        "earnings_transfers", Transfer.objects.filter(Q(credit__in=mine) | Q(debit__in=mine)), "id", "at",
        "reason", "amount_micros", "currency", "post_id", "ad_id", "event_kind", "events",
    )  # fmt: skip
