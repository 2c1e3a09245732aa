"""The measuring behind ``vonk bench settle`` and ``vonk bench audit``."""

import json
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec
import typer
from django.db import connection

from vonk.billing.actions import settlement
from vonk.cli import bench_books, migrating
from vonk.cli.start import options_of
from vonk.config import wiring
from vonk.control import clock, positions
from vonk.events.log import EventLog, Position
from vonk.events.records import Record
from vonk.reporting import rollups

VONK: Final = (sys.executable, "-m", "vonk.cli.main")
TICKS_PER_SECOND: Final = 50  # Arriving events come in that many batches.
SAMPLE_SECONDS: Final = 0.02
PATIENCE_SECONDS: Final = 60.0  # For work to start, and to catch up when nothing more arrives.
STOP_SECONDS: Final = 30.0


class SettleFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Records a second: each consumer by itself on one core, and both one after the other."""

    events: int
    records: int
    settle_per_s: float
    roll_up_per_s: float
    both_per_s: float
    both_per_cpu_s: float  # By processor time, which neighbours on the machine do not lengthen.
    rss_mb: float


class LagFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How long a record waits, while others arrive, until it is in the books and in the counters."""

    rate_per_s: float
    seconds: float
    lag_p50_s: float
    lag_p99_s: float
    lag_max_s: float


class AuditFigures(msgspec.Struct, frozen=True, kw_only=True):
    """``generation_s`` is not part of ``seconds``; ``cpu_s`` is user and system time together."""

    events: int
    records: int
    transfers: int
    seconds: float
    cpu_s: float
    events_per_s: float
    records_per_s: float
    rss_mb: float
    generation_s: float


def speed(directory: Path, *, events: int) -> SettleFigures:
    """Settle and roll up a log of that many events, one after the other, and say how fast."""
    ads = _platform(directory)
    with closing(wiring.event_log(options_of(directory))) as log:
        records = bench_books.append(log, bench_books.showings(ads, events))
        cpu = time.process_time()
        settle_s, roll_up_s = _timed(lambda: _settle(log)), _timed(lambda: _roll_up(log))
        cpu = time.process_time() - cpu
    return SettleFigures(
        events=events,
        records=records,
        settle_per_s=round(records / settle_s),
        roll_up_per_s=round(records / roll_up_s),
        both_per_s=round(records / (settle_s + roll_up_s)),
        both_per_cpu_s=round(records / cpu),
        rss_mb=_mb(resource.getrusage(resource.RUSAGE_SELF)),
    )


def lag(directory: Path, *, rate: int, seconds: int) -> LagFigures:
    """Let events arrive at that rate while a `vonk work` process runs, and say how far behind it was."""
    ads = _platform(directory)
    arriving = _batches(bench_books.showings(ads, rate * seconds), rate // TICKS_PER_SECOND or 1)
    with closing(wiring.event_log(options_of(directory))) as log, _working(directory) as work:
        written: deque[tuple[Position, float]] = deque()  # A batch's last position, and when it was in the log.
        waited: list[float] = []
        done = threading.Event()

        def watch() -> None:
            until = 0.0
            while not (done.is_set() and (not written or time.monotonic() > until)):
                if not done.is_set():
                    until = time.monotonic() + PATIENCE_SECONDS
                reached = min(positions.of(settlement.CONSUMER), positions.of(rollups.CONSUMER))
                now = time.monotonic()
                while written and written[0][0] <= reached:
                    waited.append(now - written.popleft()[1])
                time.sleep(SAMPLE_SECONDS)
            connection.close()

        watcher = threading.Thread(target=watch, name="watch")
        watcher.start()
        began, count, number = time.monotonic(), 0, 0
        for number, batch in enumerate(arriving, start=1):
            written.append((log.append(batch), time.monotonic()))
            count += len(batch)
            time.sleep(max(0.0, began + number / TICKS_PER_SECOND - time.monotonic()))
        took = time.monotonic() - began
        done.set()
        watcher.join()
        if written or work.poll() is not None:
            raise typer.BadParameter(f"work did not catch up: {len(written)} batches were never settled and counted")
    waits = statistics.quantiles(waited, n=100, method="inclusive")
    return LagFigures(
        rate_per_s=round(count / took, 1),
        seconds=round(took, 1),
        lag_p50_s=round(waits[49], 3),
        lag_p99_s=round(waits[98], 3),
        lag_max_s=round(max(waited), 3),
    )


def audit(directory: Path, *, events: int) -> AuditFigures:
    """Run `vonk audit` over the directory, made first where it is empty; ends the command when it finds anything."""
    generation_s = 0.0 if (directory / "control.sqlite3").exists() else _timed(lambda: _generate(directory, events))
    connection.close()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run(
        [*VONK, "audit", "--data", str(directory), "--json"], stdout=subprocess.PIPE, check=False, text=True
    )
    seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise typer.BadParameter(f"the audit ended with {done.returncode}: {done.stdout[:2_000]}")
    counted = {check["name"]: check["counted"] for check in json.loads(done.stdout)["checks"]}
    records, found = counted["log_is_whole"], counted["events_are_there_once"]
    return AuditFigures(
        events=found,
        records=records,
        transfers=counted["transfers_name_their_events"],
        seconds=round(seconds, 2),
        cpu_s=round(used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, 2),
        events_per_s=round(found / seconds),
        records_per_s=round(records / seconds),
        rss_mb=_mb(used),
        generation_s=round(generation_s, 1),
    )


def _platform(directory: Path) -> list[bench_books.Shown]:
    migrating.migrate(quiet=True)
    return bench_books.make(directory)


def _generate(directory: Path, events: int) -> None:
    ads = _platform(directory)
    with closing(wiring.event_log(options_of(directory))) as log:
        bench_books.append(log, bench_books.showings(ads, events))
        _settle(log)
        _roll_up(log)


def _settle(log: EventLog) -> None:
    while settlement.settle(log, now=clock.present().now()).records:
        pass


def _roll_up(log: EventLog) -> None:
    while rollups.roll_up(log, now=clock.present().now()).records:
        pass


def _timed(run: Callable[[], None]) -> float:
    began = time.monotonic()
    run()
    return time.monotonic() - began


def _batches(arriving: Iterator[list[Record]], size: int) -> Iterator[list[Record]]:
    waiting: list[Record] = []
    for some in arriving:
        waiting += some
        while len(waiting) >= size:
            yield waiting[:size]
            del waiting[:size]
    if waiting:
        yield waiting


class _working:  # noqa: N801 - a context manager that reads as one.
    """A `vonk work` process on the directory, from when it is ready until the block ends."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __enter__(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen([*VONK, "work", "--data", str(self._directory), "--port", "0"], stdout=2)
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()


def _mb(usage: resource.struct_rusage) -> float:
    return round(usage.ru_maxrss / 1024, 1)
