"""Why an ad was shown, or was not: decisions by id, and what became of each ad by minute."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from vonk.delivery.auction import trace
from vonk.delivery.auction.trace import Trace
from vonk.delivery.explaining.replay import replay
from vonk.delivery.explaining.sampling import Against, Missed, Sample
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.minutes import ASKED, NO_AD, Minutes
from vonk.delivery.matching.refusals import REFUSALS, Refusal
from vonk.events.log import EventLog, Position
from vonk.events.records import DecisionRecord

DECISIONS_REMEMBERED_MAX: Final = 20_000  # About 25 MB; older ones are read from the log.
LISTED_MAX: Final = 100
_PROBE: Final = 256  # Records read at once while searching the log.
LOOKED_AT_MAX: Final = 20  # Ads of a group whose bids are held against the sample: some 2 ms each.
_REASONS: Final = frozenset(refusal.value for refusal in Refusal)
_MARGIN: Final = 20_000  # Ids are made in order, records appended nearly so: searched on both sides of the place.


class Recent:
    """The last decisions, by id: a ring of places, each taken over when its turn comes again."""

    def __init__(self) -> None:
        self._records: dict[int, DecisionRecord] = {}
        self._ring: list[int] = [0] * DECISIONS_REMEMBERED_MAX  # Ids, in the order in which they came.
        self._next = 0

    def add(self, record: DecisionRecord) -> None:
        """Remember the decision, forget the oldest beyond the bound."""
        place = self._next
        forgotten = self._ring[place]
        if forgotten:
            self._records.pop(forgotten, None)
        self._ring[place] = record.decision_id
        self._records[record.decision_id] = record
        self._next = place + 1 if place + 1 < DECISIONS_REMEMBERED_MAX else 0

    def get(self, decision_id: int) -> DecisionRecord | None:
        """Return the decision if it is remembered."""
        return self._records.get(decision_id)

    def newest_first(self) -> Iterator[DecisionRecord]:
        """Yield what is remembered, the newest first."""
        for back in range(1, DECISIONS_REMEMBERED_MAX + 1):
            record = self._records.get(self._ring[self._next - back])
            if record is None:
                return
            yield record


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


class Candidate(msgspec.Struct, frozen=True):
    """One ad of the auction. Of a rival's only its place is told, unless an operator asks.

    ``multiplier`` is what pacing and a cost cap left of bid times rate, ``bonus`` what an ad that is hardly known is
    preferred by. Worths are micros for a thousand impressions; ``gap_micros`` is what lacks to the winner's.
    """

    place: int  # From 1; 0 when it was refused.
    ad_id: str | None = None
    bills: str | None = None
    bid_micros: int | None = None
    probability: float | None = None
    multiplier: float | None = None
    bonus: float | None = None
    esteem_micros: int | None = None
    priority: int | None = None
    worth_micros: int | None = None
    gap_micros: int | None = None
    refusal: RefusalCount | None = None


class Replay(msgspec.Struct, frozen=True):
    """The auction held again from the record: whether it came to the same, and what did not.

    ``possible`` is False for records of a time before traces were kept.
    """

    possible: bool
    agrees: bool
    ad_id: str | None
    price_micros: int
    differences: tuple[str, ...]


class Explanation(msgspec.Struct, frozen=True):
    """One decision, as its record tells it. For whom the slot was lost, price and winner are left out."""

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
    model: str = ""
    random: bool = False
    reserve_micros: int = 0  # For a thousand impressions, as the floor and the next.
    floor_micros: int = 0
    to_beat_micros: int = 0  # What the winner was worth.
    took_part: int = 0
    bids: tuple[Candidate, ...] = ()
    refused: tuple[Candidate, ...] = ()
    ghosts: tuple[str, ...] = ()  # Ads that won and were held back from a lift test's control group.
    replay: Replay | None = None


class Listed(msgspec.Struct, frozen=True):
    """One decision in a list."""

    decision_id: str
    at_ms: int
    surface: str
    position: int
    ad_id: str | None
    price_micros: int
    reason: str | None
    candidates: int


class Decisions(msgspec.Struct, frozen=True):
    """Some of the last decisions, the newest first."""

    decisions: list[Listed]


class Facts(msgspec.Struct, frozen=True):
    """Why some ads of one advertiser are shown or not. Minutes are milliseconds since 1970 of their starts.

    ``waiting`` counts the ads that are out of every auction for now, by reason. ``asked`` are slots of anybody's by minute;
    ``stages`` what became of the ads in them: refusals by name, won, lost, gap_micros, shown, ghost.
    ``targeting`` and ``against`` look at one slot of so many, ad by ad.
    """

    ads: int
    waiting: dict[str, int]
    asked: dict[str, int]
    stages: dict[str, dict[str, int]]
    words: list[RefusalCount]  # Every reason in it, with all its counts, causes and remedies, the most frequent first.
    targeting: list[Missed]
    against: dict[str, Against]


class AdRefusals(msgspec.Struct, frozen=True):
    """Why one ad was refused of late, by minute (milliseconds since 1970 of its start)."""

    ad_id: str
    waiting: str | None  # The reason for which it is out of every auction for now.
    minutes: dict[str, list[RefusalCount]]
    targeting: Missed  # Whom it was not considered for at all.


def may_read(record: DecisionRecord, account_id: int) -> bool:
    """Tell whether the account had an ad in the decision's auction; account 0 is an operator, who may read all."""
    if account_id in {0, record.account_id}:
        return True
    kept = kept_trace(record)
    return kept is not None and any(account == account_id for _, account in _heard(kept))


