"""What became of ads in slots, over time, as charts and words for people of every site."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.http import HttpRequest
from django.utils import formats as django_formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.reporting.fates.queries import Fates, Hour
from vonk.reporting.fates.rules import GATHERED, Gathered
from vonk.web.common import formats
from vonk.web.common.records import Chart, ChartKind, Series

SPANS: Final = (1, 7)  # Days that the page offers.
TITLES: Final = {
    Gathered.WON: gettext_lazy("Won"),
    Gathered.LOST: gettext_lazy("Outbid"),
    Gathered.FLOOR: gettext_lazy("Below the least price"),
    Gathered.BUDGET: gettext_lazy("Budget or funds"),
    Gathered.CAP: gettext_lazy("Seen too often"),
    Gathered.AUDIENCE: gettext_lazy("Audience or limits"),
    Gathered.CONSENT: gettext_lazy("Consent"),
    Gathered.REVIEW: gettext_lazy("Post or review"),
    Gathered.SCHEDULE: gettext_lazy("Schedule or off"),
    Gathered.APART: gettext_lazy("Kept apart"),
}


class SpanLink(msgspec.Struct, frozen=True):
    """A span that can be chosen."""

    label: str
    query: str
    active: bool


class FatesCard(msgspec.Struct, frozen=True, kw_only=True):
    """What the card shows. ``outcome`` None: nothing was counted; ``gaps`` and ``waiting`` None: there is none."""

    spans: tuple[SpanLink, ...]
    outcome: Chart | None
    gaps: Chart | None
    waiting: Chart | None
    exact: bool
    through: str  # "" where nothing was ever handed over.


class _Step(msgspec.Struct):
    """One hour or local day."""

    label: str
    hours: list[Hour]


def days_of(request: HttpRequest) -> int:
    """Return how many days the address asks for; the shortest where it asks for none that is offered."""
    asked = request.GET.get("days", "")
    return next((days for days in SPANS if str(days) == asked), SPANS[0])


def card(fates: Fates, days: int, zone: ZoneInfo, currency: str) -> FatesCard:
    """Return the card of what became of ads in so many days."""
    steps = list(_steps(fates.hours, zone, by_day=days > 1))
    heading = _("Day") if days > 1 else _("Hour")
    through = fates.through.astimezone(zone) if fates.through is not None else None
    return FatesCard(
        spans=tuple(
            SpanLink(_("Today") if one == 1 else _("%(days)d days") % {"days": one}, f"days={one}", one == days)
            for one in SPANS
        ),
        outcome=_outcome(steps, heading),
        gaps=_gaps(steps, heading, currency),
        waiting=_waiting(steps, heading),
        exact=fates.exact,
        through=django_formats.date_format(through, "SHORT_DATETIME_FORMAT") if through is not None else "",
    )


def _steps(hours: Iterable[Hour], zone: ZoneInfo, *, by_day: bool) -> Iterator[_Step]:
    step: _Step | None = None
    for hour in hours:
        label = _label(hour.start.astimezone(zone), by_day=by_day)
        if step is None or step.label != label:
            if step is not None:
                yield step
            step = _Step(label, [])
        step.hours.append(hour)
    if step is not None:
        yield step


def _label(at: datetime, *, by_day: bool) -> str:
    return django_formats.date_format(at, "D j M") if by_day else f"{at:%H:%M}"


def _outcome(steps: list[_Step], heading: str) -> Chart | None:
    """Return what became of the ads, stacked by what kept them back."""
    counted = [_summed(step) for step in steps]
    series = []
    for gathered, title in TITLES.items():
        values = [counts.get(gathered, 0) for counts in counted]
        if any(values):
            series.append(Series(str(title), tuple(map(float, values)), tuple(map(formats.number, values))))
    if not series:
        return None
    labels = tuple(step.label for step in steps)
    return Chart("fates", _("Slots that it wanted"), heading, labels, tuple(series), ChartKind.STACKED)


def _summed(step: _Step) -> dict[Gathered, int]:
    found: dict[Gathered, int] = {}
    for hour in step.hours:
        for gathered, count in hour.gathered().items():
            found[gathered] = found.get(gathered, 0) + count
    return found


def _gaps(steps: list[_Step], heading: str, currency: str) -> Chart | None:
    """Return by how much auctions were lost on average."""
    lost = [sum(hour.lost for hour in step.hours) for step in steps]
    if not any(lost):
        return None
    means = [
        sum(hour.gap_micros for hour in step.hours) // count if count else 0
        for step, count in zip(steps, lost, strict=True)
    ]
    series = Series(
        _("Lacked on average, of a thousand impressions"),
        tuple(mean / 1_000_000 for mean in means),
        tuple(
            formats.money(mean, currency) if count else formats.NO_VALUE
            for mean, count in zip(means, lost, strict=True)
        ),
    )
    labels = tuple(step.label for step in steps)
    return Chart("fate-gaps", _("By how much it was outbid"), heading, labels, (series,), ChartKind.BAR)


def _waiting(steps: list[_Step], heading: str) -> Chart | None:
    """Return for which share of the time ads were out of every auction, by what kept them."""
    shares = [_waited(step) for step in steps]
    series = []
    for gathered, title in TITLES.items():
        values = [share.get(gathered, 0.0) for share in shares]
        if any(values):
            texts = tuple(formats.percent(value, 0) for value in values)
            series.append(Series(str(title), tuple(100 * value for value in values), texts))
    if not series:
        return None
    labels = tuple(step.label for step in steps)
    return Chart(
        "fate-waits", _("Out of every auction, share of the time"), heading, labels, tuple(series), ChartKind.STACKED
    )


def _waited(step: _Step) -> dict[Gathered, float]:
    found: dict[Gathered, float] = {}
    for hour in step.hours:
        for reason, share in hour.waiting.items():
            gathered = GATHERED[reason]
            found[gathered] = found.get(gathered, 0.0) + share / len(step.hours)
    return found
