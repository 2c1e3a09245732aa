"""The two switches of a creator."""

from django.db import models


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
