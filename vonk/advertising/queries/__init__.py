"""Typed reads of advertising. Nothing here returns a row of a table."""

from vonk.advertising.queries.facts import (
    ad_facts,
    ad_group_facts,
    ads_of_posts,
    ads_under,
    ads_using_post,
    budgets,
    campaign_facts,
    count_of_consents,
    spark_ads_using,
)
from vonk.advertising.queries.objects import ad, ad_group, ad_groups, ads, campaign, campaigns
from vonk.advertising.queries.previews import preview, preview_draft
from vonk.advertising.queries.rounds import queue_length, review, review_queue, reviews
from vonk.advertising.queries.views import (
    AdGroupView,
    AdOfPost,
    AdView,
    BudgetFacts,
    CampaignView,
    PastReview,
    Preview,
    ReasonView,
    ReviewItem,
    ReviewView,
)

__all__ = [
    "AdGroupView",
    "AdOfPost",
    "AdView",
    "BudgetFacts",
    "CampaignView",
    "PastReview",
    "Preview",
    "ReasonView",
    "ReviewItem",
    "ReviewView",
    "ad",
    "ad_facts",
    "ad_group",
    "ad_group_facts",
    "ad_groups",
    "ads",
    "ads_of_posts",
    "ads_under",
    "ads_using_post",
    "budgets",
    "campaign",
    "campaign_facts",
    "campaigns",
    "count_of_consents",
    "preview",
    "preview_draft",
    "queue_length",
    "review",
    "review_queue",
    "reviews",
    "spark_ads_using",
]
