"""Compiles what the ad servers may show of campaigns, ad groups and ads.

A document exists exactly when
- campaign: it is switched on and not deleted, and its account is not suspended;
- ad group: it is switched on, and neither it nor its campaign is deleted;
- ad: it is switched on, neither it nor what it lies under is deleted, its newest review approved it, and its creator
  does not stand in the way: did not refuse it, and accepted it where the consent asks for that. An ad that was changed
  is withdrawn until its new review approves it, and its creator accepts it anew;
- pixel or offline event set: it is switched on and not deleted.

The ad servers join by id, so switching a campaign off is one row. Whether the schedule runs, the consent lives, the
post can be shown and money is left is judged there, at serving time.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from vonk.advertising import audience_reach
from vonk.advertising.models import Ad, AdGroup, Campaign, LiftTest, Pixel, Review, SplitTest
from vonk.advertising.rules import Verdict
from vonk.advertising.rules.pixels import Origin
from vonk.authorisation.queries.limits import previews_required
from vonk.control import publications
from vonk.core.clock import to_ms
from vonk.delivery.matching import arms
from vonk.delivery.snapshot import (
    AdDocument,
    AdGroupDocument,
    Arm,
    Billing,
    Budget,
    BudgetMode,
    CampaignDocument,
    Document,
    DocumentKind,
    FrequencyCap,
    Goal,
    Pacing,
    PixelDocument,
    Strategy,
    Targeting,
)
from vonk.identity.queries import AccountFacts, account_facts

Compiled = dict[int, Document | None]

DYNAMIC_DAILY: Final = "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"  # As the business API names it, and it is kept.
ARMS_PER_QUERY: Final = 200  # Of more ad groups, all tests are read.

NEWEST_VERDICT: Final = Subquery(Review.objects.filter(ad=OuterRef("pk")).order_by("-pk").values("verdict")[:1])


def campaign_document(campaign: Campaign, account: AccountFacts, control: Arm | None = None) -> CampaignDocument | None:
    """Return the campaign's document, or None when it may not deliver. ``control`` is whom a lift test keeps it from."""
    if account.suspended or not campaign.enabled or campaign.deleted_at is not None:
        return None
    return CampaignDocument(
        id=campaign.pk,
        account_id=campaign.account_id,
        currency=account.currency,
        time_zone=account.time_zone,
        objective=campaign.objective,
        budget=published_budget_of(campaign),
        lift=control,
    )


def ad_group_document(ad_group: AdGroup, arm: Arm | None = None) -> AdGroupDocument | None:
    """Return the ad group's document, or None when it may not deliver. ``arm`` is its part of an A/B test."""
    if not ad_group.enabled or ad_group.deleted_at is not None or ad_group.campaign.deleted_at is not None:
        return None
    return AdGroupDocument(
        id=ad_group.pk,
        campaign_id=ad_group.campaign_id,
        billing=Billing(ad_group.billing),
        bid_micros=ad_group.bid_micros,
        budget=published_budget_of(ad_group),
        pacing=Pacing(ad_group.pacing),
        starts_ms=to_ms(ad_group.starts_at),
        ends_ms=to_ms(ad_group.ends_at) if ad_group.ends_at is not None else None,
        targeting=audience_reach.served(ad_group.campaign.account_id, targeting_of(ad_group)),
        cap=cap_of(ad_group),
        strategy=strategy_of(ad_group),
        arm=arm,
        goal=Goal(ad_group.goal or Goal.CLICK),
    )


def ad_document(
    ad: Ad, verdict: str | None, account: AccountFacts, *, preview_required: bool = False
) -> AdDocument | None:
    """Return the ad's document, or None when it may not deliver. ``verdict`` is that of its newest review."""
    ad_group = ad.ad_group
    gone = ad.deleted_at or ad_group.deleted_at or ad_group.campaign.deleted_at
    if not ad.enabled or gone is not None or verdict != Verdict.APPROVED:
        return None
    if ad.creator_refused_at is not None or (preview_required and ad.creator_accepted_at is None):
        return None
    return AdDocument(
        id=ad.pk,
        ad_group_id=ad_group.pk,
        campaign_id=ad_group.campaign_id,
        account_id=ad_group.campaign.account_id,
        grant_id=ad.consent_id or 0,
        post_id=ad.post_id,
        call_to_action=ad.call_to_action,
        landing_url=ad.landing_url,
        advertiser_name=account.advertiser_name,
        payer_name=account.payer_name,
        category=ad.category,
    )


