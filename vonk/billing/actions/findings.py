"""Findings: events that turn out invalid after they were billed are given back by credit notes. The log stays as it is.

What an event was billed is known exactly: its segment's row names the billable events that were not billed, and all
others were billed whole. What goes back follows what was taken: the last source first, a group at a time.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.db import transaction
from django.db.models import QuerySet, Sum

from vonk.billing import funding, ledger, rules
from vonk.billing.actions import collections, funds, invoices, numbers, texts, vouchers, wallets
from vonk.billing.actions.settlement import UNKNOWN_ZONE
from vonk.billing.errors import FindingNotEvents, FindingNotItemised, FindingTooLarge
from vonk.billing.ledger import AccountKind, Entry, Events, Party, Reason
from vonk.billing.models import CreditNote, Finding, FindingEvent, SettledSegment, Transfer
from vonk.control import audit, positions
from vonk.control.scope import Right, Scope
from vonk.core.clock import from_ms
from vonk.core.money import share_of
from vonk.events.log import EventLog, Position
from vonk.events.records import EventRecord
from vonk.events.tokens import BILLS_FOR_MS
from vonk.identity import queries as identity
from vonk.identity.queries import AccountFacts

EVENTS_MAX: Final = 5_000  # In one finding: some seconds of one transaction.
RULE_CHARS_MAX: Final = 40
_RUN_MAX: Final = 1_000  # Records of neighbouring positions that are read at once.


class Reversal(msgspec.Struct, frozen=True):
    """What a finding came to: how many events it took out of the net figures, and the notes by which money went back.

    There is no sum: the notes may be in several currencies.
    """

    finding_id: int
    events: int
    note_ids: tuple[int, ...]


class _Group(msgspec.Struct, frozen=True):
    """What one group's transfers have in common."""

    last_position: int
    account_id: int
    ad_id: int
    post_id: int
    grant_id: int
    event_kind: str
    hour_at: datetime
    day: date
    currency: str


class _Found(msgspec.Struct, frozen=True):
    """One event and what it had been billed; ``group`` None: nothing."""

    position: int
    event: EventRecord
    hour_at: datetime
    day: date
    micros: int
    group: _Group | None


class _Plan(msgspec.Struct):
    """What goes back within one ad account, in the order it is posted."""

    entries: list[Entry] = msgspec.field(default_factory=list)
    amount_micros: int = 0
    credit_micros: int = 0  # Of the amount, to the credit line.
    collected_micros: int = 0  # Of what is owed, what a provider is being asked for: it counts as paid.
    creators_micros: int = 0


def reverse(
    scope: Scope, log: EventLog, *, positions: Collection[int], rule: str, reason: str, now: datetime
) -> Reversal:
    """Take the events at these positions of the log out of the net figures and give back what they were billed.

    Operators only. There is one credit note for each ad account that was billed. An event is reversed once: those that
    a finding has already are left alone, and when it has all of them, that finding is returned. Raises
    FindingTooLarge, FindingNotEvents, FindingNotItemised, TextOutOfBounds, LogUnavailable; then nothing has changed.
    """
    scope.require(Right.OPERATE)
    texts.check("rule", rule, RULE_CHARS_MAX)
    texts.check("reason", reason)
    wanted = sorted(set(positions))
    if not 1 <= len(wanted) <= EVENTS_MAX:
        raise FindingTooLarge(most=EVENTS_MAX)
    return _reverse(scope, _read(log, wanted), rule, reason, now)


@transaction.atomic
def _reverse(scope: Scope, events: Mapping[int, EventRecord], rule: str, reason: str, now: datetime) -> Reversal:
    facts = identity.accounts_facts({event.claims.account_id for event in events.values()})
    wallets.lock([(account_id, fact.currency) for account_id, fact in facts.items()], now=now)
    known = dict(FindingEvent.objects.filter(position__in=list(events)).values_list("position", "finding_id"))
    if len(known) == len(events):
        return _told(max(known.values()))
    found = _judge({position: event for position, event in events.items() if position not in known}, facts)
    finding = Finding.objects.create(
        rule=rule,
        reason=reason,
        person_id=scope.person_id,
        at=now,
        events=len(found),
    )
    notes = {}
    for account_id, plan in sorted(_plans(found, finding.pk, now).items()):
        notes[account_id] = _issue(finding, account_id, facts[account_id].currency, plan, now)
        detail = {"number": notes[account_id].number, "micros": plan.amount_micros, "rule": rule, "reason": reason}
        noted = notes[account_id].pk
        audit.record(scope, "credit_note.issued", "credit_note", noted, at=now, account_id=account_id, detail=detail)
    FindingEvent.objects.bulk_create([_row(one, finding, notes) for one in found], batch_size=200)
    detail = {"rule": rule, "reason": reason, "events": len(found)}
    audit.record(scope, "finding.made", "finding", finding.pk, at=now, detail=detail)
    return _told(finding.pk)


