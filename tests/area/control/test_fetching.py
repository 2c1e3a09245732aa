"""Fetching from addresses that somebody named: private ones, redirects, slow ones, long ones, liars."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import LazySettings

from vonk.control import fetching
from vonk.control.fetching import (
    Fetched,
    FetchesBusy,
    UrlBroken,
    UrlInvalid,
    UrlTimedOut,
    UrlTooLarge,
    UrlUnavailable,
    fetch,
)
from vonk.core.errors import Problem

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: Image/PNG; x=1\r\nContent-Length: 5\r\n\r\nbread"


@pytest.fixture
def loopback(settings: LazySettings) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, fetch_networks=("127.0.0.0/8",))


@contextmanager
def server(*answers: bytes, hold: threading.Event | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """Answer one request with each of these; ``{port}`` in an answer is the server's own."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def run() -> None:
        for answer in answers:
            connection, _ = listener.accept()
            with connection:
                heard.append(connection.recv(65_536))
                connection.sendall(answer.replace(b"{port}", str(port).encode()))
                if hold is not None:
                    hold.wait(30)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}/loaf.png?x=1", heard
    finally:
        if hold is not None:
            hold.set()
        listener.close()
        thread.join(30)


def take(url: str, tmp_path: Path, bytes_max: int = 5) -> Fetched:
    return fetch(url, tmp_path / "file", bytes_max=bytes_max, field="image_url")


@pytest.mark.usefixtures("loopback")
def test_a_file_is_fetched_over_a_redirect(tmp_path: Path) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /other#top\r\nContent-Length: 0\r\n\r\n"
    unmeasured = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbread\r\n0\r\n\r\n"
    for answers, kind in (((WHOLE,), "image/png"), ((moved, WHOLE), "image/png"), ((unmeasured,), "")):
        with server(*answers) as (url, heard):
            assert take(url, tmp_path) == Fetched(5, kind)
        assert (tmp_path / "file").read_bytes() == b"bread"
        assert heard[0].startswith(b"GET /loaf.png?x=1 HTTP/1.1\r\n")
        assert b"\r\nHost: 127.0.0.1:" in heard[0]
        assert heard[1:] == [] or heard[1].startswith(b"GET /other HTTP/1.1\r\n")


def redirect(target: bytes) -> bytes:
    return b"HTTP/1.1 302 Found\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.usefixtures("loopback")
def test_what_cannot_be_had_says_why(tmp_path: Path) -> None:
    refused: tuple[tuple[bytes, type[Problem]], ...] = (
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", UrlUnavailable),
        (b"", UrlUnavailable),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nbutter", UrlTooLarge),
        (b"HTTP/1.1 200 OK\r\n\r\nbutter", UrlTooLarge),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbrea", UrlBroken),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbre", UrlBroken),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", UrlBroken),
        (b"this is no http\r\n\r\n", UrlBroken),
        (redirect(b"http://10.0.0.1/"), UrlInvalid),
        (redirect(b"http://169.254.169.254/latest/meta-data/"), UrlInvalid),
        (redirect(b"file:///etc/passwd"), UrlInvalid),
        (redirect(b"http://[::1"), UrlUnavailable),
        (redirect(b"http://cleo:word@127.0.0.1:{port}/"), UrlInvalid),
    )
    for answer, problem in refused:
        with server(answer) as (url, _), pytest.raises(problem) as raised:
            take(url, tmp_path)
        assert raised.value.field == "image_url", answer
    again = redirect(b"http://127.0.0.1:{port}/again")
    with server(*[again] * (fetching.REDIRECTS_MAX + 1)) as (url, heard), pytest.raises(UrlUnavailable):
        take(url, tmp_path)
    assert len(heard) == fetching.REDIRECTS_MAX + 1
    with server(WHOLE) as (url, _), pytest.raises(UrlBroken):
        take(url.replace("http:", "https:"), tmp_path)
    with pytest.raises(UrlUnavailable):
        take(url, tmp_path)  # Nobody is there any more.


@pytest.mark.usefixtures("loopback")
def test_who_is_slow_is_cut_off_and_holds_no_thread_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.2)
    for beginning in (b"HTTP/1.1 200 OK\r\n", WHOLE[:-1]):
        with server(beginning, hold=threading.Event()) as (url, _), pytest.raises(UrlTimedOut):
            take(url, tmp_path)
    monkeypatch.setattr(fetching, "_slots", threading.BoundedSemaphore(1))
    with fetching._slots, pytest.raises(FetchesBusy):  # noqa: SLF001 - as if others were at it.
        take("http://127.0.0.1:1/", tmp_path)


def test_no_private_address_is_called_whatever_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in a sandbox, where webhooks may go to loopback: only ``fetch_networks`` opens a way."""
    connected: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_: connected.append(args))
    for url in (
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://192.168.0.1:8080/",
        "ftp://example.org/loaf.png",
        "gopher://example.org/",
        "http:///loaf.png",
        "http://example.org:0/",
        "http://ada:word@example.org/",
        "http://example.org/lo af.png",
        "loaf.png",
        "",
        "http://example.org/" + "x" * 2_048,
    ):
        with pytest.raises(UrlInvalid):
            take(url, tmp_path)
    answer: Callable[[str], list[Any]] = lambda address: [(0, 0, 0, "", (address, 80))]  # noqa: E731 - a row of a table.
    for addresses in (["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["fe80::1%eth0"], ["64:ff9b::a00:1"], []):
        found = [entry for address in addresses for entry in answer(address)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, found=found, **__: found)
        with pytest.raises(UrlInvalid):
            take("http://name.example/", tmp_path)

    def unknown(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(UrlUnavailable):
        take("https://name.example/", tmp_path)
    assert connected == []
