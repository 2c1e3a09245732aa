"""Reports that are kept, when they are sent, to whom, and what became of each sending."""

from django.db import models

from vonk.core.ids import new_id


class SavedReport(models.Model):
    """A report under a name. ``address`` is its query, as ``builder.asked`` writes it."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account_id = models.BigIntegerField()
    owner_id = models.BigIntegerField()  # Who made it; it is theirs alone unless it is shared.
    name = models.CharField(max_length=100)  # saved.rules.NAME_MAX
    address = models.TextField()
    shared = models.BooleanField(default=False)  # Everybody in the ad account sees it.
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "reporting_saved_report"
        constraints = [
            models.UniqueConstraint(fields=["account_id", "owner_id", "name"], name="reporting_saved_report_name")
        ]


class ReportSchedule(models.Model):
    """When a saved report is sent. It is made with the rights of ``person_id`` at that time."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey("reporting.SavedReport", on_delete=models.CASCADE, related_name="schedules")
    account_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    rhythm = models.CharField(max_length=10)  # saved.rules.Rhythm
    weekday = models.PositiveSmallIntegerField(default=0)  # Of a weekly one, 0 is Monday.
    day = models.PositiveSmallIntegerField(default=1)  # Of a monthly one; the last day of shorter months.
    hour = models.PositiveSmallIntegerField()  # By the account's clock.
    file_format = models.CharField(max_length=10)  # builder.files.Format
    next_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    stopped = models.CharField(max_length=20, default="")  # saved.rules.Stopped; "" while it goes on.
    made_at = models.DateTimeField()

    class Meta:
        db_table = "reporting_schedule"
        indexes = [
            models.Index(
                fields=["next_at"], condition=models.Q(paused_at=None, stopped=""), name="reporting_schedule_next"
            ),
            models.Index(fields=["account_id"], name="reporting_schedule_account"),
        ]


class ReportRecipient(models.Model):
    """Somebody to whom a report is sent, until they want it no more or leave the ad account."""

    id = models.BigAutoField(primary_key=True)
    schedule = models.ForeignKey("reporting.ReportSchedule", on_delete=models.CASCADE, related_name="recipients")
    person_id = models.BigIntegerField()
    unsubscribed_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)  # Found to be in the account no more.

    class Meta:
        db_table = "reporting_recipient"
        constraints = [models.UniqueConstraint(fields=["schedule", "person_id"], name="reporting_recipient_once")]
        indexes = [models.Index(fields=["person_id"], name="reporting_recipient_person")]


class ReportRun(models.Model):
    """One sending that was due: made once, however often its job begins anew."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    schedule = models.ForeignKey("reporting.ReportSchedule", on_delete=models.CASCADE, related_name="runs")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10)  # saved.rules.RunState
    problem = models.CharField(max_length=1000, default="")
    letters = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "reporting_run"
        constraints = [models.UniqueConstraint(fields=["schedule", "due_at"], name="reporting_run_once")]
