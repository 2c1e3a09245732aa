"""What becomes of refunds and holds, in words and colours, for who asked and for who decides."""

from typing import Final

from django.utils.translation import gettext_lazy

from vonk.billing.funding import HoldState, RefundState
from vonk.web.common.records import Badge, Tone

REFUND_STATES: Final = {
    RefundState.ASKED: (Tone.WARN, gettext_lazy("Asked for")),
    RefundState.APPROVED: (Tone.BUSY, gettext_lazy("Approved, on its way")),
    RefundState.PAID: (Tone.GOOD, gettext_lazy("Paid back")),
    RefundState.DECLINED: (Tone.BAD, gettext_lazy("Declined")),
    RefundState.LAPSED: (Tone.CALM, gettext_lazy("Lapsed")),
    RefundState.RETURNED: (Tone.BAD, gettext_lazy("Could not be paid")),
}
HOLD_STATES: Final = {
    HoldState.PLACED: (Tone.WARN, gettext_lazy("Set aside")),
    HoldState.POSTED: (Tone.GOOD, gettext_lazy("Gone its way")),
    HoldState.VOIDED: (Tone.CALM, gettext_lazy("Given back")),
    HoldState.EXPIRED: (Tone.CALM, gettext_lazy("Expired, given back")),
}


def refund_badge(state: str) -> Badge:
    """Return a refund's state."""
    tone, label = REFUND_STATES[RefundState(state)]
    return Badge(str(label), tone)


def hold_badge(state: str) -> Badge:
    """Return a hold's state."""
    tone, label = HOLD_STATES[HoldState(state)]
    return Badge(str(label), tone)
