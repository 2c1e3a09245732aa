"""Numbers of posts, organic and paid, and how a chart shows them."""

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar

import msgspec
from django.utils import formats as django_formats
from django.utils.translation import gettext as _

from vonk.content import queries as content
from vonk.content.queries import TallyRow, Total
from vonk.content.rules import Metric
from vonk.events.records import Kind
from vonk.reporting import net
from vonk.reporting.metrics import BY_NAME, Unit, Value
from vonk.reporting.queries import PostMetric, PostNumbers
from vonk.reporting.rules import TALLY_OF
from vonk.web.common import formats
from vonk.web.common.records import Chart, ChartKind, Series

Key = TypeVar("Key")

VIEWS: Final = TALLY_OF[Kind.PLAY]
LIKES: Final = Metric.LIKES.value
FIRST_METRICS: Final = frozenset({
    "impressions", "video_views", "view_2s", "view_6s", "completion_rate", "average_watch_time", "likes", "comments",
    "shares", "favourites", "follows", "profile_visits", "music_clicks",
})  # fmt: skip
assert BY_NAME.keys() >= FIRST_METRICS, "Each is declared by reporting."
CHART_DAYS: Final = 28
EVER: Final = datetime(2013, 1, 1, tzinfo=UTC)  # Ids begin here: nothing is older.


class Split(msgspec.Struct, frozen=True):
    """How often something happened, organic and paid; the total is their sum, exactly."""

    organic: int = 0
    paid: int = 0

    @property
    def total(self) -> int:
        """Organic and paid together."""
        return self.organic + self.paid

    @property
    def words(self) -> str:
        """What the total is made of."""
        return _("%(organic)s organic · %(paid)s paid") % {
            "organic": formats.number(self.organic),
            "paid": formats.number(self.paid),
        }


class NumberRow(msgspec.Struct, frozen=True):
    """One line of a post's numbers, as people read it; ``definition`` says what is counted."""

    label: str
    definition: str
    organic: str
    paid: str
    total: str


def of_total(total: Total | None) -> Split:
    """Return content's own sum as a split."""
    return Split(total.organic, total.paid) if total is not None else Split()


def of_posts(post_ids: Collection[int], now: datetime) -> dict[tuple[int, str], Split]:
    """Return everything that ever happened to the posts, net, by post and metric; what never did is absent."""
    rows = content.tallies(post_ids=post_ids, start=EVER, end=now + timedelta(hours=1))
    rows += [TallyRow(one.post_id, one.ad_id, None, one.metric, one.value) for one in net.of_posts(post_ids)]
    return _split(rows, lambda row: (row.post_id, row.metric))


def rows_of_post(numbers: PostNumbers, *, first: bool) -> tuple[NumberRow, ...]:
    """Return the numbers that a creator looks at first, or the rest of them."""
    return tuple(_row(number) for number in numbers.numbers if (number.name in FIRST_METRICS) is first)


def within_a_day(numbers: PostNumbers) -> tuple[tuple[str, str], ...]:
    """Return what followed an ad's impression within a day off the ad, as people read it."""
    return tuple(
        (str(BY_NAME[name].title), formats.number(count)) for name, count in sorted(numbers.within_a_day.items())
    )


def views_by_day(numbers: PostNumbers, now: datetime) -> Chart:
    """Return the post's views of the last four weeks by UTC day: two layers of bars whose height is the total."""
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=CHART_DAYS - 1 - number) for number in range(CHART_DAYS)]
    found = {day.day: day for day in numbers.days}
    organic = [found[day].organic.get(VIEWS, 0) if day in found else 0 for day in days]
    paid = [found[day].paid.get(VIEWS, 0) if day in found else 0 for day in days]
    return Chart(
        id="views-by-day",
        title=_("Views by day"),
        label_heading=_("Day"),
        labels=tuple(day_label(day) for day in days),
        series=(_series(_("Organic"), organic), _series(_("Paid"), paid)),
        kind=ChartKind.STACKED,
    )


def _row(number: PostMetric) -> NumberRow:
    metric = BY_NAME[number.name]
    organic, paid, total = (_text(metric.unit, value) for value in (number.organic, number.paid, number.total))
    return NumberRow(str(metric.title), str(metric.definition), organic, paid, total)


def _text(unit: Unit, value: Value) -> str:
    if value is None:
        return formats.NO_VALUE
    match unit:
        case Unit.RATIO:
            return formats.percent(value, 1)
        case Unit.MILLISECONDS:
            return _("%(seconds)s s") % {"seconds": formats.number(value / 1000, 1)}
        case _:
            return formats.number(value)


def day_label(day: date) -> str:
    """Return a day as a chart's axis says it."""
    return str(django_formats.date_format(day, "MONTH_DAY_FORMAT"))


def _series(name: str, values: Iterable[int]) -> Series:
    numbers = tuple(values)
    return Series(name, tuple(float(value) for value in numbers), tuple(formats.number(value) for value in numbers))


def _split(rows: Iterable[TallyRow], key_of: Callable[[TallyRow], Key]) -> dict[Key, Split]:
    sums: dict[Key, tuple[int, int]] = {}
    for row in rows:
        key = key_of(row)
        organic, paid = sums.get(key, (0, 0))
        sums[key] = (organic, paid + row.value) if row.ad_id else (organic + row.value, paid)
    return {key: Split(organic, paid) for key, (organic, paid) in sums.items()}
