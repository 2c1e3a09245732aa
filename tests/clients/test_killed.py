"""The Python client against a real ad server: the host's process is killed in the middle, and nothing is lost or doubled."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from vonk_client import Client, Refusal, Refused

from tests.web.journey import log
from tests.wire.serving import environment
from vonk.cli import bench_load, bench_world
from vonk.core.clock import MachineClock
from vonk.events.tokens import HostClaims, Signer

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


class Ads(msgspec.Struct, frozen=True):
    """A real ad server in a process of its own, with one ad that anybody may see."""

    url: str
    folder: Path


@pytest.fixture
def ads(tmp_path: Path) -> Iterator[Ads]:
    control, folder = tmp_path / "control.sqlite3", tmp_path / "ads"
    writer = bench_world.PublicationWriter(control)
    writer.publish(bench_world.world(10, 1.0))
    writer.close()
    with bench_load.serving(f"sqlite://{control}", str(folder), "", health="/healthz") as server:
        yield Ads(f"http://127.0.0.1:{server.port}", folder)


def start_host(ads: Ads, spool: Path, token: str, count: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", HOST, ads.url, str(spool), token, str(count)],
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


def test_a_host_that_dies_loses_nothing_and_doubles_nothing(ads: Ads, tmp_path: Path) -> None:
    [viewer] = bench_world.viewer_tokens(Signer([bench_load.KEY]), 1)
    with Client(ads.url) as client:
        [slot] = client.decide(viewer)
    assert (slot.ad is not None, slot.reason) == (True, "")

    spool = tmp_path / "spool.sqlite3"
    reported = []
    for at_most in (1, 137, 300):  # Each in the middle of its sending.
        host = start_host(ads, spool, slot.token, 100_000)
        reported += ids_of(host, at_most)
        kill(host)
    host = start_host(ads, spool, slot.token, 1)
    reported += ids_of(host, 2)
    kill(host)

    arrived = Counter(event.event_id for event in log.events(ads.folder))
    assert [one for one in reported if arrived[one] != 1] == []
    assert set(arrived.values()) == {1}


def test_a_host_says_whose_browser_it_was(ads: Ads) -> None:
    signer = Signer([bench_load.KEY])
    [viewer] = bench_world.viewer_tokens(signer, 1)
    key = signer.sign_host(HostClaims("a host", MachineClock().now_ms() + 60_000))
    with Client(ads.url, key) as client:
        [slot] = client.decide(viewer)
        client.report(slot.token, "impression", event_id="own")
        client.report(slot.token, "play", event_id="bot", user_agent="Googlebot/2.1", address="192.0.2.7")
        client.report(slot.token, "follow", event_id="person", user_agent="Mozilla/5.0 " * 99, address="2001:db8::7")
        assert client.flush()
    with Client(ads.url, "forged") as client:
        client.report(slot.token, "like")
        assert not client.flush(0.5)
        assert isinstance(client.last_failure, Refused)
        assert (client.last_failure.code, client.waiting) == ("host_key_invalid", 1)
        client.close(0)
    found = {event.event_id: event.invalid for event in log.events(ads.folder)}
    assert found == {"own": "", "bot": "known_bot", "person": ""}


def test_what_is_refused_is_told_by_name(ads: Ads) -> None:
    refused: list[Refusal] = []
    with Client(ads.url, pixels={"7": "wrong"}, on_refused=refused.append) as client:
        with pytest.raises(Refused, match="403 token_invalid") as raised:
            client.decide("forged")
        client.report("forged", "play", event_id="forged")
        client.convert("7", "purchase", event_id="order-1")
        assert client.flush()
    assert raised.value.remedy == "Take the token from the decision's answer, unchanged."
    assert sorted((one.id, one.reason) for one in refused) == [
        ("forged", "token_malformed"),
        ("order-1", "pixel_unknown"),
    ]
