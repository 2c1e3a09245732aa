"""Campaigns, ad groups and ads of a scope's account: one, or pages of them."""

from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from vonk.advertising import publish
from vonk.advertising.models import Ad, AdGroup, Campaign
from vonk.advertising.queries import rounds
from vonk.advertising.queries.measuring import attribution_of
from vonk.advertising.queries.views import AdGroupView, AdView, CampaignView
from vonk.advertising.rules import Objective, Verdict
from vonk.content.queries import post_facts
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.delivery.snapshot import Billing, Goal, Pacing
from vonk.identity.queries import account_facts


def campaign(scope: Scope, campaign_id: int) -> CampaignView:
    """Return the account's campaign, a deleted one too; NotFound when there is none."""
    scope.require(Right.ACCOUNT_VIEW)
    row = Campaign.objects.filter(pk=campaign_id, account_id=scope.account).first()
    if row is None:
        raise NotFound(noun="campaign")
    return campaign_view(row, account_facts(scope.account).currency)


def campaigns(scope: Scope, paging: Paging, *, with_deleted: bool = False) -> Page[CampaignView]:
    """Return the account's campaigns, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    currency = account_facts(scope.account).currency
    rows = Campaign.objects.filter(account_id=scope.account)
    rows = rows if with_deleted else rows.filter(deleted_at=None)
    return page_of(rows, paging, lambda row: campaign_view(row, currency))


def ad_group(scope: Scope, ad_group_id: int) -> AdGroupView:
    """Return the account's ad group, a deleted one too; NotFound when there is none."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = AdGroup.objects.select_related("campaign")
    row = rows.filter(pk=ad_group_id, campaign__account_id=scope.account).first()
    if row is None:
        raise NotFound(noun="ad group")
    return ad_group_view(row, account_facts(scope.account).currency)


def ad_groups(
    scope: Scope, paging: Paging, *, campaign_id: int | None = None, with_deleted: bool = False
) -> Page[AdGroupView]:
    """Return the ad groups of the account, or of one of its campaigns (NotFound when it is none), newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    currency = account_facts(scope.account).currency
    rows = AdGroup.objects.select_related("campaign").filter(campaign__account_id=scope.account)
    if campaign_id is not None:
        campaign(scope, campaign_id)
        rows = rows.filter(campaign_id=campaign_id)
    if not with_deleted:
        rows = rows.filter(deleted_at=None, campaign__deleted_at=None)
    return page_of(rows, paging, lambda row: ad_group_view(row, currency))


def ad(scope: Scope, ad_id: int) -> AdView:
    """Return the account's ad, a deleted one too; NotFound when there is none."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = Ad.objects.select_related("ad_group__campaign")
    row = rows.filter(pk=ad_id, ad_group__campaign__account_id=scope.account).first()
    if row is None:
        raise NotFound(noun="ad")
    return ad_views([row])[0]


def ads(
    scope: Scope,
    paging: Paging,
    *,
    campaign_id: int | None = None,
    ad_group_id: int | None = None,
    verdict: Verdict | None = None,
    with_deleted: bool = False,
) -> Page[AdView]:
    """Return the ads of the account, or of one of its campaigns or ad groups (NotFound when it is none), newest first.

    ``verdict`` keeps those of which the newest review says so.
    """
    scope.require(Right.ACCOUNT_VIEW)
    rows = Ad.objects.select_related("ad_group__campaign").filter(ad_group__campaign__account_id=scope.account)
    if campaign_id is not None:
        campaign(scope, campaign_id)
        rows = rows.filter(ad_group__campaign_id=campaign_id)
    if ad_group_id is not None:
        ad_group(scope, ad_group_id)
        rows = rows.filter(ad_group_id=ad_group_id)
    if verdict is not None:
        rows = rows.annotate(newest_verdict=publish.NEWEST_VERDICT).filter(newest_verdict=verdict.value)
    if not with_deleted:
        rows = rows.filter(deleted_at=None, ad_group__deleted_at=None, ad_group__campaign__deleted_at=None)
    page = page_of(rows, paging, lambda row: row)
    return Page(tuple(ad_views(page.items)), page.next_cursor)


