"""Creative library → performance: what each post and video brought as an ad, and which posts are good to advertise next."""

from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from vonk.reporting.library import queries as library
from vonk.reporting.library.queries import Advice, Held, PostPerformance, Reachable
from vonk.reporting.library.rules import Interval
from vonk.web.advertiser import numbers, words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.numbers import Cell
from vonk.web.advertiser.pages import answer
from vonk.web.advertiser.spans import Span, span_of
from vonk.web.advertiser.views.home import today_of
from vonk.web.common import formats

TOLD: Final = ("spend", "impressions", "view_6s", "vtr_6s", "ctr", "completion_rate")
DAYS: Final = 28


class PerformanceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A post or a video of one's own in ads. ``best`` is the ad with which it did best, "" where none was shown enough."""

    title: str
    speaker: str
    kind: str
    url: str
    poster_url: str
    ads: str
    cells: tuple[Cell, ...]
    best: str
    best_words: str
    best_url: str


class AdviceCard(msgspec.Struct, frozen=True, kw_only=True):
    """A post that is good to advertise, and why."""

    title: str
    speaker: str
    poster_url: str
    reason: str
    numbers: str
    url: str
    action: str


class PerformancePage(msgspec.Struct, frozen=True):
    """The page. ``looked_at`` says how many posts were judged for advice."""

    span: Span
    headings: tuple[str, ...]
    rows: tuple[PerformanceRow, ...]
    advice: tuple[AdviceCard, ...]
    looked_at: str


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the account's creatives by what they brought, and what to advertise next."""
    span = span_of(request, today_of(desk), days=DAYS)
    found = library.performance(desk.scope, start_date=span.start, end_date=span.end)
    advice = library.advice(desk.scope, now=desk.now)
    record = PerformancePage(
        span=span,
        headings=numbers.headings(TOLD),
        rows=tuple(_row(one, desk.account.currency) for one in found),
        advice=_cards(desk, advice),
        looked_at=ngettext("%(count)d post was looked at.", "%(count)d posts were looked at.", advice.looked_at)
        % {"count": advice.looked_at},
    )
    return answer(request, desk, "performance.html", record)


def _row(one: PostPerformance, currency: str) -> PerformanceRow:
    post, best = one.post, one.best
    return PerformanceRow(
        title=words.title_of(post.caption),
        speaker=f"@{post.handle}" if post.handle else post.display_name,
        kind=_("Spark Ads post") if one.consent_id is not None else _("Of your own"),
        url=reverse("advertiser:spark_post", args=[one.consent_id]) if one.consent_id is not None else "",
        poster_url=post.poster_url,
        ads=formats.number(one.ads),
        cells=numbers.cells(one.counts, currency, TOLD),
        best=best.ad.ad_group_name if best is not None else "",
        best_words=_("clicked by %(share)s") % {"share": _interval(best.clicked)} if best is not None else "",
        best_url=reverse("advertiser:ad", args=[best.ad.id]) if best is not None else "",
    )


def _interval(found: Interval) -> str:
    return _("%(value)s (%(low)s to %(high)s)") % {
        "value": formats.percent(found.value, 1),
        "low": formats.percent(found.low, 1),
        "high": formats.percent(found.high, 1),
    }


def _cards(desk: Desk, advice: Advice) -> tuple[AdviceCard, ...]:
    return tuple([_held(desk, one) for one in advice.held] + [_reachable(desk, one) for one in advice.reachable])


def _held(desk: Desk, one: Held) -> AdviceCard:
    post = one.item.post
    told = {
        "watched": _interval(one.watched),
        "plays": formats.number(one.plays),
        "usual": formats.percent(one.usual, 1),
    }
    return AdviceCard(
        title=words.title_of(post.caption),
        speaker=words.speaker_of(post),
        poster_url=post.poster_url,
        reason=_("Viewers stay: outside ads it is watched for six seconds or more oftener than posts usually are."),
        numbers=_("%(watched)s of %(plays)s plays; usual are %(usual)s.") % told,
        url=f"{reverse('advertiser:campaign_new')}?consent={one.item.consent_id}" if desk.may_edit else "",
        action=_("Create an ad"),
    )


def _reachable(desk: Desk, one: Reachable) -> AdviceCard:
    told = {
        "count": formats.number(one.engagements),
        "times": formats.number(one.times.value, 1),
        "low": formats.number(one.times.low, 1),
        "high": formats.number(one.times.high, 1),
    }
    return AdviceCard(
        title=words.title_of(one.post.caption),
        speaker=words.speaker_of(one.post),
        poster_url=one.post.poster_url,
        reason=_("It is liked, commented on, shared and kept more than this creator's other posts."),
        numbers=_("%(count)s times, %(times)s times (%(low)s to %(high)s) what their posts usually have.") % told,
        url=reverse("advertiser:creator", args=[one.creator.access_id]) if desk.may_edit else "",
        action=_("Use the post"),
    )
