"""What identity holds of one person, for the person's own reading (GDPR art. 15). Secrets are not among it."""

from collections.abc import Iterator

from allauth.account.models import EmailAddress

from vonk.control.held import Part, part
from vonk.identity.models import AccessToken, Letter, Membership, Person, PlatformMember


def parts(person_id: int) -> Iterator[Part]:
    """Yield the person's tables: themselves, addresses, roles, tokens without their text, letters."""
    yield part(
        "person", Person.objects.filter(pk=person_id), "id", "email", "display_name", "language", "country", "born_on",
        "gender", "interests", "personalised", "pseudonym", "joined_at", "last_login", "is_active",
    )  # fmt: skip
    yield part("email_addresses", EmailAddress.objects.filter(user_id=person_id), "email", "verified", "primary")
    yield part("account_roles", Membership.objects.filter(person_id=person_id), "account_id", "account__name", "role")
    yield part("platform_roles", PlatformMember.objects.filter(person_id=person_id), "role")
    yield part(
        "access_tokens", AccessToken.objects.filter(person_id=person_id), "label", "created_at", "expires_at", "revoked_at"
    )  # fmt: skip
    yield part("letters", Letter.objects.filter(person_id=person_id), "subject", "body", "written_at", "sent_at")
