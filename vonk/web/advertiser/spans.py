"""The days that numbers are shown for, as the address says them: ``?from=2026-11-01&to=2026-11-22``."""

from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, QueryDict
from django.utils import formats as django_formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

DEFAULT_DAYS: Final = 7
DAYS_MAX: Final = 366
LEFT_OUT: Final = frozenset({"from", "to", "cursor", "page"})


class Preset(msgspec.Struct, frozen=True):
    """A usual span, as a link."""

    label: str
    query: str
    active: bool


class Span(msgspec.Struct, frozen=True):
    """Local days of the account, both included. ``error`` says why the asked span was not taken."""

    start: date
    end: date
    words: str
    presets: tuple[Preset, ...]
    carried: tuple[tuple[str, str], ...]  # The rest of the query, for the form's hidden fields.
    error: str = ""

    @property
    def query(self) -> str:
        """The span as a part of an address."""
        return urlencode({"from": self.start.isoformat(), "to": self.end.isoformat()})


def span_of(
    request: HttpRequest,
    today: date,
    *,
    days: int = DEFAULT_DAYS,
    days_max: int = DAYS_MAX,
    query: QueryDict | None = None,
) -> Span:
    """Return the span that the address asks for, or the last ``days`` with the reason why not that one.

    ``query``: what asks in place of the address.
    """
    asked = request.GET if query is None else query
    start, end, error = today - timedelta(days=days - 1), today, ""
    if asked.get("from") or asked.get("to"):
        asked_start, asked_end = _day(asked.get("from", "")), _day(asked.get("to", ""))
        if asked_start is None or asked_end is None:
            error = _("Choose both days.")
        elif asked_end < asked_start:
            error = _("The last day comes before the first one.")
        elif (asked_end - asked_start).days + 1 > days_max:
            error = _("Choose at most %(days)d days.") % {"days": days_max}
        else:
            start, end = asked_start, asked_end
    carried = tuple((name, value) for name, values in asked.lists() if name not in LEFT_OUT for value in values)
    return Span(start, end, _words(start, end), _presets(start, end, today, carried), carried, error)


def day_words(day: date) -> str:
    """Return a day as a chart's axis says it."""
    return str(django_formats.date_format(day, "MONTH_DAY_FORMAT"))


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:  # Well formed, but no day of the calendar.
        return None


def _words(start: date, end: date) -> str:
    if start == end:
        return str(django_formats.date_format(start, "DATE_FORMAT"))
    return f"{django_formats.date_format(start, 'DATE_FORMAT')} – {django_formats.date_format(end, 'DATE_FORMAT')}"


def _presets(start: date, end: date, today: date, carried: tuple[tuple[str, str], ...]) -> tuple[Preset, ...]:
    usual = (
        (_("Today"), today, today),
        (_("Yesterday"), today - timedelta(days=1), today - timedelta(days=1)),
        (_("7 days"), today - timedelta(days=6), today),
        (_("28 days"), today - timedelta(days=27), today),
        (_("This month"), today.replace(day=1), today),
    )
    return tuple(
        Preset(
            label,
            urlencode([*carried, ("from", first.isoformat()), ("to", last.isoformat())]),
            (start, end) == (first, last),
        )
        for label, first, last in usual
    )
