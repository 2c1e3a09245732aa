"""Signed receipts: what the platform says of one consent, request, access or standing consent, with its acts.

A receipt for an advertiser or a business holds the acts on its own object alone. Others' acts in the same profile's
record are not in it; links to them are hashes.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, TypeVar

import msgspec
from django.conf import settings
from django.db.models import Model, Q, QuerySet

from vonk.authorisation import chain, receipts
from vonk.authorisation.models import (
    AccountAccess,
    Consent,
    ConsentChain,
    ConsentRecord,
    PermissionRequest,
    StandingConsent,
    Terms,
    TermsAgreement,
)
from vonk.authorisation.queries.evidence import stored
from vonk.authorisation.receipts import ACTS_MAX, Facts, Receipt
from vonk.authorisation.rules import NO_END
from vonk.content import queries as content
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import accounts_facts, organisation_names

CREATOR: Final = "creator"
ADVERTISER: Final = "advertiser"
BUSINESS: Final = "business"
Row = TypeVar("Row", bound=Model)


class _About(msgspec.Struct, frozen=True):
    """What a receipt is about, and for which side of it."""

    side: str
    kind: str
    id: int
    profile_id: int
    account_id: int | None


def of_consent(scope: Scope, consent_id: int, *, now: datetime) -> Receipt:
    """Return a signed receipt of a consent that the acting person gave, or that the scope's ad account holds."""
    side = _side(scope)
    consent = _one(Consent.objects.filter(deleted_at=None).filter(_mine(side, scope)), consent_id, "authorisation")
    requests = PermissionRequest.objects.filter(consent=consent)
    acts = Q(consent=consent) | Q(request__in=requests)
    if consent.access_id is not None:
        acts |= Q(access=consent.access_id, consent=None)
    if consent.standing_id is not None:
        acts |= Q(standing=consent.standing_id, consent=None, request=None)
    if consent.shared_from_id is not None:
        acts |= Q(consent=consent.shared_from_id)
    terms = {
        consent.terms_id,
        *requests.values_list("offer", flat=True),
        *requests.values_list("counter_terms", flat=True),
    }
    about = _About(side, "consent", consent.pk, consent.profile_id, consent.account_id)
    return _signed(about, _consent_facts(consent), acts, terms_ids=terms, now=now)


def of_request(scope: Scope, request_id: int, *, now: datetime) -> Receipt:
    """Return a signed receipt of a request that the acting person was asked, or that the scope's ad account made."""
    side = _side(scope)
    request = _one(PermissionRequest.objects.filter(_mine(side, scope)), request_id, "request")
    facts: Facts = {
        **_profile(request.profile_id),
        **_post(request.post_id),
        **_account(request.account_id),
        "kind": request.kind,
        "message": request.message,
        "duration_days": request.duration_days,
        "counter_duration_days": request.counter_duration_days,
        "ads_only": request.ads_only,
        "attempts": request.attempts,
        "asked_at": _at(request.asked_at),
        "lapses_at": _at(request.lapses_at),
        "outcome": request.outcome,
        "answered_at": _at(request.answered_at),
        "reason": request.reason,
        "consent_id": _id(request.consent_id),
    }
    terms = {request.offer_id, request.counter_terms_id}
    about = _About(side, "request", request.pk, request.profile_id, request.account_id)
    return _signed(about, facts, Q(request=request), terms_ids=terms, now=now)


