"""The consents that ads with one's posts stand on, and the terms they were given under, as their creator reads them."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec

from vonk.authorisation.models import Consent, Terms
from vonk.authorisation.rules import NO_END, Payment, Road, days_left
from vonk.control.scope import Right, Scope

CONSENTS_PER_QUERY: Final = 500


class UsedTerms(msgspec.Struct, frozen=True):
    """What terms say of money. ``currency`` is of the fee, "" when there is none; a share's is the account's."""

    id: int
    payment: Payment
    fee_micros: int
    share_ppm: int
    currency: str
    spend_shown: bool


class UsedConsent(msgspec.Struct, frozen=True, kw_only=True):
    """A consent that an account redeemed. ``ends_at`` is when it ended or will by itself, None: nothing ends it.

    ``days_left`` is of one that holds until then, None otherwise.
    """

    id: int
    account_id: int
    road: Road
    redeemed_at: datetime
    ends_at: datetime | None
    days_left: int | None
    may_extend: bool
    terms: UsedTerms | None


def used_consents(scope: Scope, consent_ids: Collection[int], now: datetime) -> dict[int, UsedConsent]:
    """Return those of the consents that the acting creator gave and an account redeemed."""
    scope.require(Right.CREATE)
    wanted, found = sorted(set(consent_ids)), {}
    for start in range(0, len(wanted), CONSENTS_PER_QUERY):
        part = wanted[start : start + CONSENTS_PER_QUERY]
        rows = Consent.objects.filter(pk__in=part, profile__owner_id=scope.person, redeemed_at__isnull=False)
        found.update({row.pk: _view(row, now) for row in rows.select_related("terms")})
    return found


def paid_consents(scope: Scope, *, agreements_max: int) -> dict[tuple[int, int], list[int]]:
    """Return the acting creator's redeemed consents under terms that pay, by terms and ad account, the newest terms first."""
    scope.require(Right.CREATE)
    rows = Consent.objects.filter(profile__owner_id=scope.person, redeemed_at__isnull=False, account__isnull=False)
    paid = rows.exclude(terms=None).exclude(terms__payment=Payment.NONE.value)
    newest = paid.values_list("terms_id", "account_id").distinct().order_by("-terms_id", "account_id")
    agreements: dict[tuple[int, int], list[int]] = {}
    for terms_id, account_id in newest[:agreements_max]:
        if terms_id is not None and account_id is not None:
            agreements[terms_id, account_id] = []
    found = paid.filter(terms__in={terms_id for terms_id, _ in agreements}).order_by("pk")
    for consent_id, terms_id, account_id in found.values_list("pk", "terms_id", "account_id"):
        if terms_id is not None and account_id is not None and (terms_id, account_id) in agreements:
            agreements[terms_id, account_id].append(consent_id)
    return agreements


def used_terms(terms_ids: Collection[int]) -> dict[int, UsedTerms]:
    """Return what the terms say of money, for who has them inside their scope already."""
    return {row.pk: _terms(row) for row in Terms.objects.filter(pk__in=set(terms_ids))}


def _view(row: Consent, now: datetime) -> UsedConsent:
    assert row.redeemed_at is not None, "Redeemed ones are asked for."
    assert row.account_id is not None, "An account redeemed it."
    stopped_at = row.revoked_at or row.released_at
    terms_end = row.terms.ends_at if row.terms is not None else None
    until = min(row.ends_at, row.ending_at or NO_END, terms_end or NO_END)
    ends_at = stopped_at if stopped_at is not None else until
    endless = ends_at >= NO_END
    ended = row.deleted_at is not None or row.notice_given_at is not None or stopped_at is not None
    return UsedConsent(
        id=row.pk,
        account_id=row.account_id,
        road=Road(row.road),
        redeemed_at=row.redeemed_at,
        ends_at=None if endless else ends_at,
        days_left=days_left(ends_at, now) if not endless and stopped_at is None and ends_at > now else None,
        may_extend=row.ends_at < NO_END and not ended and row.access_id is None,
        terms=_terms(row.terms) if row.terms is not None else None,
    )


def _terms(row: Terms) -> UsedTerms:
    return UsedTerms(row.pk, Payment(row.payment), row.fee_micros, row.share_ppm, row.currency, row.spend_shown)
