"""Where the platform tells other machines what happened, what it told them, and how that went."""

from django.db import models

from vonk.core.ids import new_id

URL_CHARS_MAX = 500
ERROR_CHARS_MAX = 100


class WebhookEndpoint(models.Model):
    """An address of a creator, an ad account or an organisation. Secrets are sealed; a deleted one has none."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    owner_kind = models.CharField(max_length=12)  # rules.OwnerKind
    owner_id = models.BigIntegerField()
    url = models.CharField(max_length=URL_CHARS_MAX)
    topics = models.JSONField(default=list)  # Empty: everything.
    secret_sealed = models.BinaryField()
    former_sealed = models.BinaryField(null=True)  # The secret before the last rotation,
    former_until = models.DateTimeField(null=True)  # which signs too until then.
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField()
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=10, default="")  # rules.PauseReason
    failing_since = models.DateTimeField(null=True)  # The first failure after the last success.
    not_before = models.DateTimeField(null=True)  # While it fails, nothing is sent to it until then.
    last_sequence = models.BigIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "control_webhook_endpoint"
        indexes = [
            models.Index(
                fields=["owner_kind", "owner_id"],
                condition=models.Q(deleted_at__isnull=True),
                name="control_webhook_owner",
            )
        ]


class WebhookEvent(models.Model):
    """What happened, as it is told: written once, in the transaction of its cause."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    topic = models.CharField(max_length=60)
    at = models.DateTimeField()
    payload = models.TextField()  # JSON

    class Meta:
        db_table = "control_webhook_event"


class WebhookDelivery(models.Model):
    """One event on its way to one endpoint. ``sequence`` is given with the first attempt, without gaps."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey("control.WebhookEndpoint", on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey("control.WebhookEvent", on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(max_length=10)  # rules.DeliveryState
    sequence = models.BigIntegerField(null=True)
    since = models.DateTimeField()  # When it was written, or sent anew by its owner: 72 hours count from here.
    next_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)  # A sender has it; if it dies, another takes it then.
    attempts = models.PositiveIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)  # HTTP status of the last attempt; NULL without an answer.
    error = models.CharField(max_length=ERROR_CHARS_MAX, default="")

    class Meta:
        db_table = "control_webhook_delivery"
        indexes = [
            models.Index(
                fields=["endpoint", "next_at"], condition=models.Q(state="waiting"), name="control_webhook_due"
            ),
            models.Index(fields=["endpoint", "-id"], name="control_webhook_list"),
        ]
