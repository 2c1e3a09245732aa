"""What is remembered of a viewer's meetings with posts, and what follows from it; pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final

import msgspec

from vonk.core.clock import DAY_MS, MINUTE_MS
from vonk.core.signs import Mark
from vonk.core.taxonomy import INTERESTS
from vonk.events.records import EventRecord, Kind

MET_MAX: Final = 1_000  # Posts; some 35 bytes each.
KEPT_DAYS: Final = 90
SEEN_DAYS: Final = 14  # So long a post is not shown again while another is left.
WANTS_MAX: Final = 300  # The newest signs say best what somebody likes now.
AWAY_CREATOR: Final = 2  # Of one creator's posts put away: then the others are left out too.
INTERESTS_MAX: Final = 5
INTEREST_POSTS_MIN: Final = 3
INTEREST_MS_MIN: Final = MINUTE_MS
INTEREST_SHARE_MIN: Final = 0.1  # Of all that was watched of any interest.

_HIDDEN: Final = int(Mark.HIDDEN)  # A plain number: an enumeration's takes many times as long to compare.
_MARKS: Final = {
    Kind.IMPRESSION: Mark(0),
    Kind.VIEW_6S: Mark.WATCHED,
    Kind.VIEW_15S: Mark.WATCHED | Mark.LONG,
    Kind.WATCH: Mark(0),
    Kind.HIDE: Mark.HIDDEN,
}


class Met(msgspec.Struct, array_like=True, gc=False):
    """One post. ``since_ms``: when the site learnt that it was met; what counts at an instant is what was known then."""

    post_id: int
    profile_id: int
    since_ms: int
    marks: int = 0
    marked_ms: int = 0  # When ``marks`` last changed,
    marks_before: int = 0  # and what they were.
    watched_ms: int = 0

    def marks_at(self, at_ms: int) -> int:
        """Return what was known at the instant."""
        return self.marks if self.marked_ms <= at_ms else self.marks_before


class Remembered(msgspec.Struct):
    """One person's memory: oldest meeting first, and interests that they do not want to be told to have."""

    met: list[Met] = []
    unwanted: list[str] = []


class Event(msgspec.Struct, frozen=True, gc=False):
    """What a record says of a viewer and a post."""

    post_id: int
    profile_id: int
    marks: int
    watched_ms: int


def events_of(record: object) -> Event | None:
    """Return what a record of the log says; None of ads, of what is invalid or one's own, and of other kinds."""
    if not isinstance(record, EventRecord) or record.kind not in _MARKS or record.invalid:
        return None
    claims = record.claims
    if claims.ad_id or claims.own or not claims.viewer_id:
        return None
    watched = record.value if record.kind is Kind.WATCH else 0
    return Event(claims.post_id, claims.profile_id, int(_MARKS[record.kind]), watched)


def remember(memory: Remembered, events: Iterable[Event], *, profiled: bool, now_ms: int) -> Remembered:
    """Return the memory with these events; without ``profiled`` with what was put away alone, and nothing else in it."""
    known = {one.post_id: one for one in memory.met if profiled or one.marks & Mark.HIDDEN}
    for event in events:
        if not profiled and not event.marks & Mark.HIDDEN:
            continue
        one = known.get(event.post_id)
        if one is None:
            one = known[event.post_id] = Met(event.post_id, event.profile_id, now_ms)
        one.watched_ms += event.watched_ms
        if event.marks & ~one.marks:
            if one.marked_ms != now_ms:
                one.marks_before, one.marked_ms = one.marks, now_ms
            one.marks |= event.marks
    return Remembered(_bounded(known.values(), now_ms), memory.unwanted if profiled else [])


def put_away_alone(memory: Remembered) -> Remembered:
    """Return what stays without the agreement: the posts that were put away, without how they were watched."""
    stays = [Met(one.post_id, one.profile_id, one.since_ms, int(Mark.HIDDEN)) for one in memory.met if _hidden(one)]
    return Remembered(stays)


def brought_back(memory: Remembered, post_id: int, *, profiled: bool, now_ms: int) -> Remembered:
    """Return the memory without the mark that the post was put away; without ``profiled`` nothing stays of it."""
    stays = []
    for one in memory.met:
        if one.post_id == post_id and _hidden(one):
            if not profiled:
                continue
            one.marks_before, one.marked_ms = one.marks, now_ms
            one.marks &= ~_HIDDEN
        stays.append(one)
    return Remembered(stays, memory.unwanted)


def _bounded(met: Iterable[Met], now_ms: int) -> list[Met]:
    """Let go of what is old, then of the oldest: of what was put away last."""
    young = [one for one in met if max(one.since_ms, one.marked_ms) > now_ms - KEPT_DAYS * DAY_MS]
    if len(young) <= MET_MAX:
        return young
    away = [one for one in young if _hidden(one)][-MET_MAX // 2 :]
    others = [one for one in young if not _hidden(one)][-(MET_MAX - len(away)) :]
    return sorted(away + others, key=lambda one: one.since_ms)


def _hidden(one: Met) -> bool:
    return bool(one.marks & _HIDDEN)


def creators_away(met: Iterable[Met]) -> frozenset[int]:
    """Return the creators of whom several posts were put away."""
    counted = Counter(one.profile_id for one in met if _hidden(one))
    return frozenset(profile_id for profile_id, times in counted.items() if times >= AWAY_CREATOR)


def interests(memory: Remembered, tags: Mapping[int, Collection[str]], *, now_ms: int) -> tuple[tuple[str, int], ...]:
    """Return the interests that somebody's watching shows, each with the milliseconds, most watched first.

    An interest is shown by posts that carry it as a hashtag: at least three of them, a minute, and a tenth of all the
    time that went to any interest, within ``KEPT_DAYS``. What the person removed stays away.
    """
    watched: dict[str, int] = defaultdict(int)
    posts: Counter[str] = Counter()
    for one in memory.met:
        if one.since_ms <= now_ms - KEPT_DAYS * DAY_MS or not one.watched_ms or _hidden(one):
            continue
        for name in sorted(set(tags.get(one.post_id, ())) & INTERESTS.keys()):
            watched[name] += one.watched_ms
            posts[name] += 1
    least = max(INTEREST_MS_MIN, INTEREST_SHARE_MIN * sum(watched.values()))
    found = [
        (name, time_ms)
        for name, time_ms in watched.items()
        if time_ms >= least and posts[name] >= INTEREST_POSTS_MIN and name not in memory.unwanted
    ]
    return tuple(sorted(found, key=lambda one: (-one[1], one[0]))[:INTERESTS_MAX])


def pack(memory: Remembered) -> bytes:
    """Return the memory as it is kept."""
    return msgspec.msgpack.encode(memory)


def unpack(body: bytes | memoryview) -> Remembered:
    """Return the memory kept as ``body``."""
    return msgspec.msgpack.decode(body, type=Remembered)
