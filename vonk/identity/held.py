"""What identity holds of one person, for the person's own reading (GDPR art. 15). Secrets are not among it."""

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from django.db.models import Q

from vonk.control import notifications
from vonk.control.held import Part, part
from vonk.control.webhooks import queries as webhooks
from vonk.identity.models import (
    AccessToken,
    App,
    AuthorisationCode,
    Letter,
    LetterFile,
    MemberInvitation,
    Membership,
    OrganisationMember,
    Person,
    PlatformMember,
    ProfileAssignment,
    ShareAssignment,
)


def parts(person_id: int) -> Iterator[Part]:
    """Yield the person's tables: themselves, addresses, roles, tokens without their text, letters, news."""
    yield part(
        "person", Person.objects.filter(pk=person_id), "id", "email", "display_name", "language", "country", "born_on",
        "gender", "interests", "personalised", "pseudonym", "joined_at", "last_login", "is_active",
    )  # fmt: skip
    yield part("email_addresses", EmailAddress.objects.filter(user_id=person_id), "email", "verified", "primary")
    yield part("account_roles", Membership.objects.filter(person_id=person_id), "account_id", "account__name", "role")
    yield part(
        "organisations", OrganisationMember.objects.filter(person_id=person_id), "organisation_id",
        "organisation__name", "role", "finance_role", "joined_at",
    )  # fmt: skip
    yield part(
        "creator_assignments", ProfileAssignment.objects.filter(person_id=person_id), "organisation_id", "profile_id"
    )
    yield part(
        "share_assignments", ShareAssignment.objects.filter(person_id=person_id), "share__giver__name",
        "share__account_id", "share__profile_id", "role",
    )  # fmt: skip
    email = Person.objects.filter(pk=person_id).values_list("email", flat=True).first() or ""
    invited = MemberInvitation.objects.filter(Q(email__iexact=email) | Q(accepted_by_id=person_id))
    yield part(
        "invitations", invited, "organisation__name", "email", "role", "sent_at", "expires_at", "accepted_at",
        "withdrawn_at",
    )  # fmt: skip
    yield part("platform_roles", PlatformMember.objects.filter(person_id=person_id), "role")
    yield part(
        "access_tokens", AccessToken.objects.filter(person_id=person_id), "label", "app_id", "account_ids", "permissions",
        "creator_scopes", "created_at", "expires_at", "refresh_until", "revoked_at",
    )  # fmt: skip
    yield part(
        "apps", App.objects.filter(owner_id=person_id), "id", "name", "redirect_uris", "tokens_expire", "created_at",
        "revoked_at",
    )  # fmt: skip
    yield part(
        "app_codes", AuthorisationCode.objects.filter(person_id=person_id), "app__name", "account_ids", "permissions",
        "creator_scopes", "redirect_uri", "created_at", "expires_at", "used_at",
    )  # fmt: skip
    yield part("letters", Letter.objects.filter(person_id=person_id), "subject", "body", "written_at", "sent_at")
    yield part("letter_files", LetterFile.objects.filter(letter__person_id=person_id), "letter_id", "name")
    yield from notifications.parts(person_id)
    yield webhooks.held_part(person_id)
