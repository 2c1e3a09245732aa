"""What somebody is still writing: a campaign, an ad group or an ad that is not created yet."""

from django.db import models

from vonk.advertising.rules.launch_drafts import NAME_CHARS_MAX, Kind
from vonk.core.ids import new_id


class LaunchDraft(models.Model):
    """A form as it was typed, kept for whoever of the account goes on with it. Each change is a version."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(value.value, value.name) for value in Kind])
    above_id = models.BigIntegerField(default=0)  # The campaign or ad group it is added to; 0 for a campaign.
    name = models.CharField(max_length=NAME_CHARS_MAX, default="")
    typed = models.TextField(default="")
    version = models.PositiveIntegerField(default=1)
    became_id = models.BigIntegerField(
        null=True
    )  # The ad or ad group that it was created as; nothing is typed any more.
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        db_table = "advertising_launch_draft"
        indexes = [models.Index(fields=["account", "-modified_at"], name="advertising_draft_account")]
