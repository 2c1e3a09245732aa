"""Every billable event was charged once: each segment's transfers are the sum of its events, done again from the log."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from vonk.billing import rules
from vonk.billing.ledger import AccountKind, Reason
from vonk.billing.proving.checks import SQL_INTEGERS, Check, Finding, instant
from vonk.billing.proving.events import SUSPECTS_MAX
from vonk.billing.proving.pages import Page
from vonk.billing.proving.rows import Column, Rows, column, repeated
from vonk.billing.proving.segments import Group, Moved, Segment, segments
from vonk.billing.proving.walk import Kept, seek
from vonk.billing.rules import Calendar, Charge
from vonk.content import queries as content
from vonk.core.money import share_of
from vonk.events.log import EventLog, Position, StoredRecord
from vonk.events.records import Claims, EventRecord
from vonk.events.validity import AT_MS_MAX
from vonk.identity import queries as identity

UNKNOWN_ZONE: Final = "UTC"  # Of an account that is not there; its events are written off.
CREATOR: Final = AccountKind.CREATOR_EARNINGS.value


class Sum(msgspec.Struct):
    """What a group's events come to, and whose post they showed."""

    billed_micros: int = 0
    billed_events: int = 0
    written_off_micros: int = 0
    written_off_events: int = 0
    profile_id: int = 0


