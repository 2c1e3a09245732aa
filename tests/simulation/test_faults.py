"""Everything that can happen to an ad server, to work and to their disk, in a seeded order, under load.

After each fault: both run again, every acknowledged event is in the log once, and the audit passes. A seed repeats its
schedule: `VONK_FAULT_ROUNDS=1000 VONK_FAULT_SEED=7 pytest -s tests/simulation/test_faults.py` is the long run.
"""

import json
import os
import sqlite3
import struct
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import msgspec
import pytest

from tests.simulation import crash_world
from tests.simulation.crash_platform import platform_on
from tests.simulation.fault_load import Crowd
from tests.simulation.fault_log import LogReader
from tests.simulation.fault_plane import NAMES, SYNCS, WRITES, Plane, may_trace
from tests.wire.serving import VONK, environment, wait_for
from vonk.config import keys
from vonk.delivery.snapshot import ClockDocument, DocumentKind, encode_document
from vonk.events.tokens import Signer
from vonk.storage.sqlite.event_log import SqliteEventLog

ROUNDS = int(os.environ.get("VONK_FAULT_ROUNDS", "12"))
SEED = int(os.environ.get("VONK_FAULT_SEED", "11"))
ONLY = os.environ.get("VONK_FAULT_NAMES", "").split()  # Of the faults; all when empty.
AUDIT_EVERY = int(os.environ.get("VONK_FAULT_AUDIT_EVERY", "6"))  # Rounds; and at the end.
SECONDS_A_ROUND = 60  # Of patience, never of expectation.
LOAD_SECONDS_MAX = 0.3
BYTES_LEFT = 512
WAL_HEADER, FRAME_HEADER = 32, 24
HOUR_US = 3_600_000_000


class Fault(msgspec.Struct, frozen=True):
    """One thing that happens. ``after_seconds`` of load before it; ``share`` is chance for the fault to use."""

    name: str
    after_seconds: float
    share: float


class Faults:
    """What can be done to a plane. Each method leaves both processes running, or dead for ``play`` to start again."""

    def __init__(self, plane: Plane, crowd: Crowd, clock: Callable[[int], None]) -> None:
        self._plane = plane
        self._crowd = crowd
        self._clock = clock
        self._named: dict[str, Callable[[float], None]] = {
            "kill_ads": lambda _: plane.kill("ads"),
            "kill_work": lambda _: plane.kill("work"),
            "kill_both": lambda _: plane.kill(*NAMES),
            "kill_at_birth": self._kill_at_birth,
            "torn_log": self._tear_log,
            "torn_checkpoint": self._tear_checkpoint,
            "small_disk": self._small_disk,
            "full_disk": lambda share: self._refusing(WRITES, "error=ENOSPC", share),
            "read_only_disk": lambda share: self._refusing(WRITES, "error=EROFS", share),
            "failing_sync": lambda share: self._refusing(SYNCS, "error=EIO", share),
            "slow_sync": self._slow_sync,
            "silence": self._silence,
            "clock_forward": lambda share: self._jump(1 + round(3 * share)),
            "clock_back": lambda share: self._jump(-round(2 * share)),
        }
        if not may_trace():
            assert os.environ.get("CI") != "true", "strace is missing, or may not hold our own processes"
            for name in ("full_disk", "read_only_disk", "failing_sync", "slow_sync"):
                del self._named[name]

    def names(self) -> list[str]:
        return list(self._named)

    def play(self, fault: Fault) -> None:
        time.sleep(fault.after_seconds)
        self._named[fault.name](fault.share)
        self._plane.start(*NAMES)
        self._plane.wait_until_ready(*NAMES)
        self._wait_for_more("ok")

    def _kill_at_birth(self, share: float) -> None:
        self._plane.kill(*NAMES)
        self._plane.start(*NAMES)
        time.sleep(share)
        self._plane.kill(*NAMES)

    def _tear_log(self, share: float) -> None:
        """The machine lost its power while a page was on its way to the disk."""
        self._plane.kill("ads")
        wal = self._plane.data / "events" / "log.sqlite3-wal"
        content = wal.read_bytes() if wal.exists() else b""
        if len(content) <= WAL_HEADER:
            return
        page_size = struct.unpack(">I", content[8:12])[0]
        frame = content[-(FRAME_HEADER + page_size) :]
        with wal.open("ab") as file:
            file.write(frame[: 1 + int(share * (len(frame) - 1))])

    def _tear_checkpoint(self, share: float) -> None:
        self._plane.kill("ads")
        for path in (self._plane.data / "ads").glob("*.checkpoint"):
            os.truncate(path, int(share * path.stat().st_size))

    def _small_disk(self, _share: float) -> None:
        self._plane.limit_files(BYTES_LEFT)
        self._wait_for_more("log_unavailable")
        self._plane.limit_files(None)

    def _refusing(self, calls: str, error: str, share: float) -> None:
        """The disk refuses; the ad server names it. Half of the times it is then killed, as an operator might."""
        with self._plane.tampered(calls, error):
            self._wait_for_more("log_unavailable")
        if share < 0.5:
            self._plane.kill("ads")

    def _slow_sync(self, share: float) -> None:
        with self._plane.tampered(SYNCS, f"delay_exit={round(20_000 + 60_000 * share)}"):
            self._wait_for_more("ok")
            time.sleep(share)
        if share < 0.5:
            self._plane.kill("ads")

    def _silence(self, share: float) -> None:
        with self._plane.silent():
            time.sleep(share)

    def _jump(self, hours: int) -> None:
        self._clock(hours * HOUR_US)
        self._wait_for_more("ok")
        self._clock(0)

    def _wait_for_more(self, code: str) -> None:
        before = self._crowd.answers[code]
        wait_for(
            lambda: self._crowd.answers[code] > before or self._crowd.failures,
            f"no answer is {code}: {dict(self._crowd.answers)}",
            SECONDS_A_ROUND,
        )
        assert self._crowd.failures == []


