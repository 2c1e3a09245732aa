"""Who belongs to an organisation, and what each of them works with."""

from django.db import models

from vonk.core.ids import new_id
from vonk.identity.rules import AccountRole, FinanceRole, OrganisationRole


class OrganisationMember(models.Model):
    """A person in an organisation. A finance role covers all its ad accounts."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="organisation_members")
    role = models.CharField(max_length=20, choices=[(role.value, role.name) for role in OrganisationRole])
    finance_role = models.CharField(max_length=20, null=True, choices=[(role.value, role.name) for role in FinanceRole])
    joined_at = models.DateTimeField()

    class Meta:
        db_table = "identity_organisation_member"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], name="identity_organisation_member_once")
        ]


class Membership(models.Model):
    """A person's role in an ad account."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, role.name) for role in AccountRole])

    class Meta:
        db_table = "identity_membership"
        constraints = [models.UniqueConstraint(fields=["account", "person"], name="identity_membership_once")]


class ProfileAssignment(models.Model):
    """A member who may use what a creator granted the organisation. Its admins need none."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="profile_assignments")
    profile_id = models.BigIntegerField()  # Of content, which stands above this area: the id alone.

    class Meta:
        db_table = "identity_profile_assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person", "profile_id"], name="identity_profile_assignment_once"
            )
        ]


class MemberInvitation(models.Model):
    """An invitation to join, by e-mail. Of its link only the secret's SHA-256 is kept."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    digest = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=20, choices=[(role.value, role.name) for role in OrganisationRole])
    finance_role = models.CharField(max_length=20, null=True, choices=[(role.value, role.name) for role in FinanceRole])
    accounts = models.JSONField(
        default=dict, db_default={}
    )  # What they work with once they join: ad account id to role.
    invited_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    sends = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_member_invitation"
        indexes = [models.Index(fields=["organisation", "-id"], name="identity_invitation_org")]
