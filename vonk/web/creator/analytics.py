"""Analytics as people read them: tiles, a chart by day beside the days before, a retention curve, tables."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.utils import formats as django_formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vonk.content import queries as content
from vonk.content.queries.studio import studio_settings
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid
from vonk.reporting import creator_analytics
from vonk.reporting.creator_analytics import FOLLOWERS, Analytics, Span, Split
from vonk.reporting.metrics import BY_NAME, OF_POSTS, Unit, Value
from vonk.reporting.retention.rules import Point
from vonk.web.common import formats
from vonk.web.common.records import Chart, ChartKind, Series
from vonk.web.creator import words
from vonk.web.creator.numbers import day_label

PERIODS: Final = (7, 28, 90, 365)
PERIOD_DEFAULT: Final = 28
CUSTOM: Final = "custom"
VIEWS: Final = "video_views"
TILES: Final = (
    VIEWS, FOLLOWERS, "watch_time", "average_watch_time", "completion_rate", "likes", "comments", "shares", "favourites",
    "profile_visits",
)  # fmt: skip
FOLLOWERS_TITLE: Final = gettext_lazy("Followers gained")
FOLLOWERS_MEANING: Final = gettext_lazy("Who began to follow you in these days, and still does.")


class Choice(msgspec.Struct, frozen=True):
    """A period to choose."""

    value: str
    label: str
    chosen: bool


class Asked(msgspec.Struct, frozen=True):
    """What the address asks for."""

    span: Span
    period: str
    metric: str

    @property
    def query(self) -> str:
        """The period, for links that keep it."""
        if self.period == CUSTOM:
            return f"period={CUSTOM}&since={self.span.first.isoformat()}&until={self.span.last.isoformat()}"
        return f"period={self.period}"


class Tile(msgspec.Struct, frozen=True):
    """A number with what it is made of and how it changed; choosing it draws it."""

    name: str
    label: str
    meaning: str
    value: str
    parts: str
    change: "Change"
    chosen: bool


class Change(msgspec.Struct, frozen=True):
    """How a number changed against the days before: ``words`` say all; ``icon`` only repeats it."""

    words: str
    icon: str


class NumberRow(msgspec.Struct, frozen=True):
    """One metric in full."""

    label: str
    meaning: str
    organic: str
    paid: str
    total: str
    before: str
    change: str


class PostRow(msgspec.Struct, frozen=True):
    """What one post brought."""

    id: int
    title: str
    poster_url: str
    views: str
    parts: str
    watched: str
    likes: str
    follows: str


class AnalyticsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``post_id`` None: all posts."""

    post_id: int | None
    title: str
    zone: str
    days_words: str
    before_words: str
    query: str
    metric: str
    choices: tuple[Choice, ...]
    since: str
    until: str
    tiles: tuple[Tile, ...]
    by_day: Chart
    drawn: str
    retention: Chart | None
    retention_words: str
    rows: tuple[NumberRow, ...]
    posts: tuple[PostRow, ...]
    followers: str


def zone_of(scope: Scope) -> ZoneInfo:
    """Return the time zone of the creator's days."""
    return ZoneInfo(studio_settings(scope).time_zone or "UTC")


def asked_of(given: Mapping[str, str], zone: ZoneInfo, now: datetime) -> Asked:
    """Return what the address asks for; FieldInvalid names what is wrong with it."""
    today = now.astimezone(zone).date()
    metric = given.get("metric") or VIEWS
    if metric not in TILES:
        raise FieldInvalid("metric", "one of those on the page")
    period = given.get("period") or str(PERIOD_DEFAULT)
    if period == CUSTOM:
        first, last = _day(given.get("since"), "since"), _day(given.get("until"), "until")
        return Asked(creator_analytics.span_of(first, last, zone), CUSTOM, metric)
    if period not in map(str, PERIODS):
        raise FieldInvalid("period", "one of those on the page")
    return Asked(creator_analytics.span_of(today - timedelta(days=int(period) - 1), today, zone), period, metric)


