"""How operators have set the rules of validity."""

from django.db import models


class ValidityTuning(models.Model):
    """How an operator has set one validity rule. All rules get their row with the first change, so that one lock sees all."""

    rule = models.CharField(max_length=40, primary_key=True)
    enabled = models.BooleanField(default=True)
    values = models.JSONField(default=dict)  # Thresholds by name; those that are absent have their defaults.
    person_id = models.BigIntegerField(null=True)  # Who set it last; NULL: nobody has touched this rule.
    set_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "billing_validity_tuning"
