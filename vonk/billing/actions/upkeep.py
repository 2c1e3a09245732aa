"""What time does to money, a step of the work process: each part is bounded, and safe to repeat."""

from datetime import datetime

from vonk.billing.actions import collections, holds, invoices, refunds, vouchers
from vonk.billing.payments import PaymentProvider


def keep_up(now: datetime, provider: PaymentProvider | None = None) -> int:
    """Do what is due by now; return how many things were done. ``provider`` stands in for the one of its name."""
    return (
        vouchers.expire(now)
        + holds.expire(now)
        + refunds.lapse(now)
        + refunds.pay_out(now, provider)
        + collections.take_up(now, provider)
        + invoices.issue(now)
        + invoices.collect(now, provider)
        + invoices.stop_overdue(now)
    )
