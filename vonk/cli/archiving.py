"""What becomes of the event log when it is old: `vonk work` archives it, `vonk archive` shows and forces that."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import DatabaseError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vonk.billing.actions import settlement
from vonk.cli.start import unreadable
from vonk.config import wiring
from vonk.config.options import Options
from vonk.control import clock, positions
from vonk.core.errors import Problem
from vonk.events import compaction
from vonk.events.archive import Archive
from vonk.events.log import EventLog
from vonk.reporting import rollups
from vonk.reporting.attribution import consumer as attribution
from vonk.reporting.retention import consumer as retention

CONSUMERS: Final = (settlement.CONSUMER, rollups.CONSUMER, attribution.CONSUMER, retention.CONSUMER)
"""Who must have read a record before it leaves the log; those that control knows besides count too."""

EXIT_FAILED: Final = 3


def midnight_before(now: datetime, days: int) -> datetime:
    """Return the start of the UTC day that lies so many days back: whole days are archived and dropped."""
    return (now.astimezone(UTC) - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)


def compact(log: EventLog, archive: Archive, *, keep_days: int, now: datetime) -> compaction.Compacted:
    """Move one piece of what is older than ``keep_days`` and has been read by every consumer."""
    through = positions.passed_by(CONSUMERS)
    before = midnight_before(now, keep_days) if keep_days else now
    return compaction.compact(log, archive, through=through, before=before, now=now)


def drop_old(archive: Archive, *, keep_days: int, now: datetime) -> int:
    """Forget archived days older than ``keep_days``; 0 keeps them for ever. Return how many records went."""
    return compaction.drop_old(archive, before=midnight_before(now, keep_days)) if keep_days else 0


def compact_all(options: Options, *, keep_days: int | None) -> int:
    """Move everything that may be moved now, and say how much; return the exit code."""
    days = options.log_keep_days if keep_days is None else keep_days
    archived = trimmed = 0
    console = Console()
    try:
        with _opened(options) as (log, archive), console.status("Archiving …") as status:
            while (done := compact(log, archive, keep_days=days, now=clock.present().now())).more:
                archived, trimmed = archived + done.archived, trimmed + done.trimmed
                status.update(f"Archiving … {archived:,} records")
    except (Problem, DatabaseError) as error:
        return _failed(error)
    console.print(f"Archived {archived:,} records; the log let go of {trimmed:,}.")
    return 0


def status(options: Options) -> int:
    """Show what log and archive hold and how far each consumer has read; return the exit code."""
    console = Console()
    try:
        with _opened(options) as (log, archive):
            spans = archive.spans()
            first, end = log.first(), log.end()
            reached = {consumer: positions.of(consumer) for consumer in CONSUMERS}
    except (Problem, DatabaseError) as error:
        return _failed(error)
    table = Table("", "From", "To", "Files", "MB")
    table.add_row("log", *((str(first), str(end)) if first <= end else ("–", str(end))), "", "")
    by_day: dict[str, list[int]] = {}
    for span in spans:
        row = by_day.setdefault(span.day.isoformat(), [span.first, span.last, 0, 0])
        row[0], row[1] = min(row[0], span.first), max(row[1], span.last)
        row[2], row[3] = row[2] + 1, row[3] + span.size_bytes
    for day, (low, high, count, size) in sorted(by_day.items()):
        table.add_row(f"archive, {day}", str(low), str(high), str(count), f"{size / 1e6:.1f}")
    for consumer, position in reached.items():
        table.add_row(f"read by {consumer}", "1", str(position), "", "")
    console.print(table)
    console.print(f"Records stay in the log for {options.log_keep_days} days, in the archive {_kept(options)}.")
    return 0


@contextmanager
def _opened(options: Options) -> Iterator[tuple[EventLog, Archive]]:
    log, archive = wiring.event_log(options), wiring.archive_in(options.data_dir)
    try:
        yield log, archive
    finally:
        log.close()
        archive.close()


def _failed(error: Problem | DatabaseError) -> int:
    said = str(error) if isinstance(error, Problem) else unreadable(error)
    Console(stderr=True).print(escape(said), soft_wrap=True)
    return EXIT_FAILED


def _kept(options: Options) -> str:
    return f"for {options.archive_keep_days} days" if options.archive_keep_days else "for ever"
