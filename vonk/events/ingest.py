"""From a batch of reports to verdicts and records: verify, judge, count once, charge once.

Nothing here is acknowledged: the caller appends the records and answers when they are durable, or takes them back.
"""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from vonk.events import validity
from vonk.events.dedupe import Novelty, Seen
from vonk.events.records import Claims, EventRecord, Record
from vonk.events.tokens import Signer, TokenInvalid
from vonk.events.validity import EventRefusal, Report

TOKENS_REMEMBERED_MAX: Final = 20_000  # Some 10 MB; a showing's events come with one token within minutes.


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """What became of one event of a batch. ``id`` is None when it could not be read."""

    id: str | None
    verdict: str  # accepted, duplicate or refused
    reason: str | None = None


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A record on its way to the log. ``first``: the showing's first event of its kind."""

    record: EventRecord
    first: bool


class Book(Protocol):
    """What keeps count of events the moment they are taken, and takes them back when they cannot be made durable."""

    def price(self, claims: Claims, received_ms: int) -> int:
        """Return what the billable event of this showing costs now, in micros; 0 when no budget can bear it."""
        ...

    def count(self, entry: Entry) -> None:
        """Add the event."""
        ...

    def take_back(self, entry: Entry) -> None:
        """Undo ``count``."""
        ...


class Judged(msgspec.Struct):
    """A batch's verdicts, in its order, and the records to append before they may be told."""

    verdicts: list[Verdict]
    entries: list[Entry]
    duplicates: int = 0


class Ingest:
    """Judges batches one after another; the order of calls is the order of records in the log."""

    def __init__(self, signer: Signer, seen: Seen, book: Book) -> None:
        self._signer = signer
        self._seen = seen
        self._book = book
        self._claims: dict[str, Claims] = {}

    def judge(self, reports: Sequence[Report | Verdict], received_ms: int) -> Judged:
        """Judge each report by itself; a Verdict among them is a report that could not even be read."""
        judged = Judged([], [])
        for report in reports:
            verdict = report if isinstance(report, Verdict) else self._judge(report, received_ms, judged)
            judged.verdicts.append(verdict)
        return judged

    def take_back(self, records: Sequence[Record]) -> None:
        """Undo records that could not be made durable, oldest first, so that their events may be sent again."""
        for record in reversed(records):
            if isinstance(record, EventRecord):
                claims = record.claims
                first = self._seen.is_first(record)
                self._seen.forget(claims.decision_id, claims.decided_ms, record.event_id, record.kind)
                self._book.take_back(Entry(record, first))

    def _judge(self, report: Report, received_ms: int, judged: Judged) -> Verdict:
        read = self._read(report, received_ms)
        if isinstance(read, EventRefusal):
            return Verdict(report.id, "refused", read.value)
        claims = read.claims
        novelty = self._seen.add(claims.decision_id, claims.decided_ms, read.event_id, read.kind)
        if novelty is Novelty.DUPLICATE:
            judged.duplicates += 1
            return Verdict(report.id, "duplicate")
        first = novelty is Novelty.FIRST
        if first and validity.bills(claims, read.kind, received_ms):
            read = msgspec.structs.replace(read, charge_micros=self._book.price(claims, received_ms))
        entry = Entry(read, first)
        self._book.count(entry)
        judged.entries.append(entry)
        return Verdict(report.id, "accepted")

    def _read(self, report: Report, received_ms: int) -> EventRecord | EventRefusal:
        """Return the record that the report amounts to, not yet charged."""
        if not validity.id_is_valid(report.id):
            return EventRefusal.ID_INVALID
        kind = validity.kind_of(report.kind)
        if isinstance(kind, EventRefusal):
            return kind
        claims = self._claims_of(report.token)
        if claims is None:
            return EventRefusal.TOKEN_INVALID
        if validity.token_expired(claims, received_ms):
            return EventRefusal.TOKEN_EXPIRED
        at_ms = validity.instant_of(report.at, claims, received_ms)
        if isinstance(at_ms, EventRefusal):
            return at_ms
        value = validity.value_of(report.value, kind)
        if isinstance(value, EventRefusal):
            return value
        return EventRecord(report.id, kind, at_ms, received_ms, 0, value, claims)

    def _claims_of(self, token: str) -> Claims | None:
        claims = self._claims.get(token)
        if claims is None:
            try:
                claims = self._signer.read_showing(token)
            except TokenInvalid:
                return None
            if len(self._claims) >= TOKENS_REMEMBERED_MAX:
                self._claims.clear()
            self._claims[token] = claims
        return claims
