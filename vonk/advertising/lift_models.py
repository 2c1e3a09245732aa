"""Lift tests of campaigns, and accounts that may have none."""

from django.db import models

from vonk.advertising.rules.lift_tests import Outcome
from vonk.core.ids import new_id


class LiftTest(models.Model):
    """A campaign that a share of viewers does not see, from start to end. Whose share that is follows from the salt."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey("advertising.Campaign", on_delete=models.PROTECT, related_name="+")
    salt = models.CharField(max_length=32)
    share_percent = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=20, choices=[(value.value, value.name) for value in Outcome])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # Somebody ended it before its time.
    forbidden = models.BooleanField(default=False)  # It was ended because an operator forbade tests.
    created_at = models.DateTimeField()

    class Meta:
        db_table = "advertising_lift_test"
        indexes = [
            models.Index(fields=["account", "-id"], name="advertising_lift_account"),
            models.Index(fields=["campaign", "-id"], name="advertising_lift_campaign"),
            models.Index(fields=["ends_at"], name="advertising_lift_ends"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share_percent__gte=1, share_percent__lte=50), name="advertising_lift_share"
            )
        ]


class LiftBan(models.Model):
    """An ad account that may have no lift tests, and why, as an operator says."""

    account = models.OneToOneField("identity.AdAccount", on_delete=models.PROTECT, primary_key=True, related_name="+")
    reason = models.CharField(max_length=500)
    forbidden_at = models.DateTimeField()

    class Meta:
        db_table = "advertising_lift_ban"
