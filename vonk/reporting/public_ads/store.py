"""The one place that changes what the public repository counts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from django.db import connection, transaction

from vonk.reporting.models import PublicAd, PublicAdCountry, PublicAdViewer
from vonk.reporting.public_ads.rules import KEPT_FOR, Reached, Span

LET_GO_PER_ROUND_MAX: Final = 200  # Ads whose year is over, in one round; the next one goes on.
_SQL: Final = Path(__file__).parent.parent / "sql"
_MEET: Final = (_SQL / "public_ads_meet.sql").read_text(encoding="utf-8")
_COUNT: Final = (_SQL / "public_ads_count.sql").read_text(encoding="utf-8")
_ROWS_PER_STATEMENT: Final = 300  # SQLite binds at most 999 values on old builds.

Item = TypeVar("Item")


def add(spans: Mapping[int, Span], reached: Mapping[Reached, str], numbers: Mapping[tuple[int, str], int]) -> None:
    """Note when ads were shown, and count the viewers who are new to an ad in the country where they were first met.

    ``numbers`` are the viewers' by account and pseudonym, as ``reach.store.add`` returns them. Needs an open
    transaction: the log's position is in it.
    """
    assert connection.in_atomic_block, "A count belongs to the transaction of its cause."
    _show(spans)
    countries = {
        (of.ad_id, numbers[of.account_id, of.viewer_id]): country
        for of, country in reached.items()
        if (of.account_id, of.viewer_id) in numbers
    }
    counted: dict[tuple[int, str], int] = {}
    for ad_id, viewer in _meet(sorted(countries)):
        place = (ad_id, countries[ad_id, viewer][:2])
        counted[place] = counted.get(place, 0) + 1
    for chunk in _chunks(sorted(counted), _ROWS_PER_STATEMENT):
        with connection.cursor() as cursor:
            rows = ", ".join(["(%s, %s, %s)"] * len(chunk))
            cursor.execute(_COUNT.format(rows=rows), [value for at in chunk for value in (*at, counted[at])])


@transaction.atomic
def let_go(now: datetime) -> int:
    """Delete the records whose ads were last shown more than a year ago; return how many."""
    old = PublicAd.objects.filter(last_at__lt=now - KEPT_FOR).order_by("last_at")
    ids = list(old.values_list("pk", flat=True)[:LET_GO_PER_ROUND_MAX])
    if ids:
        PublicAdViewer.objects.filter(ad_id__in=ids).delete()
        PublicAdCountry.objects.filter(ad_id__in=ids).delete()
        PublicAd.objects.filter(pk__in=ids).delete()
    return len(ids)


def _show(spans: Mapping[int, Span]) -> None:
    """Widen the ads' spans, held in the order of their ids: two rounds that share ads wait, and never in a circle."""
    known = {row.pk: row for row in PublicAd.objects.select_for_update().filter(pk__in=list(spans)).order_by("pk")}
    for ad_id, row in known.items():
        row.first_at, row.last_at = min(row.first_at, spans[ad_id].first_at), max(row.last_at, spans[ad_id].last_at)
    PublicAd.objects.bulk_update(known.values(), ["first_at", "last_at"], batch_size=_ROWS_PER_STATEMENT)
    fresh = [PublicAd(ad_id=ad_id, **span._asdict()) for ad_id, span in sorted(spans.items()) if ad_id not in known]
    PublicAd.objects.bulk_create(fresh, batch_size=_ROWS_PER_STATEMENT)


def _meet(pairs: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    for chunk in _chunks(pairs, _ROWS_PER_STATEMENT):
        with connection.cursor() as cursor:
            rows = ", ".join(["(%s, %s)"] * len(chunk))
            cursor.execute(_MEET.format(rows=rows), [value for pair in chunk for value in pair])
            yield from cursor.fetchall()


def _chunks(items: Iterable[Item], size: int) -> Iterable[list[Item]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk
