"""What settlement remembers: budgets, showings, segments."""

from django.db import models


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


class SettledSegment(models.Model):
    """A segment of the log in which something was billable, and which of its billable events were not billed.

    Both lists are positions, packed by ``rules.packed``. So every event's fate is known without billing it again.
    """

    last_position = models.BigIntegerField(primary_key=True)
    first_position = models.BigIntegerField()
    written_off = models.BinaryField()  # For want of budget or funds.
    repeated = models.BinaryField()  # Of decisions that an earlier segment settled.

    class Meta:
        db_table = "billing_settled_segment"
