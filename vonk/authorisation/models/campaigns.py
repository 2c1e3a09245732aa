"""Campaigns of creators: who was invited and joined, and which posts they are about."""

from django.db import models

from vonk.authorisation.rules.creator_campaigns import NAME_MAX
from vonk.core.ids import new_id


class CreatorCampaign(models.Model):
    """An ad account's invitation to creators. Its link is signed, and not kept."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        "identity.Person", on_delete=models.PROTECT, related_name="+"
    )  # In whose name it asks.
    name = models.CharField(max_length=NAME_MAX)
    brand = models.CharField(max_length=NAME_MAX)
    duration_days = models.PositiveSmallIntegerField()  # For which each post is asked.
    kept = models.JSONField(default=dict)  # What the business API gives back as it was set, and nothing here acts on.
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        db_table = "authorisation_campaign"
        indexes = [models.Index(fields=["account", "-id"], name="authorisation_campaign_account")]


class CampaignMember(models.Model):
    """A creator who was written to, or joined."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey("authorisation.CreatorCampaign", on_delete=models.PROTECT, related_name="members")
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "authorisation_campaign_member"
        constraints = [models.UniqueConstraint(fields=["campaign", "profile"], name="authorisation_campaign_once")]


class CampaignPost(models.Model):
    """A post in a campaign, with what was asked for it last, or the consent that was there already."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey("authorisation.CreatorCampaign", on_delete=models.PROTECT, related_name="posts")
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(
        "authorisation.PermissionRequest", on_delete=models.PROTECT, null=True, related_name="+"
    )
    linked_at = models.DateTimeField()
    taken_out_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "authorisation_campaign_post"
        constraints = [models.UniqueConstraint(fields=["campaign", "post"], name="authorisation_campaign_post_once")]
