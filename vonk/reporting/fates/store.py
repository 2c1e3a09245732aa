"""The one place that changes what became of ads: each ad server's numbered records, each exactly once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
import structlog
from django.db import connection, transaction
from django.db.models import Max

from vonk.core.clock import from_ms, to_ms
from vonk.delivery.explaining import handover
from vonk.delivery.matching.minutes import NO_AD
from vonk.events.log import StoredRecord
from vonk.events.records import MinuteRecord
from vonk.reporting.fates.rules import KEPT_DAYS, LOST_COUNTS, SILENT_MINUTES, hour_ms
from vonk.reporting.models import AdServerLife, Fate

_ADD: Final = (Path(__file__).parent.parent / "sql" / "fates_add.sql").read_text(encoding="utf-8")
_ROWS_PER_STATEMENT: Final = 240  # SQLite binds at most 999 values on old builds.
HOURS_LET_GO_MAX: Final = 2  # In one round, of which there is one a minute, so that none holds the database for long.

Key = tuple[int, int, str]  # Ad, the hour in milliseconds, name.
_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def take(records: Iterable[StoredRecord]) -> None:
    """Add what the records hold. Needs an open transaction: the log's position is in it.

    A record that comes a second time is passed over; a missing number is noted as lost counts.
    """
    assert connection.in_atomic_block, "A count belongs to the transaction of its cause."
    handed = [stored.record for stored in records if isinstance(stored.record, MinuteRecord)]
    if not handed:
        return
    of = AdServerLife.objects.select_for_update().filter(server__in={one.server for one in handed})
    lives = {life.server: life for life in of}
    sums: dict[Key, int] = {}
    for record in handed:
        life = lives.get(record.server)
        if life is None:
            life = lives[record.server] = AdServerLife.objects.create(
                server=record.server, number=0, through_at=from_ms(record.minute_ms), ended=False, given_up=False
            )
        if record.number > life.number:
            _follow(life, record, sums)
            _count(record, sums)
    for life in lives.values():
        life.save()
    _write(sums)


@transaction.atomic
def let_go(now: datetime) -> None:
    """Note what servers that fell silent took with them, and delete what is kept no longer."""
    silent = AdServerLife.objects.filter(
        ended=False, given_up=False, through_at__lt=now - timedelta(minutes=SILENT_MINUTES)
    )
    sums: dict[Key, int] = {}
    for life in silent.select_for_update().order_by("pk"):
        _add_lost(sums, life.through_at, 1)
        life.given_up = True
        life.save(update_fields=["given_up"])
    _write(sums)
    floor = now - timedelta(days=KEPT_DAYS)
    hours = Fate.objects.filter(hour_at__lt=floor).order_by("hour_at").values_list("hour_at", flat=True).distinct()
    Fate.objects.filter(hour_at__in=list(hours[:HOURS_LET_GO_MAX])).delete()
    AdServerLife.objects.filter(through_at__lt=floor).delete()


def through() -> datetime | None:
    """Return up to when the newest server has handed over; None when none ever has."""
    newest: datetime | None = AdServerLife.objects.aggregate(at=Max("through_at"))["at"]
    return newest


def _follow(life: AdServerLife, record: MinuteRecord, sums: dict[Key, int]) -> None:
    """Note what lies between a server's last record and this one."""
    if life.given_up:  # It was only slow: what was thought lost is here.
        _add_lost(sums, life.through_at, -1)
        life.given_up = False
    if record.number != life.number + 1:
        _add_lost(sums, life.through_at, 1)
        _log.warning("fates.record_missing", server=record.server, number=record.number, last=life.number)
    life.number, life.ended = record.number, record.ends
    life.through_at = max(life.through_at, from_ms(record.through_ms))


def _count(record: MinuteRecord, sums: dict[Key, int]) -> None:
    hour = hour_ms(record.minute_ms)
    try:
        for ad_id, name, count in handover.read(record):
            if name in handover.KNOWN:
                key = ad_id, hour, name
                sums[key] = sums.get(key, 0) + count
    except (msgspec.MsgspecError, ValueError) as error:
        _log.warning("fates.record_unread", server=record.server, number=record.number, error=str(error))
        _add_lost(sums, from_ms(record.minute_ms), 1)
    if record.unkept:
        _add_lost(sums, from_ms(record.minute_ms), record.unkept)


def _add_lost(sums: dict[Key, int], at: datetime, by: int) -> None:
    key = NO_AD, hour_ms(to_ms(at)), LOST_COUNTS
    sums[key] = sums.get(key, 0) + by


def _write(sums: Mapping[Key, int]) -> None:
    rows: Sequence[Key] = sorted(key for key, count in sums.items() if count)
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        chunk = rows[start : start + _ROWS_PER_STATEMENT]
        parameters: list[int | str | None] = []
        for key in chunk:
            ad_id, hour, name = key
            parameters += [ad_id, connection.ops.adapt_datetimefield_value(from_ms(hour)), name, sums[key]]
        with connection.cursor() as cursor:
            cursor.execute(_ADD.format(rows=", ".join(["(%s, %s, %s, %s)"] * len(chunk))), parameters)