def page_of(scope: Scope, asked: Asked, *, post_id: int | None) -> AnalyticsPage:
    """Return the page's record; NotFound when the post is not the creator's."""
    found = creator_analytics.analytics(scope, asked.span, post_id=post_id)
    title = words.title_of(content.own_post(scope, post_id)) if post_id is not None else ""
    span = asked.span
    return AnalyticsPage(
        post_id=post_id,
        title=title,
        zone=span.tz.key,
        days_words=_days(span),
        before_words=_days(span.before),
        query=asked.query,
        metric=asked.metric,
        choices=_choices(asked.period),
        since=span.first.isoformat(),
        until=span.last.isoformat(),
        tiles=tuple(_tile(name, found, chosen=name == asked.metric) for name in TILES),
        by_day=_chart(asked.metric, found),
        drawn=_title(asked.metric),
        retention=_retention(found.retention),
        retention_words=_retention_words(found.retention),
        rows=tuple(_row(name, found) for name in (FOLLOWERS, *(metric.name for metric in OF_POSTS))),
        posts=_posts(found),
        followers=formats.number(found.followers),
    )


def _day(text: str | None, field: str) -> date:
    try:
        found = date.fromisoformat(text or "")
    except ValueError as error:
        raise FieldInvalid(field, "a day, as 2026-03-31") from error
    if not 2000 <= found.year <= 2200:
        raise FieldInvalid(field, "a day between 2000 and 2200")
    return found


def _date(day: date) -> str:
    return str(django_formats.date_format(day, "DATE_FORMAT"))


def _days(span: Span) -> str:
    first, last = _date(span.first), _date(span.last)
    return first if span.first == span.last else _("%(first)s – %(last)s") % {"first": first, "last": last}


def _choices(chosen: str) -> tuple[Choice, ...]:
    periods = [
        Choice(
            str(days), ngettext("Last %(days)d day", "Last %(days)d days", days) % {"days": days}, chosen == str(days)
        )
        for days in PERIODS
    ]
    return (*periods, Choice(CUSTOM, _("From … until …"), chosen == CUSTOM))


def _title(name: str) -> str:
    return str(FOLLOWERS_TITLE if name == FOLLOWERS else BY_NAME[name].title)


def _meaning(name: str) -> str:
    return str(FOLLOWERS_MEANING if name == FOLLOWERS else BY_NAME[name].definition)


def _text(name: str, value: Value) -> str:
    if value is None:
        return formats.NO_VALUE
    match Unit.COUNT if name == FOLLOWERS else BY_NAME[name].unit:
        case Unit.RATIO:
            return formats.percent(value, 1)
        case Unit.MILLISECONDS:
            return _watched(round(value)) if name == "watch_time" else _seconds(value)
        case _:
            return formats.number(value)


def _seconds(milliseconds: float) -> str:
    return _("%(seconds)s s") % {"seconds": formats.number(milliseconds / 1000, 1)}


def _watched(milliseconds: int) -> str:
    """Return a sum of time in hours and minutes, or minutes and seconds."""
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("%(hours)s h %(minutes)d min") % {"hours": formats.number(hours), "minutes": minutes}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": seconds}


def _tile(name: str, found: Analytics, *, chosen: bool) -> Tile:
    split, before = found.values[name], found.before[name]
    return Tile(
        name=name,
        label=_title(name),
        meaning=_meaning(name),
        value=_text(name, split.total),
        parts=_parts(name, split),
        change=_change(name, split.total, before.total),
        chosen=chosen,
    )


def _parts(name: str, split: Split) -> str:
    return _("%(organic)s organic · %(paid)s paid") % {
        "organic": _text(name, split.organic),
        "paid": _text(name, split.paid),
    }


def _change(name: str, value: Value, before: Value) -> Change:
    """Return how the number changed; from nothing there is no percentage."""
    if before is None:
        return Change(_("nothing before"), "")
    was = _text(name, before)
    if value is None:
        return Change(_("%(before)s before") % {"before": was}, "")
    if value == before:
        return Change(_("unchanged"), "")
    icon = "trending-up" if value > before else "trending-down"
    if not before:
        return Change(_("%(before)s before") % {"before": was}, icon)
    share = formats.percent(abs(value - before) / before, 0)
    text = _("%(share)s more than %(before)s before") if value > before else _("%(share)s less than %(before)s before")
    return Change(text % {"share": share, "before": was}, icon)


