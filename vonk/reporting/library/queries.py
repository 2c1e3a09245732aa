"""What each post brought as an ad of the account; and which posts to advertise, by what may be known of them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from vonk.advertising.queries.ad_pages import ListedAd, listed_ads
from vonk.authorisation.queries import LibraryItem, PostView, library
from vonk.authorisation.queries.creator_posts import CreatorView, PostChoice, creator_posts, usable_creators
from vonk.authorisation.rules import ConsentState
from vonk.authorisation.rules.access import AccessScope
from vonk.content.queries import PostFacts
from vonk.content.queries.sums import organic_of_posts
from vonk.content.queries.tallies import counts as public_counts
from vonk.content.queries.tallies import hours_of
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.reporting import metrics
from vonk.reporting.library import rules
from vonk.reporting.library.rules import Interval
from vonk.reporting.reports import Level, ad_report

POSTS_MAX: Final = 100  # Those that cost most.
LOOKED_BACK: Final = timedelta(days=28)
HELD_LOOKED_AT: Final = Paging(size=100)
CREATORS_LOOKED_AT: Final = Paging(size=10)
POSTS_LOOKED_AT: Final = Paging(size=30)
ADVISED_MAX: Final = 12
USED_MIN: Final = 100  # Impressions of an ad, below which its rate is not compared.


class BestUse(msgspec.Struct, frozen=True):
    """The ad with which a post did best, by the share of its impressions that were clicked."""

    ad: ListedAd
    clicked: Interval


class PostPerformance(msgspec.Struct, frozen=True):
    """A post in the account's ads. ``best`` None: no ad of it was shown often enough."""

    post: PostFacts
    consent_id: int | None
    counts: dict[str, int]
    ads: int
    best: BestUse | None


class Held(msgspec.Struct, frozen=True):
    """A post that the account may use and whose viewers outside ads stay longer than is usual.

    ``watched`` is the share of its organic plays of six seconds or more: its creator agreed that the account uses it.
    """

    item: LibraryItem
    watched: Interval
    plays: int
    usual: float


class Reachable(msgspec.Struct, frozen=True):
    """A post of a linked creator that is liked, commented on, shared and kept more often than their others.

    Only what everybody sees on the post is counted. ``times`` is of the middle one of their posts.
    """

    creator: CreatorView
    post: PostView
    engagements: int
    times: Interval


class Advice(msgspec.Struct, frozen=True):
    """What to advertise next. ``looked_at``: posts that were judged."""

    held: tuple[Held, ...]
    reachable: tuple[Reachable, ...]
    looked_at: int


def performance(scope: Scope, *, start_date: date, end_date: date) -> tuple[PostPerformance, ...]:
    """Return what each post brought in the account's ads on these days, those that cost most first."""
    report = ad_report(scope, level=Level.AD, start_date=start_date, end_date=end_date)
    shown = {row.id: row.counts for row in report.rows if row.counts}
    ads: dict[int, list[ListedAd]] = {}
    for ad in listed_ads(scope, sorted(shown)):
        ads.setdefault(ad.post.id, []).append(ad)
    found = [
        PostPerformance(
            post=of_post[0].post,
            consent_id=next((ad.consent_id for ad in of_post if ad.consent_id is not None), None),
            counts=metrics.total_of(shown[ad.id] for ad in of_post),
            ads=len(of_post),
            best=_best(of_post, shown),
        )
        for of_post in ads.values()
    ]
    return tuple(sorted(found, key=lambda one: (-one.counts.get(metrics.SPEND, 0), -one.post.id))[:POSTS_MAX])


def advice(scope: Scope, *, now: datetime) -> Advice:
    """Return the posts that stand out: of those that the account may use, and of creators who linked their account.

    Nothing is told of what a creator did not agree to: organic plays are looked at of posts alone that are authorised for
    the account, and of all others what everybody sees.
    """
    scope.require(Right.ACCOUNT_VIEW)
    items = [one for one in library(scope, HELD_LOOKED_AT, now).items if one.state is ConsentState.ACTIVE]
    held = _held(items, now)
    reachable: list[Reachable] = []
    looked_at = len(items)
    for creator in usable_creators(scope, CREATORS_LOOKED_AT, now).items:
        if creator.missing or AccessScope.EXISTING_POSTS not in creator.scopes:
            continue
        choices = creator_posts(scope, creator.access_id, POSTS_LOOKED_AT, now).items
        looked_at += len(choices)
        reachable += _reachable(creator, choices)
    best = sorted(reachable, key=lambda one: -one.times.low)
    return Advice(tuple(held[:ADVISED_MAX]), tuple(best[:ADVISED_MAX]), looked_at)


def _best(ads: Iterable[ListedAd], shown: Mapping[int, Mapping[str, int]]) -> BestUse | None:
    uses = []
    for ad in ads:
        impressions = shown[ad.id].get("impressions", 0)
        clicked = rules.share(shown[ad.id].get("clicks_destination", 0), impressions)
        if clicked is not None and impressions >= USED_MIN:
            uses.append(BestUse(ad, clicked))
    return max(uses, key=lambda use: use.clicked.low, default=None)


def _held(items: list[LibraryItem], now: datetime) -> list[Held]:
    start = now - LOOKED_BACK
    ids = [one.post.id for one in items]
    plays, watched = (
        {post_id: count for post_id, _, count in organic_of_posts(ids, metric, start=start, end=now)}
        for metric in ("plays", "view_6s")
    )
    sums = hours_of(("plays", "view_6s"), start=start, end=now)
    whole = sum(count for (_, metric), count in sums.items() if metric == "plays")
    usual = sum(count for (_, metric), count in sums.items() if metric == "view_6s") / whole if whole else None
    found = []
    for item in items:
        share = rules.share(watched.get(item.post.id, 0), plays.get(item.post.id, 0))
        if share is not None and usual is not None and rules.outstanding(share, usual):
            found.append(Held(item, share, plays[item.post.id], usual))
    return sorted(found, key=lambda one: -one.watched.low)


def _reachable(creator: CreatorView, choices: Iterable[PostChoice]) -> list[Reachable]:
    public = [one for one in choices if one.public]
    counts = public_counts([one.post.id for one in public])
    engagements = [
        sum((of.likes, of.comments, of.shares, of.favourites)) if (of := counts.get(one.post.id)) is not None else 0
        for one in public
    ]
    return [
        Reachable(creator, one.post, count, times)
        for one, count, times in zip(public, engagements, rules.times_usual(engagements), strict=True)
        if times is not None and times.low >= rules.TIMES_USUAL and one.consent_id is None and one.refusal is None
    ]
