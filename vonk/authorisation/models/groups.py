"""Assets of an organisation that several members work with: assigned at once, and taken back at once."""

from django.db import models

from vonk.authorisation.rules.groups import NAME_MAX, ROLE_CHARS_MAX, AssetKind
from vonk.core.ids import new_id

_KINDS = [(kind.value, kind.name) for kind in AssetKind]


class AssetGroup(models.Model):
    """A name for some of an organisation's assets, and for who works with them."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=NAME_MAX)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "authorisation_asset_group"
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="authorisation_asset_group_name")]


class GroupAsset(models.Model):
    """An ad account or a creator's account in a group."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(AssetGroup, on_delete=models.CASCADE, related_name="assets")
    kind = models.CharField(max_length=10, choices=_KINDS)
    asset_id = models.BigIntegerField()  # Of identity or of content: the id alone.

    class Meta:
        db_table = "authorisation_group_asset"
        constraints = [
            models.UniqueConstraint(fields=["group", "kind", "asset_id"], name="authorisation_group_asset_once")
        ]


class GroupMember(models.Model):
    """A member in a group. Who leaves the organisation leaves its groups."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(AssetGroup, on_delete=models.CASCADE, related_name="members")
    member = models.ForeignKey("identity.OrganisationMember", on_delete=models.CASCADE, related_name="+")
    account_role = models.CharField(max_length=ROLE_CHARS_MAX, null=True)  # NULL: no part in its ad accounts.
    uses_creators = models.BooleanField()

    class Meta:
        db_table = "authorisation_group_member"
        constraints = [models.UniqueConstraint(fields=["group", "member"], name="authorisation_group_member_once")]


class GroupGrant(models.Model):
    """What groups made of a member's role with one asset, and what it was by hand before."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey("identity.OrganisationMember", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=_KINDS)
    asset_id = models.BigIntegerField()
    before = models.CharField(max_length=ROLE_CHARS_MAX, null=True)
    gave = models.CharField(max_length=ROLE_CHARS_MAX)

    class Meta:
        db_table = "authorisation_group_grant"
        constraints = [
            models.UniqueConstraint(fields=["member", "kind", "asset_id"], name="authorisation_group_grant_once")
        ]
