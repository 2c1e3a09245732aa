"""Money in words and badges: reasons, states, ways to pay, and what a line of the statement says."""

from datetime import datetime
from typing import Final

import msgspec
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vonk.billing.funding import Mode, Stop
from vonk.billing.ledger import Reason
from vonk.billing.queries import InvoiceView, TransferView
from vonk.events.records import Kind
from vonk.web.common.records import Badge, Tone

REASONS: Final = {
    Reason.TOP_UP: gettext_lazy("Payment"),
    Reason.CREDIT_REPAID: gettext_lazy("Payment of an invoice"),
    Reason.VOUCHER_GRANTED: gettext_lazy("Voucher"),
    Reason.VOUCHER_EXPIRED: gettext_lazy("Voucher ended"),
    Reason.CHARGE: gettext_lazy("Delivery"),
    Reason.CREDIT_NOTE: gettext_lazy("Credit note"),
    Reason.HOLD_PLACED: gettext_lazy("Set aside for a refund"),
    Reason.HOLD_VOIDED: gettext_lazy("No longer set aside"),
    Reason.REFUND_RETURNED: gettext_lazy("Refund that came back"),
}
MODES: Final = {
    Mode.PREPAY: (
        gettext_lazy("Prepaid"),
        gettext_lazy("Ads are paid from the balance. Nothing is spent beyond it."),
    ),
    Mode.THRESHOLD: (
        gettext_lazy("Collected as it is owed"),
        gettext_lazy("What is owed is collected when it reaches the threshold, and on the 1st of the month."),
    ),
    Mode.MONTHLY: (
        gettext_lazy("Monthly invoice"),
        gettext_lazy("On the 1st of the month you get an invoice for what ads cost in the month before."),
    ),
}
STOPS: Final = {
    Stop.PAYMENT_FAILED: gettext_lazy(
        "What you owe could not be collected three times. Your ads stand still until you pay."
    ),
    Stop.INVOICE_OVERDUE: gettext_lazy("An invoice is overdue. Your ads stand still until it is paid."),
}


class Line(msgspec.Struct, frozen=True):
    """One line of the statement. ``incoming``: it made the balance larger."""

    at: datetime
    label: str
    detail: str
    url: str
    micros: int
    incoming: bool
    test: bool


def line(moved: TransferView, names: dict[int, str]) -> Line:
    """Return a transfer of the account in words: what, of which ad, how many events in which hour."""
    incoming = moved.amount_micros > 0
    label = str(REASONS.get(Reason(moved.reason), moved.reason))
    detail, url = "", ""
    if moved.reference is not None:
        detail = _("Reference %(reference)s") % {"reference": moved.reference}
    elif moved.ad_id is not None:
        name = names.get(moved.ad_id, "")
        detail = " · ".join(part for part in (name, events(moved), _hour(moved)) if part)
        url = reverse("advertiser:ad", args=[moved.ad_id]) if moved.ad_id in names else ""
    return Line(moved.at, label, detail, url, moved.amount_micros, incoming, moved.provider == "test")


def events(moved: TransferView) -> str:
    """Return how many events a transfer stands for; nothing for the second source of the same events."""
    count = moved.events or 0
    if not count:
        return _("the rest, from another source")
    texts = {
        Kind.IMPRESSION: ngettext("%(count)d impression", "%(count)d impressions", count),
        Kind.VIEW_6S: ngettext("%(count)d 6-second view", "%(count)d 6-second views", count),
        Kind.CLICK_DESTINATION: ngettext("%(count)d click", "%(count)d clicks", count),
    }
    text = next((text for kind, text in texts.items() if kind == moved.event_kind), "")
    return (text or ngettext("%(count)d event", "%(count)d events", count)) % {"count": count}


def _hour(moved: TransferView) -> str:
    if moved.hour_at is None:
        return ""
    return _("hour from %(time)s UTC") % {"time": f"{moved.hour_at:%H:%M}"}


def invoice_badge(invoice: InvoiceView, now: datetime) -> Badge:
    """Return whether an invoice is paid, open, overdue or could not be collected."""
    if invoice.paid_at is not None:
        return Badge(_("Paid"), Tone.GOOD)
    if invoice.failures:
        return Badge(_("Could not be collected"), Tone.BAD)
    overdue = invoice.due_at <= now and invoice.mode != Mode.THRESHOLD.value
    return Badge(_("Overdue"), Tone.BAD) if overdue else Badge(_("Open"), Tone.WARN)
