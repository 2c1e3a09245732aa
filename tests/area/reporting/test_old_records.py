"""Old records in the platform as a whole: archived, exported, read back, forced and shown by command."""

import csv
import json
import os
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from django.conf import settings

from tests.area.billing.world import EUR, NOW, Town, build, claims, event, organic, show
from vonk.billing.actions import settlement
from vonk.billing.proof import prove
from vonk.cli import archiving, exporting
from vonk.cli.exporting import Wanted
from vonk.cli.monitor import Monitor
from vonk.cli.old_records import OldRecords
from vonk.config import wiring
from vonk.config.options import Options
from vonk.control import clock, positions
from vonk.events.compaction import compact
from vonk.events.log import START, Position, StoredRecord
from vonk.events.records import Kind
from vonk.reporting import rollups
from vonk.reporting.attribution import consumer as attribution
from vonk.reporting.proof import TalliesWitness
from vonk.reporting.retention import consumer as retention
from vonk.storage.parquet.sheets import row_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def options(tmp_path: Path) -> Options:
    options: Options = msgspec.structs.replace(settings.VONK, data_dir=tmp_path)
    return options


class Platform(msgspec.Struct):
    """A town with ten days of showings, all settled, rolled up and attributed."""

    options: Options
    town: Town
    records: list[StoredRecord]


@pytest.fixture
def platform(options: Options) -> Platform:
    clock.start_at(NOW + 10 * DAY)
    town = build(funds_micros=10 * EUR)
    log = wiring.event_log(options)
    for days in range(10, 0, -1):
        show(log, town, at=clock.present().now() - days * DAY)
    records = log.read(START, 1_000)
    _work(options)
    log.close()
    return Platform(options, town, records)


def _work(options: Options) -> None:
    log = wiring.event_log(options)
    while settlement.settle(log, now=NOW).records:
        pass
    while rollups.roll_up(log, now=NOW).records:
        pass
    while attribution.attribute(log, now=NOW).records:
        pass
    while retention.count(log, now=NOW).records:
        pass
    log.close()


def history_of(options: Options) -> list[StoredRecord]:
    history = wiring.history(options)
    found: list[StoredRecord] = []
    while page := history.read(found[-1].position if found else START, 3):
        found += page
    history.close()
    return found


def test_work_archives_whole_days_and_everything_is_still_read(platform: Platform) -> None:
    old = OldRecords(platform.options)
    monitor = Monitor()
    while old.round(monitor):
        pass
    old.close()
    assert monitor.health().failing == ()
    log = wiring.event_log(platform.options)
    assert log.first() == 5  # Of ten days, two ended more than eight days ago.
    log.close()
    assert history_of(platform.options) == platform.records
    assert len(list((platform.options.data_dir / "archive").glob("day=*/*.parquet"))) == 2


def test_what_a_reader_has_not_passed_stays_in_the_log(options: Options) -> None:
    town = build()
    log = wiring.event_log(options)
    show(log, town, at=clock.present().now() - 20 * DAY)
    settlement.settle(log, now=NOW)
    rollups.roll_up(log, now=NOW)
    assert positions.passed_by(archiving.CONSUMERS) == 0
    log.close()
    assert archiving.compact_all(options, keep_days=0) == 0
    assert not list((options.data_dir / "archive").glob("day=*/*.parquet"))


