"""What the posts of a campaign of creators brought: outside ads, and in the ad account's own ads."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from vonk.advertising import queries as advertising
from vonk.authorisation.queries.creator_campaigns import CampaignPostView, campaign_posts
from vonk.authorisation.rules.creator_campaigns import LinkState
from vonk.billing.queries import By
from vonk.content import queries as content
from vonk.control.scope import Scope
from vonk.identity.queries import account_facts
from vonk.reporting import metrics, reports
from vonk.reporting.reports import Level, check_span, midnight


class PostReport(msgspec.Struct, frozen=True):
    """A post's counters. ``organic`` is what happened outside ads, ``paid`` in the account's ads, ``ads`` how many."""

    of: CampaignPostView
    organic: Mapping[str, int]
    paid: Mapping[str, int]
    ads: int


class CampaignReport(msgspec.Struct, frozen=True):
    """The posts, newest first, and the currency of what was spent."""

    currency: str
    posts: tuple[PostReport, ...]


def campaign_report(
    scope: Scope, campaign_id: int, *, start_date: date, end_date: date, now: datetime
) -> CampaignReport:
    """Return what the campaign's posts brought on the account's days from start to end, both included.

    Organic counts are of posts that the account may show now; of others there are none. Raises NotFound, SpanInvalid.
    """
    check_span(start_date, end_date, By.NONE)
    posts = campaign_posts(scope, campaign_id, now=now)
    account = account_facts(scope.account)
    zone = ZoneInfo(account.time_zone)
    told = {one.post.id for one in posts if one.state is LinkState.APPROVED}
    organic: dict[int, Counter[str]] = {}
    start, end = midnight(start_date, zone), midnight(end_date + timedelta(days=1), zone)
    for row in content.tallies(post_ids=told, start=start, end=end):
        if row.ad_id == 0:
            organic.setdefault(row.post_id, Counter())[row.metric] += row.value
    mine = advertising.ads_under(account_id=scope.account, with_deleted=True)
    by_post = {
        post_id: [ad_id for ad_id in ad_ids if ad_id in mine]
        for post_id, ad_ids in advertising.ads_of_posts([one.post.id for one in posts]).items()
    }
    ids = [ad_id for ad_ids in by_post.values() for ad_id in ad_ids]
    report = reports.ad_report(scope, level=Level.AD, ids=ids, start_date=start_date, end_date=end_date)
    counts = {row.id: row.counts for row in report.rows}
    return CampaignReport(
        currency=account.currency,
        posts=tuple(
            PostReport(
                of=one,
                organic=organic.get(one.post.id, {}),
                paid=metrics.total_of(counts.get(ad_id, {}) for ad_id in by_post[one.post.id]),
                ads=len(by_post[one.post.id]),
            )
            for one in posts
        ),
    )