def of_access(scope: Scope, access_id: int, *, now: datetime) -> Receipt:
    """Return a signed receipt of an access to the acting person's profile, or of the scope's ad account or business."""
    side = _side(scope)
    access = _one(AccountAccess.objects.filter(profile__isnull=False).filter(_mine(side, scope)), access_id, "access")
    assert access.profile_id is not None, "Chosen by it."
    facts: Facts = {
        **_profile(access.profile_id),
        **_account(access.account_id),
        **_business(access.organisation_id),
        "kind": access.kind,
        "message": access.message,
        "asked_scopes": list(access.asked_scopes),
        "scopes": list(access.scopes),
        "asked_at": _at(access.asked_at),
        "granted_at": _at(access.granted_at),
        "ends_at": _at(access.ends_at),
        "refused_at": _at(access.refused_at),
        "withdrawn_at": _at(access.withdrawn_at),
        "notice_given_at": _at(access.notice_given_at),
        "ending_at": _at(access.ending_at),
        "revoked_at": _at(access.revoked_at),
    }
    acts = Q(access=access, consent=None)
    about = _About(side, "access", access.pk, access.profile_id, access.account_id)
    return _signed(about, facts, acts, terms_ids={access.terms_id}, now=now)


def of_standing(scope: Scope, standing_id: int, *, now: datetime) -> Receipt:
    """Return a signed receipt of a consent that the acting person gave before anybody asked."""
    scope.require(Right.CREATE)
    standing = _one(StandingConsent.objects.filter(profile__owner_id=scope.person), standing_id, "standing consent")
    facts: Facts = {
        **_profile(standing.profile_id),
        **_account(standing.account_id),
        "starts_at": _at(standing.starts_at),
        "ends_at": _at(standing.ends_at),
        "duration_days_max": standing.duration_days_max,
        "countries": list(standing.countries),
        "categories": list(standing.categories),
        "currency": standing.currency,
        "spend_cap_micros": standing.spend_cap_micros,
        "spend_total_micros": standing.spend_total_micros,
        "payment": standing.payment,
        "fee_micros": standing.fee_micros,
        "share_ppm": standing.share_ppm,
        "notice_days": standing.notice_days,
        "given_at": _at(standing.given_at),
        "ended_at": _at(standing.ended_at),
    }
    acts = Q(standing=standing, consent=None, request=None)
    about = _About(CREATOR, "standing", standing.pk, standing.profile_id, standing.account_id)
    return _signed(about, facts, acts, now=now)


def public_keys() -> tuple[bytes, ...]:
    """Return every public key that has signed receipts, the one in use first."""
    kept = settings.VONK_RECEIPT_KEYS
    present = receipts.public_key_of(kept.seed())
    return (present, *(key for key in kept.former() if key != present))


def _side(scope: Scope) -> str:
    """Return for whom the scope asks; RightMissing when it may not read what it is a side of."""
    if scope.account_id is not None:
        scope.require(Right.ACCOUNT_VIEW)
        return ADVERTISER
    if scope.organisation_id is not None:
        scope.require(Right.BUSINESS_VIEW)
        return BUSINESS
    scope.require(Right.CREATE)
    return CREATOR


def _mine(side: str, scope: Scope) -> Q:
    if side == CREATOR:
        return Q(profile__owner_id=scope.person)
    return Q(account_id=scope.account) if side == ADVERTISER else Q(organisation_id=scope.organisation)


def _one(rows: QuerySet[Row], object_id: int, noun: str) -> Row:
    row = rows.filter(pk=object_id).first()
    if row is None:
        raise NotFound(noun=noun)
    return row


