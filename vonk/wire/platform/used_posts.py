"""Where one's posts are used: every ad with them, its numbers, whom it reached, and what is owed for it."""

import msgspec

from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.reporting import queries
from vonk.reporting.queries import AdAudience, AdDay, Agreement, Use, UsedAd, UsedPost
from vonk.wire.codec import Id
from vonk.wire.operation import Call, Nothing, Paged, operation


class UsedQuery(Paged, frozen=True):
    """Of one post, one ad account, or ads in one state."""

    post_id: Id | None = None
    account_id: Id | None = None
    state: Use | None = None


class AdNumbers(msgspec.Struct, frozen=True):
    """An ad with one's post, and what was counted for it by UTC day."""

    ad: UsedAd
    days: tuple[AdDay, ...]


class Owed(msgspec.Struct, frozen=True):
    """What is owed under terms that pay, the newest terms first; settled outside this platform for now."""

    agreements: tuple[Agreement, ...]


@operation("GET", "/me/used_posts", may=Right.CREATE, summary="List where one's posts are used")
def list_used_posts(call: Call[Nothing, UsedQuery]) -> Page[UsedPost]:
    """Every post that is or was in Spark Ads, newest activity first, each with up to a hundred ads. A page may be short."""
    query = call.query
    return queries.used_posts(
        call.scope,
        query.paging(),
        post_id=query.post_id,
        account_id=query.account_id,
        use=query.state,
        now=call.now,
    )


@operation("GET", "/me/ads/{ad_id}/numbers", may=Right.CREATE, summary="Read the numbers of an ad with one's post")
def read_my_ad_numbers(call: Call[Nothing, Nothing]) -> AdNumbers:
    """Net, of the ad alone, in all and by day. What was spent is left out where the terms say so."""
    ad = queries.used_ad(call.scope, call.id("ad_id"), now=call.now)
    return AdNumbers(ad, queries.ad_days(call.scope, [ad.ad_id])[ad.ad_id])


@operation("GET", "/me/ads/{ad_id}/audience", may=Right.CREATE, summary="Read whom an ad with one's post reached")
def read_my_ad_audience(call: Call[Nothing, Nothing]) -> AdAudience:
    """By country, age band and gender. Values with fewer than ten impressions are one part; "" is not told."""
    return queries.audience(call.scope, call.id("ad_id"))


@operation("GET", "/me/owed", may=Right.CREATE, summary="List what is owed to one under terms")
def list_owed(call: Call[Nothing, Nothing]) -> Owed:
    """By terms and ad account: the fee once, or the share of all that was spent under them, net of credit notes."""
    return Owed(queries.agreements(call.scope))
