"""Whether the servers sync to disk before they acknowledge: asked of their monitoring ports, for no client can see it.

nats-server 2.10 and later sync every write with ``sync_interval: always``; older ones cannot. A server tells its
settings under ``/varz``.
"""

from collections.abc import Iterable
from http.client import HTTPConnection, HTTPException
from typing import Final

import msgspec

from vonk.storage.nats.address import Address, Durability
from vonk.storage.nats.errors import NotSynced

ASK_SECONDS: Final = 2.0
FIRST_VERSION: Final = (2, 10)


class _Settings(msgspec.Struct, frozen=True):
    sync_always: bool = False


class _JetStream(msgspec.Struct, frozen=True):
    config: _Settings = _Settings()


class _Variables(msgspec.Struct, frozen=True):
    jetstream: _JetStream = _JetStream()


def check(address: Address, version: tuple[int, int]) -> None:
    """Raise NotSynced unless the servers are known to sync, where the address asks for it.

    A majority of the servers must answer, and each that answers must sync. One that is down may come back only with
    the settings it is given: that is the operator's.
    """
    if address.durability is not Durability.SYNCED:
        return
    if version < FIRST_VERSION:
        raise NotSynced(reason=f"nats-server {version[0]}.{version[1]} has no such setting")
    if not address.monitor:
        raise NotSynced(reason="event_log_url names no monitoring port")
    answers = [_syncs(host, address.monitor) for host, _ in address.hosts]
    judge([host for host, _ in address.hosts], answers)


def judge(hosts: Iterable[str], answers: list[bool | None]) -> None:
    """Raise NotSynced unless a majority answered (None: no answer) and none said that it does not sync."""
    lax = [host for host, answer in zip(hosts, answers, strict=True) if answer is False]
    if lax:
        raise NotSynced(reason=f"{', '.join(lax)} does not")
    if 2 * sum(answer is not None for answer in answers) <= len(answers):
        raise NotSynced(reason="too few of the servers answer on their monitoring ports")


def _syncs(host: str, port: int) -> bool | None:
    connection = HTTPConnection(host.strip("[]"), port, timeout=ASK_SECONDS)
    try:
        connection.request("GET", "/varz")
        return read(connection.getresponse().read())
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def read(body: bytes) -> bool | None:
    """Return whether the server whose variables these are syncs always; None when they are unreadable."""
    try:
        return msgspec.json.decode(body, type=_Variables).jetstream.config.sync_always
    except msgspec.MsgspecError:
        return None
