"""What billing refuses, each with its cause and remedy."""

from django.utils.translation import gettext_noop as _

from vonk.core.errors import Actor, Conflict, Forbidden, Invalid


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
    message = _("A payment's reference has 1 to %(most)s printable characters.")
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
