"""How a segment of the event log becomes money; pure, so that the audit can do it again.

Which events bill: those with a charge, of showings decided at most 24 hours before, the first of each decision.
Which are billed: in the log's order, each in full when it fits in its campaign's budget, its ad group's budget and the
advertiser's funds, otherwise not at all. What does not fit is written off by the platform, in full: an event is never
billed in part, so the last remainder of a budget that is smaller than the next price stays unspent. Hence for every
group: billed + written off = the sum of its events' charges.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from itertools import accumulate, pairwise
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from vonk.billing.ledger import AccountKind, Party
from vonk.core.clock import HOUR_MS, from_ms
from vonk.core.money import CURRENCY_DECIMALS, MICROS_MAX, MICROS_PER_UNIT
from vonk.delivery.snapshot import BudgetMode
from vonk.events.log import StoredRecord
from vonk.events.records import EventRecord
from vonk.events.tokens import BILLS_FOR_MS

QUARTER_MS: Final = 900_000  # Every time zone's days begin on a quarter of a UTC hour.
LIFETIME: Final = "lifetime"
CAMPAIGN: Final = "campaign"
AD_GROUP: Final = "ad_group"

TOP_UP_UNITS_MIN: Final = 1
TOP_UP_UNITS_MAX: Final = 1_000_000  # One payment; keeps a slip of the keyboard from looking like a fortune.
_SMALL_UNIT_FACTOR: Final = 100  # A unit of a currency without decimals is worth about a hundredth of the others'.
_SOURCE_NAMES: Final = {AccountKind.ADVERTISER: "cash", AccountKind.CREDIT: "credit"}


class Group(msgspec.Struct, frozen=True):
    """What one charge stands for: the billable events of one ad and kind in one hour (and one local day) of a segment."""

    account_id: int
    campaign_id: int
    ad_group_id: int
    ad_id: int
    post_id: int
    profile_id: int
    grant_id: int
    currency: str
    event_kind: str
    hour_ms: int
    day: date


class Charge(msgspec.Struct, frozen=True, gc=False):
    """One billable event: ``place`` is its group's in the segment."""

    decision_id: int
    decided_ms: int
    place: int
    micros: int
    position: int = 0


class Segment(msgspec.Struct):
    """The groups of a segment, in the order of their first event, and its billable events in the log's order.

    ``repeated``: positions of events that would bill had their decision not been settled before. ``written_off``:
    positions of events that were not billed, known after ``bill``.
    """

    groups: list[Group]
    charges: list[Charge]
    repeated: list[int] = msgspec.field(default_factory=list)
    written_off: list[int] = msgspec.field(default_factory=list)


class Purse(msgspec.Struct):
    """What may still be taken from a budget or from funds."""

    remaining_micros: int


class Outcome(msgspec.Struct):
    """What became of one group."""

    billed_micros: int = 0
    billed_events: int = 0
    written_off_micros: int = 0
    written_off_events: int = 0


class Calendar:
    """Tells an account's local date; asks the time zone once for each account and quarter of an hour."""

    def __init__(self, zone_of: Callable[[int], str]) -> None:
        self._zone_of = zone_of
        self._zones: dict[int, ZoneInfo] = {}
        self._days: dict[tuple[int, int], date] = {}

    def day(self, account_id: int, quarter: int) -> date:
        """Return the local date at the beginning of this quarter of an hour since 1970."""
        day = self._days.get((account_id, quarter))
        if day is None:
            zone = self._zones.get(account_id)
            if zone is None:
                zone = self._zones[account_id] = ZoneInfo(self._zone_of(account_id))
            day = self._days[account_id, quarter] = from_ms(quarter * QUARTER_MS).astimezone(zone).date()
        return day


def collect(records: Iterable[StoredRecord], calendar: Calendar) -> Segment:
    """Return a segment's billable events by group. Which decisions were billed in earlier segments is not known here."""
    segment = Segment([], [])
    places: dict[tuple[object, ...], int] = {}
    by_group: dict[Group, int] = {}
    seen: set[int] = set()
    for stored in records:
        event = stored.record
        if not isinstance(event, EventRecord) or event.charge_micros <= 0:
            continue
        claims = event.claims
        decision_id = claims.decision_id
        if event.received_ms - claims.decided_ms > BILLS_FOR_MS:
            continue
        if decision_id in seen:
            segment.repeated.append(stored.position)
            continue
        seen.add(decision_id)
        # What the ad alone does not fix is in the key too: its post and consent may have been exchanged in this hour,
        # and a price in another currency is another price.
        quarter = event.received_ms // QUARTER_MS
        key = (claims.ad_id, event.kind, quarter, claims.post_id, claims.grant_id, claims.currency)
        place = places.get(key)
        if place is None:
            group = _group(event, calendar)
            place = places[key] = by_group.setdefault(group, len(by_group))
            if place == len(segment.groups):
                segment.groups.append(group)
        segment.charges.append(Charge(decision_id, claims.decided_ms, place, event.charge_micros, stored.position))
    return segment