def _told(finding_id: int) -> Reversal:
    finding = Finding.objects.get(pk=finding_id)
    notes = tuple(finding.notes.order_by("pk").values_list("pk", flat=True))
    return Reversal(finding.pk, finding.events, notes)


def _read(log: EventLog, wanted: Sequence[int]) -> dict[int, EventRecord]:
    """Return the valid, settled events at the positions; FindingNotEvents names one that is none."""
    settled = positions.of(funds.CONSUMER)
    if wanted[-1] > settled:
        raise FindingNotEvents(position=wanted[-1])
    events: dict[int, EventRecord] = {}
    for run in _runs(wanted):
        read = {stored.position: stored.record for stored in log.read(Position(run[0] - 1), len(run))}
        for position in run:
            record = read.get(Position(position))
            if not isinstance(record, EventRecord) or record.invalid:
                raise FindingNotEvents(position=position)
            events[position] = record
    return events


def _runs(wanted: Iterable[int]) -> Iterable[list[int]]:
    run: list[int] = []
    for position in wanted:
        if run and (position != run[-1] + 1 or len(run) == _RUN_MAX):
            yield run
            run = []
        run.append(position)
    yield run


def _judge(events: Mapping[int, EventRecord], facts: Mapping[int, AccountFacts]) -> list[_Found]:
    """Return what each event was billed."""
    segments: list[tuple[int, int, frozenset[int]]] = []
    found = []
    for position, event in sorted(events.items()):
        claims = event.claims
        received_at = from_ms(event.received_ms)
        hour_at = received_at.replace(minute=0, second=0, microsecond=0)
        account = facts.get(claims.account_id)
        zone = ZoneInfo(account.time_zone if account is not None else UNKNOWN_ZONE)
        day = received_at.astimezone(zone).date()
        group = None
        if event.charge_micros > 0 and event.received_ms - claims.decided_ms <= BILLS_FOR_MS:
            if not segments or not segments[-1][0] <= position <= segments[-1][1]:
                segments.append(_segment(position))
            if position not in segments[-1][2]:
                group = _Group(
                    last_position=segments[-1][1],
                    account_id=claims.account_id,
                    ad_id=claims.ad_id,
                    post_id=claims.post_id,
                    grant_id=claims.grant_id,
                    event_kind=event.kind.value,
                    hour_at=hour_at,
                    day=day,
                    currency=claims.currency,
                )
        found.append(_Found(position, event, hour_at, day, event.charge_micros if group is not None else 0, group))
    return found


def _segment(position: int) -> tuple[int, int, frozenset[int]]:
    row = SettledSegment.objects.filter(last_position__gte=position).order_by("last_position").first()
    if row is None or row.first_position > position:
        raise FindingNotItemised(position=position)
    unbilled = {*rules.unpacked(bytes(row.written_off)), *rules.unpacked(bytes(row.repeated))}
    return row.first_position, row.last_position, frozenset(unbilled)


def _plans(found: Sequence[_Found], finding_id: int, now: datetime) -> dict[int, _Plan]:
    """Return what goes back to each ad account."""
    groups: dict[_Group, list[_Found]] = {}
    for one in found:
        if one.group is not None:
            groups.setdefault(one.group, []).append(one)
    plans: dict[int, _Plan] = {}
    for group, events in groups.items():
        if group.account_id not in plans:
            plans[group.account_id] = _Plan(collected_micros=collections.under_way_micros(group.account_id))
        plan = plans[group.account_id]
        _add(plan, group, events, finding_id, now)
    return plans


