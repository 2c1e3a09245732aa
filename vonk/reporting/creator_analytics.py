"""What a creator's posts brought in a span of days: organic, paid and together, beside the span before it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from vonk.billing.queries import By
from vonk.content import queries as content
from vonk.content.queries import own_numbers
from vonk.content.queries.own_numbers import DayCount, FollowersGained
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid
from vonk.reporting import metrics, net
from vonk.reporting.metrics import Counts, Value
from vonk.reporting.retention import queries as retention
from vonk.reporting.retention.rules import Point

DAYS_MAX: Final = 366
POSTS_SHOWN: Final = 20
FOLLOWERS: Final = (
    "followers_gained"  # Beside the metrics of posts: who began to follow, from wherever, and still does.
)
_OF_POSTS_SHOWN: Final = ("plays", "watch_ms", "likes", "comments", "shares", "follows")


class Split(msgspec.Struct, frozen=True):
    """One number, organic, paid and together. Ratios and averages are of the sums, never sums of ratios."""

    organic: Value
    paid: Value
    total: Value


class Span(msgspec.Struct, frozen=True):
    """The first and the last of some days, both included, of the zone ``tz``."""

    first: date
    last: date
    tz: ZoneInfo

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of it."""
        return tuple(self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))

    @property
    def before(self) -> "Span":
        """As many days right before it."""
        length = (self.last - self.first).days + 1
        return Span(self.first - timedelta(days=length), self.first - timedelta(days=1), self.tz)

    @property
    def start(self) -> datetime:
        """Its first instant."""
        return datetime.combine(self.first, time(), self.tz).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.tz).astimezone(UTC)


class PostRow(msgspec.Struct, frozen=True):
    """What one post brought in the span, by metric."""

    post_id: int
    values: Mapping[str, Split]


class Analytics(msgspec.Struct, frozen=True):
    """The numbers of a span. ``values`` and ``before`` hold every metric of posts and FOLLOWERS; so does each day.

    ``retention`` is of UTC days: how many showings were still watched after each second.
    """

    span: Span
    values: Mapping[str, Split]
    before: Mapping[str, Split]
    days: Mapping[date, Mapping[str, Split]]  # Of the span and of the one before.
    retention: tuple[Point, ...]
    posts: tuple[PostRow, ...]  # Those with most views, most first; none when one post was asked for.
    followers: int


def span_of(first: date, last: date, tz: ZoneInfo) -> Span:
    """Return the span; FieldInvalid when it ends before it begins or is longer than DAYS_MAX."""
    if last < first:
        raise FieldInvalid("until", "a day that is not before the first one")
    if (last - first).days >= DAYS_MAX:
        raise FieldInvalid("until", "at most %(most)s days in all", most=DAYS_MAX)
    return Span(first, last, tz)


def analytics(scope: Scope, span: Span, *, post_id: int | None = None) -> Analytics:
    """Return the acting creator's numbers of the span: of all their posts, or of one. NotFound when it is not theirs."""
    scope.require(Right.CREATE)
    ids = [content.own_post(scope, post_id).id] if post_id is not None else list(content.own_post_ids(scope))
    corrections = list(_corrections(ids, span))
    now, before = (_counted(scope, one, post_id, corrections) for one in (span, span.before))
    return Analytics(
        span=span,
        values=_splits(now.values()),
        before=_splits(before.values()),
        days=_by_day(span, now) | _by_day(span.before, before),
        retention=retention.curve(ids, start=span.first, end=span.last + timedelta(days=1)),
        posts=() if post_id is not None else _posts(scope, span),
        followers=own_numbers.followers_now(scope),
    )


_Day = dict[bool, dict[str, int]]  # Counts of a day, organic (False) and paid.


def _counted(scope: Scope, span: Span, post_id: int | None, corrections: Iterable[DayCount]) -> dict[date, _Day]:
    days: dict[date, _Day] = {}
    rows: list[DayCount] = own_numbers.counts_by_day(scope, start=span.start, end=span.end, tz=span.tz, post_id=post_id)
    rows += [one for one in corrections if span.first <= one.day <= span.last]
    rows += [
        _as_count(one)
        for one in own_numbers.followers_gained(scope, start=span.start, end=span.end, tz=span.tz, post_id=post_id)
    ]
    for row in rows:
        counts = days.setdefault(row.day, {False: {}, True: {}})[row.paid]
        counts[row.metric] = counts.get(row.metric, 0) + row.value
    return days


def _by_day(span: Span, counted: Mapping[date, _Day]) -> dict[date, dict[str, Split]]:
    return {day: _splits([counted[day]] if day in counted else ()) for day in span.days}


def _as_count(gained: FollowersGained) -> DayCount:
    return DayCount(gained.day, gained.paid, FOLLOWERS, gained.count)


def _corrections(post_ids: list[int], span: Span) -> Iterable[DayCount]:
    """Yield what findings have changed in the span and the one before, on the span's days."""
    for one in net.of_posts(post_ids, by=By.HOUR):
        assert isinstance(one.bucket, datetime), "Asked for by hour."
        if span.before.start <= one.bucket < span.end:
            yield DayCount(one.bucket.astimezone(span.tz).date(), one.ad_id != 0, one.metric, one.value)


def _splits(days: Iterable[_Day]) -> dict[str, Split]:
    found = list(days)
    organic = metrics.total_of(day[False] for day in found)
    paid = metrics.total_of(day[True] for day in found)
    return _split(organic, paid)


def _split(organic: Counts, paid: Counts) -> dict[str, Split]:
    total = metrics.total_of((organic, paid))
    parts = [
        metrics.values(counts, metrics.OF_POSTS) | {FOLLOWERS: counts.get(FOLLOWERS, 0)}
        for counts in (organic, paid, total)
    ]
    return {name: Split(*(part[name] for part in parts)) for name in parts[0]}


def _posts(scope: Scope, span: Span) -> tuple[PostRow, ...]:
    rows = own_numbers.counts_by_post(scope, _OF_POSTS_SHOWN, start=span.start, end=span.end, at_most=POSTS_SHOWN)
    found: dict[int, _Day] = {}
    for row in rows:
        found.setdefault(row.post_id, {False: {}, True: {}})[row.paid][row.metric] = row.value
    for one in net.of_posts(found, by=By.HOUR):
        assert isinstance(one.bucket, datetime), "Asked for by hour."
        if span.start <= one.bucket < span.end:
            counts = found[one.post_id][one.ad_id != 0]
            counts[one.metric] = counts.get(one.metric, 0) + one.value
    shown = [PostRow(post_id, _splits([day])) for post_id, day in found.items()]
    return tuple(sorted(shown, key=lambda row: (-(row.values["video_views"].total or 0), -row.post_id)))
