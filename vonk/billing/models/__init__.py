"""The area's tables, a file a noun."""

from vonk.billing.models.collections import Collection
from vonk.billing.models.findings import CreditNote, Finding, FindingEvent
from vonk.billing.models.funding import (
    Hold,
    Invoice,
    Payment,
    Refund,
    RefundPart,
    Sequence,
    TaxRate,
    Terms,
    Voucher,
)
from vonk.billing.models.ledger import LedgerAccount, Transfer
from vonk.billing.models.settlement import BilledShowing, BudgetSpend, SettledSegment
from vonk.billing.models.validity import ValidityTuning

__all__ = [
    "BilledShowing",
    "BudgetSpend",
    "Collection",
    "CreditNote",
    "Finding",
    "FindingEvent",
    "Hold",
    "Invoice",
    "LedgerAccount",
    "Payment",
    "Refund",
    "RefundPart",
    "Sequence",
    "SettledSegment",
    "TaxRate",
    "Terms",
    "Transfer",
    "ValidityTuning",
    "Voucher",
]
