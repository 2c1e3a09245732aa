"""The Python client against a real `vonk serve`: the host's process dies in the middle, and nothing is lost or doubled."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from vonk_client import Client, Refusal, Refused

from tests.web.journey import log
from tests.wire.serving import Platform, environment, serving
from vonk.config import keys
from vonk.core.clock import MachineClock
from vonk.core.ids import new_id
from vonk.events.records import Claims
from vonk.events.tokens import Signer, ViewerClaims

HOST = """
import sys
from vonk_client import Client
ads, spool, token, count = sys.argv[1:]
client = Client(ads, spool=spool)
for number in range(int(count)):
    print(client.report(token, "watch", value=number), flush=True)
assert client.flush(30)
print("done", flush=True)
sys.stdin.read()
"""
CLIENT = Path(__file__).parents[2] / "clients/python/src"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with serving(tmp_path / "data", "--sandbox") as found:
        yield found


def start_host(platform: Platform, spool: Path, token: str, count: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", HOST, platform.url("ads"), str(spool), token, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**environment(), "PYTHONPATH": str(CLIENT)},
    )


def ids_of(host: "subprocess.Popen[str]", at_most: int) -> list[str]:
    """Return the ids that the host has been told are kept, until it is done or these are many enough."""
    assert host.stdout is not None
    found: list[str] = []
    while len(found) < at_most and (line := host.stdout.readline().strip()) != "done":
        assert line, "the host died by itself"
        found.append(line)
    return found


def kill(host: "subprocess.Popen[str]") -> None:
    host.kill()
    host.communicate()


@pytest.mark.timeout(120)
def test_a_host_that_dies_loses_nothing_and_doubles_nothing(platform: Platform, tmp_path: Path) -> None:
    signer = Signer(keys.token_keys(platform.data))
    now_ms = MachineClock().now_ms()
    token = signer.sign_showing(Claims(new_id(), 0, 0, 0, 0, 0, 7, 8, "vik", "", 0, "", now_ms, "for_you"))
    spool = tmp_path / "spool.sqlite3"
    reported = []
    for at_most in (1, 137, 300):  # Each in the middle of its sending.
        host = start_host(platform, spool, token, 100_000)
        reported += ids_of(host, at_most)
        kill(host)
    host = start_host(platform, spool, token, 1)
    reported += ids_of(host, 2)
    kill(host)

    arrived = Counter(event.event_id for event in log.events(platform.data))
    assert [one for one in reported if arrived[one] != 1] == []
    assert set(arrived.values()) == {1}

    refused: list[Refusal] = []
    with Client(platform.url("ads"), pixels={"7": "wrong"}, on_refused=refused.append) as client:
        viewer = signer.sign_viewer(ViewerClaims("vik", now_ms + 600_000, "NL"))
        [slot] = client.decide(viewer)
        assert (slot.ad, slot.token, slot.reason) == (None, "", "no_candidates")
        with pytest.raises(Refused, match="403 token_invalid"):
            client.decide("forged")
        client.report("forged", "play", event_id="forged")
        client.convert("7", "purchase", event_id="order-1")
        assert client.flush()
    assert sorted((one.id, one.reason) for one in refused) == [
        ("forged", "token_malformed"),
        ("order-1", "pixel_unknown"),
    ]