def _heard(kept: Trace) -> Iterator[tuple[int, int]]:
    """Yield the ads of the auction with their accounts."""
    yield from ((bid.ad_id, bid.account_id) for bid in kept.bids)
    yield from ((one.ad_id, one.account_id) for one in kept.refused)
    yield from ((ghost.ad_id, ghost.account_id) for ghost in kept.ghosts)


def kept_trace(record: DecisionRecord) -> Trace | None:
    """Return the record's trace; None when it has none, or one that cannot be read."""
    if not record.trace:
        return None
    try:
        return trace.decode(record.trace)
    except msgspec.MsgspecError:
        return None


def explanation(record: DecisionRecord, account_id: int = 0) -> Explanation:
    """Return the decision in words for the account; for account 0, an operator, with rivals' ads and terms."""
    kept = kept_trace(record)
    whole = account_id == 0
    won = whole or record.account_id == account_id
    told = Explanation(
        decision_id=str(record.decision_id),
        at_ms=record.at_ms,
        surface=record.surface,
        position=record.position,
        index_sequence=record.index_sequence,
        seed=record.seed if won else 0,
        candidates=record.candidates,
        refusals=refusal_counts(record.refusals),
        ad_id=str(record.ad_id) if record.ad_id and won else None,
        bills=record.bills or None if won else None,
        price_micros=record.price_micros if won else 0,
        probability=record.probability if won else 0.0,
        expected_revenue_micros=record.score_micros if won else 0,
        runner_up_id=str(record.runner_up_id) if record.runner_up_id and whole else None,
        runner_up_micros=record.runner_up_micros if won else 0,
        propensity=record.propensity if won else 0.0,
        reason=record.reason or None,
        model=record.model,
        random=record.random,
    )
    return told if kept is None else _with_trace(told, record, kept, account_id)


def _with_trace(told: Explanation, record: DecisionRecord, kept: Trace, account_id: int) -> Explanation:
    ranked = sorted(kept.bids, key=lambda bid: bid.worth + bid.standing, reverse=True)
    to_beat = ranked[0].worth if ranked else 0
    if record.ad_id and not record.random:  # Of equals the drawn one is first.
        ranked.sort(key=lambda bid: (bid.ad_id != record.ad_id, -bid.worth - bid.standing))
    return msgspec.structs.replace(
        told,
        reserve_micros=kept.reserve,
        floor_micros=kept.floor,
        to_beat_micros=to_beat,
        took_part=kept.took_part,
        bids=tuple(
            _candidate(place, bid, to_beat) if account_id in {0, bid.account_id} else Candidate(place)
            for place, bid in enumerate(ranked, start=1)
        ),
        refused=tuple(
            Candidate(0, str(one.ad_id), refusal=_refusal_count(one.reason, 1))
            for one in kept.refused
            if account_id in {0, one.account_id}
        ),
        ghosts=tuple(str(ghost.ad_id) for ghost in kept.ghosts if account_id in {0, ghost.account_id}),
        replay=_replayed(record) if account_id == 0 else None,
    )