def _signed(about: _About, facts: Facts, acts: Q, *, terms_ids: Iterable[int | None] = (), now: datetime) -> Receipt:
    """Return the receipt with the chosen acts; an advertiser's has none that names another ad account than its own."""
    head = ConsentChain.objects.filter(profile_id=about.profile_id).first()
    end = chain.Head() if head is None else chain.Head(head.length, head.hash)
    rows = ConsentRecord.objects.filter(acts, profile_id=about.profile_id, sequence__lte=end.length)
    newest = list(stored(rows.order_by("-sequence")[: ACTS_MAX + 1]))
    shown = [
        row for row in reversed(newest[:ACTS_MAX]) if about.side == CREATOR or _concerns(row.row, about.account_id)
    ]
    seed = settings.VONK_RECEIPT_KEYS.seed()
    public = receipts.public_key_of(seed)
    signed = receipts.Signed(
        format=receipts.FORMAT,
        platform=receipts.Platform(
            settings.VONK.platform_name, settings.VONK.site_url, receipts.key_id(public), public.hex()
        ),
        issued_at=_instant(now),
        issued_to=about.side,
        object=receipts.Object(about.kind, str(about.id)),
        facts=facts,
        terms=_terms(terms_ids, about),
        acts=[receipts.ReceiptAct(chain.text_of(row.row), row.hash) for row in shown],
        acts_left_out=rows.count() - ACTS_MAX if len(newest) > ACTS_MAX else 0,
        chain=receipts.ChainEnd(str(about.profile_id), end.length, end.hash),
    )
    return receipts.sign(signed, seed)


def _concerns(row: chain.Row, account_id: int | None) -> bool:
    """Say whether an act may be shown to the ad account: it names no other, as those on a shared code may."""
    named = row.detail.get("account", row.detail.get("account_id"))
    return named is None or str(named) == str(account_id)


def _terms(terms_ids: Iterable[int | None], about: _About) -> list[receipts.AgreedTerms]:
    rows = Terms.objects.filter(pk__in=[terms_id for terms_id in terms_ids if terms_id is not None]).order_by("pk")
    return [
        receipts.AgreedTerms(
            str(row.pk), row.text, row.sha256, row.offered_by, _instant(row.made_at),
            [
                receipts.Agreement(yes.side, _id(yes.account_id), _instant(yes.at), yes.sha256)
                for yes in TermsAgreement.objects.filter(terms=row).order_by("at", "pk")
                if about.side == CREATOR or yes.account_id in {None, about.account_id}
            ],
        )
        for row in rows
    ]  # fmt: skip


def _consent_facts(consent: Consent) -> Facts:
    return {
        **_profile(consent.profile_id),
        **_post(consent.post_id),
        **_account(consent.account_id),
        "road": consent.road,
        "ads_only": consent.ads_only,
        "duration_days": consent.duration_days,
        "access_id": _id(consent.access_id),
        "standing_id": _id(consent.standing_id),
        "shared_from_id": _id(consent.shared_from_id),
        "terms_id": _id(consent.terms_id),
        "issued_at": _at(consent.issued_at),
        "redeemed_at": _at(consent.redeemed_at),
        "ends_at": _at(consent.ends_at),
        "notice_given_at": _at(consent.notice_given_at),
        "ending_at": _at(consent.ending_at),
        "revoked_at": _at(consent.revoked_at),
        "released_at": _at(consent.released_at),
    }


def _profile(profile_id: int) -> Facts:
    brief = content.profile_briefs([profile_id]).get(profile_id)
    return {"creator_profile_id": str(profile_id), "creator_handle": None if brief is None else brief.handle}


def _post(post_id: int) -> Facts:
    """Return the post and the hash of its caption as it stands, which is locked while the post is authorised."""
    caption = content.post_facts([post_id])[post_id].caption
    return {"post_id": str(post_id), "caption_sha256": hashlib.sha256(caption.encode()).hexdigest()}


def _account(account_id: int | None) -> Facts:
    account = None if account_id is None else accounts_facts([account_id])[account_id]
    return {
        "account_id": _id(account_id),
        "account_name": None if account is None else account.name,
        "advertiser_name": None if account is None else account.advertiser_name,
        "payer_name": None if account is None else account.payer_name,
    }


def _business(organisation_id: int | None) -> Facts:
    names = {} if organisation_id is None else organisation_names([organisation_id])
    return {"organisation_id": _id(organisation_id), "organisation_name": names.get(organisation_id or 0)}


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


def _at(value: datetime | None) -> str | None:
    """Return the instant; None also for an end that nobody has set."""
    return None if value is None or value >= NO_END else _instant(value)


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
