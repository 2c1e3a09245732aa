"""The ledger and the payments that feed it."""

from django.db import models

from vonk.billing.ledger import AccountKind
from vonk.core.ids import new_id


class LedgerAccount(models.Model):
    """One side of transfers. Both totals only grow; a balance is their difference."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=30, choices=[(kind.value, kind.name) for kind in AccountKind])
    owner_id = models.BigIntegerField(default=0)  # Ad account, person, or 0 for the platform.
    currency = models.CharField(max_length=3)
    debits_micros = models.BigIntegerField(default=0)
    credits_micros = models.BigIntegerField(default=0)

    class Meta:
        db_table = "billing_ledger_account"
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner_id", "currency"], name="billing_ledger_account_once"),
            models.CheckConstraint(
                condition=~models.Q(kind=AccountKind.ADVERTISER.value)
                | models.Q(credits_micros__gte=models.F("debits_micros")),
                name="billing_no_overdraft",
            ),
        ]


class Transfer(models.Model):
    """An amount from one ledger account to another, for the reason its key names. Appended, never changed."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120, unique=True)  # Makes the second time a no-op.
    reason = models.CharField(max_length=30)
    debit = models.ForeignKey("billing.LedgerAccount", on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey("billing.LedgerAccount", on_delete=models.PROTECT, related_name="credits")
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    at = models.DateTimeField()
    # Of charges, shares and write-offs: the ad, what it paid for, and the events' place in the log.
    account_id = models.BigIntegerField(null=True)
    campaign_id = models.BigIntegerField(null=True)
    ad_group_id = models.BigIntegerField(null=True)
    ad_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    event_kind = models.CharField(max_length=20, null=True)
    hour_at = models.DateTimeField(null=True)
    day = models.DateField(null=True)  # The account's local date of these events.
    grant_id = models.BigIntegerField(null=True)  # 0 for a non-Spark ad.
    share_ppm = models.PositiveIntegerField(null=True)  # The creator's share of the charge, in millionths.
    first_position = models.BigIntegerField(null=True)
    last_position = models.BigIntegerField(null=True)
    events = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "billing_transfer"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_micros__gt=0), name="billing_transfer_positive")
        ]
        indexes = [
            models.Index(fields=["account_id", "hour_at"], name="billing_transfer_account"),
            models.Index(fields=["ad_id", "hour_at"], name="billing_transfer_ad"),
            models.Index(fields=["last_position", "key"], name="billing_transfer_segment"),
            models.Index(fields=["debit", "-id"], name="billing_transfer_debit"),
            models.Index(fields=["credit", "-id"], name="billing_transfer_credit"),
        ]


class BudgetSpend(models.Model):
    """What a budget has been billed in its period, kept to enforce it under a row lock; the audit proves it."""

    id = models.BigAutoField(primary_key=True)
    noun = models.CharField(max_length=10)  # campaign or ad_group
    object_id = models.BigIntegerField()
    period = models.CharField(max_length=10)  # The account's local date, or "lifetime".
    billed_micros = models.BigIntegerField(default=0)
    limit_micros = models.BigIntegerField(null=True)  # The largest budget in force while it was billed; NULL: none.

    class Meta:
        db_table = "billing_budget_spend"
        constraints = [
            models.UniqueConstraint(fields=["noun", "object_id", "period"], name="billing_budget_spend_once")
        ]


class BilledShowing(models.Model):
    """A decision whose billable event has been settled, so that a second one is never charged.

    Kept for as long as a showing may bill (24 hours) and an hour more; exactness rests on this row's key alone.
    """

    decision_id = models.BigIntegerField(primary_key=True)
    decided_ms = models.BigIntegerField()

    class Meta:
        db_table = "billing_billed_showing"
        indexes = [models.Index(fields=["decided_ms"], name="billing_billed_showing_age")]


class Payment(models.Model):
    """Money that an advertiser paid in through a payment provider."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    provider_reference = models.CharField(max_length=100)
    amount_micros = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    paid_at = models.DateTimeField()
    person_id = models.BigIntegerField()

    class Meta:
        db_table = "billing_payment"
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_reference"], name="billing_payment_reference"),
            models.CheckConstraint(condition=models.Q(amount_micros__gt=0), name="billing_payment_positive"),
        ]


class ValidityTuning(models.Model):
    """How an operator has set one validity rule. All rules get their row with the first change, so that one lock sees all."""

    rule = models.CharField(max_length=40, primary_key=True)
    enabled = models.BooleanField(default=True)
    values = models.JSONField(default=dict)  # Thresholds by name; those that are absent have their defaults.
    person_id = models.BigIntegerField(null=True)  # Who set it last; NULL: nobody has touched this rule.
    set_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "billing_validity_tuning"
