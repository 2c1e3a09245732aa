"""Which ad accounts still have money to give back, to bill or to be paid."""

from collections.abc import Collection
from typing import Final

from django.db.models import F

from vonk.billing.models import LedgerAccount

KINDS: Final = ("advertiser", "credit", "hold")  # A voucher is no money of the advertiser's: it lapses.


def among(account_ids: Collection[int]) -> frozenset[int]:
    """Return those of the ad accounts whose cash, credit line or holds are not at zero."""
    rows = LedgerAccount.objects.filter(kind__in=KINDS, owner_id__in=account_ids)
    return frozenset(rows.exclude(credits_micros=F("debits_micros")).values_list("owner_id", flat=True))
