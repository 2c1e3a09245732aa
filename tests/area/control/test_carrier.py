"""What carries events, against servers on loopback: redirects, slow ones, long ones, liars, closed doors."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from typing import Any

import pytest

from vonk.control.webhooks import carrier
from vonk.control.webhooks.carrier import Answer, HttpCarrier

LOOPBACK = (ip_network("127.0.0.0/8"),)
TO = HttpCarrier(LOOPBACK)


@contextmanager
def server(answer: bytes, *, hold: threading.Event | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """Answer one request with these bytes; with ``hold`` the connection stays open until it is set."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        connection, _ = listener.accept()
        with connection:
            heard.append(connection.recv(65_536))
            if not heard[0].endswith(b"{}") and not heard[0].startswith(b"\x16"):  # Not of TLS: it waits for us.
                heard[0] += connection.recv(65_536)
            connection.sendall(answer)
            if hold is not None:
                hold.wait(30)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook?x=1", heard
    finally:
        if hold is not None:
            hold.set()
        thread.join(30)
        listener.close()


def test_what_is_taken_and_what_is_not() -> None:
    for answer, outcome in (
        (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204, "")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Answer(200, "")),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
            Answer(302, "redirected"),
        ),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", Answer(500, "refused")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 20_000, Answer(200, "")),
        (b"not http at all\r\n\r\n", Answer(None, "no_http")),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500 + b"\r\n", Answer(None, "no_http")),
        (b"", Answer(None, "no_connection")),
    ):
        with server(answer) as (url, heard):
            assert TO.post(url, b"{}", {"Vonk-Signature": "t=1"}) == outcome, answer[:40]
        assert heard[0].startswith(b"POST /hook?x=1 HTTP/1.1\r\n")
        assert b"\r\nVonk-Signature: t=1\r\n" in heard[0]
        assert b"\r\nHost: 127.0.0.1:" in heard[0]


def test_who_is_slow_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrier, "TOTAL_SECONDS", 0.1)
    hold = threading.Event()
    with server(b"HTTP/1.1 200 OK\r\n", hold=hold) as (url, _):
        assert TO.post(url, b"{}", {}) == Answer(None, "timed_out")


def test_no_private_address_is_called_whatever_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = HttpCarrier(())
    connected: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_: connected.append(args))
    for addresses in (
        ["127.0.0.1"],
        ["93.184.216.34", "10.0.0.1"],
        ["::1"],
        ["fe80::1%eth0"],
        ["::ffff:10.0.0.1"],
        ["0.0.0.0"],
        [],
    ):  # noqa: S104 - a target that is refused.
        found: list[Any] = [(0, 0, 0, "", (address, 80)) for address in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, found=found, **__: found)
        assert closed.post("http://name.example/", b"{}", {}) == Answer(None, "address_not_public"), addresses

    def unknown(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert closed.post("https://name.example/", b"{}", {}) == Answer(None, "name_not_resolved")
    assert connected == []


def test_a_server_without_tls_is_not_trusted() -> None:
    with server(b"HTTP/1.1 200 OK\r\n\r\n") as (url, _):
        assert TO.post(url.replace("http:", "https:"), b"{}", {}) == Answer(None, "tls_failed")
