"""What operators set at run time, change by change."""

from django.db import models

NAME_MAX = 60
NOTE_MAX = 300


class PolicyChange(models.Model):
    """One change of a policy: the newest that is in effect and was not withdrawn counts. Never edited, never deleted."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=NAME_MAX)
    value = models.JSONField()
    was = models.JSONField()  # What held when it was made.
    note = models.CharField(max_length=NOTE_MAX, default="")
    effective_at = models.DateTimeField()
    made_at = models.DateTimeField()
    operator_id = models.BigIntegerField()
    withdrawn_at = models.DateTimeField(null=True)  # Before it took effect.

    class Meta:
        db_table = "control_policy_change"
        indexes = [models.Index(fields=["name", "effective_at"], name="control_policy_effective")]
