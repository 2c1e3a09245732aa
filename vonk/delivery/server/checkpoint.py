"""The counters on disk, so that a restart reads the log's last minute and not all of it.

Never the truth: a checkpoint that is missing, damaged or from another version is ignored and the log read from its
beginning. The file is ``vonk-ads-1``, a SHA-256, and MessagePack.
"""

import hashlib
import os
from pathlib import Path
from typing import Final

import msgspec
import structlog

from vonk.delivery.limits.pacing import PaceKept
from vonk.delivery.limits.traffic import Kept as TrafficKept
from vonk.delivery.pricing.clearing import Kept as ClearingKept
from vonk.delivery.pricing.costs import CostKept
from vonk.events.conversions.known import Kept
from vonk.events.suspicion import Lately

FILE_NAME: Final = "counters.checkpoint"
_MAGIC: Final = b"vonk-ads-1"
_DIGEST_BYTES: Final = 32
_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class BiddingKept(msgspec.Struct, frozen=True):
    """What bids are worked out from: each budget's pace, each cap's cost, what traffic comes and what slots cost."""

    campaigns: dict[int, PaceKept] = {}
    groups: dict[int, PaceKept] = {}
    costs: dict[int, CostKept] = {}
    traffic: TrafficKept = TrafficKept()
    clearing: ClearingKept = ClearingKept()


class Checkpoint(msgspec.Struct, frozen=True):
    """Everything counted when the log ended at ``position``.

    ``ahead`` are the encoded events and conversions that were counted and not yet known to be in the log, oldest first: whoever loads
    the checkpoint takes them back.
    """

    position: int
    counters: bytes
    seen: dict[int, dict[int, str]]
    ahead: list[bytes]
    campaign_paces: dict[int, tuple[float, int, int]]
    group_paces: dict[int, tuple[float, int, int]]
    conversions: Kept = msgspec.field(default_factory=Kept)  # Absent from checkpoints of before there were any.
    lately: Lately = Lately()  # Likewise: what the rules of validity measure the next events against.
    grant_caps: dict[
        int, int
    ] = {}  # Likewise: consents' limits of spend, which bind late events of withdrawn ones too.
    bidding: BiddingKept = BiddingKept()  # Likewise. Before it was there, paces stood in the two above alone.


def encode(checkpoint: Checkpoint) -> bytes:
    """Return the file's content."""
    body = msgspec.msgpack.encode(checkpoint)
    return _MAGIC + hashlib.sha256(body).digest() + body


def write(directory: Path, content: bytes) -> None:
    """Put the content in place at once, durably: a reader finds the former file or this one. Raises OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    temporary = directory / f"{FILE_NAME}.new"
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(directory / FILE_NAME)


def read(directory: Path) -> Checkpoint | None:
    """Return the checkpoint, None when there is none that can be trusted."""
    try:
        content = (directory / FILE_NAME).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        _log.warning("checkpoint.unreadable", error=str(error))
        return None
    start = len(_MAGIC) + _DIGEST_BYTES
    body = content[start:]
    if content[: len(_MAGIC)] != _MAGIC or content[len(_MAGIC) : start] != hashlib.sha256(body).digest():
        _log.warning("checkpoint.damaged", bytes=len(content))
        return None
    try:
        return msgspec.msgpack.decode(body, type=Checkpoint)
    except msgspec.MsgspecError as error:
        _log.warning("checkpoint.damaged", error=str(error))
        return None
