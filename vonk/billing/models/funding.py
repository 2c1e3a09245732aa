"""How ad accounts pay: payments, vouchers, holds, refunds, terms, invoices."""

from django.db import models

from vonk.billing.funding import HoldState, Mode, RefundState, Stop
from vonk.core.ids import new_id


class Payment(models.Model):
    """Money that an advertiser paid in through a payment provider."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    provider_reference = models.CharField(max_length=100)
    amount_micros = models.BigIntegerField()  # Without tax.
    tax_micros = models.BigIntegerField(default=0)
    refunded_micros = models.BigIntegerField(default=0)  # Of the amount, without tax.
    tax_refunded_micros = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    paid_at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)  # NULL: the platform collected it.
    invoice_id = models.BigIntegerField(null=True)  # What it paid; NULL: a top-up.

    class Meta:
        db_table = "billing_payment"
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_reference"], name="billing_payment_reference"),
            models.CheckConstraint(condition=models.Q(amount_micros__gt=0), name="billing_payment_positive"),
            models.CheckConstraint(
                condition=models.Q(tax_micros__gte=0)
                & models.Q(refunded_micros__gte=0, refunded_micros__lte=models.F("amount_micros"))
                & models.Q(tax_refunded_micros__gte=0, tax_refunded_micros__lte=models.F("tax_micros")),
                name="billing_payment_refunded_once",
            ),
        ]


class TaxRate(models.Model):
    """What an ad account's country adds to what is paid; 0 where there is no row."""

    country = models.CharField(max_length=2, primary_key=True)
    rate_ppm = models.PositiveIntegerField()
    set_at = models.DateTimeField()

    class Meta:
        db_table = "billing_tax_rate"


class Terms(models.Model):
    """When an ad account pays. Without a row it pays before."""

    account = models.OneToOneField("identity.AdAccount", on_delete=models.PROTECT, primary_key=True, related_name="+")
    mode = models.CharField(max_length=10, choices=[(mode.value, mode.name) for mode in Mode])
    threshold_micros = models.BigIntegerField(
        null=True
    )  # Of threshold accounts: what may be owed before it is collected.
    due_days = models.PositiveIntegerField(default=0)  # Of monthly accounts: from the invoice to its due instant.
    next_invoice_at = models.DateTimeField(null=True)  # The next 1st of the month, local midnight; NULL: prepaid.
    stopped = models.CharField(max_length=20, choices=[(stop.value, stop.name) for stop in Stop], default=Stop.NONE)
    set_at = models.DateTimeField()

    class Meta:
        db_table = "billing_terms"
        indexes = [models.Index(fields=["next_invoice_at"], name="billing_terms_next_invoice")]


class Voucher(models.Model):
    """What the platform gave an ad account to spend, until it expires. Its rest is its ledger account's balance."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=100)  # The operator's: the same one again grants nothing.
    amount_micros = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=200)
    person_id = models.BigIntegerField()
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended = models.BooleanField(default=False)  # What was left went back.
    expired_micros = models.BigIntegerField(default=0)  # And was this much.

    class Meta:
        db_table = "billing_voucher"
        constraints = [
            models.UniqueConstraint(fields=["account", "reference"], name="billing_voucher_reference"),
            models.CheckConstraint(condition=models.Q(amount_micros__gt=0), name="billing_voucher_positive"),
        ]
        indexes = [models.Index(fields=["ended", "expires_at"], name="billing_voucher_expiry")]


class Hold(models.Model):
    """Cash set aside until it is posted (in part or whole) or voided, exactly once."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    amount_micros = models.BigIntegerField()
    posted_micros = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    purpose = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=[(state.value, state.name) for state in HoldState])
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "billing_hold"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_micros__gt=0)
                & models.Q(posted_micros__gte=0, posted_micros__lte=models.F("amount_micros")),
                name="billing_hold_posts_what_it_holds",
            ),
            models.CheckConstraint(
                condition=(models.Q(state=HoldState.POSTED.value) & models.Q(posted_micros__gt=0))
                | (~models.Q(state=HoldState.POSTED.value) & models.Q(posted_micros=0)),
                name="billing_hold_posted_or_not",
            ),
        ]
        indexes = [models.Index(fields=["state", "expires_at"], name="billing_hold_expiry")]


class Refund(models.Model):
    """Cash that an advertiser asked back."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="refund")
    reference = models.CharField(max_length=100)  # The advertiser's: the same one again asks for nothing.
    amount_micros = models.BigIntegerField()
    tax_micros = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=[(state.value, state.name) for state in RefundState])
    reason = models.CharField(max_length=200)
    answer = models.CharField(max_length=200, default="")  # The operator's.
    person_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # Times that the payment provider did not pay.
    failure = models.CharField(max_length=200, default="")
    next_attempt_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "billing_refund"
        constraints = [models.UniqueConstraint(fields=["account", "reference"], name="billing_refund_reference")]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="billing_refund_attempt")]


class RefundPart(models.Model):
    """What of a refund goes back to one payment."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refund_parts")
    amount_micros = models.BigIntegerField()
    tax_micros = models.BigIntegerField()
    asked_at = models.DateTimeField(null=True)  # The provider was asked, and has not said that it did not pay.
    paid_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "billing_refund_part"
        constraints = [models.UniqueConstraint(fields=["refund", "payment"], name="billing_refund_part_once")]


class Invoice(models.Model):
    """What an ad account was charged on credit and has to pay."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)  # Without a gap within its year.
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=10)
    amount_micros = models.BigIntegerField()  # Without tax.
    credited_micros = models.BigIntegerField(default=0)  # Given back by credit notes before it was paid.
    tax_ppm = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    period_start = models.DateField()  # The account's local days, both included.
    period_end = models.DateField()
    issued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=200, default="")
    next_attempt_at = models.DateTimeField(null=True)  # NULL: is not collected by itself.

    class Meta:
        db_table = "billing_invoice"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_micros__gt=0)
                & models.Q(credited_micros__gte=0, credited_micros__lte=models.F("amount_micros")),
                name="billing_invoice_credited_once",
            )
        ]
        indexes = [
            models.Index(fields=["account", "paid_at"], name="billing_invoice_open"),
            models.Index(fields=["paid_at", "next_attempt_at"], name="billing_invoice_attempt"),
            models.Index(fields=["paid_at", "due_at"], name="billing_invoice_due"),
        ]


class Sequence(models.Model):
    """The last number given in a series without gaps; its row is locked by whoever takes the next."""

    name = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "billing_sequence"
