"""Numbers of posts, organic and paid, and how a chart shows them."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeVar

import msgspec
from django.utils import formats as django_formats
from django.utils.translation import gettext as _

from vonk.content import queries as content
from vonk.content.queries import Bucket, TallyRow, Total
from vonk.content.rules import Metric
from vonk.events.records import Kind
from vonk.reporting.rules import TALLY_OF
from vonk.web.common import formats
from vonk.web.common.records import Chart, ChartKind, Series

Key = TypeVar("Key")

VIEWS: Final = TALLY_OF[Kind.PLAY]
LIKES: Final = Metric.LIKES.value
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
    """One line of a post's numbers."""

    label: str
    organic: int
    paid: int
    total: int


def of_total(total: Total | None) -> Split:
    """Return content's own sum as a split."""
    return Split(total.organic, total.paid) if total is not None else Split()


def of_posts(post_ids: Collection[int], now: datetime) -> dict[tuple[int, str], Split]:
    """Return everything that ever happened to the posts, by post and metric; what never did is absent."""
    rows = content.tallies(post_ids=post_ids, start=EVER, end=now + timedelta(hours=1))
    return _split(rows, lambda row: (row.post_id, row.metric))


def rows_of_post(splits: Mapping[tuple[int, str], Split], post_id: int) -> tuple[NumberRow, ...]:
    """Return the numbers that a creator is shown of a post."""
    labels = (
        (TALLY_OF[Kind.IMPRESSION], _("Times shown")),
        (VIEWS, _("Views")),
        (TALLY_OF[Kind.VIEW_2S], _("2-second views")),
        (TALLY_OF[Kind.VIEW_6S], _("6-second views")),
        (TALLY_OF[Kind.P100], _("Watched to the end")),
        (LIKES, _("Likes")),
        (Metric.COMMENTS.value, _("Comments")),
        (Metric.SHARES.value, _("Shares")),
        (Metric.FAVOURITES.value, _("Favourites")),
        (Metric.FOLLOWS.value, _("New followers")),
        (TALLY_OF[Kind.CLICK_PROFILE], _("Profile visits")),
        (TALLY_OF[Kind.CLICK_MUSIC], _("Sound clicks")),
    )
    found = ((label, splits.get((post_id, metric), Split())) for metric, label in labels)
    return tuple(NumberRow(label, split.organic, split.paid, split.total) for label, split in found)


def views_by_day(post_id: int, now: datetime) -> Chart:
    """Return the post's views of the last four weeks by UTC day: two layers of bars whose height is the total."""
    first = now.astimezone(UTC).date() - timedelta(days=CHART_DAYS - 1)
    days = [first + timedelta(days=number) for number in range(CHART_DAYS)]
    start = datetime.combine(first, time(), UTC)
    rows = [
        row
        for row in content.tallies(post_ids=[post_id], start=start, end=now + timedelta(hours=1), by=Bucket.DAY)
        if row.metric == VIEWS
    ]
    splits = _split(rows, lambda row: row.bucket.astimezone(UTC).date() if row.bucket is not None else None)
    found = [splits.get(day, Split()) for day in days]
    return Chart(
        id="views-by-day",
        title=_("Views by day"),
        label_heading=_("Day"),
        labels=tuple(day_label(day) for day in days),
        series=(
            _series(_("Organic"), [split.organic for split in found]),
            _series(_("Paid"), [split.paid for split in found]),
        ),
        kind=ChartKind.STACKED,
    )


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
