"""What the Parquet archive's files promise: whole or absent, damage named, honest columns."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest

from vonk.core.clock import to_ms
from vonk.events.archive import ArchiveCorrupt, ArchiveUnavailable
from vonk.events.compaction import compact
from vonk.events.history import History
from vonk.events.log import REDACTED_VIEWER, START, Position, StoredRecord
from vonk.events.records import Claims, ConversionRecord, DecisionRecord, EventRecord, Kind, Record
from vonk.storage.parquet import archive as engine
from vonk.storage.parquet.archive import ParquetArchive
from vonk.storage.sqlite.event_log import SqliteEventLog

DAY = datetime(2026, 11, 22, tzinfo=UTC)
DAY_MS = 86_400_000
DIED = 9


def event(number: int, received_ms: int, kind: Kind = Kind.IMPRESSION) -> EventRecord:
    claims = Claims(number, 2, 3, 4, 5, 6, 7, 8, "vik", "impression", 9_000, "EUR", 10, "for_you")
    return EventRecord(f"event-{number}", kind, received_ms - 5, received_ms, 9_000, 0, claims)


def stored(records: list[Record], *, after: int = 0) -> list[StoredRecord]:
    return [StoredRecord(Position(place), record) for place, record in enumerate(records, start=after + 1)]


def of_two_days() -> list[StoredRecord]:
    start = to_ms(DAY)
    return stored([event(1, start), event(2, start + 1), event(3, start + DAY_MS), event(4, start + DAY_MS + 1)])


def names(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def everything(archive: ParquetArchive) -> list[StoredRecord]:
    found: list[StoredRecord] = []
    while page := archive.read(found[-1].position if found else START, 100):
        found += page
    return found


def test_a_file_holds_one_day_and_its_name_tells_its_positions(tmp_path: Path) -> None:
    archive = ParquetArchive(tmp_path)
    archive.append(of_two_days())
    assert names(tmp_path) == ["day=2026-11-22/records-1-2.parquet", "day=2026-11-23/records-3-4.parquet", "lock"]


def test_days_that_alternate_around_midnight_make_two_files(tmp_path: Path) -> None:
    midnight = to_ms(DAY)
    archive = ParquetArchive(tmp_path)
    kept = stored([event(number, midnight + (3 if number % 2 else -3)) for number in range(6)])
    archive.append(kept)
    assert names(tmp_path) == ["day=2026-11-21/records-1-1.parquet", "day=2026-11-22/records-2-6.parquet", "lock"]
    assert everything(archive) == kept


def test_a_large_day_is_several_files_and_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "FILE_RECORDS_MAX", 10)
    monkeypatch.setattr(engine, "GROUP_RECORDS", 4)
    archive = ParquetArchive(tmp_path)
    kept = stored([event(number, to_ms(DAY) + number) for number in range(23)])
    archive.append(kept)
    assert names(tmp_path)[:3] == [f"day=2026-11-22/records-{span}.parquet" for span in ("1-10", "11-20", "21-23")]
    assert everything(archive) == kept
    assert [len(archive.read(Position(after), 100)) for after in (0, 3, 4, 9, 22, 23)] == [4, 1, 4, 1, 1, 0]


def die_at(step: int, act: Callable[[], object]) -> int:
    """Do something in a process of its own, which dies at the step-th call that changes the disk; its exit code."""
    child = os.fork()
    if child == 0:
        left = step

        def counted(change: Callable[..., Any]) -> Callable[..., Any]:
            def counting(*arguments: Any, **named: Any) -> Any:
                nonlocal left
                if left == 0:
                    os._exit(DIED)
                left -= 1
                return change(*arguments, **named)

            return counting

        for name in ("fsync", "rename", "mkdir", "unlink", "rmdir", "replace"):
            setattr(os, name, counted(getattr(os, name)))
        try:
            act()
        except BaseException:  # noqa: BLE001 - a forked test must not go on being one.
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_whoever_dies_while_appending_leaves_whole_files_only(tmp_path: Path) -> None:
    kept = of_two_days()
    for step in range(100):
        root = tmp_path / str(step)
        code = die_at(step, lambda root=root: ParquetArchive(root).append(kept))  # type: ignore[misc]  # A default in a lambda.
        archive = ParquetArchive(root)
        found = everything(archive)
        assert found in ([], kept[:2], kept)
        assert archive.end() == len(found)
        assert archive.append(kept[len(found) :]) == 4
        assert everything(archive) == kept
        assert names(root)[-1] == "lock"
        assert len(names(root)) == 3
        if code == 0:
            break
        assert code == DIED
    assert step == 11  # Root, and for each of two files: folder, its name, bytes, rename, name.


def test_whoever_dies_while_redacting_leaves_nothing_half(tmp_path: Path) -> None:
    kept = of_two_days()
    for step in range(100):
        root = tmp_path / str(step)
        ParquetArchive(root).append(kept)
        code = die_at(step, lambda root=root: ParquetArchive(root).redact(["vik"]))  # type: ignore[misc]  # A default in a lambda.
        archive = ParquetArchive(root)
        viewers = [one.record.claims.viewer_id for one in everything(archive) if isinstance(one.record, EventRecord)]
        changed = viewers.count(REDACTED_VIEWER)
        assert viewers == [REDACTED_VIEWER] * changed + ["vik"] * (4 - changed)
        assert archive.redact(["vik"]) == 4 - changed
        assert len(names(root)) == 3
        if code == 0:
            break
        assert code == DIED
    assert step == 7  # The lock's folder, and for each of two files: bytes, rename, name.


def test_whoever_dies_while_compacting_loses_nothing(tmp_path: Path) -> None:
    kept = of_two_days()
    now = DAY + timedelta(days=20)

    def move(root: Path) -> None:
        log, archive = SqliteEventLog(root / "log.sqlite3"), ParquetArchive(root / "archive")
        while compact(log, archive, through=Position(3), before=now, now=now, limit=2).more:
            pass
        log.close()

    for step in range(0, 100, 3):
        root = tmp_path / str(step)
        root.mkdir()
        log = SqliteEventLog(root / "log.sqlite3")
        log.append([one.record for one in kept])
        log.close()
        code = die_at(step, partial(move, root))
        for _ in range(2):  # As it was left, and as the next round makes it.
            history = History(SqliteEventLog(root / "log.sqlite3"), partial(ParquetArchive, root / "archive"))
            assert history.read(START, 2) + history.read(Position(2), 1) + history.read(Position(3), 9) == kept
            history.close()
            move(root)
        if code == 0:
            break
        assert code == DIED
    assert step > 10


@pytest.mark.parametrize("place", [0.02, 0.3, 0.6, 0.999])
def test_a_damaged_file_is_named(tmp_path: Path, place: float) -> None:
    archive = ParquetArchive(tmp_path)
    archive.append(of_two_days())
    victim = tmp_path / "day=2026-11-22/records-1-2.parquet"
    content = bytearray(victim.read_bytes())
    at = int(len(content) * place)
    content[at : at + 4] = bytes(byte ^ 0xFF for byte in content[at : at + 4])
    victim.write_bytes(content)
    with pytest.raises(ArchiveCorrupt) as caught:
        everything(archive)
    assert (caught.value.values["path"], caught.value.last) == (str(victim), 2)
    assert archive.read(caught.value.last, 10) == of_two_days()[2:]


@pytest.mark.parametrize("content", [b"", b"no Parquet", None])
def test_a_file_that_is_none_or_another_is_named(tmp_path: Path, content: bytes | None) -> None:
    archive = ParquetArchive(tmp_path)
    archive.append(of_two_days())
    victim = tmp_path / "day=2026-11-23/records-3-4.parquet"
    victim.write_bytes((tmp_path / "day=2026-11-22/records-1-2.parquet").read_bytes() if content is None else content)
    with pytest.raises(ArchiveCorrupt, match=r"records-3-4\.parquet"):
        everything(archive)


def test_a_file_that_leads_nowhere_is_no_endless_loop(tmp_path: Path) -> None:
    (tmp_path / "day=2026-11-22").mkdir()
    (tmp_path / "day=2026-11-22/records-1-2.parquet").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ArchiveUnavailable, match=r"records-1-2\.parquet is there and cannot be opened"):
        ParquetArchive(tmp_path).read(START, 1)


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file where the folder belongs")
    with pytest.raises(ArchiveUnavailable):
        ParquetArchive(tmp_path / "archive").append(of_two_days())


def test_a_reader_sees_what_is_appended_and_dropped_after_it_began(tmp_path: Path) -> None:
    kept = of_two_days()
    reader, writer = ParquetArchive(tmp_path), ParquetArchive(tmp_path)
    writer.append(kept[:2])
    assert reader.read(START, 1) == kept[:1]
    writer.append(kept[2:])
    assert reader.read(Position(2), 10) == kept[2:]
    fresh = ParquetArchive(tmp_path)
    assert fresh.read(Position(2), 1) == kept[2:3]
    writer.drop_before(Position(3))
    assert fresh.read(START, 10) == kept[2:]


def test_analysts_read_it_as_a_table_by_day(tmp_path: Path) -> None:
    start = to_ms(DAY)
    decision = DecisionRecord(
        11, start, "vik", "for_you", 4, 9, 1, 3, 2, 3, 4, 5, 6, 7, "impression", 9, 10, 11, 8, "", {"ended": 2}
    )
    bought = ConversionRecord(
        "b", 1, 5, "purchase", start, start + DAY_MS, 700, "EUR", "pixel", "vik", None, ("email:1",)
    )
    archive = ParquetArchive(tmp_path)
    archive.append(stored([decision, event(1, start + 1), event(2, start + 2, Kind.VIEW_6S), bought]))
    table = ds.dataset(tmp_path, format="parquet", partitioning="hive", exclude_invalid_files=True)
    first_day = table.to_table(
        columns=["tag", "kind", "ad_id", "charge_micros", "slot_position", "refusals"],
        filter=(pc.field("day") == "2026-11-22"),
    )
    assert first_day.to_pylist() == [
        {
            "tag": "decision",
            "kind": None,
            "ad_id": 2,
            "charge_micros": None,
            "slot_position": 4,
            "refusals": '{"ended":2}',
        },
        {
            "tag": "event",
            "kind": "impression",
            "ad_id": 2,
            "charge_micros": 9_000,
            "slot_position": None,
            "refusals": None,
        },
        {
            "tag": "event",
            "kind": "view_6s",
            "ad_id": 2,
            "charge_micros": 9_000,
            "slot_position": None,
            "refusals": None,
        },
    ]
    spent = table.to_table(filter=pc.field("tag") == "event").group_by("ad_id").aggregate([("charge_micros", "sum")])
    assert spent.to_pylist() == [{"ad_id": 2, "charge_micros_sum": 18_000}]
    assert table.to_table(columns=["value_micros", "click"], filter=pc.field("tag") == "conversion").to_pylist() == [
        {"value_micros": 700, "click": None}
    ]
    assert date.fromisoformat(table.head(1)["day"][0].as_py()) == DAY.date()
