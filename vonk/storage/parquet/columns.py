"""Records as columns and back, bit for bit. Columns follow the records' fields, so a new field is a new column.

One table has the records of every kind, in the log's order; a column that a kind of record does not have is NULL in it.
What one event's claims say stands in columns of their own; a conversion's click is one column of nested fields, because
it says of another showing what the conversion itself says too. What is read without a column of today has its default.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Any, Final, Literal, NamedTuple, get_type_hints

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from vonk.events.log import Position, StoredRecord
from vonk.events.records import (
    Claims,
    ConversionRecord,
    DecisionRecord,
    EventRecord,
    Kind,
    MinuteRecord,
    Record,
    received_ms_of,
)

POSITION: Final = "position"
TAG: Final = "tag"
RECEIVED: Final = "received_ms"
VIEWER: Final = "viewer_id"
TOLD: Final = frozenset({"country", "language", "device", "age_band", "gender"})  # Of the viewer, beside the pseudonym.
CLICK: Final = "click"
IDENTIFIERS: Final = "identifiers"
UNIQUE: Final = frozenset({"event_id"})  # Texts that hardly repeat; all others are read as codes of a dictionary.

_RENAMED: Final[dict[tuple[type, str], str]] = {
    (DecisionRecord, "position"): "slot_position"
}  # The slot's place in the feed, not the log's.


class Column(NamedTuple):
    """One column of one kind of record: how to get its value from the record, and its value where a file has none."""

    name: str
    hint: Any
    get: Callable[[Any], Any]
    default: Any


def _columns(struct: type[msgspec.Struct], prefix: str = "") -> Iterator[Column]:
    hints = get_type_hints(struct)
    for field in msgspec.structs.fields(struct):
        hint = hints[field.name]
        if hint is Claims:
            yield from _columns(Claims, f"{field.name}.")
            continue
        name = _RENAMED.get((struct, field.name), field.name)
        yield Column(name, hint, attrgetter(prefix + field.name), field.default)


EVENT: Final = tuple(_columns(EventRecord))
DECISION: Final = tuple(_columns(DecisionRecord))
CONVERSION: Final = tuple(_columns(ConversionRecord))
MINUTE: Final = tuple(_columns(MinuteRecord))
KINDS: Final[dict[str, tuple[type, tuple[Column, ...]]]] = {
    "event": (EventRecord, EVENT),
    "decision": (DecisionRecord, DECISION),
    "conversion": (ConversionRecord, CONVERSION),
    "minute": (MinuteRecord, MINUTE),
}
_TAGS: Final[dict[type, str]] = {struct: tag for tag, (struct, _) in KINDS.items()}
_CLAIMS: Final = len(Claims.__struct_fields__)
_PLAIN: Final = {
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    str: pa.string(),
    bytes: pa.binary(),
    Kind: pa.string(),
}


def _arrow_type(hint: Any) -> pa.DataType:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if hint == dict[str, int]:
        return pa.string()  # JSON.
    if hint == tuple[str, ...]:
        return pa.list_(pa.string())
    if hint == Claims | None:
        return pa.struct([(column.name, _arrow_type(column.hint)) for column in _columns(Claims)])
    raise TypeError(f"no column holds {hint}")


def _schema() -> pa.Schema:
    types: dict[str, pa.DataType] = {POSITION: pa.int64(), TAG: pa.string(), RECEIVED: pa.int64()}
    for _, columns in KINDS.values():
        for column in columns:
            kind = types.setdefault(column.name, _arrow_type(column.hint))
            assert kind == _arrow_type(column.hint), "Columns that kinds of records share have one type."
    return pa.schema(list(types.items()))


SCHEMA: Final = _schema()
CODED: Final = [field.name for field in SCHEMA if field.type == pa.string() and field.name not in UNIQUE]
"""Text columns to be read as codes of a dictionary: few values, and each is made once."""


def tag_of(record: Record) -> str:
    """Return what kind of record it is, as the column ``tag`` says."""
    return _TAGS[type(record)]


def table_of(stored: Sequence[StoredRecord]) -> pa.Table:
    """Return the records as one table, in their order."""
    places: dict[str, list[int]] = {tag: [] for tag in KINDS}
    for place, one in enumerate(stored):
        places[_TAGS[type(one.record)]].append(place)
    parts = [_part(tag, [stored[place] for place in chosen]) for tag, chosen in places.items() if chosen]
    table = pa.concat_tables(parts) if parts else SCHEMA.empty_table()
    if len(parts) > 1:
        table = table.sort_by(POSITION)
    return table


def _part(tag: str, stored: Sequence[StoredRecord]) -> pa.Table:
    records = [one.record for one in stored]
    arrays: dict[str, pa.Array] = {
        POSITION: pa.array([one.position for one in stored], pa.int64()),
        TAG: pa.array([tag] * len(records), pa.string()),
        RECEIVED: pa.array(list(map(received_ms_of, records)), pa.int64()),
    }
    for column in KINDS[tag][1]:
        values: list[Any] = list(map(column.get, records))
        if column.hint == dict[str, int]:
            values = [msgspec.json.encode(value).decode() for value in values]
        elif column.hint == Claims | None:
            values = [None if value is None else msgspec.structs.asdict(value) for value in values]
        arrays[column.name] = pa.array(values, SCHEMA.field(column.name).type)
    return pa.table([arrays.get(field.name, pa.nulls(len(records), field.type)) for field in SCHEMA], schema=SCHEMA)


def records_of(table: pa.Table) -> list[StoredRecord]:
    """Return a table's records, in its order. Raises ValueError or pyarrow's errors when it is no table of records."""
    tags = _codes(table.column(TAG))
    names, order = tags
    parts = [iter(_records(name, table, alone=len(names) == 1)) for name in names]
    if len(parts) == 1:
        return list(parts[0])
    return list(map(next, map(parts.__getitem__, order)))


def _records(tag: str, table: pa.Table, *, alone: bool) -> list[StoredRecord]:
    if tag not in KINDS:
        raise ValueError(f"there are no records of kind {tag!r}")
    struct, columns = KINDS[tag]
    chosen = table if alone else table.filter(pc.equal(table.column(TAG), tag))
    values = [_values(chosen, column) for column in columns]
    if struct is EventRecord:
        at = next(place for place, name in enumerate(EventRecord.__struct_fields__) if name == "claims")
        values[at : at + _CLAIMS] = [list(map(Claims, *values[at : at + _CLAIMS]))]
    records: Iterator[Record] = map(struct, *values)
    positions: list[Position] = _numbers(chosen.column(POSITION), "q")
    return list(map(StoredRecord, positions, records))


def _values(table: pa.Table, column: Column) -> list[Any]:
    """Return a column's values as a record has them."""
    if column.name not in table.column_names:
        if column.default is msgspec.NODEFAULT:
            raise ValueError(f"there is no column {column.name}")
        return [column.default] * table.num_rows
    found = table.column(column.name)
    hint = column.hint
    if hint == Claims | None:
        return [None if value is None else Claims(**value) for value in found.to_pylist()]
    if found.null_count:
        raise ValueError(f"column {column.name} has no value")
    if hint is int:
        return _numbers(found, "q")
    if hint is float:
        return _numbers(found, "d")
    if hint is bool:
        return [value == 1 for value in _numbers(found.cast(pa.int8()), "b")]
    if hint == tuple[str, ...]:
        return [tuple(value) for value in found.to_pylist()]
    if column.name in UNIQUE:
        return _texts(found)
    texts, codes = _codes(found)
    if hint == dict[str, int]:
        known = [msgspec.json.decode(text, type=dict[str, int]) for text in texts]
        return [known[code].copy() for code in codes]
    values: list[Any] = list(map(Kind, texts)) if hint is Kind else texts
    return list(map(values.__getitem__, codes))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _numbers(column: pa.ChunkedArray, code: Literal["q", "d", "i", "b"]) -> list[Any]:
    """Return the numbers of a column without NULLs, straight from its memory."""
    array = _whole(column)
    if not len(array):
        return []
    kept: memoryview[Any] = memoryview(array.buffers()[1]).cast("B").cast(code)
    return kept[array.offset : array.offset + len(array)].tolist()


def _codes(column: pa.ChunkedArray) -> tuple[list[str], list[int]]:
    """Return the distinct texts of a column and, for each row, which it is."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    array = _whole(column.unify_dictionaries())
    return array.dictionary.to_pylist(), _numbers(pa.chunked_array([array.indices]), "i")


def _texts(column: pa.ChunkedArray) -> list[str]:
    """Return the texts of a column without NULLs; those in ASCII are cut out of one."""
    array = _whole(column)
    if not len(array):
        return []
    _, offsets, content = array.buffers()
    ends = memoryview(offsets).cast("B").cast("i")[array.offset : array.offset + len(array) + 1].tolist()
    body = bytes(memoryview(content)[ends[0] : ends[-1]]) if content is not None else b""
    start = ends[0]
    if body.isascii():
        text = body.decode("ascii")
        return [text[low - start : high - start] for low, high in pairwise(ends)]
    return [body[low - start : high - start].decode() for low, high in pairwise(ends)]
