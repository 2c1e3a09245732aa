"""What an ad is held to by the consent it stands on, for advertising: the limits that the ad servers go by."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from vonk.authorisation import needs, publish
from vonk.authorisation.models import Consent
from vonk.authorisation.queries.facts import ConsentView, views_of
from vonk.authorisation.rules.limits import Limits
from vonk.content.queries import PostFacts
from vonk.core.clock import from_ms


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
    return _held(_rows(consent_ids), now)


def consents_of_ads(
    consent_ids: Iterable[int], now: datetime, *, posts: Mapping[int, PostFacts] | None = None
) -> tuple[dict[int, ConsentView], dict[int, HeldConsent]]:
    """Return what ``consent_facts`` and ``held_consents`` do, of consents that ads stand on, read together."""
    rows = _rows(consent_ids)
    return views_of(list(rows.values()), now, posts=posts), _held(rows, now)


def _held(rows: Mapping[int, Consent], now: datetime) -> dict[int, HeldConsent]:
    stand_on = needs.stand_on(list(rows), now)
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
    rows = Consent.objects.filter(pk__in=ids, redeemed_at__isnull=False)
    return {row.pk: row for row in rows.select_related("terms", "access")}


def _limits(row: Consent) -> Limits:
    grant = publish.grant_document(row)
    return Limits(
        starts_at=from_ms(grant.starts_ms),
        ends_at=from_ms(grant.ends_ms),
        countries=grant.countries,
        categories=grant.categories,
        spend_cap_micros=grant.spend_cap_micros,
    )
