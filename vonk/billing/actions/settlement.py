"""Settlement: the event log becomes transfers, exactly once.

A segment of the log is settled in one transaction, with the consumer's position locked first and moved last: whoever
dies in between leaves nothing behind, and a second worker waits and then finds the next segment.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.conf import settings
from django.db import transaction

from vonk.billing import funding, ledger, rules
from vonk.billing.actions import budgets, funds, showings, transfers, wallets
from vonk.billing.actions.wallets import Wallet
from vonk.billing.ledger import Entry, Events, Party, Reason
from vonk.billing.models import SettledSegment
from vonk.billing.rules import AD_GROUP, CAMPAIGN, Calendar, Group, Outcome, Purse, Segment
from vonk.content import queries as content
from vonk.control import positions
from vonk.core.money import share_of
from vonk.events.log import EventLog, Position, StoredRecord
from vonk.events.records import EventRecord, received_ms_of
from vonk.identity import queries as identity

CONSUMER: Final = funds.CONSUMER
SEGMENT_RECORDS_MAX: Final = 20_000  # Some 20 MB and well below a second, for which the control database is held.
UNKNOWN_ZONE: Final = "UTC"  # Of an account that is not there; its events are written off.


class Settled(msgspec.Struct, frozen=True):
    """What one call settled: how many records of the log, up to which position, and what it came to in micros."""

    records: int
    position: Position
    events: int = 0
    billed_micros: int = 0
    written_off_micros: int = 0


def settle(log: EventLog, *, now: datetime, limit: int = SEGMENT_RECORDS_MAX) -> Settled:
    """Settle the next segment of at most ``limit`` records; ``records`` is 0 when there is none.

    Raises LogUnavailable when the log cannot be read; then nothing has changed.
    """
    reached = positions.of(CONSUMER)
    if log.end() <= reached:
        return Settled(0, reached)  # Nothing to do, found out without holding anything.
    return _settle(log, now=now, limit=limit)


@transaction.atomic
def _settle(log: EventLog, *, now: datetime, limit: int) -> Settled:
    after = positions.lock(CONSUMER, now=now)
    records = log.read(after, limit)
    if not records:
        return Settled(0, after)
    last = records[-1].position
    segment = rules.collect(records, calendar_of(records))
    outcomes = _charge(segment, first=after + 1, last=last, now=now) if segment.charges else []
    if segment.charges or segment.repeated:
        row = SettledSegment(
            first_position=after + 1,
            last_position=last,
            written_off=rules.packed(segment.written_off),
            repeated=rules.packed(segment.repeated),
        )
        SettledSegment.objects.bulk_create([row], ignore_conflicts=True)  # What was settled first stands.
    positions.advance(CONSUMER, last, now=now)
    showings.prune(received_ms_of(records[-1].record))
    return Settled(
        records=len(records),
        position=last,
        events=sum(outcome.billed_events + outcome.written_off_events for outcome in outcomes),
        billed_micros=sum(outcome.billed_micros for outcome in outcomes),
        written_off_micros=sum(outcome.written_off_micros for outcome in outcomes),
    )


def calendar_of(records: Sequence[StoredRecord]) -> Calendar:
    """Return the calendar of the accounts that the records speak of."""
    accounts = {stored.record.claims.account_id for stored in records if isinstance(stored.record, EventRecord)}
    facts = identity.accounts_facts(accounts)
    zones = {account_id: fact.time_zone for account_id, fact in facts.items()}
    return Calendar(lambda account_id: zones.get(account_id, UNKNOWN_ZONE))


def _charge(segment: Segment, *, first: int, last: Position, now: datetime) -> list[Outcome]:
    """Bill a segment and post what came of it."""
    fresh = showings.claim(segment.charges)
    owners = _owners(segment.groups)
    facts = identity.accounts_facts({group.account_id for group in segment.groups})
    own = {(account_id, fact.currency) for account_id, fact in facts.items()}
    held = wallets.lock(own | {(group.account_id, group.currency) for group in segment.groups}, now=now)
    accounts = {**wallets.rows(held.values()), **transfers.lock_accounts(_parties(segment.groups, owners))}
    book = budgets.open_book(segment.groups)
    outcomes = rules.bill(segment, fresh, _purses(segment.groups, held, book))
    entries: list[Entry] = []
    for place, (group, outcome) in enumerate(zip(segment.groups, outcomes, strict=True)):
        drawn = funding.draw(held[group.account_id, group.currency].sources, outcome.billed_micros)
        owner_id = owners.get(group.profile_id)
        entries += _entries(group, outcome, drawn, owner_id, place=place, first=first, last=last)
    transfers.append(entries, accounts, now=now)
    budgets.save(book, segment.groups, outcomes)
    for key in own:  # Also where only events in another currency came: the document says up to where all is settled.
        funds.publish(held[key], settled=last, now=now)
    return outcomes


def _owners(groups: Sequence[Group]) -> dict[int, int]:
    """Return the person behind each profile whose posts were promoted as Spark Ads."""
    owned = content.profile_owner({group.profile_id for group in groups if group.grant_id})
    return {profile_id: person_id for profile_id, person_id in owned.items() if person_id is not None}


def _parties(groups: Sequence[Group], owners: Mapping[int, int]) -> set[Party]:
    """Return every ledger account that billing the groups may touch, besides what charges draw on."""
    parties: set[Party] = set()
    for group in groups:
        parties |= {ledger.revenue(group.currency), ledger.write_off(group.currency)}
        if group.grant_id and group.profile_id in owners:
            parties.add(ledger.creator(owners[group.profile_id], group.currency))
    return parties


def _purses(
    groups: Sequence[Group], held: Mapping[tuple[int, str], Wallet], book: budgets.Book
) -> list[tuple[Purse, ...]]:
    """Return what each group's events draw on: the campaign's budget, the ad group's, all of the advertiser's sources."""
    funded = {key: Purse(sum(source.left_micros for source in wallet.sources)) for key, wallet in held.items()}
    return [
        (
            book.purse(CAMPAIGN, group.campaign_id, group.day, group.currency),
            book.purse(AD_GROUP, group.ad_group_id, group.day, group.currency),
            funded[group.account_id, group.currency],
        )
        for group in groups
    ]


def _entries(
    group: Group,
    outcome: Outcome,
    drawn: Sequence[tuple[Party, int]],
    owner_id: int | None,
    *,
    place: int,
    first: int,
    last: int,
) -> list[Entry]:
    """Return a group's transfers: what each source paid, what is written off, the creator's share of all that was paid."""
    share_ppm = settings.VONK.creator_share_ppm if group.grant_id and owner_id is not None else 0
    billed = Events(
        account_id=group.account_id,
        campaign_id=group.campaign_id,
        ad_group_id=group.ad_group_id,
        ad_id=group.ad_id,
        post_id=group.post_id,
        grant_id=group.grant_id,
        event_kind=group.event_kind,
        hour_at=rules.hour_of_group(group),
        day=group.day,
        first_position=first,
        last_position=last,
        events=outcome.billed_events,
        share_ppm=share_ppm,
    )
    revenue = ledger.revenue(group.currency)

    def entry(reason: Reason, way: tuple[Party, Party], micros: int, of: Events, *, source: str = "") -> Entry:
        key = rules.transfer_key(reason.value, group, place, first=first, last=last) + source
        return Entry(key=key, reason=reason.value, debit=way[0], credit=way[1], amount_micros=micros, of=of)

    entries = [
        entry(
            Reason.CHARGE,
            (party, revenue),
            micros,
            billed if number == 0 else msgspec.structs.replace(billed, events=0),  # Counted once.
            source=f":{rules.source_name(party)}",
        )
        for number, (party, micros) in enumerate(drawn)
    ]
    if outcome.written_off_micros:
        of = msgspec.structs.replace(billed, events=outcome.written_off_events, share_ppm=0)
        way = (ledger.write_off(group.currency), revenue)
        entries.append(entry(Reason.WRITE_OFF, way, outcome.written_off_micros, of))
    share = share_of(outcome.billed_micros, share_ppm)
    if owner_id is not None and share:
        way = (revenue, ledger.creator(owner_id, group.currency))
        entries.append(entry(Reason.CREATOR_SHARE, way, share, billed))
    return entries
