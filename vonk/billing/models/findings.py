"""What was found invalid after it was billed, and the credit notes that gave it back."""

from django.db import models

from vonk.core.ids import new_id


class Finding(models.Model):
    """Somebody's judgement over events of the log. The log itself is never touched."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    rule = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)
    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    events = models.PositiveIntegerField()

    class Meta:
        db_table = "billing_finding"


class CreditNote(models.Model):
    """What a finding gave back to one ad account."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)  # Without a gap within its year.
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="notes")
    amount_micros = models.BigIntegerField()
    creators_micros = models.BigIntegerField()  # Taken back from creators.
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "billing_credit_note"
        constraints = [
            models.UniqueConstraint(fields=["finding", "account"], name="billing_credit_note_once"),
            models.CheckConstraint(condition=models.Q(amount_micros__gt=0), name="billing_credit_note_positive"),
        ]


class FindingEvent(models.Model):
    """One event that was found invalid; at most once, whatever is found again."""

    position = models.BigIntegerField(primary_key=True)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="found")
    note = models.ForeignKey(CreditNote, on_delete=models.PROTECT, null=True, related_name="found")
    decision_id = models.BigIntegerField()
    event_kind = models.CharField(max_length=20)
    account_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField()
    ad_group_id = models.BigIntegerField()
    ad_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    received_at = models.DateTimeField()
    hour_at = models.DateTimeField()  # The UTC hour.
    day = models.DateField()  # The account's local date.
    value = models.BigIntegerField()  # The event's own measure, as the log has it.
    amount_micros = models.BigIntegerField()  # What it had been billed: its price, or 0.

    class Meta:
        db_table = "billing_finding_event"
        indexes = [
            models.Index(fields=["account_id", "hour_at"], name="billing_found_account"),
            models.Index(fields=["ad_id", "hour_at"], name="billing_found_ad"),
            models.Index(fields=["post_id", "hour_at"], name="billing_found_post"),
        ]