def _candidate(place: int, bid: trace.Bid, to_beat: int) -> Candidate:
    return Candidate(
        place,
        str(bid.ad_id),
        bills=bid.billing,
        bid_micros=bid.bid_micros,
        probability=bid.rate,
        multiplier=bid.multiplier,
        bonus=bid.bonus,
        esteem_micros=bid.esteem,
        priority=bid.priority,
        worth_micros=bid.worth,
        gap_micros=max(to_beat - bid.worth, 0),
    )


def _replayed(record: DecisionRecord) -> Replay:
    done = replay(record)
    ad_id = str(done.outcome.ad_id) if done.outcome.ad_id else None
    return Replay(done.possible, done.agrees, ad_id, done.outcome.price_micros, done.differences)


def listed(record: DecisionRecord) -> Listed:
    """Return the decision as a list has it."""
    return Listed(
        decision_id=str(record.decision_id),
        at_ms=record.at_ms,
        surface=record.surface,
        position=record.position,
        ad_id=str(record.ad_id) if record.ad_id else None,
        price_micros=record.price_micros,
        reason=record.reason or None,
        candidates=record.candidates,
    )


def decisions(recent: Recent, *, ad_id: int, viewer_id: str, surface: str, limit: int) -> Decisions:
    """Return the newest decisions remembered in which the ad was, for the viewer, on the surface; 0 and "" ask for any."""
    found: list[Listed] = []
    for record in recent.newest_first():
        if viewer_id and record.viewer_id != viewer_id:
            continue
        if surface and record.surface != surface:
            continue
        if ad_id and not _has_ad(record, ad_id):
            continue
        found.append(listed(record))
        if len(found) >= min(limit, LISTED_MAX):
            break
    return Decisions(found)


def _has_ad(record: DecisionRecord, ad_id: int) -> bool:
    if ad_id in {record.ad_id, record.runner_up_id}:
        return True
    kept = kept_trace(record)
    return kept is not None and any(heard == ad_id for heard, _ in _heard(kept))


def facts(rows: Sequence[Row], minutes: Minutes, sample: Sample, now_ms: int) -> Facts:
    """Return what is known of these ads together, of the last hour."""
    stages = minutes.of([row.ad.id for row in rows])
    asked = minutes.of([NO_AD])
    waiting: dict[str, int] = {}
    totals: dict[str, int] = {}
    for row in rows:
        if row.parked is not None:
            waiting[row.parked.value] = waiting.get(row.parked.value, 0) + 1
            totals.setdefault(row.parked.value, 0)
    for counts in stages.values():
        for name, count in counts.items():
            if name in _REASONS:
                totals[name] = totals.get(name, 0) + count
    looked_at = rows[:LOOKED_AT_MAX]
    return Facts(
        ads=len(rows),
        waiting=waiting,
        asked={str(minute): counts.get(ASKED, 0) for minute, counts in asked.items()},
        stages={str(minute): counts for minute, counts in stages.items()},
        words=refusal_counts(dict(sorted(totals.items(), key=lambda total: -total[1]))),
        targeting=[sample.missed(row.terms.targeting) for row in looked_at[:1]],
        against={str(row.ad.id): sample.against(row, now_ms) for row in looked_at},
    )


def refusals_of(row: Row, minutes: Minutes, sample: Sample) -> AdRefusals:
    """Return what is remembered of the ad's refusals, and of whom it was not considered for."""
    by_minute = {
        str(minute): refusal_counts({name: count for name, count in counts.items() if name in _REASONS})
        for minute, counts in minutes.of([row.ad.id]).items()
    }
    return AdRefusals(
        str(row.ad.id),
        row.parked.value if row.parked else None,
        {minute: counts for minute, counts in by_minute.items() if counts},
        sample.missed(row.terms.targeting),
    )


def refusal_counts(counts: "dict[str, int] | dict[Refusal, int]") -> list[RefusalCount]:
    """Return the counts with their causes and remedies; a name that is no longer used keeps its count."""
    return [_refusal_count(name, count) for name, count in counts.items()]


def _refusal_count(name: str, count: int) -> RefusalCount:
    try:
        entry = REFUSALS[Refusal(name)]
    except ValueError:
        return RefusalCount(name, count, "", "", "")
    return RefusalCount(str(name), count, entry.cause, entry.actor.value, entry.remedy)
