"""What host apps have synced: which object stands for which id of the host, at which version."""

from django.db import models

from vonk.content.hosted import PAIR_CHARS_MAX, ItemKind
from vonk.core.ids import new_id


class HostItem(models.Model):
    """One thing of a host's. It stays when the thing is deleted, so that a late sync does not bring it back."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    host = models.ForeignKey("identity.Host", on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.name) for kind in ItemKind])
    key = models.CharField(max_length=64)  # SHA-256 of the host's id, which is kept when the id itself is erased.
    external_id = models.CharField(max_length=PAIR_CHARS_MAX)  # "" of the erased, and of follows that were not refused.
    version = models.BigIntegerField(default=-1)  # Of what was applied; -1 before anything was.
    object_id = models.BigIntegerField(null=True)  # Of a profile, post or sound.
    synced_at = models.DateTimeField()  # When the host last told of it.
    removed_at = models.DateTimeField(null=True)
    refused_code = models.CharField(max_length=40, default="")  # Why the last version told was not applied.
    refused_reason = models.CharField(max_length=200, default="")
    seen_in = models.BigIntegerField(null=True)  # The last reconciliation that named it.

    class Meta:
        db_table = "content_host_item"
        constraints = [models.UniqueConstraint(fields=["host", "kind", "key"], name="content_host_item_key")]
        indexes = [
            models.Index(fields=["kind", "object_id"], name="content_host_item_object"),
            models.Index(fields=["host", "id"], condition=~models.Q(refused_code=""), name="content_host_item_refused"),
        ]


class HostReconciliation(models.Model):
    """A host names everything that it has of one kind, page by page; then what is here and not there is known."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    host = models.ForeignKey("identity.Host", on_delete=models.PROTECT, related_name="reconciliations")
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.name) for kind in ItemKind])
    started_at = models.DateTimeField()
    named = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "content_host_reconciliation"
