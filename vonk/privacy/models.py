"""Who was erased, and whether the event log and its archive have followed."""

from django.db import models

from vonk.core.ids import new_id


class Erasure(models.Model):
    """One erased person. The pseudonym is kept until nothing that names it can come any more, then it is "" too."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    person_id = models.BigIntegerField(unique=True)
    pseudonym = models.CharField(max_length=24)
    erased_at = models.DateTimeField()
    redacted_at = models.DateTimeField(null=True)  # When log and archive were last redacted.
    redacted_through = models.BigIntegerField(default=0)  # The archive's end then: behind it, it is done again.
    log_unsupported = models.BooleanField(default=False)  # The log cannot be changed: its records go with time.
    records = models.BigIntegerField(default=0)  # How many were redacted.
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "privacy_erasure"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True) | models.Q(pseudonym=""),
                name="privacy_erasure_forgets",
            )
        ]
