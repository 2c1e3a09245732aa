"""Developers' apps, and the codes by which people let them in."""

from django.db import models

from vonk.core.ids import new_id
from vonk.identity.rules import REDIRECT_CHARS_MAX


class App(models.Model):
    """A developer's app, which calls the business API for those who authorise it."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60)
    owner = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="apps")
    secret_digest = models.CharField(max_length=64)
    redirect_uris = models.JSONField(default=list)  # Whole addresses; a browser is sent to these and to no others.
    tokens_expire = models.BooleanField(
        default=False
    )  # Its developer wants tokens of a day, with a text that renews them.
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_app"


class AuthorisationCode(models.Model):
    """What a person's browser carries to an app, and the app changes for a token: once, within the hour."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    app = models.ForeignKey("identity.App", on_delete=models.PROTECT, related_name="codes")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    account_ids = models.JSONField(default=list)
    permissions = models.JSONField(default=list)
    creator_scopes = models.JSONField(null=True)  # Of a creator's yes, which names no ad account: what they allowed.
    redirect_uri = models.CharField(max_length=REDIRECT_CHARS_MAX, default="")  # Where a creator's browser carried it.
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_authorisation_code"
