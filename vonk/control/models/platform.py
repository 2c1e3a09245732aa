"""The clock, publications, the audit trail, idempotency keys, positions of consumers."""

from django.db import models

from vonk.core.ids import new_id


class ClockSetting(models.Model):
    """One row: how far the platform's time is ahead of the machine's. Present only in a sandbox."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    offset_us = models.BigIntegerField(default=0)

    class Meta:
        db_table = "control_clock"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="control_clock_single_row")]


class Sequence(models.Model):
    """A counter whose row lock is held until commit, so that its numbers are committed in order and without a gap."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.BigIntegerField(default=0)

    class Meta:
        db_table = "control_sequence"


class Publication(models.Model):
    """The newest document of one object, or its withdrawal (document NULL). Read by the ad servers in raw SQL."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    sequence = models.BigIntegerField(unique=True)
    document = models.TextField(null=True)
    published_at = models.DateTimeField()

    class Meta:
        db_table = "control_publication"
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="control_publication_object")]


class AuditEntry(models.Model):
    """Who did what to which object, when, through which surface. Appended, never changed."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)  # NULL: the platform itself.
    account_id = models.BigIntegerField(null=True)
    via = models.CharField(max_length=20)
    action = models.CharField(max_length=60)
    noun = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "control_audit"
        indexes = [
            models.Index(fields=["noun", "object_id", "at"], name="control_audit_object"),
            models.Index(fields=["account_id", "at"], name="control_audit_account"),
        ]


class IdempotencyKey(models.Model):
    """A caller's key and the answer its first use got."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    person_id = models.BigIntegerField()
    operation = models.CharField(max_length=120)
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "control_idempotency"
        constraints = [
            models.UniqueConstraint(fields=["person_id", "operation", "key"], name="control_idempotency_key"),
        ]


class Position(models.Model):
    """How far a consumer has read the event log; written in the same transaction as the effects of what it read."""

    consumer = models.CharField(max_length=40, primary_key=True)
    position = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "control_position"
