"""The event log in JetStream where things go wrong: nodes die, fall silent and come back; writers meet; streams are weak."""

import json
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec
import pytest

from tests import patience
from tests.contract import jetstream
from tests.contract.jetstream import Servers
from tests.contract.test_event_log import event
from vonk.events.log import START, LogMoved, LogUnavailable, Position, StoredRecord
from vonk.events.records import EventRecord
from vonk.storage.nats import durability, groups
from vonk.storage.nats import event_log as engine
from vonk.storage.nats.address import Address, AddressInvalid, Durability, parse
from vonk.storage.nats.errors import NotSynced, ServersUnreachable, StreamDamaged, StreamUnfit
from vonk.storage.nats.event_log import NatsEventLog
from vonk.storage.nats.link import Request
from vonk.storage.nats.stream import WrongLast

GROUPS = 12
GROUP_RECORDS = 7
TRIES_MAX = 5


_opened: list[NatsEventLog] = []


def opened(url: str) -> NatsEventLog:
    """Open a log, which is closed after the test: one left open would ask for its servers for ever."""
    _opened.append(NatsEventLog(url))
    return _opened[-1]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while _opened:
        _opened.pop().close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with jetstream.running(tmp_path_factory.mktemp("nats"), nodes=1) as servers:
        yield servers


@pytest.fixture
def url(server: Servers) -> str:
    """The address of a stream that is not there yet."""
    return server.url(f"test-{secrets.token_hex(6)}")


