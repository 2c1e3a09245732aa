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
from vonk.advertising.queries.tables import count_of_ads
from vonk.authorisation import queries as authorisation
from vonk.billing import queries as billing
from vonk.billing.queries.spend import micros_by_day
from vonk.control.paging import Paging
from vonk.core.errors import NotFound
from vonk.reporting import metrics, overview
from vonk.reporting.queries import Report
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
AT_ONCE_MAX: Final = 1_000  # Ads whose numbers are added up before the first paint; those of more come after it.
WHOLE: Final = "whole"  # In the address: all at once, for whoever has no scripts.
OF_WEEK: Final = (("spend", "coin"), ("impressions", "eye"), ("view_6s", "player-play"), ("clicks", "external-link"))
TOLD: Final = tuple(name for name, _icon in OF_WEEK)


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
    """The page. ``steps`` is empty once all of them were done. ``later``: numbers and pace come after the first paint."""

    stats: tuple[Stat, ...]
    pace: PaceCard | None
    by_day: Chart | None
    items: tuple[Item, ...]
    steps: tuple[Step, ...]
    steps_words: str
    campaigns: ObjectTable
    later: bool


class Part(msgspec.Struct, frozen=True):
    """A part that comes after the first paint: one of them is there, or none where there is nothing to tell."""

    stats: tuple[Stat, ...] = ()
    pace: PaceCard | None = None
    by_day: Chart | None = None


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show how the account stands."""
    today = today_of(desk)
    found = advertising.campaigns(desk.scope, Paging(size=CAMPAIGNS_SHOWN))
    balance = billing.balance(desk.account.id)
    week = micros_by_day(start_date=today - timedelta(days=WEEK - 1), end_date=today, account_id=desk.account.id)
    has_posts = bool(authorisation.library(desk.scope, Paging(size=1), desk.now).items)
    steps = _steps(desk, paid=balance.paid_micros > 0 or balance.micros > 0, posts=has_posts, ads=bool(found.items))
    undone = any(not step.done for step in steps)
    later = WHOLE not in request.GET and count_of_ads(desk.scope) > AT_ONCE_MAX
    report = None if later else _report(desk, CHART_DAYS)
    record = HomePage(
        stats=_stats(desk, report, balance.micros),
        pace=None if later else home_pace.card(desk),
        by_day=None if report is None else _by_day(report),
        items=items(desk, balance, sum(week.values()), started=bool(found.items)),
        steps=steps if undone else (),
        steps_words=_("%(done)d of %(all)d done") % {"done": sum(step.done for step in steps), "all": len(steps)},
        campaigns=rows.campaigns(desk, found.items, span_of(request, today)),
        later=later,
    )
    return answer(request, desk, "home.html", record)


@require_safe
@at_desk()
def part(request: HttpRequest, desk: Desk, name: str) -> HttpResponse:
    """Show what an account with many ads is told after the first paint."""
    if name == "stats":
        balance = billing.balance(desk.account.id)
        record = Part(stats=_stats(desk, _report(desk, WEEK), balance.micros))
    elif name == "pace":
        record = Part(pace=home_pace.card(desk))
    elif name == "days":
        record = Part(by_day=_by_day(_report(desk, CHART_DAYS)))
    else:
        raise NotFound(noun="page")
    return answer(request, desk, f"parts/home_{name}.html", record)


def _report(desk: Desk, days: int) -> Report:
    today = today_of(desk)
    return overview.by_day(desk.scope, TOLD, start_date=today - timedelta(days=days - 1), end_date=today)


def _by_day(report: Report) -> Chart | None:
    if not any(step.counts for step in report.steps):
        return None
    return numbers.chart(report, ("spend", "impressions"), chart_id="by-day", title=_("Spend and impressions"))


def today_of(desk: Desk) -> date:
    """Return the account's day."""
    return desk.now.astimezone(ZoneInfo(desk.account.time_zone)).date()


def _stats(desk: Desk, report: Report | None, balance: int) -> tuple[Stat, ...]:
    """Return the numbers on top; without a report those of the week are still to come."""
    currency = desk.account.currency
    of_balance = Stat(
        _("Balance"), formats.money(balance, currency), _("Top up"), "wallet", reverse("advertiser:funds")
    )
    if report is None:
        return (of_balance, *(Stat(_title(name), "…", _("Adding up …"), icon) for name, icon in OF_WEEK))
    today, week = report.steps[-1].values, metrics.values(numbers.total(report.steps[-WEEK:]))
    return (
        of_balance,
        *(
            Stat(
                _title(name),
                numbers.text(name, week[name], currency),
                _("in 7 days, %(number)s today") % {"number": numbers.text(name, today[name], currency)},
                icon,
            )
            for name, icon in OF_WEEK
        ),
    )


def _title(name: str) -> str:
    return str(metrics.BY_NAME[name].title)


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
