"""What keeps ad groups and their ads from their viewers, told together: causes of statuses as an outside tool asks for them."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from vonk.advertising import queries as advertising
from vonk.advertising.queries.ad_pages import AdGroupBrief, ListedAd, listed_ads, living_ad_groups
from vonk.advertising.rules import CAUSES, Cause, Stage, Status
from vonk.control.scope import Scope
from vonk.reporting import statuses
from vonk.reporting.fates import queries as fates
from vonk.reporting.fates.queries import Fates
from vonk.reporting.fates.rules import GATHERED, Gathered

SEVERAL: Final = 20  # Slots that an ad group wanted in a day, below which nothing is said of what became of them.
MUCH: Final = 0.2  # Of these, lost to one thing, from which on it is said.
LOOKED_BACK: Final = timedelta(days=1)
_OF_ADS = (Stage.AUTHORISATION, Stage.REVIEW, Stage.LIMITED)


class AdDiagnosis(msgspec.Struct, frozen=True):
    """An ad and what stands between it alone and its viewers."""

    ad: ListedAd
    causes: tuple[Cause, ...]


class Kept(msgspec.Struct, frozen=True):
    """What kept an ad group's ads from a good part of the slots that they wanted in the last day.

    ``reason`` is the refusal that was most frequent, "" where auctions were lost; ``gap_micros`` then what lacked on
    average, of a thousand impressions.
    """

    by: Gathered
    reason: str
    count: int
    wanted: int
    gap_micros: int = 0


class Diagnosis(msgspec.Struct, frozen=True):
    """An ad group, what keeps all of it back, what some of its ads, and from what slots it was kept in the last day."""

    ad_group: AdGroupBrief
    causes: tuple[Cause, ...]
    ads: tuple[AdDiagnosis, ...]
    kept: tuple[Kept, ...] = ()


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
    became = fates.of_ad_groups(scope, ids, start=now - LOOKED_BACK, end=now)
    return tuple(
        Diagnosis(group, _of_group(of_groups[group.id]), tuple(by_group[group.id]), kept_from(became[group.id]))
        for group in groups
    )


def kept_from(found: Fates) -> tuple[Kept, ...]:
    """Return what kept ads from a good part of the slots that they wanted, the most first; nothing of too few slots.

    What is nobody's fault, as the distance between an advertiser's ads, is left out.
    """
    reasons: dict[str, int] = {}
    sums: dict[Gathered, int] = {}
    for hour in found.hours:
        for name, count in hour.refused.items():
            reasons[name] = reasons.get(name, 0) + count
        for gathered, count in hour.gathered().items():
            sums[gathered] = sums.get(gathered, 0) + count
    wanted = sum(sums.values())
    if wanted < SEVERAL:
        return ()
    lost = sums.get(Gathered.LOST, 0)
    gap_micros = sum(hour.gap_micros for hour in found.hours) // lost if lost else 0
    return tuple(
        Kept(by, _most_frequent(by, reasons), count, wanted, gap_micros if by is Gathered.LOST else 0)
        for by, count in sorted(sums.items(), key=lambda pair: -pair[1])
        if by not in {Gathered.WON, Gathered.APART} and count >= MUCH * wanted
    )


def _most_frequent(by: Gathered, reasons: Mapping[str, int]) -> str:
    mine = [(count, name) for name, count in reasons.items() if GATHERED[name] is by]
    return max(mine)[1] if mine else ""


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
