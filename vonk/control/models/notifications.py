"""What a person is told in the product itself."""

from django.db import models

from vonk.core.ids import new_id

KIND_CHARS_MAX = 40
TEXT_CHARS_MAX = 300
LINK_CHARS_MAX = 300


class Notification(models.Model):
    """One piece of news. ``seen_at`` NULL: it counts on the bell."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=KIND_CHARS_MAX)
    text = models.CharField(max_length=TEXT_CHARS_MAX)
    link = models.CharField(max_length=LINK_CHARS_MAX, default="")  # A path of this site, "" when it leads nowhere.
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "control_notification"
        indexes = [
            models.Index(fields=["person_id", "-id"], name="control_notification_person"),
            models.Index(
                fields=["person_id"], condition=models.Q(seen_at__isnull=True), name="control_notification_unseen"
            ),
        ]


class NotificationSwitch(models.Model):
    """A kind of news that a person switched off on one channel; what has no row is on."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=KIND_CHARS_MAX)
    channel = models.CharField(max_length=10)  # notification_kinds.Channel

    class Meta:
        db_table = "control_notification_switch"
        constraints = [
            models.UniqueConstraint(fields=["person_id", "kind", "channel"], name="control_notification_switch_once")
        ]