def publish_campaigns(campaign_ids: Iterable[int], *, at: datetime) -> int:
    """Make the campaigns' publications what their rows say; return how many changed."""
    return publications.replace(
        DocumentKind.CAMPAIGN, _compile_campaigns(Campaign.objects.filter(pk__in=list(campaign_ids))), at=at
    )


def publish_ad_groups(ad_group_ids: Iterable[int], *, at: datetime) -> int:
    """Make the ad groups' publications what their rows say; return how many changed."""
    return publications.replace(
        DocumentKind.AD_GROUP, _compile_ad_groups(AdGroup.objects.filter(pk__in=list(ad_group_ids))), at=at
    )


def publish_ads(ad_ids: Iterable[int], *, at: datetime) -> int:
    """Make the ads' publications what their rows say; return how many changed."""
    return publications.replace(DocumentKind.AD, _compile_ads(Ad.objects.filter(pk__in=list(ad_ids))), at=at)


def publish_naming(audience_id: int, *, at: datetime) -> int:
    """Make the publications of ad groups that name an audience what their rows and the audience's say."""
    naming = AdGroup.objects.filter(deleted_at=None, targeting__icontains=f'"{audience_id}"')
    return publish_ad_groups(list(naming.values_list("pk", flat=True)), at=at)


def publish_pixels(pixel_ids: Iterable[int], *, at: datetime) -> int:
    """Make the pixels' publications what their rows say; return how many changed."""
    return publications.replace(
        DocumentKind.PIXEL, _compile_pixels(Pixel.objects.filter(pk__in=list(pixel_ids))), at=at
    )


def publish_trees(campaign_ids: Iterable[int], *, at: datetime) -> int:
    """Make the publications of the campaigns and of all that lies under them what their rows say."""
    ids = list(campaign_ids)
    ad_groups = _compile_ad_groups(AdGroup.objects.filter(campaign_id__in=ids))
    ads = _compile_ads(Ad.objects.filter(ad_group__campaign_id__in=ids))
    return (
        publish_campaigns(ids, at=at)
        + publications.replace(DocumentKind.AD_GROUP, ad_groups, at=at)
        + publications.replace(DocumentKind.AD, ads, at=at)
    )


@transaction.atomic
def republish_account(account_id: int, now: datetime) -> int:
    """Make an account's publications true again after its suspension or names changed; return how many changed.

    Call it in the transaction of that change, after it: the account's row is what publishing waits for.
    """
    ids = Campaign.objects.filter(account_id=account_id).order_by("pk").values_list("pk", flat=True)
    return publish_trees(list(ids), at=now)


