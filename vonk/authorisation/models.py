"""Switches, consents and the consent record."""

from django.db import models

from vonk.authorisation.rules import DURATIONS_DAYS
from vonk.core.ids import new_id


class AdSettings(models.Model):
    """The account-level switch that must be on before any post can be authorised (S1, S2)."""

    profile = models.OneToOneField(
        "content.Profile", on_delete=models.PROTECT, primary_key=True, related_name="ad_settings"
    )
    on = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "authorisation_ad_settings"


class PostAuthorisation(models.Model):
    """The per-post switch that makes a post promotable."""

    post = models.OneToOneField(
        "content.Post", on_delete=models.PROTECT, primary_key=True, related_name="ad_authorisation"
    )
    on = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "authorisation_post"


class Consent(models.Model):
    """A creator's consent to the promotion of one post, with the code that carries it to one ad account."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, related_name="consents")
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, related_name="consents")
    account = models.ForeignKey(
        "identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="consents"
    )  # Set by redemption.
    duration_days = models.PositiveSmallIntegerField(choices=[(days, days) for days in DURATIONS_DAYS])
    code_digest = models.CharField(
        max_length=64, unique=True
    )  # HMAC-SHA-256 of the code: found by it, never read back.
    code_encrypted = models.BinaryField()  # So that owner and holder can see the code again.
    issued_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True)
    redeemed_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "authorisation_consent"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(redeemed_at__isnull=True, account__isnull=True)
                | models.Q(redeemed_at__isnull=False, account__isnull=False),
                name="authorisation_consent_redeemed_by_account",
            ),
            models.CheckConstraint(
                condition=models.Q(deleted_at__isnull=True) | models.Q(redeemed_at__isnull=True),
                name="authorisation_consent_deleted_unused",
            ),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="authorisation_consent_account")]


class ConsentRecord(models.Model):
    """One act in a profile's append-only record: each row's hash covers the row before."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, related_name="consent_records")
    sequence = models.PositiveBigIntegerField()
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, null=True, related_name="+")
    consent = models.ForeignKey("authorisation.Consent", on_delete=models.PROTECT, null=True, related_name="records")
    at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)
    act = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "authorisation_consent_record"
        constraints = [models.UniqueConstraint(fields=["profile", "sequence"], name="authorisation_record_sequence")]
