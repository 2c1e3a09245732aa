"""The archive on Parquet files: one folder a UTC day of receipt, whole files, typed columns (``columns``)."""

import threading
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vonk.core.clock import DAY_MS
from vonk.events.archive import ArchiveCorrupt, ArchiveNotNext, ArchiveUnavailable, Span
from vonk.events.log import REDACTED_VIEWER, START, Position, StoredRecord
from vonk.events.records import received_ms_of
from vonk.storage.parquet import columns, files
from vonk.storage.parquet.files import Kept

FILE_RECORDS_MAX: Final = 65_536
GROUP_RECORDS: Final = 16_384  # Read and decoded at once: some 16 MB.
STRAGGLER_MS: Final = 600_000
"""A record that was taken in at most so long before midnight, yet stands behind one of the new day, is filed there too:
ad servers write side by side, and days that alternate record by record would be files without end."""
GONE_MAX: Final = 10  # How often a file may be dropped between looking and opening, in one read.
_COMPRESSION: Final = "zstd"
_FORMAT: Final = "1"
_BAD_DISK: Final = frozenset({1, 5, 12, 13, 23, 24})  # EPERM EIO ENOMEM EACCES ENFILE EMFILE: the file may be sound.


class _Open(NamedTuple):
    """A file that is being read, and where its row groups begin."""

    kept: Kept
    file: pq.ParquetFile
    starts: list[int]


