"""Switches, consents and the consent record."""

from django.db import models

from vonk.authorisation.chain import GENESIS
from vonk.authorisation.codes import HINT_CHARS
from vonk.authorisation.rules import DURATIONS_DAYS, Act, Guesser
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
    code_hint = models.CharField(max_length=HINT_CHARS, default="")  # Tells the creator's codes apart.
    ads_only = models.BooleanField(default=False)  # As the creator chose with this consent.
    issued_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True)
    redeemed_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    # What both sides have been told: each is set by the conditional UPDATE that entitles its setter to write.
    end_noticed_at = models.DateTimeField(null=True)
    gone_noticed_at = models.DateTimeField(null=True)  # NULL again when the post came back.
    remind_at = models.DateTimeField(null=True)  # The next reminder; NULL when none is left.

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
        indexes = [
            models.Index(fields=["account", "-id"], name="authorisation_consent_account"),
            models.Index(
                fields=["ends_at"],
                name="authorisation_consent_ends",
                condition=models.Q(end_noticed_at=None, revoked_at=None, deleted_at=None),
            ),
            models.Index(
                fields=["remind_at"],
                name="authorisation_consent_remind",
                condition=models.Q(remind_at__isnull=False),
            ),
        ]


class ConsentRecord(models.Model):
    """One act in a profile's append-only record: each row's hash covers the row before."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, related_name="consent_records")
    sequence = models.PositiveBigIntegerField()
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, null=True, related_name="+")
    consent = models.ForeignKey("authorisation.Consent", on_delete=models.PROTECT, null=True, related_name="records")
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


class CodeGuesses(models.Model):
    """Wrong codes entered by one person or in one ad account since the window began; one row each."""

    id = models.BigAutoField(primary_key=True)
    guesser = models.CharField(max_length=7, choices=[(guesser.value, guesser.name) for guesser in Guesser])
    guesser_id = models.BigIntegerField()
    window_at = models.DateTimeField()
    wrong = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "authorisation_code_guesses"
        constraints = [
            models.UniqueConstraint(fields=["guesser", "guesser_id"], name="authorisation_code_guesses_once")
        ]
