"""Campaigns, ad groups and ads as rows of one kind of table."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from django.urls import reverse
from django.utils.translation import gettext as _

from vonk.advertising.queries import AdGroupView, AdView, CampaignView
from vonk.advertising.rules import OBJECTIVE_TEXTS
from vonk.reporting import queries as reporting
from vonk.reporting.queries import Level
from vonk.web.advertiser import numbers, words
from vonk.web.advertiser.access import Desk
from vonk.web.advertiser.numbers import Cell
from vonk.web.advertiser.spans import Span
from vonk.web.common.records import Badge

CAMPAIGN: Final = "campaign"
AD_GROUP: Final = "ad_group"
AD: Final = "ad"


class ObjectRow(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign, ad group or ad in a table."""

    id: int
    name: str
    url: str
    switch_url: str
    on: bool
    over: str  # What stands above it or says what it is.
    poster_url: str = ""
    is_ad: bool = False
    status: Badge
    terms: str
    cells: tuple[Cell, ...]


class ObjectTable(msgspec.Struct, frozen=True):
    """A table of them."""

    caption: str
    first: str  # Heading of the first column.
    terms: str  # Heading of the terms; "" leaves the column out.
    headings: tuple[str, ...]
    rows: tuple[ObjectRow, ...]
    next_cursor: str | None


def campaigns(desk: Desk, found: Sequence[CampaignView], span: Span, next_cursor: str | None = None) -> ObjectTable:
    """Return campaigns with their statuses and their numbers in the span."""
    ids = [one.id for one in found]
    statuses = reporting.campaign_statuses(ids, now=desk.now)
    counts = _counts(desk, Level.CAMPAIGN, ids, span)
    rows = tuple(
        ObjectRow(
            id=one.id,
            name=one.name,
            url=reverse("advertiser:campaign", args=[one.id]),
            switch_url=reverse("advertiser:campaign_switch", args=[one.id]),
            on=one.enabled,
            over=_(OBJECTIVE_TEXTS[one.objective]),  # noqa: INT001 - texts come from the closed list.
            status=words.status_badge(statuses[one.id], {"campaign_id": one.id, "account_id": one.account_id}),
            terms=words.budget_words(one.budget, one.currency),
            cells=numbers.cells(counts.get(one.id, {}), one.currency),
        )
        for one in found
    )
    return ObjectTable(_("Campaigns"), _("Campaign"), _("Budget"), numbers.headings(), rows, next_cursor)


def ad_groups(desk: Desk, found: Sequence[AdGroupView], span: Span, next_cursor: str | None = None) -> ObjectTable:
    """Return ad groups with their statuses and their numbers in the span."""
    ids = [one.id for one in found]
    statuses = reporting.ad_group_statuses(ids, now=desk.now)
    counts = _counts(desk, Level.AD_GROUP, ids, span)
    rows = tuple(
        ObjectRow(
            id=one.id,
            name=one.name,
            url=reverse("advertiser:ad_group", args=[one.id]),
            switch_url=reverse("advertiser:ad_group_switch", args=[one.id]),
            on=one.enabled,
            over=one.campaign_name,
            status=words.status_badge(statuses[one.id], ad_group_ids(one)),
            terms=f"{words.budget_words(one.budget, one.currency)} · "
            f"{words.bid_words(one.billing, one.bid_micros, one.currency)}",
            cells=numbers.cells(counts.get(one.id, {}), one.currency),
        )
        for one in found
    )
    return ObjectTable(_("Ad groups"), _("Ad group"), _("Budget and bid"), numbers.headings(), rows, next_cursor)


def ads(desk: Desk, found: Sequence[AdView], span: Span, next_cursor: str | None = None) -> ObjectTable:
    """Return ads with their statuses and their numbers in the span."""
    ids = [one.id for one in found]
    statuses = reporting.statuses(ids, now=desk.now)
    counts = _counts(desk, Level.AD, ids, span)
    rows = tuple(
        ObjectRow(
            id=one.id,
            name=one.name,
            url=reverse("advertiser:ad", args=[one.id]),
            switch_url=reverse("advertiser:ad_switch", args=[one.id]),
            on=one.enabled,
            over=f"{_('Spark Ad') if one.consent_id is not None else _('Own video')} · {one.identity_name}",
            poster_url=one.poster_url,
            is_ad=True,
            status=words.status_badge(statuses[one.id], ad_ids(one)),
            terms="",
            cells=numbers.cells(counts.get(one.id, {}), desk.account.currency),
        )
        for one in found
    )
    return ObjectTable(_("Ads"), _("Ad"), "", numbers.headings(), rows, next_cursor)


def ad_group_ids(ad_group: AdGroupView) -> dict[str, int]:
    """Return the ids that links of an ad group's causes are made of."""
    return {"ad_group_id": ad_group.id, "campaign_id": ad_group.campaign_id, "account_id": ad_group.account_id}


def ad_ids(ad: AdView) -> dict[str, int]:
    """Return the ids that links of an ad's causes are made of."""
    return {
        "ad_id": ad.id,
        "ad_group_id": ad.ad_group_id,
        "campaign_id": ad.campaign_id,
        "account_id": ad.account_id,
        "post_id": ad.post_id,
    }


def _counts(desk: Desk, level: Level, ids: Sequence[int], span: Span) -> dict[int, Mapping[str, int]]:
    if not ids:
        return {}
    report = reporting.ad_report(desk.scope, level=level, ids=ids, start_date=span.start, end_date=span.end)
    return numbers.counts_by_id(report)
