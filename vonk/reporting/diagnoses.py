"""What keeps ad groups and their ads from their viewers, told together: causes of statuses as an outside tool asks for them."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from vonk.advertising import queries as advertising
from vonk.advertising.queries.ad_pages import AdGroupBrief, ListedAd, listed_ads, living_ad_groups
from vonk.advertising.rules import CAUSES, Cause, Stage, Status
from vonk.control.scope import Scope
from vonk.reporting import statuses

_OF_ADS = (Stage.AUTHORISATION, Stage.REVIEW, Stage.LIMITED)


class AdDiagnosis(msgspec.Struct, frozen=True):
    """An ad and what stands between it alone and its viewers."""

    ad: ListedAd
    causes: tuple[Cause, ...]


class Diagnosis(msgspec.Struct, frozen=True):
    """An ad group, what keeps all of it back, and what some of its ads."""

    ad_group: AdGroupBrief
    causes: tuple[Cause, ...]
    ads: tuple[AdDiagnosis, ...]


def diagnoses(scope: Scope, ad_group_ids: Collection[int] | None = None, *, now: datetime) -> tuple[Diagnosis, ...]:
    """Return the diagnosis of the account's ad groups, or of those among the ids, that are not deleted, newest first."""
    groups = living_ad_groups(scope, ad_group_ids)
    ids = [group.id for group in groups]
    of_groups = statuses.ad_group_statuses(ids, now=now)
    under = advertising.ads_under(ad_group_ids=ids)
    of_ads = {ad_id: _of_ad(status) for ad_id, status in statuses.statuses(list(under), now=now).items()}
    listed = listed_ads(scope, sorted((ad_id for ad_id, causes in of_ads.items() if causes), reverse=True))
    by_group: dict[int, list[AdDiagnosis]] = {ad_group_id: [] for ad_group_id in ids}
    for ad in listed:
        by_group[ad.ad_group_id].append(AdDiagnosis(ad, of_ads[ad.id]))
    return tuple(Diagnosis(group, _of_group(of_groups[group.id]), tuple(by_group[group.id])) for group in groups)


def _of_ad(status: Status) -> tuple[Cause, ...]:
    """Return the causes that are the ad's own, not those of what it lies under."""
    return tuple(cause for cause in status.causes if CAUSES[cause].stage in _OF_ADS or cause is Cause.AD_DISABLED)


def _of_group(status: Status) -> tuple[Cause, ...]:
    """Return the causes that are not told with an ad."""
    return tuple(
        cause
        for cause in status.causes
        if cause in (Cause.NO_ADS, Cause.CHILDREN_DISABLED)
        or (CAUSES[cause].stage not in (*_OF_ADS, Stage.DELIVERING) and cause is not Cause.AD_DISABLED)
    )
