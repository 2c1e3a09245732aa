"""What time does to money, a step of the work process: each part is bounded, and safe to repeat."""

from datetime import datetime

from vonk.billing.actions import holds, invoices, refunds, vouchers


def keep_up(now: datetime) -> int:
    """Do what is due by now; return how many things were done."""
    return (
        vouchers.expire(now)
        + holds.expire(now)
        + refunds.lapse(now)
        + refunds.pay_out(now)
        + invoices.issue(now)
        + invoices.collect(now)
        + invoices.stop_overdue(now)
    )
