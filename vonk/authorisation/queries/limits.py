"""What an ad is held to by the consent it stands on, for advertising: the limits that the ad servers go by."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from vonk.authorisation import needs, publish
from vonk.authorisation.models import AccountAccess, Consent, Terms
from vonk.authorisation.queries.facts import ConsentView, views_of
from vonk.authorisation.rules.limits import Limits
from vonk.content.queries import PostFacts, PostStanding
from vonk.control import prepared
from vonk.control.prepared import given
from vonk.core.clock import from_ms

_COLUMNS: Final = (
    "post_id", "profile_id", "account_id", "terms_id", "access_id", "preview_required", "issued_at", "ends_at",
    "redeemed_at", "ending_at", "revoked_at", "released_at", "deleted_at",
)  # fmt: skip
"""What limits and states follow from."""
_REDEEMED: Final = prepared.models(
    lambda: Consent.objects.filter(pk__in=given("ids"), redeemed_at__isnull=False).only(*_COLUMNS)
)
_TERMS: Final = prepared.models(lambda: Terms.objects.filter(pk__in=given("ids")))
_ACCESSES: Final = prepared.models(lambda: AccountAccess.objects.filter(pk__in=given("ids")))


class HeldConsent(msgspec.Struct, frozen=True):
    """The limits of a consent that an account holds, its own first, then those of the original authors' it stands on.

    ``original_missing``: an original author's consent is not there now; ``missing_handles`` are those who were asked.
    ``ending_at`` is when the notice of a revocation ends. ``preview_required``: the creator looks at each ad before its
    first delivery.
    """

    id: int
    limits: tuple[Limits, ...]
    original_missing: bool
    missing_handles: tuple[str, ...]
    ending_at: datetime | None
    preview_required: bool


def held_consents(consent_ids: Iterable[int], now: datetime) -> dict[int, HeldConsent]:
    """Return what holds for each of the consents that some account redeemed, for areas that have them in their scope."""
    rows = _rows(consent_ids)
    return _held(rows, needs.stand_on(list(rows), now), now)


def consents_of_ads(
    consent_ids: Iterable[int], now: datetime, *, posts: Mapping[int, PostFacts | PostStanding] | None = None
) -> tuple[dict[int, ConsentView], dict[int, HeldConsent]]:
    """Return what ``consent_facts`` and ``held_consents`` do, of consents that ads stand on, read together."""
    rows = _rows(consent_ids)
    stand_on = needs.stand_on(list(rows), now)
    return views_of(list(rows.values()), now, posts=posts, stand_on=stand_on), _held(rows, stand_on, now)


def _held(
    rows: Mapping[int, Consent], stand_on: Mapping[int, tuple[int, ...] | None], now: datetime
) -> dict[int, HeldConsent]:
    lacking = needs.missing([consent_id for consent_id, ids in stand_on.items() if ids is None], now)
    originals = _rows(original for ids in stand_on.values() for original in ids or ())
    return {
        consent_id: HeldConsent(
            id=consent_id,
            limits=tuple(
                _limits(one) for one in (row, *(originals[other] for other in stand_on.get(consent_id, ()) or ()))
            ),
            original_missing=stand_on.get(consent_id, ()) is None,
            missing_handles=tuple(dict.fromkeys(post.handle for post in lacking.get(consent_id, ()))),
            ending_at=row.ending_at,
            preview_required=row.preview_required,
        )
        for consent_id, row in rows.items()
    }


def previews_required(consent_ids: Iterable[int]) -> frozenset[int]:
    """Return those of the consents whose creator looks at each ad before its first delivery."""
    rows = Consent.objects.filter(pk__in=set(consent_ids), preview_required=True)
    return frozenset(rows.values_list("pk", flat=True))


def _rows(consent_ids: Iterable[int]) -> dict[int, Consent]:
    ids = set(consent_ids)
    if not ids:
        return {}
    found = {row.pk: row for row in _REDEEMED.rows(ids=ids)}
    of_terms = {row.pk: row for row in _TERMS.rows(ids={row.terms_id for row in found.values()} - {None})}
    of_access = {row.pk: row for row in _ACCESSES.rows(ids={row.access_id for row in found.values()} - {None})}
    for row in found.values():  # Few have either, and many share them.
        if row.terms_id is not None:
            row.terms = of_terms[row.terms_id]
        if row.access_id is not None:
            row.access = of_access[row.access_id]
    return found


def _limits(row: Consent) -> Limits:
    grant = publish.grant_document(row)
    return Limits(
        starts_at=from_ms(grant.starts_ms),
        ends_at=from_ms(grant.ends_ms),
        countries=grant.countries,
        categories=grant.categories,
        spend_cap_micros=grant.spend_cap_micros,
    )
