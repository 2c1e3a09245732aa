"""What billing refuses, each with its cause and remedy."""

from typing import Any

from django.utils.translation import gettext_noop as _

from vonk.core.errors import Actor, Conflict, Forbidden, Invalid, Phrase, Unavailable


class TransferKeyReused(Conflict):
    """A key stands for one transfer."""

    code = "transfer_key_reused"
    message = _("The transfer “%(key)s” is already in the books with another content.")
    cause = _("The same key was used for two different movements of money.")
    remedy = _("Look at both movements before anything else is posted.")
    actor = Actor.OPERATOR


class FundsShort(Conflict):
    """An advertiser's account never goes below zero."""

    code = "funds_short"
    message = _("The ad account holds %(balance_micros)s micros and %(amount_micros)s are needed.")
    cause = _("More would be taken from the ad account than was paid in.")
    remedy = _("Top up the ad account.")
    actor = Actor.ADVERTISER


class TopUpOutOfBounds(Invalid):
    """A payment has a least and a largest amount."""

    code = "top_up_out_of_bounds"
    field = "amount_micros"
    message = _("Pay at least %(least)s and at most %(most)s at once.")
    cause = _("The amount is outside the bounds of one payment.")
    remedy = _("Choose an amount within the bounds; pay several times for more.")
    actor = Actor.ADVERTISER


class PaymentReferenceInvalid(Invalid):
    """A payment is recognised by its reference."""

    code = "payment_reference_invalid"
    field = "provider_reference"
    message = _("A payment's reference has 1 to %(most)s printable characters and does not begin with “invoice-”.")
    remedy = _("Send the reference that the payment provider gave.")


class PaymentReferenceReused(Conflict):
    """A payment's reference stands for one payment."""

    code = "payment_reference_reused"
    field = "provider_reference"
    message = _("This payment reference belongs to another payment.")
    cause = _("The same reference was sent with another amount or for another ad account.")
    remedy = _("Use a new reference for each payment.")


class TestPaymentsOff(Forbidden):
    """Play money is for sandboxes."""

    __test__ = False  # No test class, whatever its name begins with.
    code = "test_payments_off"
    message = _("Test payments are accepted in a sandbox only, and no other payment provider is set up.")
    cause = _("The built-in test provider creates money out of nothing.")
    remedy = _("Start a sandbox (vonk serve --sandbox), or set up a payment provider.")
    actor = Actor.OPERATOR


class ValidityThresholdInvalid(Invalid):
    """A validity rule's thresholds are its own, each within its bounds."""

    code = "validity_threshold_invalid"
    field = "values"
    message = _("The rule “%(rule)s” cannot be set so: %(reason)s")
    cause = _("A threshold that the rule does not have, or a number outside the threshold's bounds.")
    remedy = _("Set the thresholds that the rule has, each within its bounds.")
    actor = Actor.OPERATOR


class PaymentDeclined(Conflict):
    """The payment provider says no."""

    code = "payment_declined"
    message = _("The payment provider did not carry the payment out.")
    cause = _("The bank or the card's issuer declined it.")
    remedy = _("Try again later, or pay in another way.")
    actor = Actor.ADVERTISER


class PaymentUnanswered(Unavailable):
    """Whether it was paid is not known yet, and will be: the platform asks again by itself."""

    code = "payment_unanswered"
    message = _("The payment provider has not answered yet.")
    cause = _("It could not be reached or took too long; whether it carried the payment out is not known.")
    remedy = _("Wait some minutes and look at the balance; the same payment again never pays twice.")
    actor = Actor.PLATFORM


class RefundUnderWay(Conflict):
    """What a provider may have paid is not decided otherwise."""

    code = "refund_under_way"
    message = _("The payment provider was asked to pay this refund and has not answered yet.")
    cause = _("It could not be reached or took too long; whether it paid is not known.")
    remedy = _("Wait: it is asked again every few minutes until it says.")
    actor = Actor.OPERATOR


class ProviderMissing(Unavailable):
    """What was begun through a payment provider ends through it."""

    code = "payment_provider_missing"
    message = _("The payment provider “%(name)s” is not set up here.")
    cause = _("A payment was begun through it, and its outcome is not known.")
    remedy = _("Set it up again, as it was.")
    actor = Actor.OPERATOR


class VoucherOutOfBounds(Invalid):
    """A voucher is a payment by the platform."""

    code = "voucher_out_of_bounds"
    field = "amount_micros"
    message = _("A voucher is worth at least %(least)s and at most %(most)s.")
    remedy = _("Choose an amount within the bounds.")
    actor = Actor.OPERATOR


