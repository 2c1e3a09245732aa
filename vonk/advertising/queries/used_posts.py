"""Where a creator's posts are used: their posts in Spark Ads, and each one's ads, deleted ones too."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import Count, F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from vonk.advertising import publish
from vonk.advertising.models import Ad
from vonk.advertising.rules import CALLS_TO_ACTION
from vonk.control.paging import Page, Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid
from vonk.identity.queries import AccountFacts, accounts_facts

ADS_SHOWN_MAX: Final = 100  # Of one post, those that were changed last.
ADVERTISERS_MAX: Final = 500


class UsingAd(msgspec.Struct, frozen=True, kw_only=True):
    """A Spark Ad with one's post. ``starts_at`` and ``ends_at`` are its ad group's schedule."""

    ad_id: int
    post_id: int
    consent_id: int
    account_id: int
    account_name: str
    advertiser_name: str
    payer_name: str
    currency: str
    ad_name: str
    call_to_action: str
    call_to_action_text: str  # To be translated.
    landing_url: str
    countries: tuple[str, ...]
    created_at: datetime
    modified_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    deleted: bool


class PostInAds(msgspec.Struct, frozen=True):
    """A post and how many Spark Ads it is in, deleted ones too; ``active_at`` is when one was last made or changed."""

    post_id: int
    active_at: datetime
    ads: int


def posts_in_ads(
    scope: Scope, paging: Paging, *, post_id: int | None = None, account_id: int | None = None
) -> Page[PostInAds]:
    """Return the acting creator's posts that are or were in Spark Ads, the newest activity first.

    Of one post or one ad account alone, if wanted. FieldInvalid (cursor) when the cursor is none of this list.
    """
    posts = _own(scope, account_id).values("post_id").annotate(active_at=Max("modified_at"), ads=Count("pk"))
    if paging.cursor is not None:
        after = posts.filter(post_id=paging.cursor).order_by("post_id").first()
        if after is None:
            raise FieldInvalid("cursor", "not a cursor of this list")
        same = Q(active_at=after["active_at"], post_id__lt=paging.cursor)
        posts = posts.filter(Q(active_at__lt=after["active_at"]) | same)
    if post_id is not None:
        posts = posts.filter(post_id=post_id)
    found = list(posts.order_by("-active_at", "-post_id")[: paging.size + 1])
    shown = tuple(PostInAds(row["post_id"], row["active_at"], row["ads"]) for row in found[: paging.size])
    return Page(shown, str(shown[-1].post_id) if len(found) > paging.size else None)


def ads_of_used(
    scope: Scope, post_ids: Collection[int], *, account_id: int | None = None
) -> dict[int, tuple[UsingAd, ...]]:
    """Return the last changed hundred Spark Ads of each of one's posts, newest first."""
    last = Window(RowNumber(), partition_by=F("post_id"), order_by=[F("modified_at").desc(), F("pk").desc()])
    rows = _own(scope, account_id).filter(post_id__in=post_ids).annotate(place=last).filter(place__lte=ADS_SHOWN_MAX)
    found: dict[int, list[UsingAd]] = {post_id: [] for post_id in post_ids}
    for ad in _views(rows.order_by("-modified_at", "-pk")):
        found[ad.post_id].append(ad)
    return {post_id: tuple(ads) for post_id, ads in found.items()}


def using_ad(scope: Scope, ad_id: int) -> UsingAd | None:
    """Return one Spark Ad with a post of the acting creator, None for every other ad."""
    return next(iter(_views(_own(scope).filter(pk=ad_id))), None)


def own_among(scope: Scope, ad_ids: Collection[int]) -> list[int]:
    """Return those of the ads that are Spark Ads with a post of the acting creator."""
    return list(_own(scope).filter(pk__in=ad_ids).order_by("pk").values_list("pk", flat=True))


def advertisers(scope: Scope) -> dict[int, str]:
    """Return the ad accounts that have Spark Ads with one's posts, by name; at most five hundred."""
    ids = _own(scope).values_list("ad_group__campaign__account_id", flat=True).distinct()[:ADVERTISERS_MAX]
    facts = accounts_facts(ids)
    return {one.id: one.name for one in sorted(facts.values(), key=lambda one: (one.name.casefold(), one.id))}


def _own(scope: Scope, account_id: int | None = None) -> QuerySet[Ad]:
    scope.require(Right.CREATE)
    rows = Ad.objects.filter(consent__isnull=False, identity__owner_id=scope.person).select_related(
        "ad_group__campaign"
    )
    return rows if account_id is None else rows.filter(ad_group__campaign__account_id=account_id)


def _views(rows: Iterable[Ad]) -> list[UsingAd]:
    found = list(rows)
    accounts = accounts_facts({row.ad_group.campaign.account_id for row in found})
    return [_view(row, accounts[row.ad_group.campaign.account_id]) for row in found]


def _view(row: Ad, account: AccountFacts) -> UsingAd:
    group, campaign = row.ad_group, row.ad_group.campaign
    assert row.consent_id is not None, "Spark Ads alone are asked for."
    return UsingAd(
        ad_id=row.pk,
        post_id=row.post_id,
        consent_id=row.consent_id,
        account_id=account.id,
        account_name=account.name,
        advertiser_name=account.advertiser_name,
        payer_name=account.payer_name,
        currency=account.currency,
        ad_name=row.name,
        call_to_action=row.call_to_action,
        call_to_action_text=CALLS_TO_ACTION[row.call_to_action],
        landing_url=row.landing_url,
        countries=publish.targeting_of(group).countries,
        created_at=row.created_at,
        modified_at=row.modified_at,
        starts_at=group.starts_at,
        ends_at=group.ends_at,
        deleted=bool(row.deleted_at or group.deleted_at or campaign.deleted_at),
    )
