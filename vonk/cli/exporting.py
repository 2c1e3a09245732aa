"""``vonk export``: the events of some days, out of log and archive, as a file."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from vonk.config import wiring
from vonk.config.options import Options
from vonk.core.clock import to_ms
from vonk.core.errors import Problem
from vonk.events.history import History
from vonk.events.log import Position, StoredRecord
from vonk.events.records import EventRecord, MinuteRecord, Record, received_ms_of
from vonk.storage.parquet import columns
from vonk.storage.parquet.sheets import FORMATS, Sheet

EXIT_FAILED: Final = 3
RECORDS_PER_READ: Final = 5_000
CLOCKS_APART_MS: Final = 86_400_000  # How far behind the days that are asked for one looks for stragglers.
TAGS: Final = ("decision", "conversion", "minute")
"""Kinds of record that are no event; ``--kind`` takes them beside the kinds of event."""


class Wanted(msgspec.Struct, frozen=True):
    """Which records: of days (UTC, by receipt, both included), of one ad account, of some kinds (all when none is named)."""

    first_day: date
    last_day: date
    account_id: int | None = None
    kinds: frozenset[str] = frozenset()

    def has(self, record: Record) -> bool:
        """Say whether a record of these days is wanted."""
        return (self.account_id is None or _account_of(record) == self.account_id) and (
            not self.kinds or _kind_of(record) in self.kinds
        )


def records(history: History, wanted: Wanted) -> Iterator[tuple[Position, list[StoredRecord]]]:
    """Yield how far one has read, and what is wanted of that; bounded in memory."""
    from_ms = to_ms(datetime.combine(wanted.first_day, datetime.min.time(), UTC))
    until_ms = to_ms(datetime.combine(wanted.last_day + timedelta(days=1), datetime.min.time(), UTC))
    after = history.before_day(wanted.first_day)
    while page := history.read(after, RECORDS_PER_READ):
        after = page[-1].position
        yield (
            after,
            [one for one in page if from_ms <= received_ms_of(one.record) < until_ms and wanted.has(one.record)],
        )
        if received_ms_of(page[0].record) >= until_ms + CLOCKS_APART_MS:
            break


def write(history: History, wanted: Wanted, sheet: Sheet, progress: Progress) -> int:
    """Write what is wanted; return how many records that was."""
    start, end = history.before_day(wanted.first_day), history.end()
    task = progress.add_task("Exporting", total=max(end - start, 1))
    count = 0
    for reached, found in records(history, wanted):
        sheet.write(found)
        count += len(found)
        progress.update(task, completed=reached - start)
    progress.update(task, completed=max(end - start, 1))
    return count


def run(options: Options, wanted: Wanted, *, form: str, out: Path) -> int:
    """Write the file, whole or not at all; return the exit code."""
    console = Console(stderr=True)
    try:
        unfinished = unfinished_beside(out)
        history = wiring.history(options)
        try:
            sheet = FORMATS[form](unfinished)
            try:
                with Progress(console=console, transient=True) as progress:
                    count = write(history, wanted, sheet, progress)
            finally:
                sheet.close()
            unfinished.replace(out)
        finally:
            history.close()
            unfinished.unlink(missing_ok=True)
    except (Problem, OSError) as problem:
        console.print(escape(str(problem)), soft_wrap=True)
        return EXIT_FAILED
    console.print(f"Exported {count:,} records to {escape(str(out))}.", soft_wrap=True)
    return 0


def unfinished_beside(out: Path) -> Path:
    """Return where a file is written until it is whole. Raises OSError where something else stands: it would be replaced."""
    if out.exists() and not out.is_file():
        raise OSError(f"{out} is there and is no file; name another.")
    return out.with_name(f".{out.name}.unfinished")


def write_all(found: Iterator[StoredRecord], sheet: Sheet) -> int:
    """Write records as they come; return how many there were."""
    count = 0
    batch: list[StoredRecord] = []
    for one in found:
        batch.append(one)
        if len(batch) == RECORDS_PER_READ:
            sheet.write(batch)
            count, batch = count + len(batch), []
    sheet.write(batch)
    return count + len(batch)


def _kind_of(record: Record) -> str:
    return record.kind.value if isinstance(record, EventRecord) else columns.tag_of(record)


def _account_of(record: Record) -> int:
    if isinstance(record, MinuteRecord):
        return 0  # Of all accounts.
    return record.claims.account_id if isinstance(record, EventRecord) else record.account_id
