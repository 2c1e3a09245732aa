"""What other areas need of advertising. These take ids that the caller has inside its scope already."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db.models import Exists, OuterRef, QuerySet

from vonk.advertising import publish
from vonk.advertising.models import Ad, AdGroup, Campaign, Review
from vonk.advertising.queries.views import AdOfPost, BudgetFacts, CampaignView
from vonk.advertising.rules import AdFacts, AdGroupFacts, CampaignFacts, Verdict
from vonk.authorisation.queries.limits import HeldConsent, consents_of_ads
from vonk.authorisation.rules import ConsentState
from vonk.content.queries import PostFacts, PostStanding, post_facts, post_standings
from vonk.control import prepared
from vonk.control.paging import Page, Paging, page_of
from vonk.control.prepared import given
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.delivery.snapshot import Billing, Budget, BudgetMode, Targeting
from vonk.identity.queries import AccountFacts, accounts_facts

ADS_OF_A_POST_MAX: Final = 100

_APPROVED_BEFORE: Final = Exists(Review.objects.filter(ad=OuterRef("pk"), verdict=Verdict.APPROVED.value))


class _AdRow(msgspec.Struct, frozen=True):
    id: int
    ad_group_id: int
    consent_id: int | None
    post_id: int
    category: str
    enabled: bool
    deleted_at: datetime | None
    creator_accepted_at: datetime | None
    creator_refused_at: datetime | None
    newest_verdict: str
    approved_before: bool


def _of_status(ads: QuerySet[Ad]) -> QuerySet[Ad, Any]:
    judged = ads.annotate(newest_verdict=publish.NEWEST_VERDICT, approved_before=_APPROVED_BEFORE)
    return judged.values_list(*_AdRow.__struct_fields__)


_ADS: Final = prepared.values(_AdRow, lambda: _of_status(Ad.objects.filter(pk__in=given("ids"))))
_LIVING_ADS: Final = prepared.values(
    _AdRow, lambda: _of_status(Ad.objects.filter(ad_group_id__in=given("ids"), deleted_at=None))
)


class _AdGroupRow(msgspec.Struct, frozen=True):
    id: int
    campaign_id: int
    enabled: bool
    deleted_at: datetime | None
    budget_mode: str
    budget_micros: int
    billing: str
    bid_micros: int
    starts_at: datetime
    ends_at: datetime | None
    targeting: dict[str, Any]


_AD_GROUPS: Final = prepared.models(lambda: AdGroup.objects.filter(pk__in=given("ids")).select_related("campaign"))
_LIVING_AD_GROUPS: Final = prepared.values(
    _AdGroupRow,
    lambda: AdGroup.objects.filter(campaign_id__in=given("ids"), deleted_at=None).values_list(
        *_AdGroupRow.__struct_fields__
    ),
)
_CAMPAIGNS: Final = prepared.models(lambda: Campaign.objects.filter(pk__in=given("ids")))


def budgets(campaign_ids: Collection[int], ad_group_ids: Collection[int]) -> dict[tuple[str, int], BudgetFacts]:
    """Return the budgets of campaigns and ad groups, by ("campaign", id) and ("ad_group", id)."""
    campaigns = list(Campaign.objects.filter(pk__in=campaign_ids))
    ad_groups = list(AdGroup.objects.filter(pk__in=ad_group_ids).select_related("campaign"))
    accounts = accounts_facts({*(row.account_id for row in campaigns), *(row.campaign.account_id for row in ad_groups)})
    found = {("campaign", row.pk): _budget(row, accounts[row.account_id]) for row in campaigns}
    found.update({("ad_group", row.pk): _budget(row, accounts[row.campaign.account_id]) for row in ad_groups})
    return found


def ad_facts(
    ad_ids: Collection[int], *, now: datetime, posts: Mapping[int, PostFacts] | None = None
) -> dict[int, AdFacts]:
    """Return what the statuses of the ads follow from, but for money: the caller puts ``money`` in.

    ``posts`` are the facts of the ads' posts, for whoever has just read them. Many ads lie in few ad groups, and show few
    posts: each of these is read once.
    """
    rows = _ADS.rows(ids=ad_ids)
    return _facts_of_ads(rows, ad_group_facts({row.ad_group_id for row in rows}), now=now, posts=posts)


def facts_of_living_ads(groups: Mapping[int, AdGroupFacts], *, now: datetime) -> dict[int, AdFacts]:
    """Return the facts of the ads in these ad groups that are not deleted."""
    return _facts_of_ads(_LIVING_ADS.rows(ids=groups), groups, now=now)


def _facts_of_ads(
    rows: Sequence[_AdRow],
    groups: Mapping[int, AdGroupFacts],
    *,
    now: datetime,
    posts: Mapping[int, PostFacts | PostStanding] | None = None,
) -> dict[int, AdFacts]:
    if posts is None:
        posts = post_standings({row.post_id for row in rows})
    consent_ids = {row.consent_id for row in rows if row.consent_id is not None}
    consents, held = consents_of_ads(consent_ids, now, posts=posts)
    return {
        row.id: _ad_facts_of(
            row,
            groups[row.ad_group_id],
            posts[row.post_id],
            consents[row.consent_id].state if row.consent_id is not None else None,
            held.get(row.consent_id or 0),
        )
        for row in rows
    }


def _ad_facts_of(
    row: _AdRow,
    group: AdGroupFacts,
    post: PostFacts | PostStanding,
    state: ConsentState | None,
    held: HeldConsent | None,
) -> AdFacts:
    return AdFacts(
        id=row.id,
        ad_group=group,
        post_id=row.post_id,
        deleted=row.deleted_at is not None,
        enabled=row.enabled,
        consent_state=state,
        post_problem=post.unavailable_reason,
        video_state=post.video_state,
        verdict=Verdict(row.newest_verdict),
        approved_before=row.approved_before,
        category=row.category,
        consent_id=row.consent_id,
        limits=held.limits if held is not None else (),
        original_missing=held is not None and held.original_missing,
        consent_ending_at=held.ending_at if held is not None else None,
        sound_countries=post.sound_countries,
        preview_required=held is not None and held.preview_required,
        creator_accepted=row.creator_accepted_at is not None,
        creator_refused=row.creator_refused_at is not None,
    )


def ad_group_facts(ad_group_ids: Collection[int]) -> dict[int, AdGroupFacts]:
    """Return what the statuses of the ad groups follow from, but for money and their ads."""
    rows = _AD_GROUPS.rows(ids=ad_group_ids)
    accounts = accounts_facts({row.campaign.account_id for row in rows})
    return {row.pk: _ad_group_facts(row, _campaign_facts(row.campaign, accounts)) for row in rows}


def facts_of_living_ad_groups(campaigns: Mapping[int, CampaignFacts]) -> dict[int, AdGroupFacts]:
    """Return what ``ad_group_facts`` does of the ad groups in these campaigns that are not deleted."""
    rows = _LIVING_AD_GROUPS.rows(ids=campaigns)
    return {row.id: _ad_group_facts(row, campaigns[row.campaign_id]) for row in rows}


def campaign_facts(campaign_ids: Collection[int]) -> dict[int, CampaignFacts]:
    """Return what the statuses of the campaigns follow from, but for money and their ad groups."""
    rows = _CAMPAIGNS.rows(ids=campaign_ids)
    accounts = accounts_facts({row.account_id for row in rows})
    return {row.pk: _campaign_facts(row, accounts) for row in rows}


def ads_under(
    *,
    account_id: int | None = None,
    campaign_ids: Collection[int] | None = None,
    ad_group_ids: Collection[int] | None = None,
    with_deleted: bool = False,
) -> dict[int, tuple[int, int]]:
    """Return the ads under an account, campaigns or ad groups: id to (ad group, campaign).

    Deleted ones are left out unless wanted: reports want them, because what they did and cost remains.
    """
    rows = Ad.objects.all()
    if not with_deleted:
        rows = rows.filter(deleted_at=None, ad_group__deleted_at=None, ad_group__campaign__deleted_at=None)
    if account_id is not None:
        rows = rows.filter(ad_group__campaign__account_id=account_id)
    if campaign_ids is not None:
        rows = rows.filter(ad_group__campaign_id__in=campaign_ids)
    if ad_group_ids is not None:
        rows = rows.filter(ad_group_id__in=ad_group_ids)
    return {
        ad_id: (group, campaign)
        for ad_id, group, campaign in rows.values_list("pk", "ad_group_id", "ad_group__campaign_id")
    }


def ads_of_posts(post_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Return the ids of all ads, deleted ones too, that ever showed each post, oldest first."""
    found: dict[int, list[int]] = {post_id: [] for post_id in post_ids}
    for post_id, ad_id in Ad.objects.filter(post__in=found.keys()).order_by("pk").values_list("post_id", "pk"):
        found[post_id].append(ad_id)
    return {post_id: tuple(ad_ids) for post_id, ad_ids in found.items()}


