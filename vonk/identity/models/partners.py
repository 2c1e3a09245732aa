"""Organisations that work for one another: what one shares, and who of the other works with it."""

from django.db import models

from vonk.core.ids import new_id
from vonk.identity.rules import AccountRole


class Partnership(models.Model):
    """Two organisations, one of which asked the other. Either may then share assets to the other."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    asker = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    asked = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # Refused, withdrawn or ended.

    class Meta:
        db_table = "identity_partnership"
        constraints = [
            models.UniqueConstraint(
                fields=["asker", "asked"], condition=models.Q(ended_at=None), name="identity_partnership_once"
            ),
            models.CheckConstraint(condition=~models.Q(asker=models.F("asked")), name="identity_partnership_of_two"),
        ]


class Share(models.Model):
    """An asset that one organisation lets a partner work with; gone when it is taken back or the partnership ends."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    partnership = models.ForeignKey("identity.Partnership", on_delete=models.PROTECT, related_name="shares")
    giver = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="shares_given")
    taker = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="shares_taken")
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="shares")
    role_max = models.CharField(
        max_length=20, null=True, choices=[(role.value, role.name) for role in AccountRole]
    )  # Of an ad account: what a partner's person may be at most.
    profile_id = models.BigIntegerField(null=True)  # Of a creator who granted the giver access.
    shared_at = models.DateTimeField()

    class Meta:
        db_table = "identity_share"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(account__isnull=False, role_max__isnull=False, profile_id__isnull=True)
                | models.Q(account__isnull=True, role_max__isnull=True, profile_id__isnull=False),
                name="identity_share_of_one_asset",
            ),
            models.UniqueConstraint(fields=["partnership", "account"], name="identity_share_account_once"),
            models.UniqueConstraint(fields=["partnership", "giver", "profile_id"], name="identity_share_profile_once"),
        ]


class ShareAssignment(models.Model):
    """A partner's person who works with what was shared; ``role`` of an ad account, NULL of a creator account."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    share = models.ForeignKey("identity.Share", on_delete=models.CASCADE, related_name="assignments")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="share_assignments")
    role = models.CharField(max_length=20, null=True, choices=[(role.value, role.name) for role in AccountRole])

    class Meta:
        db_table = "identity_share_assignment"
        constraints = [models.UniqueConstraint(fields=["share", "person"], name="identity_share_assignment_once")]
