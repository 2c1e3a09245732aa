"""A/B tests between two ad groups."""

from django.db import models

from vonk.advertising.rules.split_tests import Metric, Variable
from vonk.core.ids import new_id


class SplitTest(models.Model):
    """Two ad groups, each shown to half of the viewers from start to end. Which half is whose follows from the salt."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey("advertising.AdGroup", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey("advertising.AdGroup", on_delete=models.PROTECT, related_name="+")
    salt = models.CharField(max_length=32)
    variable = models.CharField(max_length=20, choices=[(value.value, value.name) for value in Variable])
    metric = models.CharField(max_length=20, choices=[(value.value, value.name) for value in Metric])
    kept = models.JSONField(default=dict)  # What the business API gives back as it was set, and nothing here acts on.
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # Somebody ended it before its time.
    promoted = models.ForeignKey("advertising.AdGroup", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        db_table = "advertising_split_test"
        indexes = [
            models.Index(fields=["account", "-id"], name="advertising_split_account"),
            models.Index(fields=["ends_at"], name="advertising_split_ends"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(first=models.F("second")), name="advertising_split_two")
        ]
