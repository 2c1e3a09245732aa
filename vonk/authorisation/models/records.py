"""The consent record: append-only, one chain of hashes for each profile."""

from django.db import models

from vonk.authorisation.chain import GENESIS
from vonk.authorisation.rules import Act
from vonk.core.ids import new_id


class ConsentRecord(models.Model):
    """One act in a profile's append-only record: each row's hash covers the row before."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, related_name="consent_records")
    sequence = models.PositiveBigIntegerField()
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, null=True, related_name="+")
    consent = models.ForeignKey("authorisation.Consent", on_delete=models.PROTECT, null=True, related_name="records")
    request = models.ForeignKey(
        "authorisation.PermissionRequest", on_delete=models.PROTECT, null=True, related_name="records"
    )
    access = models.ForeignKey(
        "authorisation.AccountAccess", on_delete=models.PROTECT, null=True, related_name="records"
    )  # An act on an access is one on every consent that came by way of it.
    standing = models.ForeignKey(
        "authorisation.StandingConsent", on_delete=models.PROTECT, null=True, related_name="records"
    )
    at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)
    act = models.CharField(max_length=40, choices=[(act.value, act.name) for act in Act])
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "authorisation_consent_record"
        constraints = [models.UniqueConstraint(fields=["profile", "sequence"], name="authorisation_record_sequence")]


class ConsentChain(models.Model):
    """Where a profile's record ends. Its row lock orders everything that happens to the profile's consents."""

    profile = models.OneToOneField(
        "content.Profile", on_delete=models.PROTECT, primary_key=True, related_name="consent_chain"
    )
    length = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        db_table = "authorisation_consent_chain"
