"""What an ad with a creator's post brought, by day, and whom it reached."""

from datetime import datetime

import msgspec
from django.utils.translation import gettext as _

from vonk.control.scope import Scope
from vonk.reporting import queries as reporting
from vonk.reporting.audience.rules import IMPRESSIONS, Dimension
from vonk.reporting.metrics import BY_NAME
from vonk.reporting.queries import AdAudience, Part, UsedAd
from vonk.web.common import formats
from vonk.web.common.records import Chart
from vonk.web.creator import used_words
from vonk.web.creator.numbers import day_label
from vonk.web.creator.used_rows import chart_days, series_of

CHARTED = ("impressions", "view_6s", "clicks_destination")
"""Metrics by day; the same that an audience is counted by."""


class AudienceRow(msgspec.Struct, frozen=True):
    """One part of an audience. ``name_of``: the label is a code of this kind, which the browser names."""

    label: str
    name_of: str
    impressions: str
    share: str
    views: str
    clicks: str


class AudienceTable(msgspec.Struct, frozen=True):
    """An audience by one dimension."""

    title: str
    rows: tuple[AudienceRow, ...]


class AdNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of an ad. ``found_invalid`` "": nothing was taken off later."""

    stats: tuple[tuple[str, str, str], ...]  # Label, value, icon.
    by_day: Chart | None
    audience: tuple[AudienceTable, ...]
    small_words: str
    found_invalid: str


def numbers_of(scope: Scope, ad: UsedAd, now: datetime) -> AdNumbers:
    """Return what the ad brought and whom it reached."""
    audience = reporting.audience(scope, ad.ad_id)
    found = audience.found_invalid[IMPRESSIONS]
    return AdNumbers(
        stats=(
            (_("Impressions"), formats.number(ad.impressions), "eye"),
            (_("Engagements"), formats.number(ad.engagements), "heart"),
            (_("Follows"), formats.number(ad.follows), "user-plus"),
            (_("Clicks to the page"), formats.number(ad.clicks), "external-link"),
        ),
        by_day=_by_day(scope, ad, now) if ad.impressions else None,
        audience=tuple(_table(dimension, audience) for dimension in Dimension) if _told(audience) else (),
        small_words=_("What has fewer than %(small)d impressions is shown together, so that nobody is singled out.")
        % {"small": audience.small},
        found_invalid=_("%(count)s impressions were found invalid later; they are in these tables still.")
        % {"count": formats.number(found)}
        if found
        else "",
    )


def _told(audience: AdAudience) -> bool:
    return bool(audience.country)


def _by_day(scope: Scope, ad: UsedAd, now: datetime) -> Chart:
    counted = {one.day: one.counts for one in reporting.ad_days(scope, [ad.ad_id])[ad.ad_id]}
    days = chart_days(now)
    titles = {
        "impressions": _("Impressions"),
        "view_6s": str(BY_NAME["view_6s"].title),
        "clicks_destination": _("Clicks to the page"),
    }
    return Chart(
        id="ad-by-day",
        title=_("Numbers by day"),
        label_heading=_("Day"),
        labels=tuple(day_label(day) for day in days),
        series=tuple(
            series_of(titles[metric], [counted.get(day, {}).get(metric, 0) for day in days]) for metric in CHARTED
        ),
    )


def _table(dimension: Dimension, audience: AdAudience) -> AudienceTable:
    parts: tuple[Part, ...] = getattr(audience, dimension.value)
    whole = sum(part.counts[IMPRESSIONS] for part in parts)
    return AudienceTable(used_words.dimension(dimension), tuple(_row(dimension, part, whole) for part in parts))


def _row(dimension: Dimension, part: Part, whole: int) -> AudienceRow:
    label, name_of = used_words.part(dimension, part)
    shown = part.counts[IMPRESSIONS]
    return AudienceRow(
        label=label,
        name_of=name_of,
        impressions=formats.number(shown),
        share=formats.percent(round(shown / whole, 3), 1) if whole else formats.NO_VALUE,
        views=formats.number(part.counts["view_6s"]),
        clicks=formats.number(part.counts["clicks_destination"]),
    )
