"""Audiences that advertisers make: customers' digests, rules over what people did, and saved targeting.

Who is in an audience is worked out from digests and rules when it is counted or served, and kept nowhere; but for
lookalikes, which take minutes to work out and keep the ids of the people in them.
"""

from django.db import models

from vonk.advertising.rules.custom_audiences import NAME_MAX, SAVED_NAME_MAX, Act, Source
from vonk.advertising.rules.customer_files import KIND_CHARS_MAX
from vonk.core.ids import new_id


class CustomerFile(models.Model):
    """Digests that an advertiser sent, waiting for a day to become part of an audience."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=KIND_CHARS_MAX)  # rules.customer_files.DigestKind
    digests = models.BinaryField()  # Sorted, without repetition, one after the other.
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "advertising_customer_file"


class CustomAudience(models.Model):
    """Whom an advertiser means: by digests of their customers, or by a rule."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=NAME_MAX)
    source = models.CharField(max_length=20, choices=[(value.value, value.name) for value in Source])
    kind = models.CharField(max_length=KIND_CHARS_MAX, default="")  # DigestKind of a customers' audience.
    digests = models.BinaryField(default=b"")  # As in CustomerFile.
    told = models.PositiveIntegerField(default=0)  # Of digests: how many matched when they last changed, as it is told.
    rule = models.JSONField(default=dict)  # rules.custom_audiences.Rule
    lookalike = models.JSONField(default=dict)  # rules.lookalikes.Likeness; then ``digests`` are people's ids.
    refreshes = models.BooleanField(default=True)  # A rule is judged as of now; otherwise as of its creation.
    kept = models.JSONField(default=dict)  # What the business API gives back as it was set.
    keeps_days = models.PositiveSmallIntegerField(null=True)  # From creation; NULL: a year from the last use or change.
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "advertising_custom_audience"
        indexes = [models.Index(fields=["account", "-id"], name="advertising_audience_account")]


class AudienceShare(models.Model):
    """Another account that may use an audience, until its owner ends that."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    audience = models.ForeignKey("advertising.CustomAudience", on_delete=models.PROTECT, related_name="shares")
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "advertising_audience_share"
        constraints = [models.UniqueConstraint(fields=["audience", "account"], name="advertising_audience_share_once")]


class AudienceAct(models.Model):
    """What was done with an audience: made, changed, used by an ad group, shared. Only grows."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    audience = models.ForeignKey("advertising.CustomAudience", on_delete=models.PROTECT, related_name="acts")
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")  # Who did it.
    act = models.CharField(max_length=20, choices=[(value.value, value.name) for value in Act])
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        db_table = "advertising_audience_act"
        indexes = [models.Index(fields=["audience", "-id"], name="advertising_audience_act_of")]


class SavedAudience(models.Model):
    """Targeting under a name, to be taken up by whoever makes ad groups. Kept as it was written."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=SAVED_NAME_MAX)
    content = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "advertising_saved_audience"
        indexes = [models.Index(fields=["account", "-id"], name="advertising_saved_account")]
