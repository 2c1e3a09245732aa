"""What ads with one's posts earned, by post and day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.billing import queries as billing
from vonk.billing.queries import Earning
from vonk.content import queries as content
from vonk.control.scope import Scope
from vonk.core.money import MICROS_PER_UNIT
from vonk.web.common import formats
from vonk.web.common.records import Chart, ChartKind, Series
from vonk.web.common.requests import now_of
from vonk.web.creator import words
from vonk.web.creator.access import for_creators
from vonk.web.creator.numbers import day_label

DAYS: Final = 90
CHART_DAYS: Final = 28
DAY_ROWS_MAX: Final = 200


class TotalView(msgspec.Struct, frozen=True):
    """All that was earned in one currency."""

    label: str
    value: str
    hint: str


class PostRow(msgspec.Struct, frozen=True):
    """What one post earned in the time shown."""

    post_id: int
    title: str
    poster_url: str
    currency: str
    micros: int
    events: int


class DayRow(msgspec.Struct, frozen=True):
    """What one post earned on one UTC day."""

    day: date
    title: str
    currency: str
    micros: int


class EarningsPage(msgspec.Struct, frozen=True):
    """The page."""

    subtitle: str
    totals: tuple[TotalView, ...]
    charts: tuple[Chart, ...]
    posts: tuple[PostRow, ...]
    days: tuple[DayRow, ...]


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show what the creator earned."""
    return render(request, "creator/earnings.html", {"page": _page(scope, now_of(request))})


def _page(scope: Scope, now: datetime) -> EarningsPage:
    today = now.astimezone(UTC).date()
    earnings = billing.earnings(scope, start_date=today - timedelta(days=DAYS - 1), end_date=today)
    earned = billing.earned(scope)
    posts = content.post_facts({earning.post_id for earning in earnings})
    titles = {post_id: words.title_of(post) for post_id, post in posts.items()}
    sums: dict[tuple[int, str], tuple[int, int]] = {}
    for earning in earnings:
        micros, events = sums.get((earning.post_id, earning.currency), (0, 0))
        sums[earning.post_id, earning.currency] = (micros + earning.micros, events + earning.events)
    newest = sorted(earnings, key=lambda earning: earning.day, reverse=True)
    return EarningsPage(
        subtitle=_("Your share of what advertisers paid. The tables show the last %(days)d days, in UTC.")
        % {"days": DAYS},
        totals=tuple(_total(currency, micros) for currency, micros in earned.items()),
        charts=tuple(_chart(currency, earnings, today) for currency in earned),
        posts=tuple(
            PostRow(post_id, titles[post_id], posts[post_id].poster_url, currency, micros, events)
            for (post_id, currency), (micros, events) in sorted(sums.items(), key=lambda item: -item[1][0])
        ),
        days=tuple(
            DayRow(earning.day, titles[earning.post_id], earning.currency, earning.micros)
            for earning in newest[:DAY_ROWS_MAX]
        ),
    )


def _total(currency: str, micros: int) -> TotalView:
    return TotalView(_("Earned in all"), formats.money(micros, currency), formats.money_exact(micros, currency))


def _chart(currency: str, earnings: Sequence[Earning], today: date) -> Chart:
    by_day: dict[date, int] = defaultdict(int)
    for earning in earnings:
        if earning.currency == currency:
            by_day[earning.day] += earning.micros
    days = [today - timedelta(days=CHART_DAYS - 1 - number) for number in range(CHART_DAYS)]
    values = [by_day[day] for day in days]
    return Chart(
        id=f"earned-{currency.lower()}",
        title=_("Earned by day in %(currency)s") % {"currency": currency},
        label_heading=_("Day"),
        labels=tuple(day_label(day) for day in days),
        series=(
            Series(
                _("Earned"),
                tuple(value / MICROS_PER_UNIT for value in values),
                tuple(formats.money(value, currency) for value in values),
            ),
        ),
        kind=ChartKind.BAR,
    )
