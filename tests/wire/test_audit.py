"""`vonk audit` over data directories: whole, corrupted, unreadable, and while a platform writes in them."""

import json
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Self

import msgspec
import pytest

from tests import patience
from tests.area.billing.corruptions import CORRUPTIONS
from tests.wire import auditing
from tests.wire.serving import VONK, environment, send, serving
from vonk.billing import append_only
from vonk.config import wiring
from vonk.core.ids import new_id
from vonk.events.log import Position
from vonk.events.records import Claims, EventRecord, Kind

pytestmark = pytest.mark.xdist_group("audit")  # They share a directory.


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with everything in it."""
    directory = tmp_path_factory.mktemp("audit") / "kept"
    auditing.fill(directory)
    return directory


def audit(directory: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*VONK, "audit", "--data", str(directory), *options],
        capture_output=True, text=True, check=False, timeout=patience.SECONDS, env=environment(),
    )  # fmt: skip


def copied(kept: Path, to: Path) -> Path:
    shutil.copytree(kept, to)
    return to


def control(directory: Path) -> sqlite3.Connection:
    return sqlite3.connect(directory / "control.sqlite3", isolation_level=None)


def test_each_corruption_of_a_directory_is_named_and_ends_the_audit_with_1(kept: Path, tmp_path: Path) -> None:
    planted = [corruption for corruption in CORRUPTIONS if corruption.command]
    assert len(planted) >= 12
    directories, names = [copied(kept, tmp_path / "0")], [""]
    for number, corruption in enumerate(planted, 1):
        directory = copied(kept, tmp_path / str(number))
        with closing(control(directory)) as connection:
            for trigger in append_only.TRIGGERS:
                connection.execute(f"DROP TRIGGER {trigger}")
            names.append(corruption.plant(connection.cursor(), directory / "events" / "log.sqlite3"))
        directories.append(directory)
    whole, *corrupted = auditing.audits(directories)
    assert (whole.code, whole.wrong) == (0, {})
    for corruption, name, found in zip(planted, names[1:], corrupted, strict=True):
        assert found.code == 1, (corruption.name, found)
        assert [complaint for complaint in found.wrong[corruption.check] if name in complaint], (name, found.wrong)


def test_people_read_a_table_and_the_wrong_rows(kept: Path, tmp_path: Path) -> None:
    directory = copied(kept, tmp_path / "data")
    with closing(control(directory)) as connection:
        connection.execute("UPDATE billing_budget_spend SET billed_micros = 1 WHERE limit_micros = 28000")
    found = audit(directory)
    lines = found.stdout.splitlines()
    assert found.returncode == 1
    assert "The books, up to position 28 of the log" in lines[0]
    row = next(line for line in lines if "budgets count their charges" in line)
    assert [cell.strip() for cell in row.split("│")][2:4] == ["14", "1"]
    assert [line for line in lines if line.endswith("counted 1, its charges are 28000")]
    assert lines[-1].startswith("The books do not hold.")


def test_what_cannot_be_read_is_said_and_proves_nothing(kept: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (found,) = auditing.audits([empty])
    assert (found.code, found.output, list(empty.iterdir())) == (2, "", [])
    assert found.said.startswith(f"vonk: there are no books in {empty}:")

    old = copied(kept, tmp_path / "old")
    with closing(control(old)) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'billing'")
    bare = copied(kept, tmp_path / "bare")
    shutil.rmtree(bare / "events")
    torn = copied(kept, tmp_path / "torn")
    (torn / "events" / "log.sqlite3").write_bytes(b"SQLite format 3\0" + b"nonsense" * 1_000)
    ruined = copied(kept, tmp_path / "ruined")
    (ruined / "control.sqlite3").write_bytes(b"nonsense" * 1_000)
    unread = auditing.audits([old, bare, torn, ruined])
    assert [(one.code, one.output) for one in unread] == [(3, "")] * 4
    missing = f"The books are settled up to position 28, and there is no event log at {bare}/events/log.sqlite3."
    reasons = [
        "The tables are not those of this version: billing 0001_whole_to_0009 is missing",
        missing,
        "The event log is damaged:",
        "The control database cannot be read:",
    ]
    assert [one.said.startswith(reason) for one, reason in zip(unread, reasons, strict=True)] == [True] * 4


class Viewer:
    """Vik watches: his events go to the ad server until he is told to stop."""

    def __init__(self, directory: Path, ads: str) -> None:
        with closing(wiring.history_in(directory)) as log:  # Work may have moved old records to the archive.
            sample = next(one.record for one in log.read(Position(0), 100) if isinstance(one.record, EventRecord))
        self._sample, self._ads = sample.claims, ads
        self._signer = wiring.signer(directory)
        self._stop = threading.Event()
        self.sent = 0
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            events = [event for _ in range(10) for event in self._showing()]
            reply = send("POST", f"{self._ads}/v1/events", {"events": events})
            assert {verdict["verdict"] for verdict in reply.body["verdicts"]} == {"accepted"}, reply.body
            self.sent += len(events)

    def _showing(self) -> Iterator[dict[str, object]]:
        """One organic showing, and one of an ad that spends money."""
        now_ms = time.time_ns() // 1_000_000
        for bills, changes in (
            (True, {"grant_id": 0}),
            (False, {"ad_id": 0, "grant_id": 0, "bills": "", "price_micros": 0}),
        ):
            values = {"decision_id": new_id(), "decided_ms": now_ms - 9_000, "viewer_id": f"vik{new_id()}", **changes}
            claims: Claims = msgspec.structs.replace(self._sample, **values)
            token = self._signer.sign_showing(claims)
            for kind in (Kind.IMPRESSION, Kind.PLAY, Kind.VIEW_2S):
                yield {"id": f"{claims.decision_id}-{kind}-{bills}", "kind": kind.value, "token": token, "at": now_ms}


def test_a_platform_that_writes_meanwhile_raises_no_false_alarm(kept: Path, tmp_path: Path) -> None:
    directory = copied(kept, tmp_path / "data")
    with serving(directory) as platform, Viewer(directory, platform.url("ads")) as viewer:
        positions = []
        for _ in range(2):
            found = audit(directory, "--json")
            assert (found.returncode, found.stderr) == (0, ""), found.stdout
            positions.append(json.loads(found.stdout)["position"])
    assert 28 < positions[0] < positions[1]
    assert viewer.sent > 0
