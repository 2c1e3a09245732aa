"""Ads whose ad group goes on when the creator's consent has ended: allowed, and warned of (reference §3, rule (f))."""

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec
from django.db.models import QuerySet

from vonk.advertising.models import Ad
from vonk.advertising.rules.outliving import days_beyond, runs_beyond
from vonk.authorisation.queries.limits import held_consents
from vonk.authorisation.rules import NO_END, limits
from vonk.control.scope import Right, Scope
from vonk.core.limits import ADS_PER_ACCOUNT_MAX


class Outliving(msgspec.Struct, frozen=True, kw_only=True):
    """An ad that is meant to run longer than the consent it stands on.

    ``days`` is by how many, a day begun counted whole; None for an ad group without an end. ``by_notice``: the creator
    revoked with notice, so the consent cannot be extended.
    """

    ad_id: int
    name: str
    ad_group_id: int
    campaign_id: int
    campaign_name: str
    consent_id: int
    consent_ends_at: datetime
    ad_group_ends_at: datetime | None
    days: int | None
    by_notice: bool


class Use(msgspec.Struct, frozen=True):
    """What stands on a consent: id and name of each ad, newest first, and those among them that outlive it."""

    ads: tuple[tuple[int, str], ...] = ()
    outliving: tuple[Outliving, ...] = ()


def outliving(
    scope: Scope,
    now: datetime,
    *,
    at_most: int = ADS_PER_ACCOUNT_MAX,
    ad_group_id: int | None = None,
    consent_ids: Collection[int] | None = None,
) -> tuple[Outliving, ...]:
    """Return the account's ads that outlive their consents, of one ad group or by some consents; the soonest end first."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = _standing(scope)
    if ad_group_id is not None:
        rows = rows.filter(ad_group_id=ad_group_id)
    if consent_ids is not None:
        rows = rows.filter(consent_id__in=consent_ids)
    found = _beyond(list(rows.order_by("-pk")), now)
    return tuple(sorted(found, key=lambda one: (one.consent_ends_at, one.ad_id))[:at_most])


def uses_of_consents(scope: Scope, ends: Mapping[int, datetime | None], now: datetime) -> dict[int, Use]:
    """Return what stands on each of the consents in the account; one whose end is None is outlived by nothing."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = list(_standing(scope).filter(consent_id__in=ends.keys()).order_by("-pk"))
    beyond = {one.ad_id: one for one in _beyond([row for row in rows if ends.get(row.consent_id or 0)], now)}
    found: dict[int, list[Ad]] = {consent_id: [] for consent_id in ends}
    for row in rows:
        assert row.consent_id is not None, "Chosen by it."
        found[row.consent_id].append(row)
    return {
        consent_id: Use(
            tuple((row.pk, row.name) for row in some),
            tuple(beyond[row.pk] for row in some if row.pk in beyond),
        )
        for consent_id, some in found.items()
    }


def _standing(scope: Scope) -> QuerySet[Ad]:
    return Ad.objects.select_related("ad_group__campaign").filter(
        ad_group__campaign__account_id=scope.account,
        consent__isnull=False,
        deleted_at=None,
        ad_group__deleted_at=None,
        ad_group__campaign__deleted_at=None,
    )


def _beyond(rows: Collection[Ad], now: datetime) -> list[Outliving]:
    held = held_consents({row.consent_id for row in rows if row.consent_id is not None}, now)
    found = []
    for row in rows:
        assert row.consent_id is not None, "Chosen by it."
        ends_at = limits.ends_at(held[row.consent_id].limits)
        if now < ends_at < NO_END and runs_beyond(row.ad_group.ends_at, ends_at, now):
            found.append(
                Outliving(
                    ad_id=row.pk,
                    name=row.name,
                    ad_group_id=row.ad_group_id,
                    campaign_id=row.ad_group.campaign_id,
                    campaign_name=row.ad_group.campaign.name,
                    consent_id=row.consent_id,
                    consent_ends_at=ends_at,
                    ad_group_ends_at=row.ad_group.ends_at,
                    days=days_beyond(row.ad_group.ends_at, ends_at),
                    by_notice=held[row.consent_id].ending_at is not None,
                )
            )
    return found
