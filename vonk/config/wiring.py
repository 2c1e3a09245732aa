"""Chooses the engines. Knows no Django, so that the ad server can use it."""

import hashlib
import socket
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import unquote, urlsplit

from vonk.config.keys import TokenKeys
from vonk.config.options import OptionInvalid, Options
from vonk.delivery.auction.predictor import Predictor
from vonk.delivery.limits.counters import Counters
from vonk.delivery.snapshot import PublicationFeed
from vonk.events.archive import Archive
from vonk.events.history import History
from vonk.events.log import EventLog
from vonk.events.tokens import Signer
from vonk.storage.memory.counters import MemoryCounters
from vonk.storage.sqlite.event_log import SqliteEventLog
from vonk.storage.sqlite.publication_feed import SqlitePublicationFeed


class _FeedModule(Protocol):
    def PostgresPublicationFeed(self, dsn: str) -> PublicationFeed: ...  # noqa: N802 - the class's name.


class _CountersModule(Protocol):
    def RedisCounters(self, local: Counters, url: str, *, server: str) -> Counters: ...  # noqa: N802 - the class's name.


class _LogModule(Protocol):
    def NatsEventLog(self, url: str) -> EventLog: ...  # noqa: N802 - the class's name.


class _ArchiveModule(Protocol):
    def ParquetArchive(self, root: Path) -> Archive: ...  # noqa: N802 - the class's name.


class _ModelModule(Protocol):
    def load(self, path: Path, version: str) -> Predictor: ...


def event_log(options: Options) -> EventLog:
    """Open the platform's event log; whoever opens it closes it. Raises LogUnavailable, OptionInvalid."""
    return event_log_in(options.data_dir, options.event_log_url)


def event_log_in(data_dir: Path, url: str = "") -> EventLog:
    """Open the event log at an address; "" for the one in a data directory."""
    if url:
        return _nats_log(url)
    folder = data_dir / "events"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return SqliteEventLog(folder / "log.sqlite3")


def _nats_log(url: str) -> EventLog:
    try:
        # By name: its client is an extra that only those who use it install.
        module = cast("_LogModule", import_module("vonk.storage.nats.event_log"))
        return module.NatsEventLog(url)
    except ModuleNotFoundError as error:
        raise OptionInvalid("event_log_url: the client of NATS is missing: install vonk[nats]") from error


def archive_in(data_dir: Path) -> Archive:
    """Open the archive of a data directory, where the log's old records are."""
    # By name: it takes 60 MB of memory, which only those pay who open an archive.
    module = cast("_ArchiveModule", import_module("vonk.storage.parquet.archive"))
    return module.ParquetArchive(data_dir / "archive")


def history(options: Options) -> History:
    """Open log and archive as one, to be read from the beginning; whoever opens it closes it. Raises LogUnavailable."""
    return history_in(options.data_dir, options.event_log_url)


def history_in(data_dir: Path, url: str = "") -> History:
    """Open the log at an address, "" for a data directory's own, and the directory's archive as one."""
    return History(event_log_in(data_dir, url), partial(archive_in, data_dir))


def counters(options: Options) -> Counters:
    """Return the ad server's counters: its own memory, shared through Redis where ``counters_url`` names one."""
    local = MemoryCounters()
    if not options.counters_url:
        return local
    if urlsplit(options.counters_url).scheme not in {"redis", "rediss", "unix"}:
        raise OptionInvalid(f"counters_url: {options.counters_url} is neither redis://, rediss:// nor unix://")
    # By name, as above. A server keeps its name through restarts, so that what it had leased is its own again.
    module = cast("_CountersModule", import_module("vonk.storage.redis.counters"))
    server = hashlib.sha256(f"{socket.gethostname()} {options.data_dir}".encode()).hexdigest()[:12]
    return module.RedisCounters(local, options.counters_url, server=server)


def publication_feed(options: Options) -> PublicationFeed:
    """Return the feed on the control database, whichever that is; it connects when it is first read."""
    return publication_feed_at(options.database_url)


def publication_feed_at(database_url: str) -> PublicationFeed:
    """Return the feed on the control database at an address."""
    parts = urlsplit(database_url)
    if parts.scheme == "sqlite":
        return SqlitePublicationFeed(unquote(parts.path))
    if parts.scheme in {"postgresql", "postgres"}:
        # By name: its driver is an extra that only those who use it install.
        module = cast("_FeedModule", import_module("vonk.storage.postgres.publication_feed"))
        return module.PostgresPublicationFeed(database_url)
    raise OptionInvalid(f"database_url: {parts.scheme}:// is neither sqlite:// nor postgresql://")


def load_model(path: Path, version: str) -> Predictor:
    """Return the model of a file, ready to answer. Raises ModelMissing and its kinds."""
    # By name: Numba takes a second and 80 MB, which only those pay who serve a model.
    module = cast("_ModelModule", import_module("vonk.delivery.trained.served"))
    return module.load(path, version)


def signer(data_dir: Path) -> Signer:
    """Return the maker and reader of tokens with the data directory's keys, which must be there; it follows rotations."""
    keys = TokenKeys(data_dir)
    return Signer(keys.keys, keys.renewed)