def posts_of_campaign(campaign_id: int) -> frozenset[int]:
    """Return the posts that the campaign's ads show or showed, deleted ads too."""
    return frozenset(Ad.objects.filter(ad_group__campaign_id=campaign_id).values_list("post_id", flat=True))


def spark_ads_using(post_id: int) -> tuple[AdOfPost, ...]:
    """Return the newest 100 Spark Ads that are not deleted and use the post; ``ads_using_post`` has pages of all."""
    rows = _spark_ads(post_id).order_by("-pk")[:ADS_OF_A_POST_MAX]
    return tuple(_ads_of_post(list(rows)))


def ads_using_post(scope: Scope, post_id: int, paging: Paging) -> Page[AdOfPost]:
    """Return the Spark Ads that use one's own post, newest first; NotFound when it is not one's own."""
    scope.require(Right.CREATE)
    post = post_facts([post_id]).get(post_id)
    if post is None or post.owner_id is None or post.owner_id != scope.person:
        raise NotFound(noun="post")
    page = page_of(_spark_ads(post_id), paging, lambda row: row)
    return Page(tuple(_ads_of_post(page.items)), page.next_cursor)


def count_of_consents(consent_ids: Collection[int]) -> int:
    """Return how many Spark Ads that are not deleted stand on these consents."""
    rows = Ad.objects.filter(consent__in=consent_ids, deleted_at=None)
    return rows.filter(ad_group__deleted_at=None, ad_group__campaign__deleted_at=None).count()


