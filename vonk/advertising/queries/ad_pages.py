"""Ads of an account as outside tools list them: filtered, by number of page, with what they show."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import QuerySet

from vonk.advertising.models import Ad, AdGroup
from vonk.advertising.queries.object_pages import Keeping, keeps
from vonk.advertising.rules import Objective
from vonk.content.queries import PostFacts, post_facts
from vonk.control.paging import Listing, Numbered, Numbering, numbered
from vonk.control.prepared import given
from vonk.control.scope import Right, Scope


class WantedAds(msgspec.Struct, frozen=True, kw_only=True):
    """Which ads of an account a list holds; None of a filter means any.

    ``ad_group_keeping`` is what their ad groups must keep. ``deleted``: True only what was deleted, or lies under something
    deleted; False none of it; None all.
    """

    ids: Collection[int] | None = None
    campaign_ids: Collection[int] | None = None
    ad_group_ids: Collection[int] | None = None
    name_contains: str | None = None
    objectives: Collection[Objective] | None = None
    ad_group_keeping: Keeping | None = None
    created_from: datetime | None = None
    created_until: datetime | None = None
    modified_from: datetime | None = None
    deleted: bool | None = False


class ListedAd(msgspec.Struct, frozen=True, kw_only=True):
    """An ad with what it shows and what it lies under. ``deleted``: it or what it lies under was."""

    id: int
    account_id: int
    campaign_id: int
    campaign_name: str
    objective: Objective
    ad_group_id: int
    ad_group_name: str
    ad_group_kept: dict[str, object]
    name: str
    consent_id: int | None
    identity_id: int
    post: PostFacts
    call_to_action: str
    landing_url: str
    category: str
    kept: dict[str, object]
    enabled: bool
    created_at: datetime
    modified_at: datetime
    deleted: bool


_LIVING: Final = WantedAds()
_ADS: Final = Listing(lambda: _rows(given("account"), _LIVING))


def numbered_ads(scope: Scope, wanted: WantedAds, numbering: Numbering) -> Numbered[ListedAd]:
    """Return a numbered page of the account's ads, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    if wanted == _LIVING:
        page = _ADS.numbered(numbering, lambda row: row, account=scope.account)
    else:
        page = numbered(_rows(scope.account, wanted), numbering, lambda row: row)
    return Numbered(tuple(_listed(page.items)), page.total, numbering)


def ad_ids(scope: Scope, wanted: WantedAds) -> list[int]:
    """Return the ids of the account's ads that are wanted, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    return list(_rows(scope.account, wanted).order_by("-pk").values_list("pk", flat=True))


def listed_ads(scope: Scope, ids: Sequence[int]) -> tuple[ListedAd, ...]:
    """Return those of the ids that are the account's ads, deleted ones too, in their order."""
    scope.require(Right.ACCOUNT_VIEW)
    found = {one.id: one for one in _listed(list(_rows(scope.account, WantedAds(ids=ids, deleted=None))))}
    return tuple(found[ad_id] for ad_id in ids if ad_id in found)


class AdGroupBrief(msgspec.Struct, frozen=True):
    """An ad group by its name."""

    id: int
    campaign_id: int
    name: str


def living_ad_groups(scope: Scope, ids: Collection[int] | None = None) -> tuple[AdGroupBrief, ...]:
    """Return the account's ad groups, or those among the ids, that are not deleted, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = AdGroup.objects.filter(campaign__account_id=scope.account, deleted_at=None, campaign__deleted_at=None)
    rows = rows if ids is None else rows.filter(pk__in=ids)
    return tuple(AdGroupBrief(*row) for row in rows.order_by("-pk").values_list("pk", "campaign_id", "name"))


def _rows(account_id: int, wanted: WantedAds) -> QuerySet[Ad]:
    conditions: dict[str, object] = {
        "pk__in": wanted.ids,
        "ad_group__campaign_id__in": wanted.campaign_ids,
        "ad_group_id__in": wanted.ad_group_ids,
        "name__icontains": wanted.name_contains,
        "ad_group__campaign__objective__in": (
            None if wanted.objectives is None else [one.value for one in wanted.objectives]
        ),
        "created_at__gte": wanted.created_from,
        "created_at__lte": wanted.created_until,
        "modified_at__gte": wanted.modified_from,
    }
    rows = Ad.objects.filter(ad_group__campaign__account_id=account_id)
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    if wanted.ad_group_keeping is not None:
        rows = rows.filter(ad_group__in=AdGroup.objects.filter(keeps(wanted.ad_group_keeping)))
    alive = {"deleted_at": None, "ad_group__deleted_at": None, "ad_group__campaign__deleted_at": None}
    if wanted.deleted is None:
        return rows
    return rows.exclude(**alive) if wanted.deleted else rows.filter(**alive)


def _listed(rows: Sequence[Ad]) -> list[ListedAd]:
    """Return the ads with what they show; many lie in few ad groups, which are read once each."""
    posts = post_facts({row.post_id for row in rows})
    groups = AdGroup.objects.select_related("campaign").in_bulk({row.ad_group_id for row in rows})
    objectives = {group.campaign_id: Objective(group.campaign.objective) for group in groups.values()}
    pairs = [(row, groups[row.ad_group_id]) for row in rows]
    return [
        ListedAd(
            id=row.pk,
            account_id=group.campaign.account_id,
            campaign_id=group.campaign_id,
            campaign_name=group.campaign.name,
            objective=objectives[group.campaign_id],
            ad_group_id=row.ad_group_id,
            ad_group_name=group.name,
            ad_group_kept=group.kept,
            name=row.name,
            consent_id=row.consent_id,
            identity_id=row.identity_id,
            post=posts[row.post_id],
            call_to_action=row.call_to_action,
            landing_url=row.landing_url,
            category=row.category,
            kept=row.kept,
            enabled=row.enabled,
            created_at=row.created_at,
            modified_at=row.modified_at,
            deleted=bool(row.deleted_at or group.deleted_at or group.campaign.deleted_at),
        )
        for row, group in pairs
    ]