def test_commands_force_and_show_it(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    assert archiving.compact_all(platform.options, keep_days=0) == 0
    assert "Archived 20 records; the log let go of 20." in capsys.readouterr().out
    assert archiving.status(platform.options) == 0
    told = capsys.readouterr().out
    assert "read by settle" in told
    assert told.count("archive, ") == 10
    assert history_of(platform.options) == platform.records


def test_whoever_is_behind_what_the_log_keeps_reads_the_archive(options: Options) -> None:
    """As after restoring the tables from an older copy."""
    town = build()
    log, archive = wiring.event_log(options), wiring.archive_in(options.data_dir)
    show(log, town, times=3)
    compact(log, archive, through=Position(4), before=NOW + DAY, now=NOW + 2 * DAY)
    assert log.first() == 5
    archive.close()
    log.close()
    history = wiring.history(options)
    settled = [settlement.settle(history, now=NOW) for _ in range(3)]
    assert [(one.records, one.position, one.events) for one in settled] == [(4, 4, 2), (2, 6, 1), (0, 6, 0)]
    assert prove(history, now=NOW).holds
    history.close()


def test_old_days_go_when_the_operator_says_so(platform: Platform) -> None:
    archiving.compact_all(platform.options, keep_days=0)
    archive = wiring.archive_in(platform.options.data_dir)
    later = clock.present().now() + 26 * DAY
    assert archiving.drop_old(archive, keep_days=0, now=later) == 0
    assert archiving.drop_old(archive, keep_days=31, now=later) == 10
    assert history_of(platform.options) == platform.records[10:]
    archive.close()


def test_the_audit_holds_over_the_archive_and_over_what_retention_left(platform: Platform) -> None:
    archiving.compact_all(platform.options, keep_days=0)
    history = wiring.history(platform.options)
    whole = prove(history, now=NOW, more=[TalliesWitness])
    assert (whole.first, whole.position, [line for line in whole.lines if line.wrong]) == (1, 20, [])
    archive = wiring.archive_in(platform.options.data_dir)
    archiving.drop_old(archive, keep_days=31, now=clock.present().now() + 26 * DAY)
    archive.close()
    left = prove(history, now=NOW, more=[TalliesWitness])
    assert (left.first, left.position, [line for line in left.lines if line.wrong]) == (11, 20, [])
    history.close()


def span(platform: Platform, **narrower: object) -> Wanted:
    today = clock.present().now().date()
    return Wanted(today - 9 * DAY, today - 7 * DAY, **narrower)  # type: ignore[arg-type]  # Of what the test is about.


def test_an_export_replaces_nothing_but_files(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    folder = platform.options.data_dir
    pipe, too_long = folder / "pipe", folder / ("x" * 300)
    os.mkfifo(pipe)
    for out in (folder, pipe, too_long, folder / "absent" / "out"):
        assert exporting.run(platform.options, span(platform), form="csv", out=out) == 3
    assert "is there and is no file" in capsys.readouterr().err
    assert pipe.is_fifo()
    assert not list(folder.rglob("*.unfinished"))


@pytest.mark.parametrize("keep_days", [8, 0])
def test_an_export_is_the_records_of_the_days(platform: Platform, keep_days: int) -> None:
    archiving.compact_all(platform.options, keep_days=keep_days)
    out = platform.options.data_dir / "out"
    wanted = [row_of(one) for one in platform.records[2:8]]
    assert exporting.run(platform.options, span(platform), form="jsonl", out=out) == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [int(line["position"]) for line in lines] == [row["position"] for row in wanted]
    assert lines[1]["ad_id"] == str(platform.town.ad)
    assert exporting.run(platform.options, span(platform), form="parquet", out=out) == 0
    assert pq.read_table(out).column("position").to_pylist() == [3, 4, 5, 6, 7, 8]
    assert exporting.run(platform.options, span(platform), form="csv", out=out) == 0
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["tag"], row["charge_micros"]) for row in rows] == [("decision", ""), ("event", "5000")] * 3
    assert sorted(path.name for path in platform.options.data_dir.iterdir()) == ["archive", "events", "out"]


def test_an_export_can_be_of_one_account_and_kind(platform: Platform) -> None:
    log = wiring.event_log(platform.options)
    log.append([event(organic(platform.town)), event(claims(platform.town), Kind.PLAY)])
    log.close()
    out = platform.options.data_dir / "out"
    asked: list[tuple[dict[str, object], int]] = [
        ({"account_id": platform.town.account, "kinds": frozenset({"impression"})}, 3),
        ({"kinds": frozenset({"decision"})}, 3),
        ({"account_id": 1}, 0),
    ]
    for narrower, count in asked:
        assert exporting.run(platform.options, span(platform, **narrower), form="jsonl", out=out) == 0
        assert len(out.read_text().splitlines()) == count


def test_an_export_that_fails_leaves_the_file_as_it_was(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    archiving.compact_all(platform.options, keep_days=0)
    victim = next((platform.options.data_dir / "archive").glob("day=*/*3-4.parquet"))
    victim.write_bytes(b"no Parquet")
    out = platform.options.data_dir / "out"
    out.write_text("as it was")
    assert exporting.run(platform.options, span(platform), form="jsonl", out=out) == exporting.EXIT_FAILED
    assert victim.name in capsys.readouterr().err.replace("\n", "")
    assert out.read_text() == "as it was"
    assert date.fromisoformat(victim.parent.name.removeprefix("day=")) == span(platform).first_day