@transaction.atomic
def rebuild(now: datetime) -> int:
    """Make all publications of advertising what the tables say, from nothing; return how many were not."""
    list(Campaign.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    return sum(_rewrite(kind, documents, at=now) for kind, documents in compile_all().items())


def compile_all() -> dict[DocumentKind, Compiled]:
    """Return what every publication of advertising should be; None for what should not be published."""
    return {
        DocumentKind.CAMPAIGN: _compile_campaigns(Campaign.objects.all()),
        DocumentKind.AD_GROUP: _compile_ad_groups(AdGroup.objects.all()),
        DocumentKind.AD: _compile_ads(Ad.objects.all()),
        DocumentKind.PIXEL: _compile_pixels(Pixel.objects.all()),
    }


def budget_of(row: Campaign | AdGroup) -> Budget:
    """Return the budget that the row keeps."""
    return Budget(BudgetMode(row.budget_mode), row.budget_micros)


def published_budget_of(row: Campaign | AdGroup) -> Budget:
    """Return the budget as ad servers hold to it: a dynamic daily one carries what a day left."""
    budget = budget_of(row)
    if budget.mode is BudgetMode.DAILY and row.kept.get("budget_mode") == DYNAMIC_DAILY:
        return msgspec.structs.replace(budget, carries=True)
    return budget


def strategy_of(ad_group: AdGroup) -> Strategy:
    """Return what the row's bid means."""
    if ad_group.maximum_delivery:
        return Strategy.MAXIMUM_DELIVERY
    return Strategy.COST_CAP if ad_group.cost_cap else Strategy.BID_CAP


def targeting_of(ad_group: AdGroup) -> Targeting:
    """Return the targeting that the row keeps."""
    return msgspec.convert(ad_group.targeting, Targeting)


def cap_of(ad_group: AdGroup) -> FrequencyCap | None:
    """Return the frequency cap that the row keeps."""
    if ad_group.cap_impressions is None or ad_group.cap_window_seconds is None:
        return None
    return FrequencyCap(ad_group.cap_impressions, ad_group.cap_window_seconds)


def arms_of(ad_group_ids: Iterable[int]) -> dict[int, Arm]:
    """Return the arm of each of the ad groups that is in an A/B test which nobody has ended. Past tests bind nobody."""
    ids = set(ad_group_ids)
    rows = SplitTest.objects.filter(ended_at=None)
    if len(ids) <= ARMS_PER_QUERY:
        rows = rows.filter(Q(first_id__in=ids) | Q(second_id__in=ids))
    found: dict[int, Arm] = {}
    for row in rows.order_by("pk"):
        halves = arms.halves(row.salt, starts_ms=to_ms(row.starts_at), ends_ms=to_ms(row.ends_at))
        found.update({pk: arm for pk, arm in zip((row.first_id, row.second_id), halves, strict=True) if pk in ids})
    return found


def controls_of(campaign_ids: Iterable[int]) -> dict[int, Arm]:
    """Return the control group of each of the campaigns with a lift test which nobody has ended. Past tests bind nobody."""
    ids = set(campaign_ids)
    rows = LiftTest.objects.filter(ended_at=None)
    if len(ids) <= ARMS_PER_QUERY:
        rows = rows.filter(campaign_id__in=ids)
    return {
        row.campaign_id: arms.control(
            row.salt, share_percent=row.share_percent, starts_ms=to_ms(row.starts_at), ends_ms=to_ms(row.ends_at)
        )
        for row in rows.order_by("pk")
        if row.campaign_id in ids
    }


def _rewrite(kind: DocumentKind, documents: Compiled, *, at: datetime) -> int:
    strays = publications.published(kind).keys() - documents.keys()  # Published, yet in no table.
    return publications.replace(kind, {**documents, **dict.fromkeys(strays)}, at=at)


def _compile_campaigns(rows: QuerySet[Campaign]) -> Compiled:
    account = _accounts()
    found = list(rows.order_by("pk"))
    control_of = controls_of(row.pk for row in found)
    return {row.pk: campaign_document(row, account(row.account_id), control_of.get(row.pk)) for row in found}


def _compile_ad_groups(rows: QuerySet[AdGroup]) -> Compiled:
    found = list(rows.select_related("campaign").order_by("pk"))
    arm_of = arms_of(row.pk for row in found)
    return {row.pk: ad_group_document(row, arm_of.get(row.pk)) for row in found}


def _compile_ads(rows: QuerySet[Ad]) -> Compiled:
    account = _accounts()
    found = list(rows.select_related("ad_group__campaign").annotate(newest_verdict=NEWEST_VERDICT).order_by("pk"))
    required = previews_required(row.consent_id for row in found if row.consent_id is not None)
    return {
        row.pk: ad_document(
            row,
            row.newest_verdict,
            account(row.ad_group.campaign.account_id),
            preview_required=row.consent_id in required,
        )
        for row in found
    }


def _compile_pixels(rows: QuerySet[Pixel]) -> Compiled:
    account = _accounts()
    return {
        row.pk: PixelDocument(
            row.pk,
            row.account_id,
            account(row.account_id).currency,
            row.secret_sha256,
            servers_only=row.origin == Origin.OFFLINE,
        )
        if row.enabled and row.deleted_at is None
        else None
        for row in rows.order_by("pk")
    }


def _accounts() -> Callable[[int], AccountFacts]:
    """Return a reader of accounts that asks once for each."""
    known: dict[int, AccountFacts] = {}

    def of(account_id: int) -> AccountFacts:
        if account_id not in known:
            known[account_id] = account_facts(account_id)
        return known[account_id]

    return of
