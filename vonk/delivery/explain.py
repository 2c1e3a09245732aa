"""Why an ad was shown, or was not: decisions by id, and each ad's refusals by minute."""

from collections import OrderedDict
from typing import Final

import msgspec

from vonk.core.clock import MINUTE_MS
from vonk.delivery.cells import Row
from vonk.delivery.refusals import REFUSALS, Refusal
from vonk.events.log import EventLog, Position
from vonk.events.records import DecisionRecord

DECISIONS_REMEMBERED_MAX: Final = 20_000  # About 10 MB; older ones are read from the log.
MINUTES_REMEMBERED_MAX: Final = 15
_PROBE: Final = 256  # Records read at once while searching the log.
_MARGIN: Final = 20_000  # Ids are made in order, records appended nearly so: searched on both sides of the place.


def note(row: Row, refusal: Refusal, now_ms: int) -> None:
    """Count the refusal for the ad in this minute; the last minutes with any are kept."""
    minute = now_ms // MINUTE_MS
    if row.reasons is None:
        row.reasons = {}
    counts = row.reasons.get(minute)
    if counts is None:
        counts = row.reasons[minute] = {}
        if len(row.reasons) > MINUTES_REMEMBERED_MAX:
            del row.reasons[min(row.reasons)]
    counts[refusal] = counts.get(refusal, 0) + 1


class Recent:
    """The last decisions, by id."""

    def __init__(self) -> None:
        self._records: OrderedDict[int, DecisionRecord] = OrderedDict()

    def add(self, record: DecisionRecord) -> None:
        """Remember the decision, forget the oldest beyond the bound."""
        self._records[record.decision_id] = record
        if len(self._records) > DECISIONS_REMEMBERED_MAX:
            self._records.popitem(last=False)

    def get(self, decision_id: int) -> DecisionRecord | None:
        """Return the decision if it is remembered."""
        return self._records.get(decision_id)


def find(log: EventLog, decision_id: int) -> DecisionRecord | None:
    """Return the decision's record from the log, None when it is not there. Takes some dozens of reads."""
    low, high = 0, int(log.end())
    while high - low > _PROBE:
        middle = (low + high) // 2
        record = _next_decision(log, middle, high)
        if record is None or record.decision_id > decision_id:
            high = middle
        else:
            low = middle
    after = max(low - _MARGIN, 0)
    while after < low + _MARGIN:
        stored = log.read(Position(after), _PROBE * 16)
        if not stored:
            return None
        for entry in stored:
            if isinstance(entry.record, DecisionRecord) and entry.record.decision_id == decision_id:
                return entry.record
        after = stored[-1].position
    return None


def _next_decision(log: EventLog, after: int, until: int) -> DecisionRecord | None:
    while after < until:
        stored = log.read(Position(after), _PROBE)
        if not stored:
            return None
        for entry in stored:
            if isinstance(entry.record, DecisionRecord):
                return entry.record
        after = stored[-1].position
    return None


class RefusalCount(msgspec.Struct, frozen=True):
    """One reason, how often, and what can be done about it."""

    reason: str
    count: int
    cause: str
    actor: str
    remedy: str


class Explanation(msgspec.Struct, frozen=True):
    """A decision as its advertiser or the operator may see it. Ids are decimal strings, money is in micros."""

    decision_id: str
    at_ms: int
    surface: str
    position: int
    index_sequence: int
    seed: int
    candidates: int
    refusals: list[RefusalCount]
    ad_id: str | None
    bills: str | None
    price_micros: int
    probability: float
    expected_revenue_micros: int
    runner_up_id: str | None
    runner_up_micros: int
    propensity: float
    reason: str | None


class AdRefusals(msgspec.Struct, frozen=True):
    """Why one ad was refused of late, by minute (milliseconds since 1970 of its start)."""

    ad_id: str
    waiting: str | None  # The reason for which it is out of every auction for now.
    minutes: dict[str, list[RefusalCount]]


def explanation(record: DecisionRecord, *, whole: bool) -> Explanation:
    """Return the decision in words. ``whole`` shows rivals' identities, which only the operator may see."""
    return Explanation(
        decision_id=str(record.decision_id),
        at_ms=record.at_ms,
        surface=record.surface,
        position=record.position,
        index_sequence=record.index_sequence,
        seed=record.seed,
        candidates=record.candidates,
        refusals=refusal_counts(record.refusals),
        ad_id=str(record.ad_id) if record.ad_id else None,
        bills=record.bills or None,
        price_micros=record.price_micros,
        probability=record.probability,
        expected_revenue_micros=record.score_micros,
        runner_up_id=str(record.runner_up_id) if record.runner_up_id and whole else None,
        runner_up_micros=record.runner_up_micros,
        propensity=record.propensity,
        reason=record.reason or None,
    )


def refusals_of(row: Row) -> AdRefusals:
    """Return what is remembered of the ad's refusals."""
    minutes = {
        str(minute * MINUTE_MS): refusal_counts(counts) for minute, counts in sorted((row.reasons or {}).items())
    }
    return AdRefusals(str(row.ad.id), row.parked.value if row.parked else None, minutes)


def refusal_counts(counts: "dict[str, int] | dict[Refusal, int]") -> list[RefusalCount]:
    """Return the counts with their causes and remedies; a name that is no longer used keeps its count."""
    return [_refusal_count(name, count) for name, count in counts.items()]


def _refusal_count(name: str, count: int) -> RefusalCount:
    try:
        entry = REFUSALS[Refusal(name)]
    except ValueError:
        return RefusalCount(name, count, "", "", "")
    return RefusalCount(str(name), count, entry.cause, entry.actor.value, entry.remedy)
