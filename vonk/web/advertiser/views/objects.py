"""A campaign, an ad group, an ad: one page each, with what lies in it."""

from datetime import datetime
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.queries import AdView
from vonk.advertising.queries.shared_previews import SharedPreviewView, shared_previews
from vonk.advertising.rules import CALLS_TO_ACTION, OBJECTIVE_TEXTS
from vonk.control.paging import Paging
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.core.taxonomy import INTERESTS
from vonk.reporting import queries as reporting
from vonk.reporting.queries import By, Level
from vonk.web.advertiser import creatives, mends, numbers, outliving, rows, words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.numbers import Cell
from vonk.web.advertiser.outliving import Warned
from vonk.web.advertiser.pages import answer
from vonk.web.advertiser.rows import ObjectTable
from vonk.web.advertiser.spans import Span, span_of
from vonk.web.advertiser.views.home import today_of
from vonk.web.advertiser.views.shared_previews import DAYS_OFFERED
from vonk.web.advertiser.words import AudienceLine, ReviewWords
from vonk.web.common.accesses import plain_day
from vonk.web.common.phones import Phone
from vonk.web.common.records import Badge, Chart
from vonk.web.common.requests import paging_of

REVIEWS_SHOWN: Final = 10
INNER: Final = Paging(size=PAGE_SIZE_MAX)


class Numbers(msgspec.Struct, frozen=True):
    """What happened in the span: the main numbers, all that are usual, and the days."""

    span: Span
    main: tuple[Cell, ...]
    all: tuple[Cell, ...]
    by_day: Chart | None


