"""Where my posts are used: every post in ads, each with its ads, what they brought and what is owed for them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.advertising.queries import used_posts as advertising
from vonk.content.queries import PostFacts, post_facts
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid
from vonk.reporting import queries as reporting
from vonk.reporting.queries import Agreement, Earned, Use, UsedAd, UsedPost
from vonk.web.common import formats
from vonk.web.common.records import Chart, ChartKind
from vonk.web.common.requests import id_of, now_of, paging_of
from vonk.web.creator import used_words, words
from vonk.web.creator.access import for_creators
from vonk.web.creator.numbers import Split, day_label
from vonk.web.creator.used_rows import AdRow, chart_days, row_of, series_of

POSTS_PER_PAGE: Final = 10
ADS_IN_CHART_MAX: Final = 6
ADS_LISTED_MAX: Final = 10  # Of a post among others; all hundred of one that is looked at alone.


class Choice(msgspec.Struct, frozen=True):
    """One option of a filter."""

    value: str
    label: str
    chosen: bool


class PostRow(msgspec.Struct, frozen=True, kw_only=True):
    """A post in the list. ``more`` ads of it are not shown here."""

    post_id: int
    title: str
    poster_url: str
    numbers: tuple[tuple[str, Split], ...]
    ads: tuple[AdRow, ...]
    more: int


class OwedRow(msgspec.Struct, frozen=True):
    """What one advertiser owes under terms."""

    account_name: str
    words: str
    amount: str


class UsedPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``filtered``: something less than everything is asked for; ``chosen_post`` "": every post."""

    posts: tuple[PostRow, ...]
    chart: Chart | None
    owed: tuple[OwedRow, ...]
    states: tuple[Choice, ...]
    advertisers: tuple[Choice, ...]
    chosen_post: str
    chosen_title: str
    filtered: bool
    next_cursor: str | None


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show where the creator's posts are used."""
    return render(request, "creator/used.html", {"page": _page(request, scope, now_of(request))})


def _page(request: HttpRequest, scope: Scope, now: datetime) -> UsedPage:
    asked = {name: request.GET.get(name, "") for name in ("post", "advertiser", "state")}
    if asked["state"] not in {"", *Use}:
        raise FieldInvalid("state", "one of %(known)s", known=", ".join(Use))
    post_id = id_of(asked["post"], "post") if asked["post"] else None
    paging = paging_of(request, size=POSTS_PER_PAGE)
    found = reporting.used_posts(
        scope,
        paging,
        post_id=post_id,
        account_id=id_of(asked["advertiser"], "advertiser") if asked["advertiser"] else None,
        use=Use(asked["state"]) if asked["state"] else None,
        now=now,
    )
    facts = post_facts([post.post_id for post in found.items])
    advertisers = advertising.advertisers(scope)
    first = paging.cursor is None and not any(asked.values())
    most = ADS_LISTED_MAX if post_id is None else advertising.ADS_SHOWN_MAX
    return UsedPage(
        posts=tuple(_post(post, facts[post.post_id], most, everything=not asked["state"]) for post in found.items),
        chart=_chart(scope, [ad for post in found.items for ad in post.ads], now),
        owed=tuple(_owed(one) for one in reporting.agreements(scope)) if first else (),
        states=(
            Choice("", _("Every state"), not asked["state"]),
            *(Choice(use.value, str(label), asked["state"] == use) for use, (label, _tone) in used_words.USES.items()),
        ),
        advertisers=(
            Choice("", _("Every advertiser"), not asked["advertiser"]),
            *(Choice(str(pk), name, asked["advertiser"] == str(pk)) for pk, name in advertisers.items()),
        ),
        chosen_post=asked["post"],
        chosen_title=words.title_of(facts[post_id]) if post_id in facts else "",
        filtered=any(asked.values()),
        next_cursor=found.next_cursor,
    )


def _post(post: UsedPost, facts: PostFacts, most: int, *, everything: bool) -> PostRow:
    listed = post.ads[:most]
    return PostRow(
        post_id=post.post_id,
        title=words.title_of(facts),
        poster_url=post.poster_url,
        numbers=(
            (_("Impressions"), _split(post.impressions)),
            (_("Engagements"), _split(post.engagements)),
            (_("Follows"), _split(post.follows)),
        ),
        ads=tuple(row_of(ad) for ad in listed),
        more=(post.ads_count if everything else len(post.ads)) - len(listed),
    )


def _split(earned: Earned) -> Split:
    return Split(earned.organic, earned.paid)


def _owed(one: Agreement) -> OwedRow:
    return OwedRow(one.account_name, used_words.owed_for(one), formats.money_exact(one.owed_micros, one.currency))


def _chart(scope: Scope, ads: Iterable[UsedAd], now: datetime) -> Chart | None:
    """Return the impressions of the ads that have most of them, by UTC day; None when nothing was shown."""
    most = sorted((ad for ad in ads if ad.impressions), key=lambda ad: (-ad.impressions, ad.ad_id))[:ADS_IN_CHART_MAX]
    if not most:
        return None
    daily = reporting.ad_days(scope, [ad.ad_id for ad in most])
    days = chart_days(now)
    names = [ad.account_name for ad in most]
    return Chart(
        id="used-by-day",
        title=_("Impressions by day"),
        label_heading=_("Day"),
        labels=tuple(day_label(day) for day in days),
        series=tuple(
            series_of(
                ad.account_name if names.count(ad.account_name) == 1 else f"{ad.account_name}: {ad.ad_name}",
                [{one.day: one.counts for one in daily[ad.ad_id]}.get(day, {}).get("impressions", 0) for day in days],
            )
            for ad in most
        ),
        kind=ChartKind.STACKED,
    )
