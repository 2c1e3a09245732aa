"""The ledger: accounts and the transfers between them."""

from django.db import models

from vonk.billing.ledger import FLOORED, AccountKind
from vonk.core.ids import new_id


class LedgerAccount(models.Model):
    """One side of transfers. Both totals only grow; a balance is their difference."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=30, choices=[(kind.value, kind.name) for kind in AccountKind])
    owner_id = models.BigIntegerField(default=0)  # Ad account, person, voucher, hold, or 0 for the platform.
    currency = models.CharField(max_length=3)
    debits_micros = models.BigIntegerField(default=0)
    credits_micros = models.BigIntegerField(default=0)
    limit_micros = models.BigIntegerField(default=0)  # How far a credit line may fall below zero; 0 for all others.

    class Meta:
        db_table = "billing_ledger_account"
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner_id", "currency"], name="billing_ledger_account_once"),
            models.CheckConstraint(
                condition=~models.Q(kind__in=[kind.value for kind in FLOORED])
                | models.Q(debits_micros__lte=models.F("credits_micros") + models.F("limit_micros")),
                name="billing_no_overdraft",
            ),
            models.CheckConstraint(  # What is owed may be paid back, not more.
                condition=~models.Q(kind=AccountKind.CREDIT.value)
                | models.Q(credits_micros__lte=models.F("debits_micros")),
                name="billing_credit_is_owed",
            ),
            models.CheckConstraint(
                condition=models.Q(limit_micros=0)
                | (models.Q(kind=AccountKind.CREDIT.value) & models.Q(limit_micros__gt=0)),
                name="billing_only_credit_has_a_limit",
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
            models.Index(
                fields=["grant_id"], condition=models.Q(grant_id__gt=0), name="billing_transfer_grant"
            ),  # What a consent's limit of spend is held against.
            models.Index(fields=["last_position", "key"], name="billing_transfer_segment"),
            models.Index(fields=["debit", "-id"], name="billing_transfer_debit"),
            models.Index(fields=["credit", "-id"], name="billing_transfer_credit"),
            models.Index(fields=["debit", "at"], name="billing_transfer_debited"),
            models.Index(fields=["credit", "at"], name="billing_transfer_credited"),
        ]
