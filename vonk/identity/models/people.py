"""People, their role on the platform itself, and how they sign in."""

import hashlib
import secrets
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from vonk.core.ids import new_id
from vonk.identity.rules import PlatformRole


def new_pseudonym() -> str:
    """Return a viewer id that says nothing about the person."""
    return secrets.token_urlsafe(12)


def email_digest(email: str) -> str:
    """Return the SHA-256 by which an advertiser may name an address without telling it: of the address, trimmed, small."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


class PersonManager(BaseUserManager["Person"]):
    """Finds people by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody with a login. What viewers see of them is their content.Profile."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    email_sha256 = models.CharField(max_length=64, default="", db_index=True)  # Follows the address; see ``save``.
    display_name = models.CharField(max_length=40)
    language = models.CharField(max_length=2, default="en")
    site_language = models.CharField(max_length=8, default="")  # Of pages and letters; "" while they chose none.
    country = models.CharField(max_length=2, default="NL")
    born_on = models.DateField(null=True)
    gender = models.CharField(max_length=10, null=True)
    interests = models.JSONField(default=list)
    personalised = models.BooleanField(default=False)  # Agreed to personalised ads.
    pseudonym = models.CharField(max_length=24, unique=True, default=new_pseudonym)  # The ad server's viewer id.
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        db_table = "identity_person"
        constraints = [models.UniqueConstraint(Lower("email"), name="identity_person_email")]

    def save(self, **kwargs: Any) -> None:
        """Keep the address's digest in step with it, whoever changes the address (allauth saves that column alone)."""
        self.email_sha256 = email_digest(self.email)
        columns = kwargs.get("update_fields")
        if columns is not None and "email" in columns:
            kwargs["update_fields"] = {*columns, "email_sha256"}
        super().save(**kwargs)


class PlatformMember(models.Model):
    """A person's role on the platform itself."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    person = models.OneToOneField("identity.Person", on_delete=models.PROTECT, related_name="platform_member")
    role = models.CharField(max_length=20, choices=[(role.value, role.name) for role in PlatformRole])

    class Meta:
        db_table = "identity_platform_member"


class AccessToken(models.Model):
    """A bearer token, kept as a SHA-256 digest: a person's own of both APIs, an app's of the business API alone (for ad accounts, or
    for a creator), or the key of a host app's server, whose ``person`` is the host's.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="access_tokens")
    app = models.ForeignKey("identity.App", on_delete=models.PROTECT, null=True, related_name="tokens")
    host = models.ForeignKey(
        "identity.Host", on_delete=models.PROTECT, null=True, related_name="keys"
    )  # Of a host's key.
    account_ids = models.JSONField(null=True)  # Of an app's token: the ad accounts that the person chose.
    permissions = models.JSONField(null=True)  # Of an app's token: the numbers of what the person allowed.
    creator_scopes = models.JSONField(null=True)  # Of a creator's token: the names of what they allowed the app.
    digest = models.CharField(max_length=64, unique=True)
    refresh_digest = models.CharField(max_length=64, null=True, unique=True)  # Of the text that renews it; once.
    spent_digest = models.CharField(max_length=64, null=True, db_index=True)  # Of the one that renewed it last.
    refresh_until = models.DateTimeField(null=True)
    label = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_access_token"


class SignInBucket(models.Model):
    """How often somebody tried to sign in lately, for one address, one place, or both together."""

    key = models.CharField(max_length=64, primary_key=True)  # SHA-256 of what is counted: the table names nobody.
    started_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "identity_sign_in_bucket"
        indexes = [models.Index(fields=["started_at"], name="identity_sign_in_started")]