def _spark_ads(post_id: int) -> QuerySet[Ad]:
    return (
        Ad.objects.filter(post_id=post_id, consent__isnull=False)
        .filter(deleted_at=None, ad_group__deleted_at=None, ad_group__campaign__deleted_at=None)
        .select_related("ad_group__campaign")
    )


def _ads_of_post(rows: Sequence[Ad]) -> list[AdOfPost]:
    accounts = accounts_facts({row.ad_group.campaign.account_id for row in rows})
    verdicts = dict(
        Ad.objects.filter(pk__in=[row.pk for row in rows])
        .annotate(newest_verdict=publish.NEWEST_VERDICT)
        .values_list("pk", "newest_verdict")
    )
    return [
        AdOfPost(
            ad_id=row.pk,
            post_id=row.post_id,
            account_id=row.ad_group.campaign.account_id,
            account_name=accounts[row.ad_group.campaign.account_id].name,
            ad_name=row.name,
            since=row.created_at,
            consent_id=row.consent_id,
            landing_url=row.landing_url,
            enabled=row.enabled and row.ad_group.enabled and row.ad_group.campaign.enabled,
            approved=verdicts[row.pk] == Verdict.APPROVED,
        )
        for row in rows
    ]


def _budget(row: Campaign | AdGroup, account: AccountFacts) -> BudgetFacts:
    return BudgetFacts(row.budget_mode, row.budget_micros, account.currency, account.time_zone)


def campaign_facts_of(views: Iterable[CampaignView], account: AccountFacts) -> dict[int, CampaignFacts]:
    """Return what ``campaign_facts`` does, for whoever has just read the campaigns and their account."""
    return {
        view.id: CampaignFacts(
            id=view.id,
            account_id=view.account_id,
            account_suspended=account.suspended,
            time_zone=account.time_zone,
            deleted=view.deleted_at is not None,
            enabled=view.enabled,
            budget=view.budget,
        )
        for view in views
    }


def _campaign_facts(row: Campaign, accounts: dict[int, AccountFacts]) -> CampaignFacts:
    return CampaignFacts(
        id=row.pk,
        account_id=row.account_id,
        account_suspended=accounts[row.account_id].suspended,
        time_zone=accounts[row.account_id].time_zone,
        deleted=row.deleted_at is not None,
        enabled=row.enabled,
        budget=publish.budget_of(row),
    )


def _ad_group_facts(row: _AdGroupRow | AdGroup, campaign: CampaignFacts) -> AdGroupFacts:
    targeting = msgspec.convert(row.targeting, Targeting)
    return AdGroupFacts(
        id=row.id,
        campaign=campaign,
        deleted=row.deleted_at is not None,
        enabled=row.enabled,
        budget=Budget(BudgetMode(row.budget_mode), row.budget_micros),
        billing=Billing(row.billing),
        bid_micros=row.bid_micros,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        countries=targeting.countries,
        unmet=targeting.unmet,
    )
