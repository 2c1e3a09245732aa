"""NATS servers with JetStream of a test's own: on free loopback ports, with their files in a directory, gone at the end."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import patience
from vonk.storage.nats.address import parse
from vonk.storage.nats.link import Link, Request

POLL_SECONDS = 0.02


class Node:
    """One nats-server process. What it stored stays in its directory, whatever becomes of the process."""

    def __init__(self, number: int, directory: Path, port: int, configuration: str) -> None:
        self.number = number
        self.port = port
        self._directory = directory
        self._file = directory / "nats.conf"
        self._process: subprocess.Popen[bytes] | None = None
        directory.mkdir(parents=True, exist_ok=True)
        self._file.write_text(configuration, encoding="utf-8")

    def start(self) -> None:
        """Start it and wait until it listens."""
        assert self._process is None, "It runs."
        with (self._directory / "nats.log").open("ab") as log:
            self._process = subprocess.Popen(["nats-server", "-c", str(self._file)], stdout=log, stderr=log)
        until = time.monotonic() + patience.SECONDS
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > until:
                text = (self._directory / "nats.log").read_text(encoding="utf-8")[-2_000:]
                self.kill()
                raise AssertionError(f"nats-server does not start: {text}")
            time.sleep(POLL_SECONDS)

    def kill(self) -> None:
        """End it at once, as a power cut of the process alone would; nothing happens when it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(patience.SECONDS)
            self._process = None

    def cut_off(self) -> None:
        """Make it silent without closing its connections, as a torn network does."""
        assert self._process is not None, "It does not run."
        self._process.send_signal(signal.SIGSTOP)

    def bring_back(self) -> None:
        """Let it speak again. nats-server 2.9 may then lead with an old state and lose messages (decision 14)."""
        assert self._process is not None, "It does not run."
        self._process.send_signal(signal.SIGCONT)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Servers:
    """A few nodes that know one another; one alone is no cluster."""

    def __init__(self, directory: Path, count: int, users: Mapping[str, str]) -> None:
        ports = _free_ports(2 * count)
        clients, routes = ports[:count], ports[count:]
        self.nodes = [
            Node(
                number,
                directory / f"node-{number}",
                clients[number],
                _configuration(directory, number, clients, routes, users),
            )
            for number in range(count)
        ]

    def url(self, stream: str, *, durability: str = "replicated") -> str:
        """Return the address of a stream with a copy on every node."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"nats://{hosts}/{stream}?replicas={len(self.nodes)}&durability={durability}"

    def leader_of(self, stream: str) -> Node:
        """Return the node that leads the stream's replicas, once there is one."""
        until = time.monotonic() + patience.SECONDS
        while time.monotonic() < until:
            name = api(self.url(stream), f"STREAM.INFO.{stream}").get("cluster", {}).get("leader")
            if name:
                return self.nodes[int(name.removeprefix("node-"))]
            time.sleep(POLL_SECONDS)
        raise AssertionError("No node leads the stream.")

    def wait_until_current(self, stream: str) -> None:
        """Wait until every node has all that the stream's leader has."""
        until = time.monotonic() + patience.SECONDS
        while time.monotonic() < until:
            replicas = api(self.url(stream), f"STREAM.INFO.{stream}").get("cluster", {}).get("replicas", [])
            if len(replicas) == len(self.nodes) - 1 and all(
                one["current"] and not one.get("offline") and not one.get("lag") for one in replicas
            ):
                return
            time.sleep(POLL_SECONDS)
        raise AssertionError("The nodes do not catch up.")


@contextmanager
def running(directory: Path, *, nodes: int, users: Mapping[str, str] | None = None) -> Iterator[Servers]:
    """Run the servers for a while. Skips where there is no nats-server; under CI=true that is a failure."""
    if shutil.which("nats-server") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no nats-server: run scripts/system-tools.")
        pytest.skip("There is no nats-server: run scripts/system-tools.")
    servers = Servers(directory, nodes, users or {})
    with ExitStack() as stack:
        for node in servers.nodes:
            stack.callback(node.kill)
            node.start()
        yield servers


def delete_stream(url: str) -> None:
    """Take a test's stream off a server that outlives the test."""
    api(url, f"STREAM.DELETE.{parse(url).stream}")


def api(url: str, call: str, body: object = None) -> Any:
    """Ask JetStream what the engine does not ask; return its answer."""
    link = Link(parse(url))
    try:
        payload = b"" if body is None else json.dumps(body).encode()
        return json.loads(link.ask(Request(f"$JS.API.{call}", payload, seconds=patience.SECONDS)))
    finally:
        link.close()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _configuration(
    directory: Path, number: int, clients: list[int], routes: list[int], users: Mapping[str, str]
) -> str:
    lines = [
        f"server_name: node-{number}",
        f'listen: "127.0.0.1:{clients[number]}"',
        f'jetstream {{ store_dir: "{directory / f"node-{number}"}", max_mem: 16MB, max_file: 1GB }}',
    ]
    if len(clients) > 1:
        others = ", ".join(f'"nats://127.0.0.1:{port}"' for port in routes)
        lines.append(f'cluster {{ name: vonk, listen: "127.0.0.1:{routes[number]}", routes: [{others}] }}')
    if users:
        known = ", ".join(f'{{ user: "{user}", password: "{password}" }}' for user, password in users.items())
        lines.append(f"authorization {{ users: [{known}] }}")
    return "\n".join(lines)
