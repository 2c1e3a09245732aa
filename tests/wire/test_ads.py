"""An ad server of its own: its keys rotate while it runs, and it believes only the proxies that it is told of."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.wire.serving import VONK, environment, send, wait_for
from vonk.cli import bench_load, bench_world
from vonk.config import keys, wiring
from vonk.core import ids
from vonk.events.records import Claims
from vonk.events.tokens import Signer

HOUR_MS = 3_600_000


def prepare(data: Path) -> None:
    """Make keys, and publications enough for an ad server to be ready."""
    keys.load_or_create(data)
    writer = bench_world.PublicationWriter(data / "control.sqlite3")
    writer.publish(bench_world.world(2, 1.0))
    writer.close()


@contextmanager
def ad_server(data: Path) -> Iterator[str]:
    """Run `vonk ads` on the directory; yield its address."""
    port = bench_load._free_port()
    command = [*VONK, "ads", "--data", str(data), "--port", str(port)]
    with subprocess.Popen(command, stdout=sys.stderr, env=environment()) as process:
        try:
            bench_load._await_ready(process, port, "/healthz")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def vonk(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*VONK, *arguments], capture_output=True, text=True, check=False, env=environment())


def impression(
    url: str, signer: Signer, *, key: str | None = None, headers: dict[str, str] | None = None, **batch: Any
) -> tuple[str, str | None] | str:
    """Report the impression of a showing an hour ago; return verdict and reason, or the problem's code."""
    now_ms = time.time_ns() // 1_000_000
    claims = Claims(ids.new_id(), 0, 0, 0, 0, 0, 1, 1, "vik", "", 0, "", now_ms - HOUR_MS, "for_you")
    event = {"id": "a", "kind": "impression", "token": signer.sign_showing(claims), "at": now_ms}
    reply = send("POST", f"{url}/v1/events", {"events": [event], **batch}, token=key, headers=headers)
    if reply.status != 200:
        code: str = reply.body["code"]
        return code
    verdict = reply.body["verdicts"][0]
    return verdict["verdict"], verdict["reason"]


def test_a_running_server_follows_a_rotation(tmp_path: Path) -> None:
    prepare(tmp_path)
    old = wiring.signer(tmp_path)
    host_key = vonk("token", "host", "--data", str(tmp_path), "--name", "app", "--days", "1").stdout.strip()
    with ad_server(tmp_path) as url:
        assert impression(url, old) == ("accepted", None)
        assert vonk("admin", "rotate-keys", "--data", str(tmp_path), "--yes").returncode == 0
        new = wiring.signer(tmp_path)
        # At once, before the server has looked by itself: it looks when it meets a key that it does not know.
        assert impression(url, new) == ("accepted", None)
        assert impression(url, old) == ("accepted", None)
        assert impression(url, new, key=host_key, context={"user_agent": "curl/8.5"}) == ("accepted", "known_bot")
        refused = vonk("admin", "rotate-keys", "--data", str(tmp_path), "--yes")
        assert refused.returncode == 2
        assert "0.0 days ago" in refused.stderr
        assert vonk("admin", "rotate-keys", "--data", str(tmp_path), "--yes", "--force").returncode == 0
        wait_for(lambda: impression(url, old)[0] == "refused", "the old key is still good")
        assert impression(url, new) == ("accepted", None)
        assert impression(url, new, key=host_key) == "host_key_invalid"


@pytest.mark.parametrize(("trusted", "reason"), [("127.0.0.1", "data_centre"), ("198.51.100.0/24", None)])
def test_only_a_known_proxy_is_believed_whose_request_it_is(tmp_path: Path, trusted: str, reason: str | None) -> None:
    prepare(tmp_path)
    (tmp_path / "vonk.toml").write_text(f'trusted_proxies = ["{trusted}"]\n')
    (tmp_path / "data-centres.txt").write_text("203.0.113.0/24\n")
    with ad_server(tmp_path) as url:
        found = impression(url, wiring.signer(tmp_path), headers={"X-Forwarded-For": "203.0.113.9"})
    assert found == ("accepted", reason)
    assert b"203.0.113.9" not in b"".join(path.read_bytes() for path in (tmp_path / "events").iterdir())
