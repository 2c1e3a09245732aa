"""The Python client against an ad server that misbehaves: no report is lost, and none is sent when it may not be."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from vonk_client import (
    Client,
    ClientClosed,
    EventInvalid,
    PixelUnknown,
    QueueFull,
    Refusal,
    Refused,
    SlotWanted,
    SpoolUnusable,
    Unreachable,
)
from vonk_client.queues import MemoryQueue, Queue, SpoolQueue
from vonk_client.sender import Sender
from vonk_client.transport import AddressInvalid, Transport

from tests.clients import ad_server
from tests.clients.ad_server import POISON, AdServer, hangs_up, refuses

PIXEL = "7000000000000000001"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_772_442_000.0

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


class Desk:
    """A sender without its thread: the test takes its steps."""

    def __init__(self, queue: Queue, url: str) -> None:
        self.queue, self.clock, self.refused = queue, Clock(), list[Refusal]()
        self.transport = Transport(url)
        self.sender = Sender(
            queue,
            self.transport,
            key="key",
            pixels={PIXEL: "secret"},
            timeout=5,
            clock=self.clock,
            on_refused=self.refused.append,
        )

    def put(self, *ids: str, door: str = "events", token: str = "t") -> None:  # noqa: S107 - of a showing, no secret.
        for one in ids:
            self.queue.put(door, one, json.dumps({"id": one, "kind": "play", "token": token, "at": 0, "value": 0}))

    def run(self) -> float:
        """Take steps until nothing needs to be done; return for how long."""
        for _step in range(50):
            if (wait := self.sender.step()) > 0:
                return wait
        raise AssertionError("no end")


@pytest.fixture
def ads() -> Iterator[AdServer]:
    with ad_server.running() as found:
        yield found


@pytest.fixture(params=["memory", "spool"])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Queue]:
    found: Queue = MemoryQueue(100) if request.param == "memory" else SpoolQueue(tmp_path / "spool.sqlite3", 100)
    yield found
    found.close()


@pytest.fixture
def desk(queue: Queue, ads: AdServer) -> Iterator[Desk]:
    found = Desk(queue, ads.url)
    yield found
    found.transport.close()


def test_what_waits_goes_in_one_batch_in_order(desk: Desk, ads: AdServer) -> None:
    desk.put("a", "b", "c")

    assert desk.run() == 1.0
    assert (ads.batches, len(desk.queue), desk.sender.last_failure) == ([["a", "b", "c"]], 0, None)
    assert ads.requests[0].headers["authorization"] == "Bearer key"


def test_who_is_asked_to_wait_waits(desk: Desk, ads: AdServer) -> None:
    ads.plan.append(refuses(429, Retry_After="30"))
    desk.put("a")

    desk.run()
    assert isinstance(desk.sender.last_failure, Refused)
    assert (desk.sender.last_failure.status, desk.sender.last_failure.retry_after) == (429, 30.0)
    desk.clock.now += 29.9
    desk.run()
    assert ads.batches == [["a"]]
    desk.clock.now += 1.1
    desk.run()
    assert (ads.batches, ads.kinds) == ([["a"], ["a"]], ["play"])


@pytest.mark.parametrize("fault", [refuses(500), refuses(503), refuses(404), refuses(401), hangs_up])
def test_what_fails_is_sent_again_later_and_later(desk: Desk, ads: AdServer, fault: partial[None]) -> None:
    ads.plan.extend([fault] * 3)
    desk.put("a")

    rests: list[float] = []
    for _attempt in range(3):
        desk.run()
        before = desk.clock.now
        while len(ads.requests) == len(rests) + 1:
            desk.clock.now += 0.05
            desk.run()
        rests.append(desk.clock.now - before)
    assert [low - 0.05 <= rest <= 2 * low + 0.1 for rest, low in zip(rests, (0.5, 1, 2), strict=True)] == [True] * 3
    assert (ads.kinds, len(desk.queue)) == (["play"], 0)


def test_an_event_that_spoils_its_batch_is_found_and_named(desk: Desk, ads: AdServer) -> None:
    desk.put("a", "b", "c")
    desk.put("bad", token=POISON)
    desk.put("d", "e")

    desk.run()
    assert [event["id"] for event in ads.accepted] == ["a", "b", "c", "d", "e"]
    assert desk.refused == [Refusal("bad", "body_malformed", "events")]
    assert (len(desk.queue), ads.duplicates) == (0, [])


def test_what_is_refused_by_name_is_dropped_and_told(desk: Desk, ads: AdServer) -> None:
    desk.put("a")
    desk.put("old", token="expired")

    desk.run()
    assert (ads.kinds, desk.refused) == (["play"], [Refusal("old", "token_expired", "events")])
    assert len(desk.queue) == 0


def test_what_was_not_answered_for_stays(desk: Desk, ads: AdServer) -> None:
    ads.plan.append(partial(ads.verdicts, answered=1))
    desk.put("a", "b", "c")

    desk.run()
    assert ads.batches == [["a", "b", "c"], ["b", "c"]]


def test_an_answer_that_is_none_counts_for_nothing(desk: Desk, ads: AdServer) -> None:
    ads.plan.append(lambda _body: ad_server.reply(200, {"verdicts": []}))
    desk.put("a")

    desk.run()
    assert isinstance(desk.sender.last_failure, Unreachable)
    assert len(desk.queue) == 1


def test_a_closed_door_keeps_no_other_shut(desk: Desk, ads: AdServer) -> None:
    desk.put("a", door="pixel:unknown")
    desk.put("b")
    desk.put("c", door=f"pixel:{PIXEL}")

    desk.run()
    assert [(got.path, got.headers["authorization"]) for got in ads.requests] == [
        ("/v1/events", "Bearer key"),
        ("/v1/conversions", "Bearer secret"),
    ]
    assert len(desk.queue) == 1


def test_a_queue_has_an_end(queue: Queue) -> None:
    for number in range(100):
        queue.put("events", str(number), "{}")
    with pytest.raises(QueueFull, match="100 reports wait"):
        queue.put("events", "one too many", "{}")
    queue.drop("events", [queued.place for queued in queue.first("events", 1)])
    queue.put("events", "again", "{}")
    assert len(queue) == 100


def test_a_client_reports_and_decides(ads: AdServer) -> None:
    ads.slots = [{"decision_id": "1", "position": 4, "ad": {"id": "5"}, "token": "t", "bills": "impression"}]
    with Client(ads.url, "key", pixels={PIXEL: "secret"}) as client:
        [slot] = client.decide("viewer", [SlotWanted(4)], context={"country": "NL"})
        client.report(slot.token, "impression", user_agent="Mozilla/5.0", address="192.0.2.7", at=1_772_442_000)
        client.convert(PIXEL, "purchase", value=12.5, currency="EUR", click=slot.token, event_id="order-1")
        assert client.flush()
        assert (client.waiting, client.last_failure) == (0, None)

    assert (slot.ad, slot.position, slot.reason) == ({"id": "5"}, 4, "")
    asked, *_ = ads.requests
    assert asked.body["slots"] == [{"position": 4, "formats": ["video"], "floor_micros": 0, "organic_value_micros": 0}]
    event, conversion = sorted(ads.accepted, key=lambda one: "pixel" in one)
    assert {**event, "id": ""} == {
        "id": "",
        "kind": "impression",
        "token": "t",
        "at": 1_772_442_000_000,
        "value": 0,
        "context": {"user_agent": "Mozilla/5.0", "address": "192.0.2.7"},
    }
    assert (conversion["id"], conversion["value"], conversion["click"]) == ("order-1", 12.5, "t")


def test_a_client_says_what_it_will_not_take(ads: AdServer, tmp_path: Path) -> None:
    with Client(ads.url) as client:
        for wrong in (
            {"token": ""},
            {"kind": ""},
            {"value": -1},
            {"value": float("nan")},
            {"event_id": "a b"},
            {"event_id": "x" * 65},
            {"address": "192.0.2.7"},  # Without a host key.
        ):
            with pytest.raises(EventInvalid):
                client.report(**{"token": "t", "kind": "play", **wrong})  # type: ignore[arg-type]  # Wrong on purpose.
        with pytest.raises(PixelUnknown):
            client.convert(PIXEL, "purchase")
    with Client(ads.url, "key") as client, pytest.raises(EventInvalid, match="no IPv4"):
        client.report("t", "play", address="host.example")
    with pytest.raises(ClientClosed):
        client.report("t", "play")
    with pytest.raises(AddressInvalid):
        Client("ads.example.org")
    with pytest.raises(SpoolUnusable):
        Client(ads.url, spool=tmp_path)
    assert ads.requests == []


def test_no_answer_is_an_error_with_a_name() -> None:
    with ad_server.running() as ads:
        pass
    with Client(ads.url) as client, pytest.raises(Unreachable):
        client.decide("viewer")


def test_no_failure_ends_the_sender(ads: AdServer) -> None:
    with Client(ads.url, "clé \u20ac") as client:  # No header can carry this key.
        client.report("t", "play")
        assert not client.flush(0.3)
        assert "UnicodeEncodeError" in str(client.last_failure)
        client._sender._key = "key"
        assert client.flush()


def test_many_threads_report_at_once(ads: AdServer, tmp_path: Path) -> None:
    with Client(ads.url, spool=tmp_path / "spool.sqlite3") as client:

        def report() -> None:
            for _ in range(25):
                client.report("t", "play")

        threads = [threading.Thread(target=report) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert client.flush()
    assert (len(ads.accepted), ads.duplicates) == (200, [])


def test_workers_share_a_spool_and_one_of_them_sends(ads: AdServer, tmp_path: Path) -> None:
    spool = tmp_path / "spool.sqlite3"
    with Client(ads.url, spool=spool) as one, Client(ads.url, spool=spool) as other:
        one.report("t", "play", event_id="a")
        ads.wait(lambda: bool(ads.accepted))
        other.report("t", "play", event_id="b")
        assert other.flush()
        assert one.flush()
    assert ([event["id"] for event in ads.accepted], ads.duplicates) == (["a", "b"], [])


def test_a_forked_worker_begins_anew(ads: AdServer, tmp_path: Path) -> None:
    client = Client(ads.url, spool=tmp_path / "spool.sqlite3")
    client.report("t", "play", event_id="parent")
    assert client.flush()
    client._pid -= 1  # What a forked child sees. (To fork in a process with threads is what tests must not do.)
    client.report("t", "play", event_id="child")
    assert client.flush()
    client.close()
    assert ([event["id"] for event in ads.accepted], ads.duplicates) == (["parent", "child"], [])
