"""Which ad accounts still have money to give back, to bill or to be paid."""

from collections.abc import Collection
from typing import Final

from django.db.models import F

from vonk.billing.funding import HoldState
from vonk.billing.ledger import AccountKind
from vonk.billing.models import Hold, LedgerAccount

KINDS: Final = (AccountKind.ADVERTISER.value, AccountKind.CREDIT.value, AccountKind.REFUND.value)
"""A voucher is no money of the advertiser's: it lapses."""


def among(account_ids: Collection[int]) -> frozenset[int]:
    """Return those of the ad accounts whose cash, credit line, holds or granted refunds are not at zero."""
    rows = LedgerAccount.objects.filter(kind__in=KINDS, owner_id__in=account_ids)
    owing = rows.exclude(credits_micros=F("debits_micros")).values_list("owner_id", flat=True)
    held = Hold.objects.filter(account_id__in=account_ids, state=HoldState.PLACED.value)
    return frozenset(owing) | frozenset(held.values_list("account_id", flat=True))
