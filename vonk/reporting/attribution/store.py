"""The tables of attribution: added to, read for the viewers concerned, moved by differences, emptied of what is past."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from django.db import connection

from vonk.core.clock import HOUR_MS, from_ms
from vonk.reporting.attribution import rules
from vonk.reporting.attribution.rules import Exposure, TouchKind
from vonk.reporting.models import Conversion, Engagement, Touch

VIEWERS_PER_QUERY: Final = 500  # SQLite binds at most 999 values on old builds.
ROWS_PER_STATEMENT: Final = 500
PRUNED_PER_ROUND_MAX: Final = 20_000  # So that no round holds the database for long; the next one goes on.

_ADD: Final = (Path(__file__).parent.parent / "sql" / "attributed_add.sql").read_text(encoding="utf-8")
Item = TypeVar("Item")


class Cell(NamedTuple):
    """Where a number of reports stands."""

    ad_id: int
    hour_at: datetime
    touch: str
    name: str


class Moves:
    """Differences to what is attributed, summed until they are written."""

    def __init__(self) -> None:
        self._cells: dict[Cell, list[int]] = {}

    def move(self, *, ad_id: int, at_ms: int, touch: TouchKind, name: str, count: int, value_micros: int = 0) -> None:
        """Add ``count`` (1 or -1) and its value to the ad's hour."""
        cell = Cell(ad_id, from_ms(at_ms // HOUR_MS * HOUR_MS), touch.value, name)
        sums = self._cells.setdefault(cell, [0, 0])
        sums[0] += count
        sums[1] += count * value_micros

    def write(self) -> None:
        """Write the sums. Needs an open transaction."""
        assert connection.in_atomic_block, "A count belongs to the transaction of its cause."
        rows = [(cell, sums) for cell, sums in sorted(self._cells.items()) if any(sums)]
        for chunk in chunks(rows, ROWS_PER_STATEMENT):
            parameters: list[int | str | None] = []
            for cell, sums in chunk:
                hour = connection.ops.adapt_datetimefield_value(cell.hour_at)
                parameters += [cell.ad_id, hour, cell.touch, cell.name, *sums]
            statement = _ADD.format(rows=", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(chunk)))
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)


def add_touches(touches: Sequence[Touch]) -> None:
    """Remember touches."""
    Touch.objects.bulk_create(touches, batch_size=ROWS_PER_STATEMENT)


def add_conversions(conversions: Sequence[Conversion]) -> list[Conversion]:
    """Remember those conversions that are not known yet, and return them."""
    by_id: dict[tuple[int, str], Conversion] = {}
    for conversion in conversions:
        by_id.setdefault((conversion.pixel_id, conversion.event_id), conversion)
    for chunk in chunks(conversions, VIEWERS_PER_QUERY):
        known = Conversion.objects.filter(
            pixel_id__in={one.pixel_id for one in chunk}, event_id__in=[one.event_id for one in chunk]
        )
        for key in known.values_list("pixel_id", "event_id"):
            by_id.pop(key, None)
    new = list(by_id.values())
    Conversion.objects.bulk_create(new, batch_size=ROWS_PER_STATEMENT)
    return new


def open_conversions(viewer_ids: Collection[str]) -> dict[tuple[str, int], list[Conversion]]:
    """Return all remembered conversions of each viewer and account that has one which may still change."""
    pairs: set[tuple[str, int]] = set()
    for chunk in chunks(sorted(viewer_ids), VIEWERS_PER_QUERY):
        rows = Conversion.objects.filter(viewer_id__in=chunk, final=False)
        pairs.update(rows.values_list("viewer_id", "account_id").distinct())
    found: dict[tuple[str, int], list[Conversion]] = {pair: [] for pair in pairs}
    for chunk in chunks(sorted({viewer_id for viewer_id, _ in pairs}), VIEWERS_PER_QUERY):
        for row in Conversion.objects.filter(viewer_id__in=chunk):
            if (row.viewer_id, row.account_id) in found:
                found[row.viewer_id, row.account_id].append(row)
    return found


def measured_touches(pairs: Collection[tuple[str, int]]) -> dict[tuple[str, int], list[rules.Touch]]:
    """Return the touches of each viewer with each account to which conversions may be attributed."""
    found: dict[tuple[str, int], list[rules.Touch]] = {pair: [] for pair in pairs}
    for chunk in chunks(sorted({viewer_id for viewer_id, _ in pairs}), VIEWERS_PER_QUERY):
        rows = Touch.objects.filter(viewer_id__in=chunk, measured=True)
        for viewer_id, account_id, at_ms, decision_id, ad_id, ad_group_id, kind in rows.values_list(
            "viewer_id", "account_id", "at_ms", "decision_id", "ad_id", "ad_group_id", "kind"
        ):
            touches = found.get((viewer_id, account_id))
            if touches is not None:
                touches.append(rules.Touch(at_ms, decision_id, ad_id, ad_group_id, TouchKind(kind)))
    return found


def save_attributions(conversions: Sequence[Conversion]) -> None:
    """Keep what the conversions are attributed to now."""
    Conversion.objects.bulk_update(
        conversions, ["ad_id", "ad_group_id", "touch", "touch_at_ms"], batch_size=ROWS_PER_STATEMENT // 5
    )


def add_engagements(engagements: Sequence[Engagement]) -> None:
    """Remember engagements off the ad surface."""
    Engagement.objects.bulk_create(engagements, batch_size=ROWS_PER_STATEMENT)


def take_engagements(keys: Collection[str]) -> list[Engagement]:
    """Forget the engagements that were taken back, and return those that were remembered."""
    taken: list[Engagement] = []
    for chunk in chunks(sorted(keys), VIEWERS_PER_QUERY):
        rows = Engagement.objects.filter(key__in=chunk)
        taken.extend(rows)
        rows.delete()
    return taken


def engagements_of(viewer_ids: Collection[str]) -> dict[str, list[Engagement]]:
    """Return the remembered engagements of those of the viewers who have any."""
    found: dict[str, list[Engagement]] = {}
    for chunk in chunks(sorted(viewer_ids), VIEWERS_PER_QUERY):
        for row in Engagement.objects.filter(viewer_id__in=chunk):
            found.setdefault(row.viewer_id, []).append(row)
    return found


def exposures_of(viewer_ids: Collection[str]) -> dict[str, list[Exposure]]:
    """Return the remembered impressions of ads to each viewer."""
    found: dict[str, list[Exposure]] = {viewer_id: [] for viewer_id in viewer_ids}
    for chunk in chunks(sorted(viewer_ids), VIEWERS_PER_QUERY):
        rows = Touch.objects.filter(viewer_id__in=chunk, kind=TouchKind.VIEW.value)
        for viewer_id, at_ms, decision_id, ad_id, post_id, profile_id in rows.values_list(
            "viewer_id", "at_ms", "decision_id", "ad_id", "post_id", "profile_id"
        ):
            found[viewer_id].append(Exposure(at_ms, decision_id, ad_id, post_id, profile_id))
    return found


def save_exposed(engagements: Sequence[Engagement]) -> None:
    """Keep which ads' impressions the engagements follow now."""
    Engagement.objects.bulk_update(engagements, ["ad_id"], batch_size=ROWS_PER_STATEMENT // 2)


def let_go(newest_ms: int, *, conversions_kept_ms: int) -> None:
    """Make final what can no longer change by ``newest_ms``, and forget what nothing can follow from any more."""
    Conversion.objects.filter(final=False, at_ms__lt=newest_ms - rules.LATE_MS).update(final=True)
    touches = Touch.objects.filter(kept_until_ms__lt=newest_ms)
    Touch.objects.filter(pk__in=touches.values("pk")[:PRUNED_PER_ROUND_MAX]).delete()
    engagements = Engagement.objects.filter(at_ms__lt=newest_ms - rules.EXPOSED_MS - rules.LATE_MS)
    Engagement.objects.filter(pk__in=engagements.values("pk")[:PRUNED_PER_ROUND_MAX]).delete()
    conversions = Conversion.objects.filter(final=True, at_ms__lt=newest_ms - conversions_kept_ms)
    Conversion.objects.filter(pk__in=conversions.values("pk")[:PRUNED_PER_ROUND_MAX]).delete()


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of at most ``size``."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
