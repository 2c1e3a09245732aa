"""A real ad server, killed under load: what it acknowledged is in the log, once."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tests import patience
from vonk.cli import bench_load, bench_world
from vonk.config import wiring
from vonk.core import ids
from vonk.events.log import START
from vonk.events.records import Claims, EventRecord
from vonk.events.tokens import Signer

KILLS = 2
SENDERS = 4


@contextlib.contextmanager
def running(directory: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    control = f"sqlite://{directory / 'control.sqlite3'}"
    command = [sys.executable, "-m", "vonk.cli.bench_load", control, str(directory / "data"), "", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | {"PYTHONWARNINGS": ""}) as process:
        try:
            bench_load._await_ready(process, port, "/healthz")
            yield process
        finally:
            process.kill()


def post(port: int, body: Any) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience.SECONDS)
    try:
        connection.request("POST", "/v1/events", msgspec.json.encode(body))
        answer = connection.getresponse()
        return msgspec.json.decode(answer.read()) if answer.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None  # Not acknowledged: the server was killed.
    finally:
        connection.close()


def send_until(stop: threading.Event, port: int, sender: int, acknowledged: set[str]) -> None:
    signer, number = Signer([bench_load.KEY]), 0
    while not stop.is_set():
        now_ms = time.time_ns() // 1_000_000
        token = signer.sign_showing(Claims(ids.new_id(), 0, 0, 0, 0, 0, 1, 1, "vik", "", 0, "", now_ms, "for_you"))
        number += 1
        events = [
            {"id": f"{sender}-{now_ms}-{number}-{place}", "kind": "watch", "token": token, "at": now_ms}
            for place in range(5)
        ]
        if (answer := post(port, {"events": events})) is not None:
            assert {verdict["verdict"] for verdict in answer["verdicts"]} == {"accepted"}
            acknowledged.update(verdict["id"] for verdict in answer["verdicts"])


def logged(directory: Path) -> list[str]:
    log = wiring.event_log_in(directory / "data")
    found, after = [], START
    while page := log.read(after, 5_000):
        found += [stored.record.event_id for stored in page if isinstance(stored.record, EventRecord)]
        after = page[-1].position
    log.close()
    return found


def test_what_was_acknowledged_before_a_kill_is_there_once(tmp_path: Path) -> None:
    writer = bench_world.PublicationWriter(tmp_path / "control.sqlite3")
    writer.publish(bench_world.world(10, 1.0))
    writer.close()
    acknowledged: set[str] = set()
    port = bench_load._free_port()
    for _ in range(KILLS):
        with running(tmp_path, port) as process:
            stop = threading.Event()
            senders = [
                threading.Thread(target=send_until, args=(stop, port, sender, acknowledged))
                for sender in range(SENDERS)
            ]
            for sender in senders:
                sender.start()
            enough = len(acknowledged) + 300
            while len(acknowledged) < enough:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.wait()
            stop.set()
            for sender in senders:
                sender.join()
    with running(tmp_path, port):
        pass
    found = logged(tmp_path)
    assert len(found) == len(set(found))
    assert acknowledged <= set(found)
