"""The roll-up: the event log becomes counters of posts and ads, and whom ads reached, each record exactly once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.db import transaction

from vonk.advertising.queries import lift_tests, split_tests
from vonk.content.actions import judging, tallies
from vonk.content.actions.tallies import TallyKey
from vonk.control import positions
from vonk.core.clock import from_ms
from vonk.events.log import EventLog, Position, StoredRecord
from vonk.identity import queries as identity
from vonk.reporting import reported_posts, rules
from vonk.reporting.audience import rules as audience
from vonk.reporting.audience import store
from vonk.reporting.fates import store as fates
from vonk.reporting.lift import counting as lift
from vonk.reporting.lift import store as lift_store
from vonk.reporting.public_ads import rules as public_ads
from vonk.reporting.public_ads import store as public_store
from vonk.reporting.reach import rules as reach
from vonk.reporting.reach import store as reach_store
from vonk.reporting.reached import rules as reached
from vonk.reporting.reached import store as reached_store
from vonk.reporting.trials import counting as trials
from vonk.reporting.trials import store as trial_store

CONSUMER: Final = "rollup"
SEGMENT_RECORDS_MAX: Final = 20_000  # Some 20 MB and well below a second, for which the control database is held.


class RolledUp(msgspec.Struct, frozen=True):
    """What one call rolled up: how many records, up to which position."""

    records: int
    position: Position


def roll_up(log: EventLog, *, now: datetime, limit: int = SEGMENT_RECORDS_MAX) -> RolledUp:
    """Count the next segment of at most ``limit`` records; ``records`` is 0 when there is none.

    Counters and position are written in one transaction, with the position locked first: whoever dies in between
    leaves nothing behind, and a second worker waits. Raises LogUnavailable when the log cannot be read.
    """
    reached = positions.of(CONSUMER)
    if log.end() <= reached:
        return RolledUp(0, reached)  # Nothing to do, found out without holding anything.
    return _roll_up(log, now=now, limit=limit)


@transaction.atomic
def _roll_up(log: EventLog, *, now: datetime, limit: int) -> RolledUp:
    after = positions.lock(CONSUMER, now=now)
    records = log.read(after, limit)
    if not records:
        return RolledUp(0, after)
    counted = rules.count(records)
    tallies.add(
        {TallyKey(key.post_id, key.ad_id, from_ms(key.hour_ms), key.metric): value for key, value in counted.items()}
    )
    store.add(audience.count(records))
    reached_store.add(reached.count(records))
    _meet(records, now)
    judging.add_reports(reported_posts.count(records))
    trial_store.let_go(now)
    trial_store.add(trials.count(records, split_tests.measured(now)))
    lift_store.add(lift.count(records, lift_tests.measured(now)))
    fates.take(records)
    last = records[-1].position
    positions.advance(CONSUMER, last, now=now)
    return RolledUp(len(records), last)


def _meet(records: Sequence[StoredRecord], now: datetime) -> None:
    """Count who saw what, by the days of whose ads they were, and what the public is told of it."""
    reach_store.let_go(now)
    facts = identity.accounts_facts(reach.accounts(records))
    numbers = reach_store.add(reach.count(records, {one: ZoneInfo(of.time_zone) for one, of in facts.items()}))
    public_store.add(public_ads.spans(records), public_ads.reached(records), numbers)