@pytest.fixture
def varz() -> Iterator[Callable[[object], int]]:
    """Make ports at which a server tells such variables of itself."""
    with ExitStack() as stack:

        def serve(variables: object) -> int:
            class Door(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    assert self.path == "/varz"
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(json.dumps(variables).encode())

                def log_message(self, *_: object) -> None:
                    """Say nothing."""

            server = stack.enter_context(HTTPServer(("127.0.0.1", 0), Door))
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return int(server.server_address[1])

        yield serve


class Writer:
    """Appends numbered events as the committer does, and remembers which were acknowledged."""

    def __init__(self, log: NatsEventLog) -> None:
        self._log = log
        self._position = log.end()
        self._next = 0
        self.acknowledged: list[str] = []
        self.refused = 0

    def append(self, count: int = GROUP_RECORDS) -> None:
        """Append new events once. What is refused is never sent again here, so that it may be there or not."""
        records = [event(number) for number in range(self._next, self._next + count)]
        self._next += count
        try:
            self._position = self._log.append(records, after=self._position)
        except LogMoved as moved:
            self._position = moved.position
            self.append_again(records)
        except LogUnavailable:
            self.refused += 1
        else:
            self.acknowledged += [record.event_id for record in records]

    def append_until_acknowledged(self) -> None:
        """Append until one group is acknowledged: elections take their time."""
        before = len(self.acknowledged)
        for _ in range(TRIES_MAX):
            self.append()
            if len(self.acknowledged) > before:
                return
        raise AssertionError("Nothing is acknowledged any more.")

    def append_again(self, records: Sequence[EventRecord]) -> None:
        """Append after what turned out to be there already."""
        self._position = self._log.append(records, after=self._position)
        self.acknowledged += [record.event_id for record in records]


def ids_in(log: NatsEventLog) -> list[str]:
    """Return all events' ids, in order, and see that positions have no gap."""
    found: list[StoredRecord] = []
    while page := log.read(Position(len(found)), 50):
        found += page
    assert [stored.position for stored in found] == list(range(1, len(found) + 1))
    return [stored.record.event_id for stored in found if isinstance(stored.record, EventRecord)]


def assert_whole(log: NatsEventLog, writer: Writer) -> None:
    """What was acknowledged is there, once and in its order; what was refused is there as whole groups or not at all."""
    found = ids_in(log)
    assert len(set(found)) == len(found)
    acknowledged = set(writer.acknowledged)
    assert [one for one in found if one in acknowledged] == writer.acknowledged
    assert len(found) - len(acknowledged) <= writer.refused * GROUP_RECORDS
    assert not (len(found) - len(acknowledged)) % GROUP_RECORDS


def test_a_cluster_keeps_what_it_acknowledged_whatever_becomes_of_its_nodes(tmp_path: Path) -> None:
    with jetstream.running(tmp_path, nodes=3) as servers:
        log = opened(servers.url("EVENTS"))
        writer = Writer(log)
        for _ in range(GROUPS):
            writer.append()

        leader = servers.leader_of("EVENTS")
        follower = servers.nodes[(leader.number + 1) % 3]
        follower.kill()
        for _ in range(GROUPS):
            writer.append()
        assert (writer.refused, len(writer.acknowledged)) == (0, 2 * GROUPS * GROUP_RECORDS)
        assert_whole(log, writer)
        follower.start()
        servers.wait_until_current("EVENTS")

        leader.cut_off()
        writer.append_until_acknowledged()
        for _ in range(GROUPS):
            writer.append()
        assert_whole(log, writer)
        leader.kill()  # Not brought back to speech: nats-server 2.9 may then lead with an old state (decision 14).
        leader.start()
        servers.wait_until_current("EVENTS")

        for node in servers.nodes:
            node.kill()
        for node in servers.nodes:
            node.start()
        writer.append_until_acknowledged()
        assert_whole(log, writer)
        log.close()


def test_half_a_group_is_none_and_the_next_writer_takes_its_place(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log, reader = opened(url), opened(url)
    log.append([event(0), event(1)])
    assert len(reader.read(START, 10)) == 2
    dying = groups.chunks_of([event(number) for number in range(50, 80)], group="dying", after=2, bytes_max=500)
    assert len(dying) > 3
    for place in (0, 1):
        assert log._stream.publish(*dying[place], after=1 + place) == 2 + place
    assert (log.end(), reader.end(), reader.read(Position(2), 10)) == (2, 2, [])

    assert opened(url).append([event(2), event(3)], after=Position(2)) == 4
    with pytest.raises(WrongLast):
        log._stream.publish(*dying[2], after=3)  # It was not dead after all, but slow.
    expected = [StoredRecord(Position(1 + number), event(number)) for number in range(4)]
    assert reader.read(Position(2), 10) == expected[2:]  # From the place that it had at the half group.
    for after in range(4):
        assert opened(url).read(Position(after), 10) == expected[after:]
    monkeypatch.setattr(engine, "CHUNK_BYTES_MAX", 1_000)
    assert log.append([event(number) for number in range(4, 60)], after=Position(4)) == 60
    assert ids_in(reader) == [f"event-{number}" for number in range(60)]
    assert log.trim(Position(2)) == 2
    assert (log.first(), reader.first()) == (3, 3)


def test_any_position_is_found_whatever_the_sizes_of_groups(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CHUNK_BYTES_MAX", 2_000)
    log = opened(url)
    sizes = [1, 20, 2, 3, 1, 17, 30, 1, 1, 5, 20, 8]
    for place, size in enumerate(sizes):
        start = sum(sizes[:place])
        log.append([event(number) for number in range(start, start + size)])
    log.trim(Position(22))
    for after in range(sum(sizes) + 1):
        begin = max(after, 21)
        for limit in (1, 7):
            found = NatsEventLog.read(log, Position(after), limit)
            log._reader.forget()
            assert found == [
                StoredRecord(Position(1 + number), event(number))
                for number in range(begin, min(begin + limit, sum(sizes)))
            ]
    log.close()


def test_an_append_whose_answer_was_lost_is_in_the_log_once(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log = opened(url)
    lost = losing_answers(monkeypatch, log, times=2)
    assert log.append([event(0), event(1)], after=START) == 2
    assert lost == [0, 0]
    assert log.append([event(2)], after=Position(2)) == 3
    assert ids_in(log) == ["event-0", "event-1", "event-2"]
    log.close()


def test_an_append_of_which_nobody_can_say_what_became_comes_to_light_with_the_next(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = opened(url)
    with monkeypatch.context() as patch:
        losing_answers(patch, log, times=1)
        patch.setattr(engine, "APPEND_SECONDS_MAX", 0.0)
        with pytest.raises(LogUnavailable):
            log.append([event(0)], after=START)
    with pytest.raises(LogMoved) as caught:
        log.append([event(0)], after=START)
    assert caught.value.records == [StoredRecord(Position(1), event(0))]
    assert log.append([event(1)], after=caught.value.position) == 2
    log.close()


def losing_answers(monkeypatch: pytest.MonkeyPatch, log: NatsEventLog, *, times: int) -> list[int]:
    """Let so many publications go through and their answers get lost; return the list of what they were after."""
    publish = log._stream.publish
    lost: list[int] = []

    def lose(chunk: groups.Chunk, body: bytes, *, after: int) -> int:
        sequence = publish(chunk, body, after=after)
        if len(lost) < times:
            lost.append(after)
            raise LogUnavailable
        return sequence

    monkeypatch.setattr(log._stream, "publish", lose)
    return lost


def test_of_two_writers_each_learns_what_the_other_wrote(url: str) -> None:
    logs = [opened(url), opened(url)]
    known: list[list[StoredRecord]] = [[], []]

    def write(place: int) -> None:
        position = Position(0)
        for number in range(20):
            records = [event(100 * place + number)]
            while True:
                try:
                    end = logs[place].append(records, after=position)
                except LogMoved as moved:
                    known[place] += moved.records
                    position = moved.position
                else:
                    assert end == position + 1
                    known[place].append(StoredRecord(end, records[0]))
                    position = end
                    break

    writers = [threading.Thread(target=write, args=(place,)) for place in (0, 1)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    whole = logs[0].read(START, 100)
    assert len(whole) == len(ids_in(logs[1])) == 40
    for place in (0, 1):
        assert known[place] == whole[: len(known[place])]
        logs[place].close()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"storage": "memory"}, "it is kept in memory"),
        ({"discard": "old"}, "old messages make room for new ones"),
        ({"max_age": 10**18}, "it limits how old or how many messages may be"),
        ({"duplicate_window": 10**9}, "it knows a doubled message for less than 120 seconds"),
        ({"subjects": ["elsewhere"]}, "its subject is not vonk.log.{stream} alone"),
    ],
)
def test_a_stream_in_which_records_could_be_lost_is_refused(url: str, change: dict[str, object], reason: str) -> None:
    stream = parse(url).stream
    opened(url).close()
    config = jetstream.api(url, f"STREAM.INFO.{stream}")["config"] | change
    jetstream.delete_stream(url)
    jetstream.api(url, f"STREAM.CREATE.{stream}", config)
    with pytest.raises(StreamUnfit) as caught:
        opened(url)
    assert caught.value.values == {"stream": stream, "reasons": reason.format(stream=stream)}
    jetstream.delete_stream(url)


def test_more_replicas_than_there_are_servers_are_refused(url: str) -> None:
    with pytest.raises(StreamUnfit, match="replicas > 1 not supported in non-clustered mode"):
        opened(url.replace("replicas=1", "replicas=3"))


def test_a_stream_that_somebody_else_purged_or_shortened_is_damaged(url: str) -> None:
    log = opened(url)
    log.append([event(0)])
    log.append([event(1)])
    jetstream.api(url, f"STREAM.PURGE.{parse(url).stream}")
    for ask in (log.end, log.first, lambda: log.read(START, 10), lambda: opened(url).append([event(2)])):
        with pytest.raises(StreamDamaged, match="all its messages were purged"):
            ask()
    jetstream.delete_stream(url)
    with pytest.raises(StreamDamaged, match="it ends at record 0, and 2 was known"):
        opened(url).append([event(2)], after=Position(2))
    log.close()


def test_a_message_of_another_program_is_named(url: str) -> None:
    log = opened(url)
    log.append([event(0)])
    log._link.ask(Request(parse(url).subject, b"hello", seconds=patience.SECONDS))
    with pytest.raises(StreamDamaged, match="message 2: it is no message of a Vonk log"):
        log.read(START, 10)
    log.close()


def test_synced_is_refused_where_nobody_can_know(server: Servers, url: str) -> None:
    log = opened(url.replace("replicated", "synced"))
    assert log.end() == 0  # Reading asks for nothing.
    for records in ([event(0)], []):
        with pytest.raises(NotSynced):
            log.append(records)
    assert log.end() == 0
    log.close()


ADDRESS = parse("nats://a,b,c/EVENTS?monitor=8222")


def test_what_servers_say_of_themselves_decides() -> None:
    body = {"version": "2.10.20", "jetstream": {"config": {"max_memory": 1, "sync_interval": 120, "sync_always": True}}}
    assert durability.read(json.dumps(body).encode()) is True
    body["jetstream"] = {"config": {"sync_interval": 120}}
    assert durability.read(json.dumps(body).encode()) is False
    assert durability.read(b"<html>") is None

    durability.judge("abc", [True, True, None])
    with pytest.raises(NotSynced, match="b does not"):
        durability.judge("abc", [True, False, True])
    with pytest.raises(NotSynced, match="too few"):
        durability.judge("abc", [True, None, None])
    with pytest.raises(NotSynced, match=r"nats-server 2\.9 has no such setting"):
        durability.check(ADDRESS, (2, 9))
    with pytest.raises(NotSynced, match="names no monitoring port"):
        durability.check(msgspec.structs.replace(ADDRESS, monitor=0), (2, 10))
    durability.check(msgspec.structs.replace(ADDRESS, durability=Durability.REPLICATED), (2, 9))


def test_an_address_says_everything() -> None:
    assert parse(
        "nats://vonk:p%40ss@10.0.0.1,[::1]:4333/EVENTS?replicas=5&durability=replicated&ca=/etc/ca.pem"
        "&credentials=/etc/vonk.creds&monitor=8222"
    ) == Address(
        hosts=(("10.0.0.1", 4222), ("[::1]", 4333)),
        stream="EVENTS",
        tls=True,
        user="vonk",
        password="p@ss",
        replicas=5,
        durability=Durability.REPLICATED,
        monitor=8222,
        credentials="/etc/vonk.creds",
        ca="/etc/ca.pem",
    )
    assert parse("tls://a/E").servers == ["tls://a:4222"]
    assert parse("nats://a:1,b:2/E").servers == ["nats://a:1", "nats://b:2"]
    assert (parse("nats://a/E").replicas, parse("nats://a/E").durability) == (3, Durability.SYNCED)


@pytest.mark.parametrize(
    "wrong",
    [
        "http://a/E",
        "nats://a",
        "nats://a/two.words",
        "nats:///E",
        "nats://a:x/E",
        "nats://a:70000/E",
        "nats://a/E?replicas=0",
        "nats://a/E?replicas=6",
        "nats://a/E?replicas=three",
        "nats://a/E?durability=none",
        "nats://a/E?sync=always",
        "nats://a/E?cert=/c.pem",
    ],
)
def test_a_wrong_address_is_named_without_its_password(wrong: str) -> None:
    with pytest.raises(AddressInvalid) as caught:
        parse(wrong.replace("//", "//vonk:secret@"))
    assert "secret" not in str(caught.value)


def test_who_is_not_let_in_is_told_so(tmp_path: Path) -> None:
    with jetstream.running(tmp_path, nodes=1, users={"vonk": "right"}) as servers:
        url = servers.url("EVENTS")
        for login in ("", "vonk:wrong@"):
            with pytest.raises(ServersUnreachable) as caught:
                opened(url.replace("//", f"//{login}"))
            assert caught.value.values["reason"]  # The server closes at once: its word may be overtaken by that.
            assert "wrong" not in str(caught.value)
        log = opened(url.replace("//", "//vonk:right@"))
        assert log.append([event(0)]) == 1
        log.close()


def test_servers_are_asked_on_their_monitoring_ports(varz: Callable[[object], int]) -> None:
    synced = varz({"jetstream": {"config": {"sync_always": True}}})
    address = msgspec.structs.replace(ADDRESS, hosts=(("127.0.0.1", 4222),))
    durability.check(msgspec.structs.replace(address, monitor=synced), (2, 10))
    lax = varz({"jetstream": {"config": {}}})
    with pytest.raises(NotSynced, match=r"127\.0\.0\.1 does not"):
        durability.check(msgspec.structs.replace(address, monitor=lax), (2, 10))
    with pytest.raises(NotSynced, match="too few"):
        durability.check(msgspec.structs.replace(address, monitor=1), (2, 10))
