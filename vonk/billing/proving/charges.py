"""Every billable event was charged once: each segment's transfers are the sum of its events, done again from the log."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby

import msgspec

from vonk.billing import rules
from vonk.billing.actions.settlement import calendar_of
from vonk.billing.ledger import AccountKind, Reason
from vonk.billing.models import Transfer
from vonk.billing.proving.checks import Check, Finding
from vonk.billing.proving.scratch import Scratch
from vonk.billing.rules import Segment
from vonk.content import queries as content
from vonk.core.money import share_of
from vonk.events.log import Position, StoredRecord

OF_EVENTS = (Reason.CHARGE.value, Reason.WRITE_OFF.value, Reason.CREATOR_SHARE.value)


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


class Sum(msgspec.Struct):
    """What a group's events come to, and whose post they showed."""

    micros: int = 0
    events: int = 0
    profile_id: int = 0


class Settled(msgspec.Struct):
    """A segment's bounds and transfers, and what its events come to."""

    first: int
    last: int
    transfers: dict[Group, dict[str, list[Transfer]]]
    sums: dict[Group, Sum] = msgspec.field(default_factory=dict)


class ChargesWitness:
    """Walks the log and the transfers side by side, a segment at a time."""

    def __init__(self, scratch: Scratch, until: Position) -> None:
        self.until = until
        self._scratch = scratch
        self._charges = Finding("charges_are_their_events")
        self._shares = Finding("creator_shares_are_exact")
        self._ways = Finding("transfers_go_their_way")
        self._segments = _segments(until)
        self._current = next(self._segments, None)

    def see(self, records: Sequence[StoredRecord]) -> None:
        """Sum up billable events by segment; compare each segment when it has gone by."""
        start = 0
        while start < len(records):
            current = self._current
            if current is not None and records[start].position > current.last:
                self._close(current)
                continue
            if current is None:
                bound: int = self.until
            else:
                bound = current.last if records[start].position >= current.first else current.first - 1
            stop = start
            while stop < len(records) and records[stop].position <= bound:
                stop += 1
            part = records[start:stop]
            inside = current is not None and part[0].position >= current.first
            self._sum_up(part, current if inside else None)
            start = stop

    def checks(self) -> list[Check]:
        while self._current is not None:
            self._close(self._current)
        return [self._charges.check(), self._shares.check(), self._ways.check()]

    def _sum_up(self, part: Sequence[StoredRecord], settled: Settled | None) -> None:
        segment = rules.collect(part, calendar_of(part))
        fresh = self._scratch.new_decisions(charge.decision_id for charge in segment.charges)
        self._charges.count(len(fresh))
        for charge in segment.charges:
            if charge.decision_id not in fresh:
                continue  # Charged where the log had it first.
            if settled is None:
                self._charges.complain(
                    f"positions {part[0].position} to {part[-1].position}: the billable event of decision "
                    f"{charge.decision_id} is in no transfer"
                )
                continue
            group, profile_id = _of(segment, charge.place)
            total = settled.sums.setdefault(group, Sum(profile_id=profile_id))
            total.micros += charge.micros
            total.events += 1

    def _close(self, settled: Settled) -> None:
        """Compare the segment with its events, and go on to the next."""
        where = f"segment {settled.first}-{settled.last}"
        for group in sorted(settled.sums.keys() | settled.transfers.keys(), key=str):
            by_reason = settled.transfers.get(group, {})
            total = settled.sums.get(group, Sum())
            rows = [*by_reason.get(Reason.CHARGE.value, ()), *by_reason.get(Reason.WRITE_OFF.value, ())]
            posted = (sum(row.amount_micros for row in rows), sum(row.events or 0 for row in rows))
            if posted != (total.micros, total.events):
                keys = ", ".join(row.key for row in rows) or "none"
                self._charges.complain(
                    f"{where}, {group}: {total.events} events cost {total.micros}, the transfers ({keys}) say "
                    f"{posted[1]} and {posted[0]}"
                )
            for rows in by_reason.values():
                if len(rows) > 1:
                    self._charges.complain(f"{where}: {', '.join(row.key for row in rows)} stand for the same events")
        self._judge_shares(settled)
        for rows in (rows for by_reason in settled.transfers.values() for rows in by_reason.values()):
            for row in rows:
                self._judge_way(row)
        following = next(self._segments, None)
        if following is not None and following.first <= settled.last:
            self._charges.complain(f"{where} and segment {following.first}-{following.last} overlap")
        self._current = following

    def _judge_shares(self, settled: Settled) -> None:
        owners = content.profile_owner({total.profile_id for group, total in settled.sums.items() if group.grant_id})
        for group, by_reason in settled.transfers.items():
            total = settled.sums.get(group, Sum())
            charges = by_reason.get(Reason.CHARGE.value, [])
            shares = by_reason.get(Reason.CREATOR_SHARE.value, [])
            due = sum(share_of(row.amount_micros, row.share_ppm or 0) for row in charges)
            paid = sum(row.amount_micros for row in shares)
            self._shares.count(len(charges))
            names = ", ".join(row.key for row in (shares or charges))
            if paid != due or (due and not group.grant_id):
                self._shares.complain(f"{names}: {paid} was shared and {due} is the creator's")
            owner_id = owners.get(total.profile_id)
            for row in shares:
                if (row.credit.kind, row.credit.owner_id) != (AccountKind.CREATOR_EARNINGS.value, owner_id):
                    self._shares.complain(f"{row.key}: went to {row.credit.kind} {row.credit.owner_id}, not {owner_id}")

    def _judge_way(self, row: Transfer) -> None:
        """Hold the two accounts of a transfer against its reason."""
        self._ways.count()
        debit, credit = (row.debit.kind, row.debit.owner_id), (row.credit.kind, row.credit.owner_id)
        revenue = (AccountKind.PLATFORM_REVENUE.value, 0)
        wanted = {
            Reason.CHARGE.value: ((AccountKind.ADVERTISER.value, row.account_id), revenue),
            Reason.WRITE_OFF.value: ((AccountKind.WRITE_OFF.value, 0), revenue),
            Reason.CREATOR_SHARE.value: (revenue, credit),  # To whom is another check's.
        }[row.reason]
        if (debit, credit) != wanted:
            self._ways.complain(f"{row.key}: goes from {debit[0]} {debit[1]} to {credit[0]} {credit[1]}")
        if {row.debit.currency, row.credit.currency} != {row.currency}:
            self._ways.complain(f"{row.key}: is in {row.currency}, its accounts are not")


def _of(segment: Segment, place: int) -> tuple[Group, int]:
    group = segment.groups[place]
    return (
        Group(
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
        ),
        group.profile_id,
    )


def _segments(until: Position) -> Iterator[Settled]:
    """Yield the settled segments that have transfers, in the log's order; one at a time is in memory."""
    rows = (
        Transfer.objects.filter(reason__in=OF_EVENTS, last_position__lte=until)
        .select_related("debit", "credit")
        .order_by("last_position", "key")
    )
    for (first, last), of_segment in groupby(rows.iterator(), key=lambda row: (row.first_position, row.last_position)):
        assert first is not None, "Chosen by its positions."
        assert last is not None, "Chosen by its positions."
        settled = Settled(first, last, {})
        for row in of_segment:
            group = Group(**{name: getattr(row, name) for name in Group.__struct_fields__})
            settled.transfers.setdefault(group, {}).setdefault(row.reason, []).append(row)
        yield settled
