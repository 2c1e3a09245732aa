"""Settled segments as the books have them: what each billed, wrote off and passed over, in the log's order."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from typing import Final

import msgspec

from vonk.billing import rules
from vonk.billing.ledger import Reason
from vonk.billing.models import SettledSegment, Transfer
from vonk.events.log import Position

OF_SEGMENTS: Final = (Reason.CHARGE.value, Reason.WRITE_OFF.value, Reason.CREATOR_SHARE.value)
ROWS_PER_READ: Final = 5_000


class Group(msgspec.Struct, frozen=True):
    """What transfers say of the events they stand for."""

    account_id: int | None
    campaign_id: int | None
    ad_group_id: int | None
    ad_id: int | None
    post_id: int | None
    grant_id: int | None
    event_kind: str | None
    hour_at: datetime | None
    day: date | None
    currency: str

    def __str__(self) -> str:
        return f"ad {self.ad_id}, {self.event_kind}, hour {self.hour_at}, day {self.day}, post {self.post_id}"


class Moved(msgspec.Struct, frozen=True):
    """One transfer of a segment."""

    key: str
    reason: str
    amount_micros: int
    events: int
    share_ppm: int
    debit: tuple[str, int]  # Kind and owner.
    credit: tuple[str, int]


class Segment(msgspec.Struct):
    """A segment's bounds and transfers, and which of its billable events were not billed.

    ``recorded`` is False where the books do not say which those are.
    """

    first: int
    last: int
    transfers: dict[Group, dict[str, list[Moved]]] = msgspec.field(default_factory=dict)
    written_off: set[int] = msgspec.field(default_factory=set)
    repeated: set[int] = msgspec.field(default_factory=set)
    recorded: bool = False

    def __str__(self) -> str:
        return f"segment {self.first}-{self.last}"


def segments(until: Position) -> Iterator[Segment]:
    """Yield the segments up to a position; one at a time is in memory."""
    listed, moved = _listed(until), _moved(until)
    one, other = next(listed, None), next(moved, None)
    while one is not None or other is not None:
        if one is None or (other is not None and (other.last, other.first) < (one.last, one.first)):
            assert other is not None, "One of the two is there."
            yield other
            other = next(moved, None)
        elif other is None or (one.last, one.first) < (other.last, other.first):
            yield one
            one = next(listed, None)
        else:
            one.transfers = other.transfers
            yield one
            one, other = next(listed, None), next(moved, None)


def _listed(until: Position) -> Iterator[Segment]:
    rows = SettledSegment.objects.filter(last_position__lte=until).order_by("last_position")
    for row in rows.iterator(ROWS_PER_READ):
        yield Segment(
            row.first_position,
            row.last_position,
            written_off=set(_positions(row.written_off)),
            repeated=set(_positions(row.repeated)),
            recorded=True,
        )


def _positions(packed: "bytes | memoryview[int]") -> list[int]:
    """Return the positions; none when the bytes were changed into nonsense, which then no sum agrees with."""
    try:
        return rules.unpacked(bytes(packed))
    except (msgspec.MsgspecError, TypeError):
        return []


def _moved(until: Position) -> Iterator[Segment]:
    rows = (
        Transfer.objects.filter(reason__in=OF_SEGMENTS, last_position__lte=until)
        .order_by("last_position", "first_position", "key")
        .values_list(
            "first_position", "last_position", "key", "reason", "amount_micros", "events", "share_ppm",
            "debit__kind", "debit__owner_id", "credit__kind", "credit__owner_id", *Group.__struct_fields__,
        )
    )  # fmt: skip
    for (first, last), of_segment in groupby(rows.iterator(ROWS_PER_READ), key=lambda row: (row[0], row[1])):
        segment = Segment(first or 0, last)
        for row in of_segment:
            moved = Moved(row[2], row[3], row[4], row[5] or 0, row[6] or 0, (row[7], row[8]), (row[9], row[10]))
            segment.transfers.setdefault(Group(*row[11:]), {}).setdefault(moved.reason, []).append(moved)
        yield segment