class ChargesWitness:
    """Walks the log and the settled segments side by side."""

    def __init__(self, log: EventLog, kept: Kept, folder: Path, until: Position) -> None:
        self.until = until
        self._log = log
        self._kept = kept
        self._charges = Finding("charges_are_their_events")
        self._shares = Finding("creator_shares_are_exact")
        self._rows = Rows(folder / "charges", 2)  # Key of the decision, position.
        self._outside = column([])  # Billable events that no segment holds.
        self._passed_over = [column([])]  # What segments call repeated.
        self._zones: dict[int, str] = {}
        self._segments = segments(until)
        self._listing = False  # Whether a segment was met whose row is there: from then on all have one.
        self._sums: dict[Group, Sum] = {}
        self._unbilled = 0  # Of the current segment's written off events, how many were met.
        self._current = next(self._segments, None)

    def see(self, page: Page) -> None:
        """Sum up billable events by segment; compare each segment when it has gone by."""
        with self._charges.timed():
            charged = [
                StoredRecord(position, event) for position, event in page.charged if self._sound(position, event)
            ]
            start, last = 0, page.records[-1].position
            while start < len(charged):
                position = charged[start].position
                self._close_before(position)
                current = self._current
                inside = current is not None and position >= current.first
                bound = self.until if current is None else current.last if inside else current.first - 1
                stop = start
                while stop < len(charged) and charged[stop].position <= bound:
                    stop += 1
                self._sum_up(charged[start:stop], current if inside else None)
                start = stop
            self._close_before(last + 1)

    def checks(self) -> list[Check]:
        with self._charges.timed():
            self._close_before(self.until + 1)
            self._compare_repeats()
        return [self._charges.check(), self._shares.check()]

    def _sound(self, position: Position, event: EventRecord) -> bool:
        """Tell whether an event can be placed in a calendar and in a table; complain when not."""
        if not 0 <= event.received_ms <= AT_MS_MAX:
            self._charges.complain(f"position {position}: charges for what was received {instant(event.received_ms)}")
            return False
        if event.claims.account_id not in SQL_INTEGERS or event.claims.profile_id not in SQL_INTEGERS:
            self._charges.complain(
                f"position {position}: charges ad account {event.claims.account_id}, which cannot be"
            )
            return False
        return True

    def _sum_up(self, part: Sequence[StoredRecord], segment: Segment | None) -> None:
        """Add billable events to their segment's sums; those of no segment are complained of at the end."""
        found = rules.collect(part, self._calendar(part))
        self._charges.count(len(found.charges))
        again = set(found.repeated)
        billable = [charge.position for charge in found.charges] + list(again)
        keys = {stored.position: hash(_claims(stored).decision_id) for stored in part}
        self._rows.add(column([keys[Position(position)] for position in billable]), column(billable))
        if segment is None:
            self._outside = np.concatenate([self._outside, column(billable)])
            return
        if segment.first < self._kept.first:
            return  # Retention took a part of it.
        groups = [_group(group) for group in found.groups]
        for charge in found.charges:
            if charge.position in segment.repeated:
                continue  # Whether it is one is seen at the end.
            total = self._sums.setdefault(groups[charge.place], Sum(profile_id=found.groups[charge.place].profile_id))
            self._add(total, charge, segment)

    def _add(self, total: Sum, charge: Charge, segment: Segment) -> None:
        if charge.position in segment.written_off:
            total.written_off_micros += charge.micros
            total.written_off_events += 1
            self._unbilled += 1
        else:
            total.billed_micros += charge.micros
            total.billed_events += 1

    def _close_before(self, position: int) -> None:
        """Compare the segments that end before a position, and go on to the next."""
        while self._current is not None and self._current.last < position:
            segment = self._current
            self._passed_over.append(column(sorted(segment.repeated)))
            if segment.first >= self._kept.first:
                self._close(segment)
            self._sums, self._unbilled = {}, 0
            self._current = next(self._segments, None)
            if self._current is not None and self._current.first <= segment.last:
                self._charges.complain(f"{segment} and {self._current} overlap")

    def _close(self, segment: Segment) -> None:
        """Compare the segment with its events."""
        self._listing |= segment.recorded
        if self._listing and not segment.recorded:
            self._charges.complain(f"{segment}: which of its events were billed is not in the books")
        if self._unbilled != len(segment.written_off):
            self._charges.complain(
                f"{segment}: {len(segment.written_off)} events are called written off, {self._unbilled} of them bill"
            )
        for group in sorted(self._sums.keys() | segment.transfers.keys(), key=str):
            by_reason = segment.transfers.get(group, {})
            total = self._sums.get(group, Sum())
            self._compare(segment, group, by_reason, total)
        self._judge_shares(segment)

    def _compare(self, segment: Segment, group: Group, by_reason: dict[str, list[Moved]], total: Sum) -> None:
        charges, write_offs = by_reason.get(Reason.CHARGE.value, []), by_reason.get(Reason.WRITE_OFF.value, [])
        due = [
            (charges, total.billed_events, total.billed_micros),
            (write_offs, total.written_off_events, total.written_off_micros),
        ]
        if not segment.recorded:  # Which were billed is not known: both together.
            events = total.billed_events + total.written_off_events
            due = [(charges + write_offs, events, total.billed_micros + total.written_off_micros)]
        for rows, events, micros in due:
            posted = (sum(row.events for row in rows), sum(row.amount_micros for row in rows))
            if posted != (events, micros):
                keys = ", ".join(row.key for row in rows) or "none"
                self._charges.complain(
                    f"{segment}, {group}: {events} events cost {micros}, the transfers ({keys}) say "
                    f"{posted[0]} and {posted[1]}"
                )
        for rows in by_reason.values():
            if len({row.debit for row in rows}) < len(rows):  # Each source pays once.
                self._charges.complain(f"{segment}: {', '.join(row.key for row in rows)} stand for the same events")

    def _judge_shares(self, segment: Segment) -> None:
        owners = content.profile_owner({total.profile_id for group, total in self._sums.items() if group.grant_id})
        for group, by_reason in segment.transfers.items():
            charges = by_reason.get(Reason.CHARGE.value, [])
            shares = by_reason.get(Reason.CREATOR_SHARE.value, [])
            self._shares.count(len(charges))
            names = ", ".join(row.key for row in (shares or charges))
            rates = {row.share_ppm for row in charges + shares}
            if len(rates) > 1:
                self._shares.complain(f"{names}: the rates {', '.join(map(str, sorted(rates)))} differ")
            due = share_of(sum(row.amount_micros for row in charges), max(rates, default=0))
            paid = sum(row.amount_micros for row in shares)
            if paid != due or (due and not group.grant_id):
                self._shares.complain(f"{names}: {paid} was shared and {due} is the creator's")
            total = self._sums.get(group)
            owner_id = owners.get(total.profile_id) if total is not None else None
            for row in shares:
                if row.credit != (CREATOR, owner_id):
                    self._shares.complain(f"{row.key}: went to {row.credit[0]} {row.credit[1]}, not {owner_id}")

    def _compare_repeats(self) -> None:
        """Say which events were billed though their decision was before, and which were not though it was not."""
        later = self._later_charges()
        passed_over = np.concatenate(self._passed_over)
        billed_again = np.setdiff1d(column(sorted(later)), passed_over)
        for position in billed_again.tolist():
            decision_id, first = later[position]
            self._charges.complain(
                f"position {position}: decision {decision_id} is billed again, after position {first}"
            )
        unbilled = [int(position) for position in np.setdiff1d(passed_over, column(list(later)))]
        for stored in seek(self._log, unbilled):
            event = stored.record
            if isinstance(event, EventRecord) and self._kept.may_have_forgotten(event.claims.decided_ms):
                continue
            self._charges.complain(f"position {stored.position}: was not billed as a repetition, and repeats nothing")
        outside = [int(position) for position in np.setdiff1d(self._outside, column(list(later)))]
        for stored in seek(self._log, outside):
            claims = _claims(stored)
            if not self._kept.may_have_forgotten(claims.decided_ms):
                self._charges.complain(
                    f"position {stored.position}: the billable event of decision {claims.decision_id} is in no transfer"
                )

    def _later_charges(self) -> dict[int, tuple[int, Position]]:
        """Return the positions of billable events of decisions that had one before, with decision and first position."""
        suspects: list[Column] = [found[:, 1] for part in self._rows.parts() if len(found := repeated(part))]
        positions = np.unique(np.concatenate(suspects)) if suspects else column([])
        if len(positions) > SUSPECTS_MAX:
            self._charges.complain_of(len(positions) - SUSPECTS_MAX)
            positions = positions[:SUSPECTS_MAX]
        first: dict[int, Position] = {}
        later: dict[int, tuple[int, Position]] = {}
        for stored in seek(self._log, positions.tolist()):
            decision_id = _claims(stored).decision_id
            if first.setdefault(decision_id, stored.position) != stored.position:
                later[stored.position] = (decision_id, first[decision_id])
        return later

    def _calendar(self, part: Sequence[StoredRecord]) -> Calendar:
        self._learn({_claims(stored).account_id for stored in part})
        return Calendar(lambda account_id: self._zones[account_id])

    def _learn(self, account_ids: Iterable[int]) -> None:
        unknown = set(account_ids) - self._zones.keys()
        if unknown:
            facts = identity.accounts_facts(unknown)
            self._zones |= {key: facts[key].time_zone if key in facts else UNKNOWN_ZONE for key in unknown}


def _claims(stored: StoredRecord) -> Claims:
    assert isinstance(stored.record, EventRecord), "Only events are charged."
    return stored.record.claims


def _group(group: rules.Group) -> Group:
    return Group(
        account_id=group.account_id,
        campaign_id=group.campaign_id,
        ad_group_id=group.ad_group_id,
        ad_id=group.ad_id,
        post_id=group.post_id,
        grant_id=group.grant_id,
        event_kind=group.event_kind,
        hour_at=rules.hour_of_group(group),
        day=group.day,
        currency=group.currency,
    )