def _group(event: EventRecord, calendar: Calendar) -> Group:
    claims = event.claims
    return Group(
        account_id=claims.account_id,
        campaign_id=claims.campaign_id,
        ad_group_id=claims.ad_group_id,
        ad_id=claims.ad_id,
        post_id=claims.post_id,
        profile_id=claims.profile_id,
        grant_id=claims.grant_id,
        currency=claims.currency,
        event_kind=event.kind.value,
        hour_ms=event.received_ms // HOUR_MS * HOUR_MS,
        day=calendar.day(claims.account_id, event.received_ms // QUARTER_MS),
    )


def bill(segment: Segment, fresh: Collection[int], purses: Sequence[tuple[Purse, ...]]) -> list[Outcome]:
    """Return what becomes of each group; take what is billed out of the purses (a tuple for each group).

    ``fresh`` are the decisions that no earlier segment billed or wrote off; the others' events count for nothing.
    Positions of what is not billed go into the segment's two lists.
    """
    assert len(purses) == len(segment.groups), "Every group has its purses."
    outcomes = [Outcome() for _ in segment.groups]
    for charge in segment.charges:
        if charge.decision_id not in fresh:
            segment.repeated.append(charge.position)
            continue
        micros = charge.micros
        outcome = outcomes[charge.place]
        for purse in purses[charge.place]:
            if purse.remaining_micros < micros:
                outcome.written_off_micros += micros
                outcome.written_off_events += 1
                segment.written_off.append(charge.position)
                break
        else:
            for purse in purses[charge.place]:
                purse.remaining_micros -= micros
            outcome.billed_micros += micros
            outcome.billed_events += 1
    return outcomes


def period(mode: BudgetMode, day: date) -> str:
    """Return the period that a budget counts over, as BudgetSpend names it."""
    return day.isoformat() if mode is BudgetMode.DAILY else LIFETIME


def remaining_micros(mode: BudgetMode, budget_micros: int, billed_micros: int) -> int:
    """Return what a budget still bears in its period; never below 0, also when it was lowered below what was billed."""
    return MICROS_MAX if mode is BudgetMode.NONE else max(0, budget_micros - billed_micros)


def top_up_bounds_micros(currency: str) -> tuple[int, int]:
    """Return the least and the largest amount of one payment."""
    most = TOP_UP_UNITS_MAX * (_SMALL_UNIT_FACTOR if CURRENCY_DECIMALS.get(currency, 2) == 0 else 1)
    return TOP_UP_UNITS_MIN * MICROS_PER_UNIT, most * MICROS_PER_UNIT


def transfer_key(reason: str, group: Group, place: int, *, first: int, last: int) -> str:
    """Return the key of a group's transfer: the same segment settled again finds it in the books.

    ``place`` tells groups apart that share ad, kind and hour (a local midnight within the hour, an exchanged post).
    """
    return f"{reason}:{first}-{last}:{group.ad_id}:{group.event_kind}:{group.hour_ms // HOUR_MS}:{place}"


def source_name(party: Party) -> str:
    """Return what a charge's key calls the account that it draws on: each voucher, cash, the credit line."""
    return f"v{party.owner_id}" if party.kind is AccountKind.VOUCHER else _SOURCE_NAMES[party.kind]


def packed(positions: Iterable[int]) -> bytes:
    """Return positions as few bytes: the first, then each one's distance from the one before."""
    ordered = sorted(positions)
    return msgspec.msgpack.encode([after - before for before, after in pairwise([0, *ordered])])


def unpacked(text: bytes) -> list[int]:
    """Return the positions that ``packed`` made ``text`` of, ascending."""
    return list(accumulate(msgspec.msgpack.decode(text, type=list[int])))


def hour_of_group(group: Group) -> datetime:
    """Return the start of the group's UTC hour."""
    return from_ms(group.hour_ms)
