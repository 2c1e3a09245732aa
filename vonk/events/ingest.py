"""From a batch of reports to verdicts and records: verify, judge, count once, charge once.

Nothing here is acknowledged: the caller appends the records and answers when they are durable, or takes them back.
"""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from vonk.events import dedupe, kinds, origins, validity
from vonk.events.contract import Context, Report, Verdict
from vonk.events.dedupe import Novelty, Seen
from vonk.events.origins import UNSUSPECTED, Origin
from vonk.events.records import Claims, EventRecord, Kind, Record
from vonk.events.rules import InvalidRule
from vonk.events.suspicion import MEASURED, Suspicion
from vonk.events.tokens import Signer, TokenInvalid
from vonk.events.validity import DuplicateReason, EventRefusal

TOKENS_REMEMBERED_MAX: Final = 20_000  # Some 10 MB; a showing's events come with one token within minutes.


class Sender(msgspec.Struct, frozen=True, gc=False):
    """Who sends a batch: a browser, whose own request is judged, or a host app's server, which tells us the context."""

    origin: Origin = UNSUSPECTED
    host: bool = False


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A record on its way to the log. ``first``: the showing's first valid event of its kind."""

    record: EventRecord
    first: bool


class Book(Protocol):
    """What keeps count of events the moment they are taken, and takes them back when they cannot be made durable."""

    def price(self, claims: Claims, received_ms: int) -> int:
        """Return what the billable event of this showing costs now, in micros; 0 when no budget can bear it."""
        ...

    def count(self, entry: Entry) -> None:
        """Add the event. An invalid one adds no result and no charge; its impression was seen all the same."""
        ...

    def take_back(self, entry: Entry) -> None:
        """Undo ``count``."""
        ...


class Origins(Protocol):
    """Knows bots and data centres."""

    def of(self, user_agent: str | None, address: str) -> Origin:
        """Return what is known of them; None and "" when they are not known and so not judged."""
        ...


class Judged(msgspec.Struct):
    """A batch's verdicts, in its order, and the records to append before they may be told."""

    verdicts: list[Verdict]
    entries: list[Entry]
    duplicates: int = 0
    invalid: int = 0  # Of the entries.
    restored: int = 0  # Likewise: events of earlier batches.

    @property
    def records(self) -> list[EventRecord]:
        """What the batch adds to the log."""
        return [entry.record for entry in self.entries]


