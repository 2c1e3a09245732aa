"""What every archive of the event log promises."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chance import examples
from vonk.events.archive import Archive, ArchiveNotNext
from vonk.events.log import REDACTED_VIEWER, START, Position, StoredRecord, redacted
from vonk.events.records import Claims, ConversionRecord, DecisionRecord, EventRecord, Kind, Record
from vonk.storage.memory.archive import MemoryArchive
from vonk.storage.parquet.archive import ParquetArchive

CLAIMS = Claims(1, 2, 3, 4, 5, 6, 7, 8, "vik", "impression", 9, "EUR", 10, "for_you")
DAY_MS = 86_400_000
INTEGERS = st.integers(-(2**63), 2**63 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)  # What MessagePack can say: no lone surrogates.
VIEWERS = st.sampled_from(["vik", "cleo", "ada", REDACTED_VIEWER, ""])


def event(number: int, *, received_ms: int = 1, viewer: str = "vik") -> EventRecord:
    claims = Claims(1, 2, 3, 4, 5, 6, 7, 8, viewer, "impression", 9, "EUR", 10, "for_you")
    return EventRecord(f"event-{number}", Kind.WATCH, received_ms, received_ms, 0, 40, claims)


def stored(records: list[Record], *, after: int = 0) -> list[StoredRecord]:
    return [StoredRecord(Position(place), record) for place, record in enumerate(records, start=after + 1)]


@pytest.fixture(params=["memory", "parquet"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    opened: Archive = MemoryArchive() if request.param == "memory" else ParquetArchive(tmp_path / "archive")
    yield opened
    opened.close()


def everything(archive: Archive, after: int = 0, limit: int = 1_000_000) -> list[StoredRecord]:
    found: list[StoredRecord] = []
    while page := archive.read(Position(after), limit):
        assert len(page) <= limit
        found += page
        after = page[-1].position
    return found


def test_an_empty_archive_ends_at_the_start(archive: Archive) -> None:
    assert (archive.end(), archive.first(), archive.read(START, 10)) == (START, 1, [])
    assert archive.append([]) == START
    assert archive.drop_before(Position(100)) == 0
    assert archive.redact(["vik"]) == 0


CLAIM = st.builds(
    Claims, INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, VIEWERS, TEXTS, INTEGERS,
    TEXTS, INTEGERS, TEXTS, INTEGERS, st.booleans(),
)  # fmt: skip
INSTANTS = st.integers(-DAY_MS, 5 * DAY_MS)
FLOATS = st.floats(allow_nan=False)
RECORDS = st.one_of(
    st.builds(EventRecord, TEXTS, st.sampled_from(Kind), INTEGERS, INSTANTS, INTEGERS, INTEGERS, CLAIM, TEXTS, TEXTS),
    st.builds(
        DecisionRecord, INTEGERS, INSTANTS, VIEWERS, TEXTS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS,
        INTEGERS, INTEGERS, INTEGERS, INTEGERS, TEXTS, INTEGERS, INTEGERS, INTEGERS, INTEGERS, TEXTS,
        st.dictionaries(TEXTS, INTEGERS, max_size=3), FLOATS, FLOATS, INTEGERS,
    ),
    st.builds(
        ConversionRecord, TEXTS, INTEGERS, INTEGERS, TEXTS, INTEGERS, INSTANTS, INTEGERS, TEXTS, TEXTS, VIEWERS,
        st.none() | CLAIM, st.lists(TEXTS, max_size=3).map(tuple),
    ),
)  # fmt: skip


@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(records=st.lists(RECORDS, max_size=8), more=st.lists(RECORDS, max_size=4), gap=st.integers(0, 3), data=st.data())
def test_records_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[Record],
    more: list[Record],
    gap: int,
    data: st.DataObject,
) -> None:
    archive = ParquetArchive(tmp_path_factory.mktemp("archive"))
    kept = stored(records)
    kept += stored(more, after=len(kept) + gap)
    archive.append(kept[: len(records)])
    assert archive.append(kept[len(records) :]) == (kept[-1].position if kept else 0)
    after = data.draw(st.integers(0, 14))
    limit = data.draw(st.integers(1, 14))
    assert everything(archive, after, limit) == [one for one in kept if one.position > after]
    viewers = data.draw(st.sets(st.sampled_from(["vik", "cleo"])))
    changed = [StoredRecord(one.position, redacted(one.record, viewers)) for one in kept]
    assert archive.redact(viewers) == sum(one != other for one, other in zip(kept, changed, strict=True))
    assert everything(archive) == changed
    archive.close()


def test_reading_begins_anywhere_and_ends_where_it_is_told(archive: Archive) -> None:
    kept = stored([event(number) for number in range(10)], after=5)
    archive.append(kept[:4])
    archive.append(kept[4:])
    assert (archive.first(), archive.end()) == (6, 15)
    assert everything(archive) == kept
    assert archive.read(Position(7), 1) == kept[2:3]
    assert archive.read(Position(3), 2) == kept[:2]
    assert archive.read(Position(15), 2) == []


def test_what_does_not_follow_is_not_kept(archive: Archive) -> None:
    kept = stored([event(number) for number in range(3)])
    archive.append(kept)
    with pytest.raises(ArchiveNotNext):
        archive.append(kept[2:])
    assert everything(archive) == kept


def test_a_viewer_can_be_taken_out_again_and_again(archive: Archive) -> None:
    click = Claims(1, 2, 3, 4, 5, 6, 7, 8, "vik", "impression", 9, "EUR", 10, "for_you")
    bought = ConversionRecord("b", 1, 2, "purchase", 3, 4, 5, "EUR", "pixel", "", click, ("email:1",))
    other = ConversionRecord("c", 1, 2, "purchase", 3, 4, 5, "EUR", "pixel", "ada", None, ("email:2",))
    kept = stored([event(1), event(2, viewer="ada"), bought, other])
    archive.append(kept)
    assert archive.redact(["vik", "cleo"]) == 2
    assert everything(archive) == [
        StoredRecord(Position(1), redacted(event(1), {"vik"})),
        kept[1],
        StoredRecord(Position(3), redacted(bought, {"vik"})),
        kept[3],
    ]
    assert archive.redact(["vik", REDACTED_VIEWER]) == 0


def test_old_records_are_dropped_and_the_end_is_remembered(archive: Archive) -> None:
    kept = stored([event(number, received_ms=number * DAY_MS) for number in range(4)])
    archive.append(kept)
    assert archive.drop_before(Position(3)) == 2
    assert archive.drop_before(Position(3)) == 0
    assert (archive.first(), archive.end(), everything(archive)) == (3, 4, kept[2:])
    assert archive.drop_before(Position(100)) == 1
    assert (archive.first(), archive.end(), everything(archive)) == (4, 4, kept[3:])


def test_what_is_kept_is_told_by_day(archive: Archive) -> None:
    archive.append(stored([event(1), event(2, received_ms=DAY_MS + 5)]))
    assert [(str(span.day), span.first, span.last) for span in archive.spans()] == [
        ("1970-01-01", 1, 1),
        ("1970-01-02", 2, 2),
    ]
    assert all(span.size_bytes > 0 for span in archive.spans())
