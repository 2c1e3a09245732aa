"""The platform's money by day: what was billed, the creators' share of it, what could not be billed."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats as django_formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.billing import queries as billing
from vonk.billing.queries import By, Revenue
from vonk.control.scope import Right, Scope
from vonk.core.money import MICROS_PER_UNIT
from vonk.web.common import formats
from vonk.web.common.records import Chart, Series
from vonk.web.common.requests import now_of
from vonk.web.operator.access import for_platform

PERIODS_DAYS: Final = (7, 28, 90)
PERIOD_DEFAULT_DAYS: Final = 28
EVER: Final = date(2013, 1, 1)  # Ids begin here: nothing is older.


class CurrencyRevenue(msgspec.Struct, frozen=True):
    """One currency's money in the period."""

    currency: str
    total: Revenue
    days: tuple[Revenue, ...]
    chart: Chart


class RevenuePage(msgspec.Struct, frozen=True):
    """The page."""

    days: int
    periods: tuple[int, ...]
    subtitle: str
    currencies: tuple[CurrencyRevenue, ...]


@require_safe
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the money of the last days; ``?days=`` chooses one of the periods."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(period) for period in PERIODS_DAYS} else PERIOD_DEFAULT_DAYS
    return render(request, "operator/revenue.html", {"page": _page(scope, days, now_of(request))})


def _page(scope: Scope, days: int, now: datetime) -> RevenuePage:
    today = now.astimezone(UTC).date()
    start = today - timedelta(days=days - 1)
    rows = billing.revenue(scope, start_date=start, end_date=today, by=By.DAY)
    totals = billing.revenue(scope, start_date=start, end_date=today, by=By.NONE)
    dates = [start + timedelta(days=number) for number in range(days)]
    return RevenuePage(
        days=days,
        periods=PERIODS_DAYS,
        subtitle=_("The last %(days)d days, in UTC.") % {"days": days},
        currencies=tuple(
            CurrencyRevenue(
                total.currency,
                total,
                tuple(sorted((row for row in rows if row.currency == total.currency), key=_day, reverse=True)),
                _chart(total.currency, dates, [row for row in rows if row.currency == total.currency]),
            )
            for total in totals
        ),
    )


def _day(row: Revenue) -> date:
    assert row.day is not None, "Asked for by day."
    return row.day


def _chart(currency: str, dates: Sequence[date], rows: Sequence[Revenue]) -> Chart:
    by_day = {row.day: row for row in rows}

    def line(name: str, micros_of: Callable[[Revenue], int]) -> Series:
        values = [micros_of(by_day[day]) if day in by_day else 0 for day in dates]
        return Series(
            name,
            tuple(value / MICROS_PER_UNIT for value in values),
            tuple(formats.money(value, currency) for value in values),
        )

    return Chart(
        id=f"revenue-{currency.lower()}",
        title=_("Revenue by day in %(currency)s") % {"currency": currency},
        label_heading=_("Day"),
        labels=tuple(str(django_formats.date_format(day, "MONTH_DAY_FORMAT")) for day in dates),
        series=(
            line(_("Net"), lambda row: row.net_micros),
            line(_("Billed"), lambda row: row.billed_micros),
            line(_("Creators' share"), lambda row: row.creators_micros),
            line(_("Written off"), lambda row: row.written_off_micros),
        ),
    )
