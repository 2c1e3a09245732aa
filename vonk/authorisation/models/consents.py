"""Consents, and the consents of others that some of them need."""

from django.db import models

from vonk.authorisation.codes import HINT_CHARS
from vonk.authorisation.rules import Road
from vonk.core.ids import new_id


class Consent(models.Model):
    """A creator's consent to the promotion of one post by one ad account, whatever road it came by.

    A code that several accounts may use (``accounts_max`` above 1) stays unredeemed itself: each account that redeems
    it gets a consent of its own, with ``shared_from`` set. What happens to the code happens to all of these.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, related_name="consents")
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, related_name="consents")
    account = models.ForeignKey(
        "identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="consents"
    )  # Set by redemption.
    road = models.CharField(
        max_length=20, choices=[(road.value, road.name) for road in Road], default=Road.POST_CODE.value
    )
    duration_days = models.PositiveSmallIntegerField()  # As last chosen; 0: by way of an access, which has its own end.
    code_digest = models.CharField(
        max_length=64, unique=True, null=True
    )  # HMAC-SHA-256 of the code: found by it, never read back. NULL where no code was needed.
    code_encrypted = models.BinaryField(null=True)  # So that owner and holder can see the code again.
    code_hint = models.CharField(max_length=HINT_CHARS, default="")  # Tells the creator's codes apart.
    ads_only = models.BooleanField(default=False)  # As the creator chose with this consent.
    accounts_max = models.PositiveSmallIntegerField(default=1)  # How many ad accounts the code serves.
    shared_from = models.ForeignKey("authorisation.Consent", on_delete=models.PROTECT, null=True, related_name="shares")
    terms = models.ForeignKey("authorisation.Terms", on_delete=models.PROTECT, null=True, related_name="consents")
    access = models.ForeignKey(
        "authorisation.AccountAccess", on_delete=models.PROTECT, null=True, related_name="consents"
    )
    standing = models.ForeignKey(
        "authorisation.StandingConsent", on_delete=models.PROTECT, null=True, related_name="consents"
    )
    preview_required = models.BooleanField(default=False)  # The creator looks at each ad before its first delivery.
    issued_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # rules.NO_END: until somebody ends it.
    redeemed_at = models.DateTimeField(null=True)
    redeemed_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, null=True, related_name="+")
    notice_given_at = models.DateTimeField(
        null=True
    )  # When the creator revoked with the notice that the terms ask for.
    ending_at = models.DateTimeField(null=True)  # When that notice ends: from then on it is revoked.
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
            models.CheckConstraint(
                condition=models.Q(notice_given_at__isnull=True, ending_at__isnull=True)
                | models.Q(notice_given_at__isnull=False, ending_at__isnull=False),
                name="authorisation_consent_notice_ends",
            ),
            models.UniqueConstraint(
                fields=["access", "account", "post"],
                condition=models.Q(access__isnull=False, revoked_at__isnull=True, released_at__isnull=True),
                name="authorisation_consent_one_by_access",
            ),
            models.UniqueConstraint(
                fields=["shared_from", "account"],
                condition=models.Q(shared_from__isnull=False),
                name="authorisation_consent_one_share",
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
                fields=["ending_at"],
                name="authorisation_consent_ending",
                condition=models.Q(ending_at__isnull=False, revoked_at=None),
            ),
            models.Index(fields=["account", "ends_at"], name="authorisation_consent_acc_ends"),
            models.Index(fields=["account", "profile"], name="authorisation_consent_acc_prof"),
            models.Index(fields=["profile", "-id"], name="authorisation_consent_profile"),
            models.Index(fields=["post", "account"], name="authorisation_consent_post_acc"),
            models.Index(
                fields=["remind_at"],
                name="authorisation_consent_remind",
                condition=models.Q(remind_at__isnull=False),
            ),
        ]


class ConsentNeed(models.Model):
    """Another post's author has to consent too: the consent's post is a duet or stitch of that post, or mentions it."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    consent = models.ForeignKey("authorisation.Consent", on_delete=models.PROTECT, related_name="needs")
    original = models.ForeignKey("content.Post", on_delete=models.PROTECT, related_name="+")
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, related_name="+")  # The original's author.
    met_by = models.ForeignKey("authorisation.Consent", on_delete=models.PROTECT, null=True, related_name="meets")

    class Meta:
        db_table = "authorisation_consent_need"
        constraints = [models.UniqueConstraint(fields=["consent", "original"], name="authorisation_need_once")]
