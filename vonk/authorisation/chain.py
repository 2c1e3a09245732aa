"""The consent record's chain, pure: each row's hash covers the row and the hash before it.

The chain's length and last hash are kept apart from the rows, so that rows missing at the end are noticed too.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import msgspec

GENESIS: Final = "0" * 64  # What the first row's hash covers.

Detail = Mapping[str, str | int | bool | None]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One act as it is hashed. Ids and instants of the detail are texts; codes are never in it."""

    id: int
    profile_id: int
    sequence: int
    post_id: int | None
    consent_id: int | None
    at: datetime
    person_id: int | None
    act: str
    detail: Detail
    previous_hash: str
    request_id: int | None = None
    access_id: int | None = None
    standing_id: int | None = None


class StoredRow(msgspec.Struct, frozen=True):
    """A row with the hash that stands beside it."""

    row: Row
    hash: str


class Head(msgspec.Struct, frozen=True):
    """How long a profile's chain is and where it ends."""

    length: int = 0
    hash: str = GENESIS


class Fault(StrEnum):
    """How a record is broken."""

    CHANGED = "changed"  # The row's content is not what was hashed.
    UNLINKED = "unlinked"  # The row does not continue the row before it: one was changed, swapped or put between.
    MISSING = "missing"  # No row with this sequence.
    BEYOND_END = "beyond_end"  # More rows than were ever appended.
    END_CHANGED = "end_changed"  # The last row is not the one that was appended last.


class Broken(msgspec.Struct, frozen=True):
    """One fault. ``record_id`` is None when the row is not there."""

    profile_id: int
    sequence: int
    record_id: int | None
    fault: Fault


def hash_of(row: Row) -> str:
    """Return SHA-256, in hex, over the row's text in UTF-8."""
    return hashlib.sha256(text_of(row).encode()).hexdigest()


def text_of(row: Row) -> str:
    """Return the row in canonical JSON, which is what is hashed: sorted keys, no spaces, instants in UTC."""
    values = {
        "act": row.act,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "consent": row.consent_id,
        "detail": dict(row.detail),
        "id": row.id,
        "person": row.person_id,
        "post": row.post_id,
        "previous": row.previous_hash,
        "profile": row.profile_id,
        "sequence": row.sequence,
    }
    others = {"access": row.access_id, "request": row.request_id, "standing": row.standing_id}
    values |= {
        name: value for name, value in others.items() if value is not None
    }  # Absent in rows older than they are.
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def verify(profile_id: int, rows: Iterable[StoredRow], head: Head) -> list[Broken]:
    """Return every fault of one profile's chain, in order of sequence. ``rows`` come sorted by sequence."""
    faults: list[Broken] = []
    expected, previous = 1, GENESIS
    last: StoredRow | None = None
    for stored in rows:
        row = stored.row
        until = min(row.sequence, head.length + 1)
        faults += [Broken(profile_id, gap, None, Fault.MISSING) for gap in range(expected, until)]
        fault = _fault(stored, previous, after_gap=row.sequence != expected, head=head)
        if fault is not None:
            faults.append(Broken(profile_id, row.sequence, row.id, fault))
        expected, previous, last = row.sequence + 1, stored.hash, stored
    faults += [Broken(profile_id, gap, None, Fault.MISSING) for gap in range(expected, head.length + 1)]
    if (
        last is not None
        and last.row.sequence == head.length
        and not any(fault.sequence == head.length for fault in faults)
        and not hmac.compare_digest(last.hash, head.hash)
    ):
        faults.append(Broken(profile_id, head.length, last.row.id, Fault.END_CHANGED))
    return faults


def _fault(stored: StoredRow, previous: str, *, after_gap: bool, head: Head) -> Fault | None:
    """Return what is wrong with one row. After a gap its link cannot be judged, and the gap is reported already."""
    if stored.row.sequence > head.length:
        return Fault.BEYOND_END
    if hash_of(stored.row) != stored.hash:
        return Fault.CHANGED
    if not after_gap and stored.row.previous_hash != previous:
        return Fault.UNLINKED
    return None
