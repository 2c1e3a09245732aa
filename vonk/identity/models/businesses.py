"""Organisations and their ad accounts."""

from django.db import models

from vonk.core.ids import new_id


class Organisation(models.Model):
    """A business (Business Center) that owns ad accounts."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    created_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_organisation"


class AdAccount(models.Model):
    """Where campaigns, budgets and money live. Currency and time zone never change."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="ad_accounts")
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=40)
    country = models.CharField(max_length=2)
    advertiser_name = models.CharField(max_length=100)  # On whose behalf its ads are shown (DSA art. 26).
    payer_name = models.CharField(max_length=100)  # Who pays for them.
    spark_terms_accepted_at = models.DateTimeField(null=True)
    spark_terms_version = models.CharField(max_length=20, null=True)
    contact = models.JSONField(default=dict)  # Whom to reach and where, as its people wrote it; see ``rules.contacts``.
    kept = models.JSONField(default=dict)  # What was sent with it that nothing acts on, given back as it came.
    suspended_at = models.DateTimeField(null=True)
    suspension_reason = models.TextField(null=True)  # What the operator wrote to its admins.
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_ad_account"
