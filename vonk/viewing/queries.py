"""What is remembered of viewers, for whoever may read it: their own feed, themselves, and what learns of many."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from vonk.content.queries import candidates as content
from vonk.control import prepared
from vonk.control.held import Part
from vonk.control.prepared import given
from vonk.control.scope import Scope
from vonk.core import signs
from vonk.core.clock import DAY_MS, to_ms
from vonk.core.signs import Mark, Wants
from vonk.identity import queries as identity
from vonk.viewing import rules
from vonk.viewing.models import Memory
from vonk.viewing.rules import Met, Remembered

_ROWS: Final = 500
_HIDDEN: Final = int(Mark.HIDDEN)  # Plain numbers: an enumeration's take many times as long to compare.
_LONG: Final = int(Mark.LONG)


class _Body(msgspec.Struct, frozen=True):
    body: bytes | memoryview


_BODY: Final = prepared.values(_Body, lambda: Memory.objects.filter(person_id=given("person")).values_list("body"))


class ForFeed(msgspec.Struct, frozen=True):
    """What a feed may know of one person's viewing at an instant; of who did not agree, what they put away alone."""

    profiled: bool = False
    seen: frozenset[int] = frozenset()  # Posts met in the last days,
    since: frozenset[int] = frozenset()  # and those met after the instant.
    away: frozenset[int] = frozenset()
    away_creators: frozenset[int] = frozenset()
    wants: Wants = Wants((), ())  # The newest first.
    long: tuple[tuple[int, int], ...] = ()  # Post and creator of what was watched long.


def for_feed(person_id: int, *, as_of: datetime, now: datetime) -> ForFeed:
    """Return what the person's feed of ``as_of`` may know; whether they agree is asked as of ``now``."""
    profiled = person_id in identity.countable([person_id], now=now)
    memory = _memory_of(person_id)
    at_ms = to_ms(as_of)
    away = frozenset(one.post_id for one in memory.met if one.marks & _HIDDEN)
    away_creators = rules.creators_away(memory.met)
    if not profiled:
        return ForFeed(away=away, away_creators=away_creators)
    then = [one for one in memory.met if one.since_ms <= at_ms]
    weighed = [(one, signs.weight(one.marks_at(at_ms))) for one in reversed(then)]
    wanted = [(one, weight) for one, weight in weighed if weight > 0][: rules.WANTS_MAX]
    return ForFeed(
        profiled=True,
        seen=frozenset(one.post_id for one in then if one.since_ms > at_ms - rules.SEEN_DAYS * DAY_MS),
        since=frozenset(one.post_id for one in memory.met if one.since_ms > at_ms),
        away=away,
        away_creators=away_creators,
        wants=Wants(tuple(one.post_id for one, _ in wanted), tuple(weight for _, weight in wanted)),
        long=tuple((one.post_id, one.profile_id) for one, _ in wanted if one.marks_at(at_ms) & _LONG),
    )


def put_away(scope: Scope) -> tuple[int, ...]:
    """Return the posts that the acting person put away, the latest first."""
    return tuple(one.post_id for one in reversed(_memory_of(scope.person).met) if one.marks & _HIDDEN)


def interests(person_id: int, *, now: datetime) -> tuple[str, ...]:
    """Return the interests that an agreeing adult's watching shows, most watched first; () of everybody else."""
    return tuple(name for name, _ in _interests(person_id, now=now))


def own_interests(scope: Scope, *, now: datetime) -> tuple[tuple[str, timedelta], ...]:
    """Return the same of the acting person, with the time that they watched each."""
    return tuple((name, timedelta(milliseconds=time_ms)) for name, time_ms in _interests(scope.person, now=now))


def _interests(person_id: int, *, now: datetime) -> tuple[tuple[str, int], ...]:
    if person_id not in identity.countable([person_id], now=now):
        return ()
    memory = _memory_of(person_id)
    watched = [one.post_id for one in memory.met if one.watched_ms]
    if not watched:
        return ()
    return rules.interests(memory, content.tags_of(watched), now_ms=to_ms(now))


def learnable(*, now: datetime, people_max: int) -> Iterator[tuple[int, list[Met]]]:
    """Yield person and meetings of those who agree now, lately active first, at most so many."""
    rows = Memory.objects.filter(profiled=True).order_by("-updated_at", "person_id")
    ids = list(rows.values_list("person_id", flat=True)[:people_max])
    for at in range(0, len(ids), _ROWS):
        some = ids[at : at + _ROWS]
        agreed = identity.countable(some, now=now)
        for person_id, body in Memory.objects.filter(person_id__in=some).values_list("person_id", "body"):
            if person_id in agreed:
                yield person_id, rules.unpack(body).met


def parts(person_id: int) -> Iterator[Part]:
    """Yield what is remembered of a person, for the person's own reading (GDPR art. 15)."""
    memory = _memory_of(person_id)
    yield Part("viewing", map(_row, memory.met))
    yield Part("viewing_interests_removed", ({"interest": name} for name in memory.unwanted))


def _row(one: Met) -> dict[str, object]:
    marks = [mark.name.lower() for mark in Mark if mark.name and one.marks & mark]
    return {"post_id": str(one.post_id), "since_ms": one.since_ms, "watched_ms": one.watched_ms, "marks": marks}


def _memory_of(person_id: int) -> Remembered:
    row = _BODY.first(person=person_id)
    return rules.unpack(row.body) if row is not None else Remembered()
