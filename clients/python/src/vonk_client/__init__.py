"""A host server's side of Vonk: ask for ads, report events and conversions so that none is lost and none counts twice."""

from vonk_client.client import Client
from vonk_client.errors import (
    ClientClosed,
    ClientError,
    EventInvalid,
    PixelUnknown,
    QueueFull,
    Refused,
    SpoolUnusable,
    Unreachable,
)
from vonk_client.identifiers import hash_email, hash_external, hash_phone
from vonk_client.records import Refusal, Slot, SlotWanted
from vonk_client.syncing import Film, ItemInvalid, Reconciliation, Sync, Verdict

__all__ = [
    "Client",
    "ClientClosed",
    "ClientError",
    "EventInvalid",
    "Film",
    "ItemInvalid",
    "PixelUnknown",
    "QueueFull",
    "Reconciliation",
    "Refusal",
    "Refused",
    "Slot",
    "SlotWanted",
    "SpoolUnusable",
    "Sync",
    "Unreachable",
    "Verdict",
    "hash_email",
    "hash_external",
    "hash_phone",
]