def _row(name: str, found: Analytics) -> NumberRow:
    split, before = found.values[name], found.before[name]
    return NumberRow(
        label=_title(name),
        meaning=_meaning(name),
        organic=_text(name, split.organic),
        paid=_text(name, split.paid),
        total=_text(name, split.total),
        before=_text(name, before.total),
        change=_change(name, split.total, before.total).words,
    )


def _chart(name: str, found: Analytics) -> Chart:
    """Return the metric by day: layers whose height is the total, or lines where it is no sum; and the days before."""
    days = found.span.days
    splits = [found.days[day][name] for day in days]
    summed = name == FOLLOWERS or BY_NAME[name].unit is Unit.COUNT or name == "watch_time"
    series = [
        _series(name, _("Organic"), (split.organic for split in splits)),
        _series(name, _("Paid"), (split.paid for split in splits)),
    ]
    if not summed:
        series.append(_series(name, _("Total"), (split.total for split in splits)))
    earlier = [found.days[day][name].total for day in found.span.before.days]
    return Chart(
        id="by-day",
        title=_("%(metric)s by day") % {"metric": _title(name)},
        label_heading=_("Day"),
        labels=tuple(day_label(day) for day in days),
        series=(*series, _series(name, _("Total, the days before"), earlier, beside=True)),
        kind=ChartKind.STACKED if summed else ChartKind.LINE,
    )


def _series(name: str, title: str, values: Iterable[Value], *, beside: bool = False) -> Series:
    found = list(values)
    return Series(
        title,
        tuple(_scale(name, value) for value in found),
        tuple(_text(name, value) for value in found),
        beside=beside,
    )


def _scale(name: str, value: Value) -> float | None:
    """Return the value as an axis says it: percent, minutes of all time watched, seconds of an average."""
    if value is None:
        return None
    match Unit.COUNT if name == FOLLOWERS else BY_NAME[name].unit:
        case Unit.RATIO:
            return round(value * 100, 2)
        case Unit.MILLISECONDS:
            return round(value / (60_000 if name == "watch_time" else 1_000), 2)
        case _:
            return float(value)


def _retention(points: tuple[Point, ...]) -> Chart | None:
    if not points:
        return None
    parts = [(_("Organic"), [point.organic for point in points]), (_("Paid"), [point.paid for point in points])]
    parts = [(_("All"), [point.total for point in points]), *(part for part in parts if part[1][0])]
    return Chart(
        id="retention",
        title=_("Share of views still watching, by second"),
        label_heading=_("Second"),
        labels=tuple(_("%(seconds)s s") % {"seconds": formats.number(point.second)} for point in points),
        series=tuple(_shares(title, counts) for title, counts in parts),
        kind=ChartKind.LINE,
    )


def _shares(title: str, counts: list[int]) -> Series:
    first = counts[0]
    return Series(
        title,
        tuple(round(100 * count / first, 1) for count in counts),
        tuple(
            _("%(share)s (%(count)s)") % {"share": formats.percent(count / first, 0), "count": formats.number(count)}
            for count in counts
        ),
    )


def _retention_words(points: tuple[Point, ...]) -> str:
    if not points:
        return ""
    first = points[0].total
    half = next((point.second for point in points if point.total * 2 < first), None)
    counted = ngettext("Counted over %(count)s view.", "Counted over %(count)s views.", first) % {
        "count": formats.number(first)
    }
    if half is None:
        return counted + " " + _("At least half stay to the end.")
    return (
        counted
        + " "
        + ngettext(
            "After %(seconds)d second fewer than half are still there.",
            "After %(seconds)d seconds fewer than half are still there.",
            half,
        )
        % {"seconds": half}
    )


def _posts(found: Analytics) -> tuple[PostRow, ...]:
    facts = content.post_facts([row.post_id for row in found.posts])
    return tuple(
        PostRow(
            id=row.post_id,
            title=words.title_of(facts[row.post_id]),
            poster_url=facts[row.post_id].poster_url,
            views=_text(VIEWS, row.values[VIEWS].total),
            parts=_parts(VIEWS, row.values[VIEWS]),
            watched=_text("average_watch_time", row.values["average_watch_time"].total),
            likes=_text("likes", row.values["likes"].total),
            follows=_text("follows", row.values["follows"].total),
        )
        for row in found.posts
    )
