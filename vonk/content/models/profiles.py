"""Names and faces, and the sounds of a library or of a profile."""

from django.db import models

from vonk.content.hosted import REMOTE_CHARS_MAX
from vonk.core.ids import new_id


class Profile(models.Model):
    """A name and face that posts speak as: a creator's (owner set), or an advertiser's custom identity (account set)."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    owner = models.OneToOneField("identity.Person", on_delete=models.PROTECT, null=True, related_name="profile")
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="identities")
    handle = models.CharField(max_length=24, unique=True, null=True)  # NULL for a custom identity.
    display_name = models.CharField(max_length=40)
    bio = models.CharField(max_length=160, default="")
    avatar = models.CharField(
        max_length=REMOTE_CHARS_MAX, default=""
    )  # A key of the media store, or the address of what stays at a host; "" = initials.
    private = models.BooleanField(default=False)  # Only followers see its posts.
    hold_comments = models.BooleanField(default=False, db_default=False)  # Every new one waits for the creator.
    time_zone = models.CharField(max_length=40, default="", db_default="")  # An IANA name, "" for UTC: of their plans.
    banned_at = models.DateTimeField(null=True)
    suspended = models.BooleanField(
        default=False, db_default=False
    )  # banned_at is its host's doing, which the host undoes.
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "content_profile"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(owner__isnull=False, account__isnull=True, handle__isnull=False)
                | models.Q(owner__isnull=True, account__isnull=False, handle__isnull=True),
                name="content_profile_one_kind",
            )
        ]


class Sound(models.Model):
    """The sound line of posts: original to a profile, or from the library."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=100)
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, null=True, related_name="sounds")
    commercial = models.BooleanField(default=True)  # May be heard in ads at all.
    countries = models.JSONField(default=list)  # In which, ISO 3166-1 alpha-2; empty: everywhere.
    audio_key = models.CharField(
        max_length=200, null=True
    )  # Of the media store; None: nothing of it can be heard alone.
    audio_ms = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "content_sound"
