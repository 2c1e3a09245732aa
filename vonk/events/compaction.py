"""Move what is old from the event log into the archive, piece by piece; safe to stop anywhere and to repeat."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from vonk.core.clock import to_ms
from vonk.core.errors import Actor, Unavailable
from vonk.events.archive import Archive
from vonk.events.log import REDACTED_VIEWER, EventLog, Position, StoredRecord, redacted, viewers_of
from vonk.events.records import received_ms_of

PIECE_RECORDS: Final = 50_000  # Moved at once: some 50 MB.


class Compacted(msgspec.Struct, frozen=True):
    """What one call did: records archived, records that the log let go of; ``more`` when another call would do more."""

    archived: int
    trimmed: int
    more: bool


class ArchiveDiffers(Unavailable):
    """What the archive gives back is not what the log has: the log keeps it."""

    code = "archive_differs"
    message = "The archive differs from the event log at position %(position)d."
    cause = "The archive belongs to another log, or one of the two was changed."
    remedy = "Stop the platform and restore both from the same copy; nothing was removed from the log."
    actor = Actor.OPERATOR


def compact(
    log: EventLog,
    archive: Archive,
    *,
    through: Position,
    before: datetime,
    now: datetime,
    limit: int = PIECE_RECORDS,
) -> Compacted:
    """Archive at most ``limit`` records that were taken in before an instant, none beyond position ``through``.

    The log lets go of records only after the archive has given the same ones back. Raises what log and archive raise,
    and ArchiveDiffers; nothing is lost then.
    """
    trimmed = _let_go(log, archive, limit)
    if trimmed:
        return Compacted(0, trimmed, more=True)
    after = max(archive.end(), Position(log.first() - 1))
    ages = through, to_ms(before), to_ms(now)
    if _is_young(log.read(after, 1), *ages):  # As it mostly is: then no more is read.
        return Compacted(0, 0, more=False)
    old = _old(log.read(after, limit), *ages)
    if not old:
        return Compacted(0, 0, more=False)
    archive.append(old)
    return Compacted(len(old), _let_go(log, archive, limit), more=True)


def _let_go(log: EventLog, archive: Archive, limit: int) -> int:
    """Trim the first records that the archive has as well; return how many."""
    first, end = log.first(), archive.end()
    if first > end:
        return 0
    kept = log.read(Position(first - 1), min(limit, end - first + 1))
    if not kept or kept[-1].position > end:
        return 0  # Somebody else has trimmed it meanwhile.
    _require_same(archive, kept)
    return log.trim(kept[-1].position)


def _require_same(archive: Archive, kept: Sequence[StoredRecord]) -> None:
    place = 0
    while place < len(kept):
        found = archive.read(Position(kept[place].position - 1), len(kept) - place)
        if not found:
            raise ArchiveDiffers(position=kept[place].position)
        for archived, logged in zip(found, kept[place:], strict=False):
            if archived != logged and not _is_redaction(archived, logged):
                raise ArchiveDiffers(position=logged.position)
        place += len(found)


def _is_redaction(archived: StoredRecord, logged: StoredRecord) -> bool:
    """Say whether the archive's record is the log's after an erasure: a log that cannot be changed still names the person."""
    one, other = archived.record, logged.record
    return (
        archived.position == logged.position
        and REDACTED_VIEWER in viewers_of(one)
        and redacted(one, viewers_of(one)) == redacted(other, viewers_of(other))
    )


def _is_young(found: Sequence[StoredRecord], through: Position, before_ms: int, now_ms: int) -> bool:
    return not found or found[0].position > through or before_ms <= received_ms_of(found[0].record) <= now_ms


def _old(found: Sequence[StoredRecord], through: Position, before_ms: int, now_ms: int) -> list[StoredRecord]:
    """Return the records up to the first young one. One from the future, of a clock that ran ahead, goes with those around it."""
    last = 0
    for place, one in enumerate(found, start=1):
        received_ms = received_ms_of(one.record)
        if _is_young([one], through, before_ms, now_ms):
            break
        if received_ms < before_ms:
            last = place
    return list(found[:last])


def drop_old(archive: Archive, *, before: datetime) -> int:
    """Forget archived days that ended before an instant, from the oldest on; return how many records went."""
    old = None
    for span in archive.spans():
        if span.day >= before.date():
            break
        old = span
    return archive.drop_before(Position(old.last + 1)) if old is not None else 0