class CampaignPage(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign."""

    id: int
    name: str
    on: bool
    deleted: bool
    status: Badge
    objective: str
    budget: str
    created_at: datetime
    numbers: Numbers
    ad_groups: ObjectTable
    ads: ObjectTable


class AdGroupPage(msgspec.Struct, frozen=True, kw_only=True):
    """An ad group."""

    id: int
    name: str
    campaign_id: int
    campaign_name: str
    on: bool
    deleted: bool
    status: Badge
    facts: tuple[tuple[str, str], ...]
    audience: tuple[AudienceLine, ...]
    numbers: Numbers
    ads: ObjectTable
    warnings: tuple[Warned, ...]


class AdPage(msgspec.Struct, frozen=True, kw_only=True):
    """An ad."""

    id: int
    name: str
    campaign_id: int
    campaign_name: str
    ad_group_id: int
    ad_group_name: str
    on: bool
    deleted: bool
    status: Badge
    review: ReviewWords
    earlier: tuple[ReviewWords, ...]
    consent_id: int | None
    identity_name: str
    call_to_action: str
    landing_url: str
    category: str
    creator: str  # What the post's creator said of the ad, "" while nothing.
    creator_note: str
    warnings: tuple[Warned, ...]
    phone: Phone
    shared: tuple[SharedPreviewView, ...]
    shared_days: tuple[int, ...]
    numbers: Numbers


@require_safe
@at_desk()
def campaign(request: HttpRequest, desk: Desk, campaign_id: int) -> HttpResponse:
    """Show a campaign with its ad groups and ads."""
    found = advertising.campaign(desk.scope, campaign_id)
    shown = _numbers(request, desk, Level.CAMPAIGN, campaign_id)
    inner = advertising.ad_groups(desk.scope, INNER, campaign_id=campaign_id)
    ads = advertising.ads(desk.scope, paging_of(request), campaign_id=campaign_id)
    status = reporting.campaign_statuses([campaign_id], now=desk.now)[campaign_id]
    ids = {"campaign_id": found.id, "account_id": found.account_id}
    record = CampaignPage(
        id=found.id,
        name=found.name,
        on=found.enabled,
        deleted=found.deleted_at is not None,
        status=mends.mended(words.status_badge(status, ids, here=request.path), status, ids, desk, here=request.path),
        objective=_(OBJECTIVE_TEXTS[found.objective]),  # noqa: INT001 - texts come from the closed list.
        budget=words.budget_words(found.budget, found.currency),
        created_at=found.created_at,
        numbers=shown,
        ad_groups=rows.ad_groups(desk, inner.items, shown.span),
        ads=rows.ads(desk, ads.items, shown.span, ads.next_cursor),
    )
    return answer(request, desk, "campaign.html", record)


@require_safe
@at_desk()
def ad_group(request: HttpRequest, desk: Desk, ad_group_id: int) -> HttpResponse:
    """Show an ad group with its audience, its terms and its ads."""
    found = advertising.ad_group(desk.scope, ad_group_id)
    shown = _numbers(request, desk, Level.AD_GROUP, ad_group_id)
    ads = advertising.ads(desk.scope, paging_of(request), ad_group_id=ad_group_id)
    status = reporting.ad_group_statuses([ad_group_id], now=desk.now)[ad_group_id]
    record = AdGroupPage(
        id=found.id,
        name=found.name,
        campaign_id=found.campaign_id,
        campaign_name=found.campaign_name,
        on=found.enabled,
        deleted=found.deleted,
        status=mends.mended(
            words.status_badge(status, rows.ad_group_ids(found), here=request.path),
            status,
            rows.ad_group_ids(found),
            desk,
            here=request.path,
        ),
        facts=(
            (_("Budget"), words.budget_words(found.budget, found.currency)),
            (_("Bid"), words.whole_bid_words(found)),
            (_("Schedule"), words.schedule_words(found.starts_at, found.ends_at)),
            (_("Spends"), str(words.PACINGS[found.pacing])),
            (_("Frequency"), words.cap_words(found.cap)),
            (_("Conversions"), words.attribution_words(found.attribution)),
            (_("Learning phase"), words.learning_words(reporting.learning_of(desk.scope, found, now=desk.now))),
        ),
        audience=words.audience(found.targeting),
        numbers=shown,
        ads=rows.ads(desk, ads.items, shown.span, ads.next_cursor),
        warnings=outliving.warnings(desk, ad_group_id=ad_group_id),
    )
    return answer(request, desk, "ad_group.html", record)


@require_safe
@at_desk()
def ad(request: HttpRequest, desk: Desk, ad_id: int) -> HttpResponse:
    """Show an ad: what stands in its way, what review said, how it looks, what it brought."""
    found = advertising.ad(desk.scope, ad_id)
    rounds = advertising.reviews(desk.scope, ad_id, Paging(size=REVIEWS_SHOWN)).items
    status = reporting.statuses([ad_id], now=desk.now)[ad_id]
    record = AdPage(
        id=found.id,
        name=found.name,
        campaign_id=found.campaign_id,
        campaign_name=found.campaign_name,
        ad_group_id=found.ad_group_id,
        ad_group_name=found.ad_group_name,
        on=found.enabled,
        deleted=found.deleted,
        status=mends.mended(
            words.status_badge(status, rows.ad_ids(found), here=request.path),
            status,
            {**rows.ad_ids(found), "consent_id": found.consent_id or 0},
            desk,
            here=request.path,
        ),
        review=words.review_words(found.review),
        earlier=tuple(words.review_words(review) for review in rounds if review.id != found.review.id),
        consent_id=found.consent_id,
        identity_name=found.identity_name,
        call_to_action=_(CALLS_TO_ACTION[found.call_to_action]),  # noqa: INT001 - texts come from the closed list.
        landing_url=found.landing_url,
        category=_(INTERESTS[found.category]) if found.category else "",  # noqa: INT001 - texts come from the closed list.
        creator=_creator_words(found),
        creator_note=found.creator_note,
        warnings=outliving.warnings(desk, ad_group_id=found.ad_group_id, consent_id=found.consent_id or 0),
        phone=creatives.phone_of_ad(desk, ad_id),
        shared=shared_previews(desk.scope, ad_id, now=desk.now),
        shared_days=DAYS_OFFERED,
        numbers=_numbers(request, desk, Level.AD, ad_id),
    )
    return answer(request, desk, "ad.html", record)


def _creator_words(found: AdView) -> str:
    if found.creator_refused_at is not None:
        return _("The creator refused this ad on %(day)s.") % {"day": plain_day(found.creator_refused_at)}
    if found.creator_accepted_at is not None:
        return _("The creator accepted this ad on %(day)s.") % {"day": plain_day(found.creator_accepted_at)}
    return ""


def _numbers(request: HttpRequest, desk: Desk, level: Level, object_id: int) -> Numbers:
    span = span_of(request, today_of(desk))
    report = reporting.ad_report(
        desk.scope,
        level=level,
        ids=[object_id],
        start_date=span.start,
        end_date=span.end,
        by=By.DAY,
        with_reach=True,
    )
    counts = report.total.counts
    chart = numbers.chart(report, ("spend", "impressions"), chart_id="by-day", title=_("Spend and impressions"))
    return Numbers(
        span=span,
        main=numbers.cells(counts, report.currency),
        all=numbers.cells(counts, report.currency, numbers.REPORTED),
        by_day=chart if counts else None,
    )
