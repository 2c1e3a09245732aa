"""What every publication feed promises."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import psycopg
import pytest

from vonk.delivery.snapshot import (
    ClockDocument,
    Document,
    DocumentKind,
    FeedUnavailable,
    FundsDocument,
    GrantDocument,
    Publication,
    PublicationFeed,
    encode_document,
)
from vonk.storage.memory.publication_feed import MemoryPublicationFeed
from vonk.storage.postgres.publication_feed import PostgresPublicationFeed
from vonk.storage.sqlite.publication_feed import SqlitePublicationFeed

POSTGRES_URL = os.environ.get("VONK_TEST_POSTGRES_URL", "postgresql://127.0.0.1:5432/test")
COLUMNS = "(sequence bigint unique, kind varchar(16), object_id bigint, document text null, unique (kind, object_id))"
UPSERT = (
    "INSERT INTO control_publication (sequence, kind, object_id, document) VALUES ({marks})"
    " ON CONFLICT (kind, object_id) DO UPDATE SET sequence = excluded.sequence, document = excluded.document"
)
FUNDS = FundsDocument(1, "EUR", 10**12, 7)
GRANT = GrantDocument(2, 3, 1, 0, 10, ("NL",), 5)


class Published(Protocol):
    @property
    def feed(self) -> PublicationFeed: ...

    def put(self, sequence: int, kind: str, object_id: int, document: Document | str | None) -> None: ...


class MemoryPublished:
    def __init__(self) -> None:
        self.feed = MemoryPublicationFeed()

    def put(self, sequence: int, kind: str, object_id: int, document: Document | str | None) -> None:
        assert not isinstance(document, str)
        assert self.feed.publish(DocumentKind(kind), object_id, document) == sequence

    def close(self) -> None:
        self.feed.close()


class SqlitePublished:
    def __init__(self, path: Path) -> None:
        self.feed = SqlitePublicationFeed(path)
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute(f"CREATE TABLE control_publication {COLUMNS}")

    def put(self, sequence: int, kind: str, object_id: int, document: Document | str | None) -> None:
        self.connection.execute(UPSERT.format(marks="?,?,?,?"), (sequence, kind, object_id, text_of(document)))

    def close(self) -> None:
        self.feed.close()
        self.connection.close()


SCHEMA = f"vonk_feed_test_{os.getpid()}"  # Tests of one file may run side by side.


class PostgresPublished:
    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True, options="-c client_min_messages=warning")
        self.connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE".encode())
        self.connection.execute(f"CREATE SCHEMA {SCHEMA}".encode())
        self.connection.execute(f"SET search_path = {SCHEMA}".encode())
        self.connection.execute(f"CREATE TABLE control_publication {COLUMNS}".encode())
        self.feed = PostgresPublicationFeed(psycopg.conninfo.make_conninfo(url, options=f"-csearch_path={SCHEMA}"))

    def put(self, sequence: int, kind: str, object_id: int, document: Document | str | None) -> None:
        with self.connection.transaction():
            statement = UPSERT.format(marks="%s,%s,%s,%s").encode()
            self.connection.execute(statement, (sequence, kind, object_id, text_of(document)))
            self.connection.execute("NOTIFY vonk_publication")

    def close(self) -> None:
        self.feed.close()
        self.connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE".encode())
        self.connection.close()


def text_of(document: Document | str | None) -> str | None:
    return document if document is None or isinstance(document, str) else encode_document(document)


def postgres() -> PostgresPublished:
    try:
        return PostgresPublished(POSTGRES_URL)
    except psycopg.OperationalError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"PostgreSQL does not answer: {error}")


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def published(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Published]:
    openers: dict[str, Callable[[], MemoryPublished | SqlitePublished | PostgresPublished]] = {
        "memory": MemoryPublished,
        "sqlite": lambda: SqlitePublished(tmp_path / "control.sqlite3"),
        "postgres": postgres,
    }
    opened = openers[request.param]()
    yield opened
    opened.close()


def test_publications_are_read_in_order_and_from_where_one_was(published: Published) -> None:
    assert published.feed.read(0, 10) == []
    published.put(1, "funds", 1, FUNDS)
    published.put(2, "grant", 2, GRANT)
    published.put(3, "clock", 1, ClockDocument(5))
    expected = [
        Publication(1, DocumentKind.FUNDS, 1, FUNDS),
        Publication(2, DocumentKind.GRANT, 2, GRANT),
        Publication(3, DocumentKind.CLOCK, 1, ClockDocument(5)),
    ]
    assert published.feed.read(0, 10) == expected
    assert published.feed.read(0, 2) == expected[:2]
    assert published.feed.read(2, 10) == expected[2:]


def test_only_the_newest_of_an_object_is_kept_and_withdrawing_is_publishing_nothing(published: Published) -> None:
    published.put(1, "grant", 2, GRANT)
    published.put(2, "funds", 1, FUNDS)
    published.put(3, "grant", 2, None)
    assert published.feed.read(0, 10) == [
        Publication(2, DocumentKind.FUNDS, 1, FUNDS),
        Publication(3, DocumentKind.GRANT, 2, None),
    ]


def test_waiting_ends_with_a_publication(published: Published) -> None:
    published.feed.read(0, 10)
    writer = threading.Timer(0.05, published.put, (1, "funds", 1, FUNDS))
    writer.start()
    found: list[Publication] = []
    while not found:
        published.feed.wait(30)
        found = published.feed.read(0, 10)
    writer.join()
    assert [publication.sequence for publication in found] == [1]


def test_waiting_ends_without_one(published: Published) -> None:
    published.feed.read(0, 10)
    published.feed.wait(0.01)
    assert published.feed.read(0, 10) == []


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_what_cannot_be_understood_is_withdrawn_or_passed_over(engine: str, tmp_path: Path) -> None:
    opened = SqlitePublished(tmp_path / "control.sqlite3") if engine == "sqlite" else postgres()
    opened.put(1, "grant", 2, "{")
    opened.put(2, "hologram", 2, "{}")
    assert opened.feed.read(0, 10) == [Publication(1, DocumentKind.GRANT, 2, None)]
    opened.close()


def test_a_database_that_is_not_there_yet_is_found_when_it_is(tmp_path: Path) -> None:
    path = tmp_path / "control.sqlite3"
    feed = SqlitePublicationFeed(path)
    with pytest.raises(FeedUnavailable):
        feed.read(0, 10)
    feed.wait(0.01)
    sqlite3.connect(path).close()
    with pytest.raises(FeedUnavailable):
        feed.read(0, 10)
    published = SqlitePublished(path)
    published.put(1, "funds", 1, FUNDS)
    assert [publication.sequence for publication in feed.read(0, 10)] == [1]
    feed.close()
    published.close()


@pytest.mark.postgres
def test_a_server_that_drops_the_connection_is_found_again() -> None:
    published = postgres()
    published.put(1, "funds", 1, FUNDS)
    assert len(published.feed.read(0, 10)) == 1
    published.connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN vonk_publication'"
        " OR query LIKE '%%control_publication WHERE sequence%%' AND pid <> pg_backend_pid()"
    )
    with pytest.raises(FeedUnavailable):
        published.feed.read(0, 10)
    assert len(published.feed.read(0, 10)) == 1
    published.close()


def test_a_server_that_is_not_there_is_named() -> None:
    feed = PostgresPublicationFeed("postgresql://127.0.0.1:1/nowhere")
    with pytest.raises(FeedUnavailable):
        feed.read(0, 10)
    feed.wait(0.01)
    feed.close()
