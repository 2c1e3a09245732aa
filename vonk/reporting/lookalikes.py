"""Fill lookalikes: read what people watched, find who is like the seeds, keep who they are.

Looked at are adults who agreed to personalised ads, alone: as seeds, as others to learn from, and as members. What they
watched is read from the event log, its last DAYS days or RECORDS_MAX records, whichever is less.
"""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

import msgspec
import numpy as np

from vonk.advertising.actions import lookalikes as actions
from vonk.advertising.queries import custom_audiences
from vonk.advertising.queries.custom_audiences import AudienceView
from vonk.advertising.rules import lookalikes as rules
from vonk.advertising.rules.custom_audiences import Source
from vonk.advertising.rules.lookalikes import Likeness
from vonk.control.scope import PLATFORM
from vonk.core.clock import to_ms
from vonk.events.log import EventLog, Position
from vonk.events.records import EventRecord, Kind
from vonk.identity import access
from vonk.identity import queries as identity
from vonk.identity.queries import Countable
from vonk.reporting import audience_sizes, likeness, log_search

DAYS: Final = 28
RECORDS_MAX: Final = 2_000_000  # Some ten seconds of reading.
PAIRS_MAX: Final = 2_000_000  # Of a person and a post: some 200 MB while they are counted.
_READ: Final = 5_000
_WATCHED: Final = frozenset({Kind.VIEW_2S, Kind.VIEW_6S, Kind.P100})
TOO_FEW_SEEDS: Final = (
    "fewer than 100 of the source's people are adults who agreed to personalised ads and watched anything lately"
)
TOO_FEW_OTHERS: Final = "too few people in these countries have watched anything lately"
SOURCE_GONE: Final = "the source audience is there no more"


class Watched(msgspec.Struct, frozen=True):
    """How often each person watched each post: person ``people[i]`` of ``ids``, by place, post ``posts[i]`` by place."""

    ids: list[int]
    countries: list[str]
    people: likeness.Ints
    posts: likeness.Ints
    counts: likeness.Ints


def make_waiting(log: EventLog, *, now: datetime) -> int:
    """Make the lookalikes that wait, all by one reading of the log; return how many were made or failed."""
    waiting = actions.waiting(at_most=20)
    if not waiting:
        return 0
    watched = read(log, now=now)
    done = 0
    for view in custom_audiences.serving(waiting, now=now):
        assert view.likeness is not None, "Only lookalikes wait."
        members = _members(view, view.likeness, watched, now=now)
        if isinstance(members, str):
            done += actions.fail(PLATFORM, view.id, view.likeness, members, now=now)
        else:
            done += actions.fill(PLATFORM, view.id, view.likeness, members, now=now)
    return done


def read(log: EventLog, *, now: datetime) -> Watched:
    """Return what consenting adults watched of late."""
    pairs: Counter[tuple[str, int]] = Counter()
    after = max(log_search.before(log, to_ms(now - timedelta(days=DAYS))), log.end() - RECORDS_MAX, 0)
    while records := log.read(Position(after), _READ):
        for stored in records:
            record = stored.record
            if isinstance(record, EventRecord) and record.kind in _WATCHED and not record.invalid:
                claims = record.claims
                if not claims.own:
                    pairs[claims.viewer_id, claims.post_id] += 1
        after = records[-1].position
        if len(pairs) >= PAIRS_MAX:
            break
    return _watched(pairs, identity.countable_by_viewer({viewer for viewer, _ in pairs}, now=now))


def _watched(pairs: Counter[tuple[str, int]], known: dict[str, Countable]) -> Watched:
    of_known = sorted(
        (known[viewer].person_id, post_id, count) for (viewer, post_id), count in pairs.items() if viewer in known
    )
    ids = sorted({person_id for person_id, _, _ in of_known})
    countries = {one.person_id: one.country for one in known.values()}
    person_at = {person_id: place for place, person_id in enumerate(ids)}
    post_at = {post_id: place for place, post_id in enumerate(sorted({post_id for _, post_id, _ in of_known}))}
    return Watched(
        ids,
        [countries[person_id] for person_id in ids],
        np.array([person_at[person_id] for person_id, _, _ in of_known], dtype=np.int64),
        np.array([post_at[post_id] for _, post_id, _ in of_known], dtype=np.int64),
        np.array([count for _, _, count in of_known], dtype=np.int64),
    )


def _members(view: AudienceView, wanted: Likeness, watched: Watched, *, now: datetime) -> list[int] | str:
    """Return who is in a lookalike, or why it cannot be made."""
    sources = custom_audiences.serving([wanted.source_audience_id], now=now)
    if not sources:
        return SOURCE_GONE
    seeds_ids = _seeds(sources[0], now=now)
    place = {person_id: at for at, person_id in enumerate(watched.ids)}
    seeds = np.array(sorted(place[one] for one in seeds_ids if one in place), dtype=np.int64)
    if len(seeds) < rules.SEEDS_MIN:
        return TOO_FEW_SEEDS
    here = np.array([country in wanted.countries for country in watched.countries], dtype=bool)
    among = np.setdiff1d(np.flatnonzero(here), seeds)
    count = len(among) * rules.SHARE_PPM[wanted.size] // 1_000_000
    if not count or watched.posts.max(initial=0) < 1:
        return TOO_FEW_OTHERS
    seed = view.id % 2**32
    learnt = np.random.default_rng(seed).permutation(seeds)[: rules.SEEDS_MAX]
    of = likeness.vectors(watched.people, watched.posts, watched.counts, seed=seed)
    found = likeness.likest(likeness.scores(of, np.sort(learnt), seed=seed), among, count)
    members = [watched.ids[at] for at in found]
    return [*members, *seeds_ids] if wanted.includes_source else members


def _seeds(source: AudienceView, *, now: datetime) -> Collection[int]:
    if source.source is Source.CUSTOMERS:
        digests = custom_audiences.digests_of(source.id)
        return identity.people_of_emails(digests, now=now)
    assert source.rule is not None, "A lookalike is made of no lookalike."
    if source.source in {Source.POSTS, Source.FOLLOWERS} and not custom_audiences.speaks(
        access.watching(source.account_id), source.rule, now=now
    ):
        return ()
    as_of = now if source.refreshes else source.created_at
    return audience_sizes.members(source, source.rule, as_of=as_of, now=now)
