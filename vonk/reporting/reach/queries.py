"""Read how many different viewers ads reached."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from django.db import connection

from vonk.reporting.models import ViewerDay
from vonk.reporting.reach.rules import Met

ADS_PER_QUERY: Final = 10_000
_REACH: Final = (Path(__file__).parent.parent / "sql" / "viewer_days_reach.sql").read_text(encoding="utf-8")

Place = tuple[int, date | None]
"""An object and a day, or the whole span."""


def reach(object_of: Mapping[int, int], *, first: date, last: date, by_day: bool) -> dict[Place, Met]:
    """Return by object, and day or None, how many different viewers its ads reached on the accounts' days, both included.

    ``object_of`` says which object each ad belongs to, of ads that the caller has inside its scope. Impressions of
    viewers who cannot be known again are in neither number.
    """
    ads_of: dict[int, list[int]] = {}
    for ad_id, object_id in object_of.items():
        ads_of.setdefault(object_id, []).append(ad_id)
    met: dict[Place, Met] = {}
    usual: dict[int, int] = {}
    for object_id, ads in ads_of.items():
        if len(ads) > ADS_PER_QUERY:
            met.update(_of_many(object_id, ads, first=first, last=last, by_day=by_day))
            continue
        if len(usual) + len(ads) > ADS_PER_QUERY:
            met.update(_read(usual, first, last, by_day=by_day))
            usual = {}
        usual.update(dict.fromkeys(ads, object_id))
    met.update(_read(usual, first, last, by_day=by_day))
    return met


def _read(object_of: Mapping[int, int], first: date, last: date, *, by_day: bool) -> Iterator[tuple[Place, Met]]:
    if not object_of:
        return
    places = ", ".join(f"({int(ad_id)}, {int(object_id)})" for ad_id, object_id in sorted(object_of.items()))
    step, by = ("shown.day", "by day") if by_day else ("NULL", "in all")
    span = [connection.ops.adapt_datefield_value(day) for day in (first, last)]
    with connection.cursor() as cursor:
        cursor.execute(_REACH.format(places=places, step=step, by=by), span)
        for object_id, day, viewers, impressions in cursor.fetchall():
            yield (object_id, date.fromisoformat(day) if isinstance(day, str) else day), Met(viewers, int(impressions))


def _of_many(object_id: int, ads: Collection[int], *, first: date, last: date, by_day: bool) -> dict[Place, Met]:
    """Return the same of one object with more ads than one statement takes: its viewers are put together here."""
    viewers: dict[Place, set[int]] = {}
    impressions: dict[Place, int] = {}
    ordered = sorted(ads)
    for at in range(0, len(ordered), ADS_PER_QUERY):
        rows = ViewerDay.objects.filter(
            ad_id__in=ordered[at : at + ADS_PER_QUERY], day__range=(first, last), viewer__gt=0
        )
        for day, viewer, times in rows.values_list("day", "viewer", "impressions").iterator():
            place = (object_id, day if by_day else None)
            viewers.setdefault(place, set()).add(viewer)
            impressions[place] = impressions.get(place, 0) + times
    return {place: Met(len(of), impressions[place]) for place, of in viewers.items()}