class ParquetArchive:
    """One writer at a time (a lock says who), many readers. Each reader holds one row group in memory."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._files: list[Kept] = []
        self._open: _Open | None = None
        self._group: tuple[Kept, int, list[StoredRecord]] | None = None

    def append(self, stored: Sequence[StoredRecord]) -> Position:
        with files.writing(self._root):
            end = _end(files.kept_in(self._root))
            for day, part in _parts(stored, end):
                first, last = part[0].position, part[-1].position
                table = columns.table_of(part)
                files.write(files.path_of(self._root, day, first, last), partial(_write, table))
                end = last
            return end

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        with self._lock:
            gone = 0
            while (kept := self._holding(after)) is not None:
                try:
                    found = self._read(kept, after, limit)
                except FileNotFoundError as error:  # Dropped since the folder was read.
                    self._forget()
                    gone += 1
                    if gone > GONE_MAX:
                        raise ArchiveUnavailable(reason=f"{kept.path} is there and cannot be opened") from error
                    continue
                if found:
                    return found
                after = Position(kept.last)
            return []

    def first(self) -> Position:
        kept = files.kept_in(self._root)
        return Position(kept[0].first) if kept else Position(START + 1)

    def end(self) -> Position:
        return _end(files.kept_in(self._root))

    def spans(self) -> list[Span]:
        return [
            Span(kept.day, Position(kept.first), Position(kept.last), files.size(kept))
            for kept in files.kept_in(self._root)
        ]

    def redact(self, viewer_ids: Collection[str], *, after: Position = START) -> int:
        sought = pa.array(sorted(set(viewer_ids) - {REDACTED_VIEWER}), pa.string())
        changed = 0
        with files.writing(self._root):
            for kept in files.kept_in(self._root):
                if kept.last > after:
                    changed += _redact(kept, sought)
        with self._lock:
            self._forget()
        return changed

    def drop_before(self, position: Position) -> int:
        dropped = 0
        with files.writing(self._root):
            for kept in files.kept_in(self._root)[:-1]:
                if kept.last >= position:
                    break
                with _judged(kept):
                    rows = pq.ParquetFile(kept.path).metadata.num_rows
                files.remove(kept)
                dropped += rows
        with self._lock:
            self._forget()
        return dropped

    def close(self) -> None:
        with self._lock:
            self._forget()

    def _holding(self, after: Position) -> Kept | None:
        """Return the file with the first record after a position; the folder is read anew when none is known."""
        for fresh in (False, True):
            if fresh:
                self._files = files.kept_in(self._root)
            place = bisect_right([kept.last for kept in self._files], after)
            if place < len(self._files) and (place or fresh or self._files[0].first <= after + 1):
                return self._files[place]
        return None

    def _read(self, kept: Kept, after: Position, limit: int) -> list[StoredRecord]:
        with _judged(kept):
            group = max(bisect_right(self._opened(kept).starts, after + 1) - 1, 0)
            while group < len(self._opened(kept).starts):
                records = self._decoded(kept, group)
                place = bisect_right(records, after, key=lambda one: one.position)
                if place < len(records):
                    return records[place : place + limit]
                group += 1
        return []

    def _opened(self, kept: Kept) -> _Open:
        if self._open is None or self._open.kept != kept:
            self._forget_file()
            file = _open(kept)
            place = file.schema_arrow.get_field_index(columns.POSITION)
            groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
            self._open = _Open(kept, file, [group.column(place).statistics.min for group in groups])
        return self._open

    def _decoded(self, kept: Kept, group: int) -> list[StoredRecord]:
        if self._group is None or self._group[:2] != (kept, group):
            self._group = None  # Before the next one is made, so that there is one at a time.
            table = self._opened(kept).file.read_row_group(group, use_threads=False)
            self._group = (kept, group, columns.records_of(table))
        return self._group[2]

    def _forget(self) -> None:
        self._files = []
        self._group = None
        self._forget_file()

    def _forget_file(self) -> None:
        if self._open is not None:
            self._open.file.close()
            self._open = None


def _end(kept: Sequence[Kept]) -> Position:
    return Position(kept[-1].last) if kept else START


def _parts(stored: Sequence[StoredRecord], end: Position) -> Iterator[tuple[date, list[StoredRecord]]]:
    """Yield the records file by file: of one day each, and not too many."""
    part: list[StoredRecord] = []
    day = -1
    for one in stored:
        if one.position <= end:
            raise ArchiveNotNext(end=end, position=one.position)
        end = one.position
        received_ms = received_ms_of(one.record)
        same = -STRAGGLER_MS <= received_ms - day * DAY_MS < DAY_MS
        if part and (not same or len(part) >= FILE_RECORDS_MAX):
            yield _date(day), part
            part = []
        if not part:
            day = received_ms // DAY_MS
        part.append(one)
    if part:
        yield _date(day), part


def _date(day: int) -> date:
    return datetime.fromtimestamp(day * DAY_MS / 1000, UTC).date()


def _write(table: pa.Table, path: Path) -> None:
    place = columns.POSITION
    first, last = table.column(place)[0].as_py(), table.column(place)[-1].as_py()
    told = {"vonk.format": _FORMAT, "vonk.first": str(first), "vonk.last": str(last)}
    pq.write_table(
        table.replace_schema_metadata(told),
        path,
        row_group_size=GROUP_RECORDS,
        compression=_COMPRESSION,
        write_page_checksum=True,
    )


def _open(kept: Kept) -> pq.ParquetFile:
    """Open a file for reading. Raises ValueError when it is not what its name says, and what pyarrow raises."""
    file = pq.ParquetFile(kept.path, read_dictionary=columns.CODED, page_checksum_verification=True)
    told = file.schema_arrow.metadata or {}
    wanted = {b"vonk.format": _FORMAT, b"vonk.first": str(kept.first), b"vonk.last": str(kept.last)}
    if any(told.get(key) != value.encode() for key, value in wanted.items()):
        file.close()
        raise ValueError("the file does not hold what its name says")
    return file


def _redact(kept: Kept, sought: pa.Array) -> int:
    """Write the file anew without the viewers, when they are in it; return how many records changed."""
    with _judged(kept):
        with _open(kept) as file:
            whole = file.read([columns.VIEWER, columns.CLICK], use_threads=False)
            hit = _hit(whole, sought)
            changed = int(pc.sum(hit).as_py() or 0)
            if not changed:
                return 0
        with pq.ParquetFile(kept.path, page_checksum_verification=True) as file:
            table = file.read(use_threads=False)
        table = _without(table, sought, hit)
    files.write(kept.path, partial(_write, table))
    return changed


def _hit(table: pa.Table, sought: pa.Array) -> pa.ChunkedArray:
    own = pc.is_in(_plain(table.column(columns.VIEWER)), sought)
    clicked = pc.is_in(_plain(_clicker(table)), sought)
    return pc.or_(own, clicked)


def _without(table: pa.Table, sought: pa.Array, hit: pa.ChunkedArray) -> pa.Table:
    """Return the table with the viewers' pseudonyms replaced; what was told of them, and of their conversions, is gone."""
    viewer = table.column(columns.VIEWER)
    seen = pc.is_in(viewer, sought)
    table = _replaced(table, columns.VIEWER, pc.if_else(seen, REDACTED_VIEWER, viewer))
    for name in columns.TOLD & set(table.column_names):  # Files of before do not have them.
        told = table.column(name)
        table = _replaced(table, name, pc.if_else(pc.and_(seen, pc.is_valid(told)), "", told))
    clicks = []
    for chunk in table.column(columns.CLICK).chunks:
        fields = {name: chunk.field(name) for name in (field.name for field in chunk.type)}
        seen = pc.is_in(fields[columns.VIEWER], sought)
        fields[columns.VIEWER] = pc.if_else(seen, REDACTED_VIEWER, fields[columns.VIEWER])
        fields |= {name: pc.if_else(seen, "", fields[name]) for name in columns.TOLD & fields.keys()}
        clicks.append(pa.StructArray.from_arrays(list(fields.values()), fields=list(chunk.type), mask=chunk.is_null()))
    table = _replaced(table, columns.CLICK, pa.chunked_array(clicks, table.schema.field(columns.CLICK).type))
    named = [
        None if one is None else ([] if redacted else one)
        for one, redacted in zip(table.column(columns.IDENTIFIERS).to_pylist(), hit.to_pylist(), strict=True)
    ]
    kind = table.schema.field(columns.IDENTIFIERS).type
    return _replaced(table, columns.IDENTIFIERS, pa.chunked_array([pa.array(named, kind)]))


def _replaced(table: pa.Table, name: str, values: pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), table.schema.field(name), values)


def _clicker(table: pa.Table) -> pa.ChunkedArray:
    return pc.struct_field(table.column(columns.CLICK), columns.VIEWER)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string())


@contextmanager
def _judged(kept: Kept) -> Iterator[None]:
    """Name what reading a file meets: damage, or a machine that cannot read now."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, pa.ArrowException) as error:
        if isinstance(error, OSError) and error.errno in _BAD_DISK:
            raise ArchiveUnavailable(reason=str(error)) from error
        raise ArchiveCorrupt(path=str(kept.path), last=Position(kept.last)) from error