def schedule(rng: Random, names: list[str], rounds: int) -> Iterator[Fault]:
    """Yield every fault once, in any order, then all of them again."""
    deck: list[str] = []
    for _ in range(rounds):
        deck = deck or rng.sample(names, len(names))
        yield Fault(deck.pop(), round(rng.uniform(0.0, LOAD_SECONDS_MAX), 3), round(rng.random(), 3))


def move_clock(data: Path, offset_us: int) -> None:
    """Have the ad server's clock jump, as the control plane would: one publication, numbered like any other."""
    database = sqlite3.connect(data / "control.sqlite3", timeout=SECONDS_A_ROUND, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    number = "UPDATE control_sequence SET value = value + 1 WHERE name = 'publication' RETURNING value"
    (sequence,) = database.execute(number).fetchone()
    database.execute(
        "INSERT INTO control_publication (kind, object_id, sequence, document, published_at)"
        " VALUES (?, 1, ?, ?, '2026-11-22 12:00:00')"
        " ON CONFLICT (kind, object_id) DO UPDATE SET sequence = excluded.sequence, document = excluded.document",
        (DocumentKind.CLOCK.value, sequence, encode_document(ClockDocument(offset_us))),
    )
    database.execute("COMMIT")
    database.close()


def audit(data: Path) -> None:
    done = subprocess.run(
        [*VONK, "audit", "--data", str(data), "--json"], capture_output=True, text=True, check=False, env=environment()
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["holds"] is True


def prepared(folder: Path) -> Path:
    """Make the world through the front door, once, and leave its directory to the plane."""
    with platform_on(folder / "data") as platform:
        platform.start()
        platform.wait_until_ready()
        crash_world.made(platform, folder)
        assert platform.stop() == 0
    return folder / "data"


@pytest.mark.timeout(240 + SECONDS_A_ROUND * ROUNDS)
def test_after_every_fault_what_was_acknowledged_is_there_once(tmp_path: Path) -> None:
    rng = Random(SEED)
    data = prepared(tmp_path)
    plane = Plane(data)
    crowd = Crowd(plane.url("ads"), Signer(keys.load_or_create(data).tokens), SEED)
    faults = Faults(plane, crowd, lambda offset_us: move_clock(data, offset_us))
    played: Counter[str] = Counter()
    try:
        plane.start(*NAMES)
        plane.wait_until_ready(*NAMES)
        log = SqliteEventLog(data / "events" / "log.sqlite3")
        reader = LogReader(log)
        crowd.start()
        try:
            for number, fault in enumerate(schedule(rng, ONLY or faults.names(), ROUNDS), 1):
                print(f"round {number} of seed {SEED}: {fault}", flush=True)  # noqa: T201 - to find a failure again.
                faults.play(fault)
                played[fault.name] += 1
                reader.check(crowd)
                if number % AUDIT_EVERY == 0:
                    audit(data)
        finally:
            crowd.stop()
        reader.check_the_end(crowd)
        log.close()
        plane.stop()
        audit(data)
    finally:
        plane.end()
    print(  # noqa: T201 - the long run's figures.
        f"{dict(played)}; {crowd.showings} showings, {len(crowd.acknowledged)} events acknowledged, 0 lost, 0 doubled, "
        f"{len(crowd.in_doubt)} given up in doubt; {sum(reader.charged.values())} charges, none twice; "
        f"answers {dict(crowd.answers)}; verdicts {dict(crowd.verdicts)}"
    )
