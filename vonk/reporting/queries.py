"""What others may read of numbers and statuses, in one place."""

from vonk.billing.queries import By
from vonk.reporting.by_name import NamedConversions, conversions_by_name
from vonk.reporting.net import own_totals
from vonk.reporting.posts import PostAd, PostDay, PostMetric, PostNumbers, post_numbers
from vonk.reporting.reports import Level, Report, ReportRow, Step, ad_report, check_span
from vonk.reporting.statuses import ad_group_statuses, campaign_statuses, statuses, statuses_of_account

__all__ = [
    "By",
    "Level",
    "NamedConversions",
    "PostAd",
    "PostDay",
    "PostMetric",
    "PostNumbers",
    "Report",
    "ReportRow",
    "Step",
    "ad_group_statuses",
    "ad_report",
    "campaign_statuses",
    "check_span",
    "conversions_by_name",
    "own_totals",
    "post_numbers",
    "statuses",
    "statuses_of_account",
]
