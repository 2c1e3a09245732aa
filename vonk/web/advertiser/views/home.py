"""The dashboard: money, numbers, and what needs somebody."""

from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.advertising import queries as advertising
from vonk.authorisation import queries as authorisation
from vonk.billing import queries as billing
from vonk.control.paging import Paging
from vonk.reporting import metrics
from vonk.reporting import queries as reporting
from vonk.reporting.queries import By, Level, Report
from vonk.web.advertiser import home_pace, numbers, rows
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.home_items import Item, items
from vonk.web.advertiser.home_pace import PaceCard
from vonk.web.advertiser.pages import answer
from vonk.web.advertiser.rows import ObjectTable
from vonk.web.advertiser.spans import span_of
from vonk.web.common import formats
from vonk.web.common.records import Chart

CHART_DAYS: Final = 14
WEEK: Final = 7
CAMPAIGNS_SHOWN: Final = 5


class Stat(msgspec.Struct, frozen=True):
    """One number on top."""

    label: str
    value: str
    hint: str
    icon: str
    url: str = ""


class Step(msgspec.Struct, frozen=True):
    """One of the first steps."""

    title: str
    text: str
    url: str
    action: str
    done: bool


class HomePage(msgspec.Struct, frozen=True):
    """The page. ``steps`` is empty once all of them were done."""

    stats: tuple[Stat, ...]
    pace: PaceCard | None
    by_day: Chart | None
    items: tuple[Item, ...]
    steps: tuple[Step, ...]
    steps_words: str
    campaigns: ObjectTable


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show how the account stands."""
    today = today_of(desk)
    report = reporting.ad_report(
        desk.scope, level=Level.CAMPAIGN, start_date=today - timedelta(days=CHART_DAYS - 1), end_date=today, by=By.DAY
    )
    found = advertising.campaigns(desk.scope, Paging(size=CAMPAIGNS_SHOWN))
    balance = billing.balance(desk.account.id)
    week_micros = numbers.total(report.steps[-WEEK:]).get(metrics.SPEND, 0)
    has_posts = bool(authorisation.library(desk.scope, Paging(size=1), desk.now).items)
    steps = _steps(desk, paid=balance.paid_micros > 0 or balance.micros > 0, posts=has_posts, ads=bool(found.items))
    undone = any(not step.done for step in steps)
    record = HomePage(
        stats=_stats(desk, report, balance.micros),
        pace=home_pace.card(desk),
        by_day=numbers.chart(report, ("spend", "impressions"), chart_id="by-day", title=_("Spend and impressions"))
        if any(step.counts for step in report.steps)
        else None,
        items=items(desk, balance, week_micros, started=bool(found.items)),
        steps=steps if undone else (),
        steps_words=_("%(done)d of %(all)d done") % {"done": sum(step.done for step in steps), "all": len(steps)},
        campaigns=rows.campaigns(desk, found.items, span_of(request, today)),
    )
    return answer(request, desk, "home.html", record)


def today_of(desk: Desk) -> date:
    """Return the account's day."""
    return desk.now.astimezone(ZoneInfo(desk.account.time_zone)).date()


def _stats(desk: Desk, report: Report, balance: int) -> tuple[Stat, ...]:
    currency = desk.account.currency
    today, week = report.steps[-1].values, metrics.values(numbers.total(report.steps[-WEEK:]))

    def of_week(name: str, icon: str) -> Stat:
        return Stat(
            str(metrics.BY_NAME[name].title),
            numbers.text(name, week[name], currency),
            _("in 7 days, %(number)s today") % {"number": numbers.text(name, today[name], currency)},
            icon,
        )

    return (
        Stat(_("Balance"), formats.money(balance, currency), _("Top up"), "wallet", reverse("advertiser:funds")),
        of_week("spend", "coin"),
        of_week("impressions", "eye"),
        of_week("view_6s", "player-play"),
        of_week("clicks", "external-link"),
    )


def _steps(desk: Desk, *, paid: bool, posts: bool, ads: bool) -> tuple[Step, ...]:
    return (
        Step(
            _("Accept the Spark terms"),
            _("They say what you may do with a creator's post."),
            reverse("advertiser:terms"),
            _("Read the terms"),
            desk.terms_accepted,
        ),
        Step(
            _("Top up the account"),
            _("Ads are paid from the balance; nothing is spent beyond it."),
            reverse("advertiser:funds"),
            _("Top up"),
            paid,
        ),
        Step(
            _("Redeem a creator's code"),
            _("The post is then yours to advertise for as long as the creator chose."),
            reverse("advertiser:spark_posts"),
            _("Paste a code"),
            posts,
        ),
        Step(
            _("Create your first campaign"),
            _("Objective, audience, budget, ad: one page, then review."),
            reverse("advertiser:campaign_new"),
            _("Create a campaign"),
            ads,
        ),
    )
