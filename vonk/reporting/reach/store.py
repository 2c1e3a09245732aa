"""The one place that changes who saw which ad on which day.

A viewer's pseudonym stands in one row for each account, beside a number; days know the number alone. So an erasure deletes
the pseudonym, what was counted stays, and the numbers of two accounts say nothing of one another.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from django.db import connection

from vonk.reporting.models import ViewerDay, ViewerNumber
from vonk.reporting.reach.rules import KEPT_DAYS, Seen, known_as

NOBODY: Final = 0  # The number of all who cannot be known again.
LET_GO_PER_ROUND_MAX: Final = 5_000  # So that no round holds the database for long; the next one goes on.
_ADD: Final = (Path(__file__).parent.parent / "sql" / "viewer_days_add.sql").read_text(encoding="utf-8")
_ROWS_PER_STATEMENT: Final = 240  # SQLite binds at most 999 values on old builds.
_VIEWERS_PER_QUERY: Final = 500

Item = TypeVar("Item")
_Day = tuple[int, date, int]  # Ad, day and number of the viewer.


def add(increments: Mapping[Seen, int]) -> dict[tuple[int, str], int]:
    """Add impressions, numbering viewers that are new; return their numbers by account and pseudonym.

    Needs an open transaction: the log's position is in it.
    """
    assert connection.in_atomic_block, "A count belongs to the transaction of its cause."
    numbers = _numbers(increments)
    days: dict[_Day, int] = {}
    for seen, times in increments.items():
        day = (seen.ad_id, seen.day, numbers.get((seen.account_id, seen.viewer_id), NOBODY))
        days[day] = days.get(day, 0) + times
    _write(days)
    return numbers


def let_go(now: datetime) -> None:
    """Forget who saw what longer ago than is kept: it becomes nobody's, and is still counted."""
    floor = now.date() - timedelta(days=KEPT_DAYS + 1)  # A day for zones that are behind.
    old = ViewerDay.objects.filter(day__lt=floor, viewer__gt=NOBODY).order_by("day")
    rows = list(old.values_list("ad_id", "day", "viewer", "impressions")[:LET_GO_PER_ROUND_MAX])
    if rows:
        _fold(rows)
    gone = ViewerNumber.objects.filter(last_day__lt=floor).values_list("pk", flat=True)[:LET_GO_PER_ROUND_MAX]
    ViewerNumber.objects.filter(pk__in=list(gone)).delete()


def forget(viewer_ids: Collection[str]) -> int:
    """Delete the pseudonyms; return in how many accounts there were any. Their numbers are nobody's from then on."""
    return ViewerNumber.objects.filter(viewer_id__in={known_as(one) for one in viewer_ids} - {""}).delete()[0]


def _fold(rows: Iterable[tuple[int, date, int, int]]) -> None:
    days: dict[_Day, int] = {}
    gone: dict[tuple[int, date], list[int]] = {}
    for ad_id, day, viewer, impressions in rows:
        days[ad_id, day, NOBODY] = days.get((ad_id, day, NOBODY), 0) + impressions
        gone.setdefault((ad_id, day), []).append(viewer)
    for (ad_id, day), viewers in gone.items():
        for chunk in _chunks(viewers, _VIEWERS_PER_QUERY):
            ViewerDay.objects.filter(ad_id=ad_id, day=day, viewer__in=chunk).delete()
    _write(days)


def _numbers(increments: Iterable[Seen]) -> dict[tuple[int, str], int]:
    """Return the number of each account's viewers, and note when they were last there."""
    last: dict[int, dict[str, date]] = {}
    for seen in increments:
        if seen.viewer_id:
            of_account = last.setdefault(seen.account_id, {})
            of_account[seen.viewer_id] = max(seen.day, of_account.get(seen.viewer_id, seen.day))
    numbers: dict[tuple[int, str], int] = {}
    for account_id, days in sorted(last.items()):
        for chunk in _chunks(sorted(days), _VIEWERS_PER_QUERY):
            for row in _known(account_id, {viewer_id: days[viewer_id] for viewer_id in chunk}):
                numbers[account_id, row.viewer_id] = row.pk
    return numbers


def _known(account_id: int, days: Mapping[str, date]) -> list[ViewerNumber]:
    rows = list(ViewerNumber.objects.filter(account_id=account_id, viewer_id__in=list(days)))
    later = [row for row in rows if row.last_day < days[row.viewer_id]]
    for row in later:
        row.last_day = days[row.viewer_id]
    ViewerNumber.objects.bulk_update(later, ["last_day"], batch_size=_ROWS_PER_STATEMENT)
    there = {row.viewer_id for row in rows}
    fresh = [
        ViewerNumber(account_id=account_id, viewer_id=viewer_id, last_day=day)
        for viewer_id, day in days.items()
        if viewer_id not in there
    ]
    return [*rows, *ViewerNumber.objects.bulk_create(fresh, batch_size=_ROWS_PER_STATEMENT)]


def _write(days: Mapping[_Day, int]) -> None:
    for chunk in _chunks(sorted(days), _ROWS_PER_STATEMENT):
        parameters: list[int | str | None] = []
        for key in chunk:
            ad_id, day, viewer = key
            parameters += [ad_id, connection.ops.adapt_datefield_value(day), viewer, days[key]]
        with connection.cursor() as cursor:
            cursor.execute(_ADD.format(rows=", ".join(["(%s, %s, %s, %s)"] * len(chunk))), parameters)


def _chunks(items: Iterable[Item], size: int) -> Iterable[list[Item]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk
