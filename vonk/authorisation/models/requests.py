"""Requests for permission, and consents that a creator gave before anybody asked."""

from django.db import models

from vonk.authorisation.rules import MESSAGE_CHARS_MAX, Outcome, Payment, RequestKind, Side
from vonk.core.ids import new_id


class PermissionRequest(models.Model):
    """An ad account asks a creator. One is open for each account, post and kind; asking again counts as an attempt."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.name) for kind in RequestKind])
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, related_name="permission_requests")
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, related_name="permission_requests")
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="permission_requests")
    asked_by = models.ForeignKey(
        "identity.Person", on_delete=models.PROTECT, null=True, related_name="+"
    )  # NULL: platform.
    message = models.CharField(max_length=MESSAGE_CHARS_MAX, default="")
    duration_days = models.PositiveSmallIntegerField()
    ads_only = models.BooleanField(default=False)
    offer = models.ForeignKey("authorisation.Terms", on_delete=models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=1)
    asked_at = models.DateTimeField()
    last_asked_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    turn = models.CharField(
        max_length=10, choices=[(side.value, side.name) for side in Side], default=Side.CREATOR.value
    )  # Who answers next.
    counter_duration_days = models.PositiveSmallIntegerField(null=True)
    counter_terms = models.ForeignKey("authorisation.Terms", on_delete=models.PROTECT, null=True, related_name="+")
    countered_at = models.DateTimeField(null=True)
    counter_preview_required = models.BooleanField(default=False)
    not_automatic = models.JSONField(default=list)  # rules.Outside: why no standing consent accepted it when it came.
    outcome = models.CharField(max_length=10, choices=[(value.value, value.name) for value in Outcome], null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=MESSAGE_CHARS_MAX, default="")
    consent = models.ForeignKey(
        "authorisation.Consent", on_delete=models.PROTECT, null=True, related_name="requests"
    )  # To extend, or what came of it.
    need = models.ForeignKey("authorisation.ConsentNeed", on_delete=models.PROTECT, null=True, related_name="requests")
    standing = models.ForeignKey("authorisation.StandingConsent", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "authorisation_request"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "post", "kind"],
                condition=models.Q(outcome__isnull=True),
                name="authorisation_request_one_open",
            )
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="authorisation_request_account"),
            models.Index(fields=["profile", "-id"], name="authorisation_request_profile"),
            models.Index(
                fields=["lapses_at"], condition=models.Q(outcome__isnull=True), name="authorisation_request_lapses"
            ),
        ]


class StandingConsent(models.Model):
    """A creator's yes to requests that are not made yet, inside limits. Account NULL: from everybody."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, related_name="standing_consents")
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # rules.NO_END: until withdrawn.
    duration_days_max = models.PositiveSmallIntegerField()
    countries = models.JSONField(default=list)
    categories = models.JSONField(default=list)
    currency = models.CharField(max_length=3, default="")
    spend_cap_micros = models.BigIntegerField(null=True)  # Of one consent: no request may ask for more.
    spend_total_micros = models.BigIntegerField(null=True)  # Of all consents under it, by their caps.
    payment = models.CharField(
        max_length=12, choices=[(value.value, value.name) for value in Payment], default=Payment.NONE.value
    )  # The least that a request has to offer.
    fee_micros = models.BigIntegerField(default=0)
    share_ppm = models.PositiveIntegerField(default=0)
    notice_days = models.PositiveSmallIntegerField(default=0)
    preview_required = models.BooleanField(default=False)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # Withdrawn. What was accepted under it stays.

    class Meta:
        db_table = "authorisation_standing"
        indexes = [models.Index(fields=["profile", "-id"], name="authorisation_standing_profile")]
