"""What others may read of numbers and statuses, in one place."""

from vonk.billing.queries import By
from vonk.reporting.audience.queries import AdAudience, audience
from vonk.reporting.audience.rules import Part
from vonk.reporting.by_name import NamedConversions, conversions_by_name
from vonk.reporting.learning import learning_of
from vonk.reporting.net import own_totals
from vonk.reporting.posts import PostAd, PostDay, PostMetric, PostNumbers, post_numbers
from vonk.reporting.reports import Level, Report, ReportRow, Step, ad_report, check_span
from vonk.reporting.statuses import ad_group_statuses, campaign_statuses, statuses, statuses_of_account
from vonk.reporting.used.queries import (
    AdDay,
    Agreement,
    UsedAd,
    UsedPost,
    ad_days,
    agreements,
    used_ad,
    used_posts,
)
from vonk.reporting.used.rules import Earned, Use

__all__ = [
    "AdAudience",
    "AdDay",
    "Agreement",
    "By",
    "Earned",
    "Level",
    "NamedConversions",
    "Part",
    "PostAd",
    "PostDay",
    "PostMetric",
    "PostNumbers",
    "Report",
    "ReportRow",
    "Step",
    "Use",
    "UsedAd",
    "UsedPost",
    "ad_days",
    "ad_group_statuses",
    "ad_report",
    "agreements",
    "audience",
    "campaign_statuses",
    "check_span",
    "conversions_by_name",
    "learning_of",
    "own_totals",
    "post_numbers",
    "statuses",
    "statuses_of_account",
    "used_ad",
    "used_posts",
]
