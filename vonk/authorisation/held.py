"""What authorisation holds of one person, for the person's own reading (GDPR art. 15). Codes are not among it."""

from collections.abc import Iterator

from django.db.models import Q

from vonk.authorisation.models import (
    AccessAmendment,
    AccountAccess,
    AdSettings,
    CampaignMember,
    CodeGuesses,
    CodeImport,
    Consent,
    ConsentNeed,
    ConsentRecord,
    Invitation,
    PermissionRequest,
    PostAuthorisation,
    StandingConsent,
    Terms,
    TermsAgreement,
)
from vonk.authorisation.rules import Guesser
from vonk.content import queries as content
from vonk.control.held import Part, part


def parts(person_id: int) -> Iterator[Part]:
    """Yield the person's tables: switches, consents given and taken up, accesses, requests, standing consents, terms,
    what they did with codes, and the consent record.
    """
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
        "accesses", AccountAccess.objects.filter(Q(profile_id=profile_id) | Q(asked_by_id=person_id)), "id", "kind",
        "organisation_id", "account_id", "profile_id", "asked_at", "asked_scopes", "message", "scopes", "granted_at",
        "ends_at", "refused_at", "withdrawn_at", "revoked_at",
    )  # fmt: skip
    yield part(
        "access_amendments",
        AccessAmendment.objects.filter(Q(access__profile_id=profile_id) | Q(asked_by_id=person_id)), "id", "access_id",
        "asked_at", "scopes", "duration_days", "lapses_at", "accepted_at", "refused_at", "withdrawn_at",
    )  # fmt: skip
    yield part(
        "permission_requests",
        PermissionRequest.objects.filter(Q(profile_id=profile_id) | Q(asked_by_id=person_id) | Q(answered_by_id=person_id)),
        "id", "kind", "profile_id", "post_id", "account_id", "message", "duration_days", "ads_only", "asked_at",
        "last_asked_at", "outcome", "answered_at", "reason",
    )  # fmt: skip
    yield part(
        "creator_campaigns", CampaignMember.objects.filter(profile_id=profile_id), "campaign_id", "invited_at", "joined_at"
    )  # fmt: skip
    yield part(
        "standing_consents", StandingConsent.objects.filter(profile_id=profile_id), "id", "account_id", "starts_at",
        "ends_at", "duration_days_max", "countries", "categories", "currency", "spend_cap_micros", "spend_total_micros",
        "payment", "fee_micros", "share_ppm", "notice_days", "preview_required", "given_at", "ended_at",
    )  # fmt: skip
    yield part(
        "terms", Terms.objects.filter(profile_id=profile_id), "id", "account_id", "text", "sha256", "offered_by", "made_at"
    )  # fmt: skip
    yield part(
        "terms_agreements", TermsAgreement.objects.filter(person_id=person_id), "terms_id", "side", "account_id", "sha256", "at"
    )  # fmt: skip
    yield part(
        "consent_needs", ConsentNeed.objects.filter(profile_id=profile_id), "consent_id", "original_id", "met_by_id"
    )
    yield part(
        "code_invitations", Invitation.objects.filter(consent__profile_id=profile_id), "id", "consent_id", "made_at",
        "ends_at", "used_at", "used_by_id",
    )  # fmt: skip
    yield part(
        "code_imports", CodeImport.objects.filter(person_id=person_id), "id", "account_id", "source", "file_name",
        "lines", "made_at", "finished_at",
    )  # fmt: skip
    yield part(
        "code_guesses", CodeGuesses.objects.filter(guesser=Guesser.PERSON.value, guesser_id=person_id), "window_at",
        "wrong", "waits_until",
    )  # fmt: skip
    yield part(
        "consent_record", ConsentRecord.objects.filter(Q(profile_id=profile_id) | Q(person_id=person_id)), "sequence",
        "post_id", "consent_id", "at", "act", "detail", "hash",
    )  # fmt: skip
