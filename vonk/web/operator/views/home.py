"""What waits, what came in, how the platform is doing, and the sandbox's clock."""

from datetime import UTC, datetime
from typing import Final

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from vonk.advertising import queries as advertising
from vonk.billing import queries as billing
from vonk.billing.actions import settlement
from vonk.billing.funding import RefundState
from vonk.billing.queries import By
from vonk.control import event_log, lag, publications, trail
from vonk.control.lag import Lag
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import Unavailable
from vonk.reporting import rollups
from vonk.web.common import formats
from vonk.web.common.problems import ProblemView, view_of
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of
from vonk.web.operator.access import for_platform
from vonk.web.operator.books import BOOKS
from vonk.web.operator.forms import STEPS, InstantForm
from vonk.web.operator.views.revenue import EVER

REFUNDS_COUNTED: Final = 50
LAG_SECONDS_MAX: Final = 2.0  # Longer than this no record waits where work keeps up.


class Waiting(msgspec.Struct, frozen=True):
    """The review queue."""

    count: int
    oldest_words: str
    first_review_id: int | None


class RefundsWaiting(msgspec.Struct, frozen=True):
    """Refunds that somebody has to decide on."""

    count: int
    words: str


class MoneyToday(msgspec.Struct, frozen=True):
    """Revenue in one currency."""

    currency: str
    today_micros: int
    total_words: str


class Health(msgspec.Struct, frozen=True):
    """How far work is behind, and what was published and proved."""

    log_end: int | None
    settle_lag: Lag | None
    rollup_lag: Lag | None
    settling: Badge
    sequence: int
    books: Badge
    proved_at: datetime | None
    problem: ProblemView | None


class Home(msgspec.Struct, frozen=True):
    """The page. ``money`` and ``health`` are for operators; a reviewer sees what waits."""

    waiting: Waiting
    operates: bool
    refunds: RefundsWaiting | None
    money: tuple[MoneyToday, ...]
    health: Health | None
    sandbox: bool
    now: datetime


@require_safe
@for_platform(Right.REVIEW)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show what needs somebody."""
    now = now_of(request)
    operates = Right.OPERATE in scope.rights
    record = Home(
        waiting=_waiting(scope, now),
        operates=operates,
        refunds=_refunds(scope) if operates else None,
        money=_money(scope, now) if operates else (),
        health=_health(scope, now) if operates else None,
        sandbox=settings.VONK.sandbox,
        now=now,
    )
    return render(
        request, "operator/home.html", {"page": record, "steps": STEPS, "form": InstantForm(initial={"at": now})}
    )


def _waiting(scope: Scope, now: datetime) -> Waiting:
    first = next(iter(advertising.review_queue(scope, Paging(size=1)).items), None)
    if first is None:
        return Waiting(0, _("Nothing waits."), None)
    waited = timesince(first.review.submitted_at, now)
    count = advertising.queue_length(scope)
    return Waiting(count, _("The oldest since %(time)s.") % {"time": waited}, first.review.id)


def _refunds(scope: Scope) -> RefundsWaiting:
    found = billing.refunds(scope, Paging(size=REFUNDS_COUNTED), state=RefundState.ASKED.value)
    words = _("And more.") if found.next_cursor else _("Cash is set aside until you decide.")
    return RefundsWaiting(len(found.items), words if found.items else _("Nothing waits."))


def _money(scope: Scope, now: datetime) -> tuple[MoneyToday, ...]:
    today = now.astimezone(UTC).date()
    of_today = billing.revenue(scope, start_date=today, end_date=today, by=By.NONE)
    net_today = {row.currency: row.net_micros for row in of_today}
    return tuple(
        MoneyToday(
            row.currency,
            net_today.get(row.currency, 0),
            _("%(amount)s in all, after the creators' share") % {"amount": formats.money(row.net_micros, row.currency)},
        )
        for row in billing.revenue(scope, start_date=EVER, end_date=today, by=By.NONE)
    )


def _health(scope: Scope, now: datetime) -> Health:
    proved = next(iter(trail.entries(scope, Paging(size=1), noun=BOOKS).items), None)
    if proved is None:
        books = Badge(_("Not proved yet"), Tone.CALM)
    elif proved.detail.get("holds") is True:
        books = Badge(_("They hold"), Tone.GOOD)
    else:
        books = Badge(_("Something is wrong"), Tone.BAD)
    sequence, proved_at = publications.last_sequence(), proved.at if proved is not None else None
    try:
        with event_log.lent() as log:
            end = log.end()
            settle_lag = lag.of(settlement.CONSUMER, log, now=now)
            rollup_lag = lag.of(rollups.CONSUMER, log, now=now)
    except Unavailable as problem:
        unread = Badge(_("The log cannot be read"), Tone.BAD)
        return Health(None, None, None, unread, sequence, books, proved_at, view_of(problem))
    return Health(end, settle_lag, rollup_lag, _settling(settle_lag), sequence, books, proved_at, None)


def _settling(behind: Lag) -> Badge:
    if not behind.records:
        return Badge(_("Up to date"), Tone.GOOD)
    words = ngettext("%(count)s record behind", "%(count)s records behind", behind.records)
    tone = Tone.BUSY if behind.seconds < LAG_SECONDS_MAX else Tone.WARN
    return Badge(words % {"count": formats.number(behind.records)}, tone)
