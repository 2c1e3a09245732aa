"""Links by which people without an account look at ads."""

from django.db import models

from vonk.advertising.rules.shared_previews import LABEL_MAX, SHARER_MAX
from vonk.core.ids import new_id


class SharedPreview(models.Model):
    """A link to a public page with ads of one ad account. Its address is signed, and not kept."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    sharer = models.CharField(max_length=SHARER_MAX)  # As it stands on the page.
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "advertising_shared_preview"
        indexes = [models.Index(fields=["account", "expires_at"], name="advertising_shared_account")]


class SharedPreviewAd(models.Model):
    """An ad on the page, in its place."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    preview = models.ForeignKey("advertising.SharedPreview", on_delete=models.CASCADE, related_name="ads")
    ad = models.ForeignKey("advertising.Ad", on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=LABEL_MAX, default="")  # What the sharer calls it on the page.

    class Meta:
        db_table = "advertising_shared_preview_ad"
        constraints = [models.UniqueConstraint(fields=["preview", "place"], name="advertising_shared_ad_place")]