class VoucherReused(Conflict):
    """A voucher's reference stands for one voucher."""

    code = "voucher_reference_reused"
    field = "reference"
    message = _("This reference belongs to another voucher of the ad account.")
    remedy = _("Use a new reference for each voucher.")
    actor = Actor.OPERATOR


class VouchersTooMany(Conflict):
    """Charges draw on every voucher of an account in turn."""

    code = "vouchers_too_many"
    message = _("An ad account has at most %(most)s vouchers at a time.")
    remedy = _("Wait until one has ended.")
    actor = Actor.OPERATOR


class TermsOutOfBounds(Invalid):
    """How an account pays has to make sense."""

    code = "terms_out_of_bounds"
    message = _("%(reason)s")
    remedy = _("Choose a value within the bounds.")
    actor = Actor.OPERATOR

    def __init__(self, field: str, reason: str, **values: Any) -> None:
        super().__init__(field=field, reason=Phrase(reason, **values))


class CreditBelowOwed(Conflict):
    """A credit line is at least what is owed on it."""

    code = "credit_below_owed"
    field = "credit_limit_micros"
    message = _("The ad account owes %(owed)s; its credit line cannot be less.")
    cause = _("The limit would be lower than what was charged on credit already.")
    remedy = _("Set the limit to what is owed, which stops further spend, until it is paid.")
    actor = Actor.OPERATOR


class RefundOutOfBounds(Invalid):
    """Only cash that was not spent goes back."""

    code = "refund_out_of_bounds"
    field = "amount_micros"
    message = _("At most %(most)s can be paid back.")
    cause = _("Only cash that was paid in and not spent can be paid back; vouchers and credit cannot.")
    remedy = _("Ask for less.")
    actor = Actor.ADVERTISER


class RefundReused(Conflict):
    """A request is recognised by its reference."""

    code = "refund_reference_reused"
    field = "reference"
    message = _("This reference belongs to another request.")
    remedy = _("Use a new reference for each request.")
    actor = Actor.ADVERTISER


class RefundDecided(Conflict):
    """A refund is decided once."""

    code = "refund_decided"
    message = _("This refund is %(state)s already.")
    remedy = _("Look at it again.")
    actor = Actor.OPERATOR


class HoldEnded(Conflict):
    """A hold is posted or voided once."""

    code = "hold_ended"
    message = _("This hold is %(state)s already.")
    cause = _("A hold is posted or voided exactly once.")
    remedy = _("Look at what became of it.")
    actor = Actor.OPERATOR


class HoldExceeded(Invalid):
    """A hold never posts more than it reserved."""

    code = "hold_exceeded"
    field = "amount_micros"
    message = _("The hold reserved %(held)s; no more can be posted.")
    remedy = _("Post at most what was reserved.")
    actor = Actor.OPERATOR


class InvoicePaid(Conflict):
    """An invoice is paid once."""

    code = "invoice_paid"
    message = _("Invoice %(number)s is paid already.")
    remedy = _("There is nothing left to do.")
    actor = Actor.ADVERTISER


class TextOutOfBounds(Invalid):
    """A reason is a sentence, not a letter."""

    code = "text_out_of_bounds"
    message = _("Write 1 to %(most)s characters.")
    remedy = _("Say it in fewer words, or at all.")


class FindingTooLarge(Invalid):
    """One finding is worked out in one transaction."""

    code = "finding_too_large"
    field = "positions"
    message = _("Name 1 to %(most)s events.")
    remedy = _("Split the finding.")
    actor = Actor.OPERATOR


class FindingNotEvents(Invalid):
    """A finding is about events that are settled."""

    code = "finding_not_events"
    field = "positions"
    message = _("Position %(position)s of the log is no valid event that was settled.")
    cause = _("There is no record, or it is no event, or it was invalid from the start, or it is not settled yet.")
    remedy = _("Take the position out; wait a moment when the event is new.")
    actor = Actor.OPERATOR


class FindingNotItemised(Conflict):
    """Only of segments that were written down can it be told which events were billed."""

    code = "finding_not_itemised"
    field = "positions"
    message = _("Position %(position)s was settled before it was written down which events are billed.")
    remedy = _("Give the advertiser a voucher instead.")
    actor = Actor.OPERATOR


class SpanTooLong(Invalid):
    """A statement is about a year at most."""

    code = "statement_span_too_long"
    field = "end_date"
    message = _("A statement covers 1 to %(most)s days.")
    remedy = _("Choose an end within a year after the start.")
