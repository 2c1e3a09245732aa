"""Terms that both sides agree to, and who agreed when. Neither is ever changed: new terms supersede old ones."""

from django.db import models

from vonk.authorisation.rules import NOTE_CHARS_MAX, Payment, Side
from vonk.core.ids import new_id


class Terms(models.Model):
    """What a grant is bound to. Empty lists and NULL mean no limit. ``text`` is what both sides read and agree to."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, related_name="terms")
    account = models.ForeignKey(
        "identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="terms"
    )  # NULL: whoever redeems.
    payment = models.CharField(
        max_length=12, choices=[(value.value, value.name) for value in Payment], default=Payment.NONE.value
    )
    fee_micros = models.BigIntegerField(default=0)
    share_ppm = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3, default="")  # Of the fee and the cap; "" when there is neither.
    spend_cap_micros = models.BigIntegerField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    countries = models.JSONField(default=list)  # ISO 3166-1 alpha-2
    categories = models.JSONField(default=list)  # Keys of core.taxonomy.INTERESTS: what is advertised.
    edits = models.JSONField(default=list)  # rules.Edit
    notice_days = models.PositiveSmallIntegerField(default=0)
    spend_shown = models.BooleanField(default=True)  # The creator sees what the ads spend.
    note = models.CharField(max_length=NOTE_CHARS_MAX, default="")
    text = models.TextField()
    sha256 = models.CharField(max_length=64)  # Of the text, in hexadecimal.
    offered_by = models.CharField(max_length=10, choices=[(side.value, side.name) for side in Side])
    made_at = models.DateTimeField()
    supersedes = models.ForeignKey("authorisation.Terms", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "authorisation_terms"


class TermsAgreement(models.Model):
    """One side said yes to the terms as they stand."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    terms = models.ForeignKey("authorisation.Terms", on_delete=models.PROTECT, related_name="agreements")
    side = models.CharField(max_length=10, choices=[(side.value, side.name) for side in Side])
    person_id = models.BigIntegerField()
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64)  # Of the text that they had before them.
    at = models.DateTimeField()

    class Meta:
        db_table = "authorisation_terms_agreement"
        constraints = [
            models.UniqueConstraint(
                fields=["terms", "side"],
                condition=models.Q(account__isnull=True),
                name="authorisation_terms_agreed_once",
            ),
            models.UniqueConstraint(
                fields=["terms", "side", "account"],
                condition=models.Q(account__isnull=False),
                name="authorisation_terms_agreed_acct",
            ),
        ]
