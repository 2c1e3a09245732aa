"""Access of a business, or of the owner's own ad account, to a creator's profile."""

from django.db import models

from vonk.authorisation.rules import MESSAGE_CHARS_MAX, AccessKind
from vonk.core.ids import new_id


class AccountAccess(models.Model):
    """From the request (profile NULL while nobody has scanned its QR code) to its end. State follows from instants."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.name) for kind in AccessKind])
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, null=True, related_name="account_accesses"
    )  # Of a BUSINESS access.
    account = models.ForeignKey(
        "identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="account_accesses"
    )  # Of an OWN link.
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, null=True, related_name="account_accesses")
    asked_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_scopes = models.JSONField(default=list)  # rules.AccessScope
    message = models.CharField(max_length=MESSAGE_CHARS_MAX, default="")
    invitation_digest = models.CharField(max_length=64, unique=True, null=True)  # Of the QR code's one-time secret.
    lapses_at = models.DateTimeField()
    scopes = models.JSONField(default=list)  # What was granted.
    terms = models.ForeignKey("authorisation.Terms", on_delete=models.PROTECT, null=True, related_name="accesses")
    preview_required = models.BooleanField(default=False)
    granted_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)  # rules.NO_END: until somebody ends it.
    refused_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    notice_given_at = models.DateTimeField(null=True)
    ending_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    end_noticed_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "authorisation_access"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=AccessKind.OWN.value, account__isnull=False, organisation__isnull=True)
                | models.Q(kind=AccessKind.BUSINESS.value, account__isnull=True, organisation__isnull=False),
                name="authorisation_access_one_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(granted_at__isnull=True)
                | models.Q(granted_at__isnull=False, profile__isnull=False, ends_at__isnull=False),
                name="authorisation_access_granted",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="authorisation_access_org"),
            models.Index(fields=["profile", "-id"], name="authorisation_access_profile"),
        ]


class AccessExclusion(models.Model):
    """An ad account that uses nothing of what a creator granted the organisation: each of the others may.

    It outlives the access: it holds again when the creator grants anew.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "authorisation_access_exclusion"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "profile", "account"], name="authorisation_access_exclusion_once"
            )
        ]


class AccessAmendment(models.Model):
    """More that a business asks for while its access is live; open until answered, taken back, lapsed or overtaken."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    access = models.ForeignKey(AccountAccess, on_delete=models.PROTECT, related_name="amendments")
    asked_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    scopes = models.JSONField(default=list)  # rules.AccessScope, besides those it has.
    duration_days = models.IntegerField(null=True)  # From its end. NULL: as it is.
    lapses_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)  # Of one that lapsed and made room for the next: when it lapsed.

    class Meta:
        db_table = "authorisation_access_amendment"
        constraints = [
            models.UniqueConstraint(
                fields=["access"],
                condition=models.Q(accepted_at__isnull=True, refused_at__isnull=True, withdrawn_at__isnull=True),
                name="authorisation_amendment_one_open",
            ),
        ]
