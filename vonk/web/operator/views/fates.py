"""How all ads of the platform fare: what became of the slots that they wanted, and which are refused most."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.control.scope import Right, Scope
from vonk.delivery.matching.refusals import REFUSALS, Refusal
from vonk.reporting.fates import queries as fates
from vonk.web.common import fates as fate_words
from vonk.web.common.fates import FatesCard
from vonk.web.common.requests import now_of
from vonk.web.operator.access import for_platform

MOST: int = 20


class Line(msgspec.Struct, frozen=True):
    """An ad and one reason for which it was refused often."""

    ad_id: int
    cause: str
    remedy: str
    count: int


class FatesPage(msgspec.Struct, frozen=True):
    """The page. ``asked``: slots; ``won``: those that any ad got."""

    fates: FatesCard
    asked: int
    won: int
    most: tuple[Line, ...]


@require_safe
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show what became of all ads together."""
    days = fate_words.days_of(request)
    today = fates.today(scope, now_of(request))
    start, end = fates.instants(scope, today - timedelta(days=days - 1), today)
    found = fates.of_all(scope, start=start, end=end)
    zone = ZoneInfo(timezone.get_default_timezone_name())
    record = FatesPage(
        fates=fate_words.card(found, days, zone, ""),
        asked=sum(hour.asked for hour in found.hours),
        won=sum(hour.won for hour in found.hours),
        most=tuple(_line(*one) for one in fates.most_refused(scope, start=start, end=end, at_most=MOST)),
    )
    return render(request, "operator/fates.html", {"page": record})


def _line(ad_id: int, name: str, count: int) -> Line:
    entry = REFUSALS[Refusal(name)]
    return Line(ad_id, _(entry.cause), _(entry.remedy), count)  # noqa: INT001 - texts come from the closed list.
