"""Numbers: what ads did and cost, what posts got, and how ads stand."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec
from django.utils.translation import gettext

from vonk.advertising import queries as advertising
from vonk.advertising.queries import AdOfPost
from vonk.advertising.rules.causes import CAUSES
from vonk.advertising.rules.statuses import Status
from vonk.billing.queries import By
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.identity import queries as identity
from vonk.reporting import metrics, queries
from vonk.reporting.queries import Level, NamedConversions, PostNumbers, Report
from vonk.wire.codec import Body, Id
from vonk.wire.operation import Call, Nothing, Paged, operation


class ReportQuery(Body, frozen=True):
    """The account's days, both included; ``ids`` of the level, or all of the account."""

    start_date: date
    end_date: date
    level: Level = Level.AD
    by: By = By.NONE
    ids: tuple[Id, ...] | None = None


class Row(msgspec.Struct, frozen=True):
    """Every metric of one object in one step (a date, or an hour's start); a ratio is null where nothing divides it."""

    id: int
    step: str | None
    metrics: dict[str, int | float | None]


class ReportAnswer(msgspec.Struct, frozen=True):
    """Micros are of ``currency``, days of ``time_zone``. ``steps`` sums each step over all rows."""

    currency: str
    time_zone: str
    rows: tuple[Row, ...]
    steps: tuple[Row, ...]
    total: Row


class DaysQuery(Body, frozen=True):
    """The account's days, both included."""

    start_date: date
    end_date: date


class Conversions(msgspec.Struct, frozen=True):
    """Values are micros of ``currency``."""

    currency: str
    items: tuple[NamedConversions, ...]


class CauseView(msgspec.Struct, frozen=True):
    """One cause of a status: who can do what about it, and where."""

    cause: str
    text: str
    actor: str
    remedy: str
    link: str


class StatusView(msgspec.Struct, frozen=True):
    """How an ad stands: the headline is the first of all causes.

    ``consent_ends_at`` is when the creator's consent ends, null where nothing ends it or it holds no longer.
    """

    ad_id: int
    primary: str
    headline: str
    causes: tuple[CauseView, ...]
    consent_ends_at: datetime | None = None


class Statuses(msgspec.Struct, frozen=True):
    items: tuple[StatusView, ...]


@operation("GET", "/accounts/{account_id}/report", may=Right.ACCOUNT_VIEW, summary="Read a report")
def read_report(call: Call[Nothing, ReportQuery]) -> ReportAnswer:
    """Spend, impressions, views, clicks, engagements and their ratios. Deleted objects count too."""
    query = call.query
    return _report(
        queries.ad_report(
            call.scope,
            level=query.level,
            ids=query.ids,
            start_date=query.start_date,
            end_date=query.end_date,
            by=query.by,
            with_reach=True,
        )
    )


@operation("GET", "/accounts/{account_id}/conversions", may=Right.ACCOUNT_VIEW, summary="Read conversions by name")
def read_conversions(call: Call[Nothing, DaysQuery]) -> Conversions:
    """What was attributed to the account's ads, by name and touch. A step is in no sum of conversions."""
    found = queries.conversions_by_name(call.scope, start_date=call.query.start_date, end_date=call.query.end_date)
    return Conversions(identity.account_facts(call.scope.account).currency, found)


@operation("GET", "/accounts/{account_id}/statuses", may=Right.ACCOUNT_VIEW, summary="Read how every ad stands")
def read_statuses(call: Call[Nothing, Nothing]) -> Statuses:
    """Derived now, with all causes; deleted ads are left out."""
    account_id = call.scope.account
    found = queries.statuses_of_account(account_id, now=call.now)
    parents = advertising.ads_under(account_id=account_id)
    return Statuses(tuple(_status(ad_id, found[ad_id], *parents[ad_id]) for ad_id in sorted(found.keys() & parents)))


@operation(
    "GET", "/accounts/{account_id}/ads/{ad_id}/status", may=Right.ACCOUNT_VIEW, summary="Read why an ad is (not) shown"
)
def read_ad_status(call: Call[Nothing, Nothing]) -> StatusView:
    """Every cause, the gravest first, with who can act, the remedy and where it starts. A deleted one's too."""
    ad = advertising.ad(call.scope, call.id("ad_id"))
    return _status(ad.id, queries.statuses([ad.id], now=call.now)[ad.id], ad.ad_group_id, ad.campaign_id)


@operation("GET", "/posts/{post_id}/numbers", may=Right.CREATE, summary="Read a post's numbers")
def read_post_numbers(call: Call[Nothing, Nothing]) -> PostNumbers:
    """Organic, paid and total, where total = organic + paid exactly; and what each ad brought."""
    return queries.post_numbers(call.scope, call.id("post_id"))


@operation("GET", "/posts/{post_id}/ads", may=Right.CREATE, summary="List the ads that use one's post")
def list_ads_of_post(call: Call[Nothing, Paged]) -> Page[AdOfPost]:
    """Newest first, with whose they are."""
    return advertising.ads_using_post(call.scope, call.id("post_id"), call.query.paging())


def _report(report: Report) -> ReportAnswer:
    def row(of: queries.ReportRow) -> Row:
        return Row(of.id, of.step.isoformat() if of.step is not None else None, _values(of.counts))

    return ReportAnswer(
        report.currency,
        report.time_zone,
        tuple(row(of) for of in report.rows),
        tuple(row(of) for of in report.steps),
        row(report.total),
    )


def _values(counts: Mapping[str, int]) -> dict[str, int | float | None]:
    return dict(metrics.values(counts))


def _status(ad_id: int, status: Status, ad_group_id: int, campaign_id: int) -> StatusView:
    ids = {"ad_id": ad_id, "ad_group_id": ad_group_id, "campaign_id": campaign_id}
    causes = tuple(
        CauseView(
            cause=cause.value,
            text=gettext(CAUSES[cause].text),
            actor=CAUSES[cause].actor.value,
            remedy=gettext(CAUSES[cause].remedy) if CAUSES[cause].remedy else "",
            link=CAUSES[cause].link % ids,
        )
        for cause in status.causes
    )
    return StatusView(ad_id, status.primary.value, status.headline.value, causes, status.consent_ends_at)