def names(scope: Scope, noun: str, ids: Collection[int]) -> dict[int, str]:
    """Return the names of those ids that are a "campaign", "ad_group" or "ad" of the account, deleted ones too."""
    scope.require(Right.ACCOUNT_VIEW)
    rows: dict[str, QuerySet[Campaign] | QuerySet[AdGroup] | QuerySet[Ad]] = {
        "campaign": Campaign.objects.filter(account_id=scope.account),
        "ad_group": AdGroup.objects.filter(campaign__account_id=scope.account),
        "ad": Ad.objects.filter(ad_group__campaign__account_id=scope.account),
    }
    return dict(rows[noun].filter(pk__in=set(ids)).values_list("pk", "name"))


def ads_of_consents(scope: Scope, consent_ids: Collection[int]) -> dict[int, tuple[tuple[int, str], ...]]:
    """Return the id and name of the account's ads on each consent, deleted ones left out, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    found: dict[int, list[tuple[int, str]]] = {consent_id: [] for consent_id in consent_ids}
    rows = Ad.objects.filter(consent__in=found.keys(), ad_group__campaign__account_id=scope.account, deleted_at=None)
    rows = rows.filter(ad_group__deleted_at=None, ad_group__campaign__deleted_at=None).order_by("-pk")
    for consent_id, ad_id, name in rows.values_list("consent_id", "pk", "name"):
        assert consent_id is not None, "Chosen by it."
        found[consent_id].append((ad_id, name))
    return {consent_id: tuple(ads) for consent_id, ads in found.items()}


def campaign_view(row: Campaign, currency: str) -> CampaignView:
    """Return what callers see of the row."""
    return CampaignView(
        id=row.pk,
        account_id=row.account_id,
        name=row.name,
        objective=Objective(row.objective),
        budget=publish.budget_of(row),
        currency=currency,
        enabled=row.enabled,
        created_at=row.created_at,
        modified_at=row.modified_at,
        deleted_at=row.deleted_at,
        kept=row.kept,
    )


def ad_group_view(row: AdGroup, currency: str) -> AdGroupView:
    """Return what callers see of the row, its campaign with it."""
    return AdGroupView(
        id=row.pk,
        account_id=row.campaign.account_id,
        campaign_id=row.campaign_id,
        campaign_name=row.campaign.name,
        objective=Objective(row.campaign.objective),
        name=row.name,
        billing=Billing(row.billing),
        bid_micros=row.bid_micros,
        budget=publish.budget_of(row),
        currency=currency,
        pacing=Pacing(row.pacing),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        targeting=publish.targeting_of(row),
        cap=publish.cap_of(row),
        attribution=attribution_of(row),
        enabled=row.enabled,
        created_at=row.created_at,
        modified_at=row.modified_at,
        deleted=row.deleted_at is not None or row.campaign.deleted_at is not None,
        maximum_delivery=row.maximum_delivery,
        cost_cap=row.cost_cap,
        goal=Goal(row.goal) if row.goal else None,
        goal_event=row.goal_event,
        kept=row.kept,
        campaign_kept=row.campaign.kept,
    )


def ad_views(rows: Sequence[Ad]) -> list[AdView]:
    """Return what callers see of the rows, what they lie under with them."""
    posts = post_facts({row.post_id for row in rows})
    reviews = rounds.newest([row.pk for row in rows])
    return [
        AdView(
            id=row.pk,
            account_id=row.ad_group.campaign.account_id,
            campaign_id=row.ad_group.campaign_id,
            campaign_name=row.ad_group.campaign.name,
            ad_group_id=row.ad_group_id,
            ad_group_name=row.ad_group.name,
            name=row.name,
            consent_id=row.consent_id,
            post_id=row.post_id,
            identity_id=row.identity_id,
            identity_name=posts[row.post_id].display_name,
            caption=posts[row.post_id].caption,
            poster_url=posts[row.post_id].poster_url,
            call_to_action=row.call_to_action,
            landing_url=row.landing_url,
            category=row.category,
            enabled=row.enabled,
            review=reviews[row.pk],
            creator_accepted_at=row.creator_accepted_at,
            creator_refused_at=row.creator_refused_at,
            creator_note=row.creator_note,
            created_at=row.created_at,
            modified_at=row.modified_at,
            deleted=bool(row.deleted_at or row.ad_group.deleted_at or row.ad_group.campaign.deleted_at),
        )
        for row in rows
    ]