def _add(plan: _Plan, group: _Group, events: Sequence[_Found], finding_id: int, now: datetime) -> None:
    """Add what one group gives back: to its sources, the last first, and from its creator."""
    micros = sum(one.micros for one in events)
    charges = list(_of(group, Reason.CHARGE).select_related("debit").order_by("pk"))  # In the order they were drawn.
    before = _of(group, Reason.CREDIT_NOTE).aggregate(sum=Sum("amount_micros"))["sum"] or 0
    revenue = ledger.revenue(group.currency)
    parts = funding.give_back([charge.amount_micros for charge in charges], before, micros)
    counted = 0
    for charge, part in reversed(list(zip(charges, parts, strict=True))):
        of = _events_of(charge, events=0 if counted or not part else len(events))
        counted += of.events
        for party, some in _destinations(plan, charge, part):
            if party.kind is AccountKind.VOUCHER:
                vouchers.revive(party.owner_id, now=now)
            key = f"{Reason.CREDIT_NOTE.value}:{finding_id}:{charge.pk}:{rules.source_name(party)}"
            plan.entries.append(Entry(key, Reason.CREDIT_NOTE.value, revenue, party, some, of))
            of = msgspec.structs.replace(of, events=0)
    plan.amount_micros += micros
    share = _of(group, Reason.CREATOR_SHARE).select_related("credit").first()
    if share is None:
        return
    billed = sum(charge.amount_micros for charge in charges)
    share_ppm = share.share_ppm or 0
    back = share_of(billed - before, share_ppm) - share_of(billed - before - micros, share_ppm)
    if back:
        creator = ledger.creator(share.credit.owner_id, group.currency)
        reason = Reason.CREATOR_SHARE_REVERSED.value
        of = _events_of(share, events=len(events))
        plan.entries.append(Entry(f"{reason}:{finding_id}:{share.pk}", reason, creator, revenue, back, of))
        plan.creators_micros += back


def _destinations(plan: _Plan, charge: Transfer, micros: int) -> list[tuple[Party, int]]:
    """Return where a part of a charge goes: to its source; what is owed no more on the credit line, to cash."""
    if not micros:
        return []
    source = Party(AccountKind(charge.debit.kind), charge.debit.owner_id, charge.currency)
    if source.kind is not AccountKind.CREDIT:
        return [(source, micros)]
    owed = charge.debit.debits_micros - charge.debit.credits_micros - plan.credit_micros - plan.collected_micros
    to_credit = min(micros, max(0, owed))
    plan.credit_micros += to_credit
    cash = ledger.advertiser(source.owner_id, source.currency)
    return [(party, some) for party, some in ((source, to_credit), (cash, micros - to_credit)) if some]


def _of(group: _Group, reason: Reason) -> "QuerySet[Transfer]":
    return Transfer.objects.filter(
        reason=reason.value,
        last_position=group.last_position,
        account_id=group.account_id,
        ad_id=group.ad_id,
        post_id=group.post_id,
        grant_id=group.grant_id,
        event_kind=group.event_kind,
        hour_at=group.hour_at,
        day=group.day,
        currency=group.currency,
    )


def _events_of(row: Transfer, *, events: int) -> Events:
    values = {name: getattr(row, name) for name in Events.__struct_fields__}
    return Events(**(values | {"events": events}))


def _issue(finding: Finding, account_id: int, currency: str, plan: _Plan, now: datetime) -> CreditNote:
    note = CreditNote.objects.create(
        number=numbers.take("CN", now),
        account_id=account_id,
        finding=finding,
        amount_micros=plan.amount_micros,
        creators_micros=plan.creators_micros,
        currency=currency,
        issued_at=now,
    )
    owed_micros = invoices.owed_micros(account_id, currency)
    funds.move(account_id, currency, plan.entries, now=now)
    if plan.credit_micros:
        invoices.lower(account_id, owed_micros=owed_micros, micros=plan.credit_micros, now=now)
    return note


def _row(one: _Found, finding: Finding, notes: Mapping[int, CreditNote]) -> FindingEvent:
    claims = one.event.claims
    return FindingEvent(
        position=one.position,
        finding=finding,
        note=notes[claims.account_id] if one.group is not None else None,
        decision_id=claims.decision_id,
        event_kind=one.event.kind.value,
        account_id=claims.account_id,
        campaign_id=claims.campaign_id,
        ad_group_id=claims.ad_group_id,
        ad_id=claims.ad_id,
        post_id=claims.post_id,
        received_at=from_ms(one.event.received_ms),
        hour_at=one.hour_at,
        day=one.day,
        value=one.event.value,
        amount_micros=one.micros,
    )
