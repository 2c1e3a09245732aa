"""How much broke each validity rule, as the console shows it: today, in the last days, by hour."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final

import msgspec
from django.utils import formats as django_formats
from django.utils.translation import gettext as _

from vonk.billing import validity
from vonk.billing.validity import RuleView
from vonk.control.scope import Scope
from vonk.core.clock import hour_of
from vonk.reporting import invalid
from vonk.reporting.invalid import InvalidTraffic
from vonk.web.common import formats
from vonk.web.common.records import Badge, Chart, ChartKind, Series, Tone
from vonk.web.common.validity import rule_meaning, rule_title

PERIODS_DAYS: Final = (1, 7, 28)
PERIOD_DEFAULT_DAYS: Final = 7


class RuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, and how much broke it. ``share`` is of all events of the period, None when there were none."""

    view: RuleView
    title: str
    meaning: str
    state: Badge
    today: int
    period: int
    share: float | None


class FoundRow(msgspec.Struct, frozen=True, kw_only=True):
    """What findings have made invalid under a name that is no rule's."""

    name: str
    title: str
    today: int
    period: int
    share: float | None


class Numbers(msgspec.Struct, frozen=True):
    """The period's invalid traffic, every rule with its own, and what was found later for other reasons."""

    traffic: InvalidTraffic
    rows: tuple[RuleRow, ...]
    found: tuple[FoundRow, ...]
    invalid_today: int


def numbers(scope: Scope, *, days: int, now: datetime) -> Numbers:
    """Return the numbers of the last ``days`` UTC days, today's among them; operators only."""
    today = now.astimezone(UTC).date()
    traffic = invalid.invalid_traffic(scope, start_date=today - timedelta(days=days - 1), end_date=today)
    of_today = Counter[str]()
    for hour in traffic.hours:
        if hour.hour_at.date() == today:
            of_today.update(hour.by_rule)
    counts = {one.rule: one for one in traffic.rules}
    rows = tuple(
        RuleRow(
            view=view,
            title=rule_title(view.rule),
            meaning=rule_meaning(view.rule),
            state=state_of(view),
            today=of_today[view.rule],
            period=counts[view.rule].events,
            share=counts[view.rule].share,
        )
        for view in validity.rules(scope)
    )
    known = {row.view.rule for row in rows}
    found = tuple(
        FoundRow(
            name=one.rule, title=rule_title(one.rule), today=of_today[one.rule], period=one.events, share=one.share
        )
        for one in traffic.rules
        if one.rule not in known
    )
    return Numbers(traffic, rows, found, of_today.total())


def state_of(view: RuleView) -> Badge:
    """Return whether the rule is in force, and whether as it was built."""
    if not view.enabled:
        return Badge(_("Off"), Tone.BAD)
    return Badge(_("On"), Tone.GOOD) if view.as_built else Badge(_("On, tuned"), Tone.BUSY)


def chart(traffic: InvalidTraffic, names: Mapping[str, str], *, chart_id: str, title: str, now: datetime) -> Chart:
    """Return the events that broke these rules (name to title), hour by hour in UTC, up to the present hour."""
    first = datetime.combine(traffic.start_date, time(), UTC)
    span = int((hour_of(now) - first).total_seconds() // 3600) + 1
    hours = [first + timedelta(hours=number) for number in range(span)]
    counted = {hour.hour_at: hour.by_rule for hour in traffic.hours}
    series = []
    for name, words in names.items():
        values = [counted.get(hour, {}).get(name, 0) for hour in hours]
        series.append(Series(words, tuple(map(float, values)), tuple(formats.number(value) for value in values)))
    return Chart(
        id=chart_id,
        title=title,
        label_heading=_("Hour (UTC)"),
        labels=tuple(_hour_words(hour) for hour in hours),
        series=tuple(series),
        kind=ChartKind.STACKED if len(series) > 1 else ChartKind.BAR,
    )


def _hour_words(hour: datetime) -> str:
    return f"{django_formats.date_format(hour, 'MONTH_DAY_FORMAT')} {hour:%H}:00"
