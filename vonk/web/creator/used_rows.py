"""An ad with a creator's post as rows and charts show it, in the list and on its own page."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
from django.utils.translation import gettext as _

from vonk.reporting.queries import UsedAd
from vonk.web.common import formats
from vonk.web.common.records import Badge, Series
from vonk.web.creator import used_words
from vonk.web.creator.numbers import CHART_DAYS


class AdRow(msgspec.Struct, frozen=True, kw_only=True):
    """An ad in the list."""

    ad_id: int
    consent_id: int
    account_name: str
    advertiser_name: str
    payer_name: str
    road: str
    badge: Badge
    why: tuple[str, ...]
    since: datetime
    until: datetime | None
    days_left: str
    may_extend: bool
    host: str
    call_to_action: str
    countries: tuple[str, ...]
    impressions: int
    engagements: int
    follows: int
    spend: str
    owed: str


def row_of(ad: UsedAd) -> AdRow:
    """Return an ad as its creator reads it."""
    return AdRow(
        ad_id=ad.ad_id,
        consent_id=ad.consent_id,
        account_name=ad.account_name,
        advertiser_name=ad.advertiser_name,
        payer_name=ad.payer_name,
        road=used_words.road(ad.road),
        badge=used_words.use_badge(ad.use),
        why=used_words.why(ad.causes),
        since=ad.since,
        until=ad.consent_ends_at,
        days_left=used_words.days_left(ad.days_left),
        may_extend=ad.may_extend,
        host=used_words.host_of(ad.landing_url),
        call_to_action=_(ad.call_to_action_text),  # noqa: INT001 - texts come from the closed list.
        countries=ad.countries,
        impressions=ad.impressions,
        engagements=ad.engagements,
        follows=ad.follows,
        spend=formats.money_exact(ad.spent_micros, ad.currency)
        if ad.spent_micros is not None
        else _("Not told, by the terms"),
        owed=used_words.owed_of_ad(ad),
    )


def chart_days(now: datetime) -> tuple[date, ...]:
    """Return the UTC days that charts show, oldest first."""
    today = now.astimezone(UTC).date()
    return tuple(today - timedelta(days=CHART_DAYS - 1 - number) for number in range(CHART_DAYS))


def series_of(name: str, values: Sequence[int]) -> Series:
    """Return a row of a chart."""
    return Series(name, tuple(float(value) for value in values), tuple(formats.number(value) for value in values))
