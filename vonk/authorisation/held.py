"""What authorisation holds of one person, for the person's own reading (GDPR art. 15). Codes are not among it."""

from collections.abc import Iterator

from django.db.models import Q

from vonk.authorisation.models import AdSettings, Consent, ConsentRecord, PostAuthorisation
from vonk.content import queries as content
from vonk.control.held import Part, part


def parts(person_id: int) -> Iterator[Part]:
    """Yield the person's tables: switches, consents given and taken up, and the consent record."""
    profile = content.profile_of_person([person_id]).get(person_id)
    profile_id = profile.id if profile is not None else 0
    yield part("ad_settings", AdSettings.objects.filter(profile_id=profile_id), "on", "changed_at")
    yield part(
        "post_authorisations", PostAuthorisation.objects.filter(post__profile_id=profile_id), "post_id", "on", "changed_at"
    )  # fmt: skip
    yield part(
        "consents", Consent.objects.filter(Q(profile_id=profile_id) | Q(redeemed_by_id=person_id)), "id", "post_id",
        "account_id", "duration_days", "ads_only", "issued_at", "ends_at", "redeemed_at", "revoked_at", "released_at",
        "deleted_at",
    )  # fmt: skip
    yield part(
        "consent_record", ConsentRecord.objects.filter(Q(profile_id=profile_id) | Q(person_id=person_id)), "sequence",
        "post_id", "consent_id", "at", "act", "detail", "hash",
    )  # fmt: skip
