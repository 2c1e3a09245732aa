"""Everything that can happen to an ad server, to work and to their disk, in a seeded order, under load.

A seed repeats its schedule: `VONK_FAULT_ROUNDS=1000 VONK_FAULT_SEED=7 pytest -s tests/simulation/test_faults.py` is the
long run; `VONK_FAULT_NAMES="kill_ads kill_both"` plays only those.
"""

import os
import sqlite3
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import patience
from tests.simulation.fault_load import Crowd
from tests.simulation.fault_plane import NAMES, SYNCS, WRITES, Plane, may_trace
from tests.simulation.fault_run import SEED, run, wait_for_more
from vonk.config import keys
from vonk.delivery.snapshot import ClockDocument, DocumentKind, encode_document
from vonk.events.tokens import Signer
from vonk.storage.sqlite.event_log import SqliteEventLog

ROUNDS = int(os.environ.get("VONK_FAULT_ROUNDS", "14"))  # Each fault once.
AUDIT_EVERY = int(os.environ.get("VONK_FAULT_AUDIT_EVERY", "20"))  # Rounds; and at the end.
BYTES_LEFT = 512
WAL_HEADER, FRAME_HEADER = 32, 24
HOUR_US = 3_600_000_000


class Faults:
    """What can be done to a plane. Each leaves both processes running, or dead for others to start again."""

    def __init__(self, plane: Plane, crowd: Crowd) -> None:
        self._plane = plane
        self._crowd = crowd
        self.named: dict[str, Callable[[float], None]] = {
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
                del self.named[name]
            print("left out: full, read-only, failing and slow disk, because strace may not hold our processes")  # noqa: T201 - a run says what it did not show.

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
        wait_for_more(self._crowd, "log_unavailable")
        self._plane.limit_files(None)

    def _refusing(self, calls: str, error: str, share: float) -> None:
        """The disk refuses; the ad server names it. Half of the times it is then killed, as an operator might."""
        with self._plane.tampered(calls, error):
            wait_for_more(self._crowd, "log_unavailable")
        if share < 0.5:
            self._plane.kill("ads")

    def _slow_sync(self, share: float) -> None:
        with self._plane.tampered(SYNCS, f"delay_exit={round(20_000 + 60_000 * share)}"):
            wait_for_more(self._crowd, "ok")
            time.sleep(share)
        if share < 0.5:
            self._plane.kill("ads")

    def _silence(self, share: float) -> None:
        with self._plane.silent():
            time.sleep(share)

    def _jump(self, hours: int) -> None:
        move_clock(self._plane.data, hours * HOUR_US)
        wait_for_more(self._crowd, "ok")
        move_clock(self._plane.data, 0)


def move_clock(data: Path, offset_us: int) -> None:
    """Have the ad server's clock jump, as the control plane would: one publication, numbered like any other."""
    database = sqlite3.connect(data / "control.sqlite3", timeout=patience.SECONDS, isolation_level=None)
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


@pytest.mark.xdist_group("faults")
@pytest.mark.timeout(patience.SECONDS * (ROUNDS + 4))
def test_after_every_fault_what_was_acknowledged_is_there_once(world: Path) -> None:
    plane = Plane(world)
    crowd = Crowd([plane.url("ads")], Signer(keys.load_or_create(world).tokens), SEED)
    run(
        plane,
        crowd,
        Faults(plane, crowd).named,
        lambda: SqliteEventLog(world / "events" / "log.sqlite3"),
        rounds=ROUNDS,
        audit_every=AUDIT_EVERY,
    )