class Ingest:
    """Judges batches one after another; the order of calls is the order of records in the log."""

    def __init__(self, signer: Signer, seen: Seen, book: Book, origins: Origins) -> None:
        self._signer = signer
        self._generation = signer.generation
        self._seen = seen
        self._book = book
        self._origins = origins
        self._claims: dict[str, Claims] = {}
        self.suspicion = Suspicion()

    def judge(self, reports: Sequence[Report | Verdict], received_ms: int, sender: Sender) -> Judged:
        """Judge each report by itself, impressions first; a Verdict among them is a report that could not even be read.

        Impressions first, because what is clicked and watched was on the screen before, however a client lists it.
        """
        if self._generation != self._signer.generation:
            self._generation = self._signer.generation
            self._claims.clear()  # Some may have been signed with a key that is gone.
        judged = Judged([_UNJUDGED] * len(reports), [])
        verdicts = judged.verdicts
        if len(reports) > 1:
            for place, report in enumerate(reports):
                if isinstance(report, Report) and report.kind == "impression":
                    verdicts[place] = self._judge(report, received_ms, sender, judged)
        for place, report in enumerate(reports):
            if verdicts[place] is _UNJUDGED:
                if isinstance(report, Verdict):
                    verdicts[place] = report
                else:
                    verdicts[place] = self._judge(report, received_ms, sender, judged)
        return judged

    def replay(self, record: EventRecord) -> Entry:
        """Remember a record of the log as when it was judged, without judging it again; the caller counts it."""
        first = self._seen.note(record, self._seen.of(record.claims))
        if not record.restored and record.invalid in _MEASURED_AGAINST:
            self.suspicion.note(record)
        return Entry(record, first)

    def take_back(self, records: Sequence[Record]) -> None:
        """Undo records that could not be made durable, oldest first, so that their events may be sent again."""
        for record in reversed(records):
            if isinstance(record, EventRecord):
                first = self._seen.forget(record)
                if not record.restored and record.invalid in _MEASURED_AGAINST:
                    self.suspicion.forget(record)
                self._book.take_back(Entry(record, first))

    def _judge(self, report: Report, received_ms: int, sender: Sender, judged: Judged) -> Verdict:
        record = self._read(report, received_ms)
        if isinstance(record, EventRefusal):
            return Verdict(report.id, "refused", record.value)
        origin = sender.origin
        if report.context is not None:
            if not sender.host:
                return Verdict(report.id, "refused", EventRefusal.CONTEXT_NEEDS_HOST_KEY.value)
            if not context_is_valid(report.context):
                return Verdict(report.id, "refused", EventRefusal.CONTEXT_INVALID.value)
            origin = origin_of(self._origins, report.context)
        text = self._seen.of(record.claims)
        novelty = dedupe.novelty(text, record.event_id, record.kind) if text else Novelty.NEW
        rule = ""
        if novelty is Novelty.NEW:
            if len(text) > dedupe.SHOWING_CHARS_MAX:
                return Verdict(report.id, "refused", EventRefusal.SHOWING_FULL.value)
            rule = self.suspicion.rule_broken(record, origin, text)
            if rule and dedupe.tried(text, record.kind):
                novelty = Novelty.KIND_REPEATED
        if novelty is Novelty.NEW:
            if rule:
                record = msgspec.structs.replace(record, invalid=rule)
                judged.invalid += 1
            if record.kind in MEASURED and rule in _MEASURED_AGAINST:
                self.suspicion.note(record)
            self._take(record, text, judged)
            verdict = Verdict(report.id, "accepted", rule or None)
        else:
            judged.duplicates += 1
            verdict = Verdict(report.id, "duplicate", _REASON[novelty])
        if record.kind is Kind.IMPRESSION and text:
            self._restore(record.claims, received_ms, judged)
        return verdict

    def _take(self, record: EventRecord, text: str, judged: Judged) -> None:
        """Note the record, charge it when it is the first valid one of the kind that bills, and count it."""
        first = self._seen.note(record, text)
        if first and validity.bills(record.claims, record.kind, record.received_ms):
            price_micros = self._book.price(record.claims, record.received_ms)
            record = msgspec.structs.replace(record, charge_micros=price_micros)
        entry = Entry(record, first)
        self._book.count(entry)
        judged.entries.append(entry)

    def _restore(self, claims: Claims, received_ms: int, judged: Judged) -> None:
        """Count what waited for this showing's impression, each once: its earlier record stays, invalid, in the log.

        Also when the impression comes again: then the first time's restored records may not have become durable.
        """
        text = self._seen.of(claims)
        if not dedupe.rendered(text):
            return
        rule = InvalidRule.NOT_RENDERED.value
        for one in dedupe.waiting(text):
            record = EventRecord(one.event_id, one.kind, one.at_ms, received_ms, 0, one.value, claims, restored=rule)
            self._take(record, self._seen.of(claims), judged)
            judged.restored += 1

    def _read(self, report: Report, received_ms: int) -> EventRecord | EventRefusal:
        """Return the record that the report amounts to, not yet charged."""
        if not validity.id_is_valid(report.id):
            return EventRefusal.ID_INVALID
        kind = validity.KINDS_BY_NAME.get(report.kind)
        if kind is None:
            return EventRefusal.UNKNOWN_KIND
        claims = self._claims.get(report.token)
        if claims is None:
            read = self._claims_of(report.token)
            if isinstance(read, EventRefusal):
                return read
            claims = read
        if validity.token_expired(claims, received_ms):
            return EventRefusal.TOKEN_EXPIRED
        if kind in kinds.ABSENT_SOMEWHERE and not kinds.is_of(kind, ad_id=claims.ad_id, grant_id=claims.grant_id):
            return EventRefusal.KIND_NOT_OF_SHOWING
        at_ms = validity.instant_of(report.at, claims, received_ms)
        if isinstance(at_ms, EventRefusal):
            return at_ms
        value = validity.value_of(report.value, kind)
        if isinstance(value, EventRefusal):
            return value
        return EventRecord(report.id, kind, at_ms, received_ms, 0, value, claims)

    def _claims_of(self, token: str) -> Claims | EventRefusal:
        try:
            claims = self._signer.read_showing(token)
        except TokenInvalid as error:
            return EventRefusal(error.reason)
        if len(self._claims) >= TOKENS_REMEMBERED_MAX:
            self._claims.clear()
        self._claims[token] = claims
        return claims


def context_is_valid(context: Context) -> bool:
    """Tell whether the context's address, where there is one, is an address."""
    return not context.address or origins.number_of(context.address) is not None


def origin_of(known: Origins, context: Context) -> Origin:
    """Return what is known of a viewer of whom a host told us; what it left out is not judged."""
    return known.of(context.user_agent or None, context.address)


_UNJUDGED: Final = Verdict(None, "refused")
_REASON: Final = {
    Novelty.EVENT_REPEATED: DuplicateReason.EVENT_REPEATED.value,
    Novelty.KIND_REPEATED: DuplicateReason.KIND_REPEATED.value,
}
_MEASURED_AGAINST: Final = frozenset({"", InvalidRule.NOT_RENDERED.value})
"""What the next clicks and impressions are measured against: valid events, and those that an impression will make so."""
