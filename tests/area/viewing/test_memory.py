"""What is remembered of whom, and until when."""

from datetime import datetime, timedelta

import msgspec
import pytest

from tests.area.content import cast
from tests.area.viewing.watching import LONG, SKIPPED, agree, records, watch
from vonk.content.actions import engagement
from vonk.content.models import Post
from vonk.content.rules import ORGANIC
from vonk.control.scope import Scope
from vonk.core.clock import to_ms
from vonk.core.errors import FieldInvalid
from vonk.core.signs import Wants
from vonk.discovery import queries as discovery
from vonk.events.records import Kind
from vonk.identity import queries as identity
from vonk.identity.models import Person
from vonk.privacy import queries as privacy
from vonk.privacy.actions import erasures
from vonk.reporting import viewers
from vonk.storage.memory.event_log import MemoryEventLog
from vonk.viewing import actions, queries
from vonk.viewing.models import Memory
from vonk.viewing.queries import ForFeed

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> MemoryEventLog:
    return MemoryEventLog()


def known(scope: Scope, now: datetime) -> ForFeed:
    return queries.for_feed(scope.person, as_of=now, now=now)


def interests(scope: Scope, now: datetime) -> tuple[str, ...]:
    return viewers.claims(scope, profiles=(), now=now, lives_ms=1_000).interests


def test_only_what_agreeing_adults_watched_outside_ads_is_remembered(
    log: MemoryEventLog, cleo: Scope, vik: Scope, mallory: Scope, olu: Scope, now: datetime
) -> None:
    agree(vik, mallory)
    Person.objects.filter(pk=mallory.person).update(born_on=now.date() - timedelta(days=16 * 365))
    first, second, third = (cast.post(cleo, now) for _ in range(3))
    for scope in (vik, mallory, olu):
        log.append(records(scope, third, LONG, now, ad_id=7))
        (invalid,) = records(scope, third, [Kind.VIEW_15S], now)
        log.append([msgspec.structs.replace(invalid, invalid="too_fast")])
        watch(log, scope, first, LONG, now)
        watch(log, scope, second, [*SKIPPED, Kind.HIDE], now)
    assert actions.take_in(log, now=now) == 0
    away = ForFeed(away=frozenset({second}))
    assert (known(mallory, now), known(olu, now)) == (away, away)
    assert known(vik, now) == ForFeed(
        profiled=True,
        seen=frozenset({first, second}),
        away=frozenset({second}),
        wants=Wants((first,), (1.2,)),
        long=((first, Post.objects.get(pk=first).profile_id),),
    )
    before = queries.for_feed(vik.person, as_of=now - timedelta(seconds=1), now=now)
    assert (before.seen, before.wants.posts, before.since) == (frozenset(), (), frozenset({first, second}))
    assert [person_id for person_id, _ in queries.learnable(now=now, people_max=10)] == [vik.person]


def test_what_was_put_away_changes_the_feed_and_can_be_brought_back(
    log: MemoryEventLog, cleo: Scope, vik: Scope, mallory: Scope, now: datetime
) -> None:
    agree(vik)
    loud = cast.creator("Loud", now)
    made = [cast.post(loud, now, "A loud one #noise") for _ in range(2)]
    noisy, calm = cast.post(cleo, now, "Another #noise"), cast.post(cleo, now - timedelta(hours=1), "#food")

    def feed(scope: Scope) -> list[int]:
        return [item.post_id for item in discovery.feed_page(scope, now=now).items]

    assert feed(vik).index(noisy) < feed(vik).index(calm)
    for scope in (vik, mallory):
        for post_id in made:
            watch(log, scope, post_id, [Kind.HIDE], now)
    assert feed(vik) == [calm, noisy]  # Its hashtag speaks against it,
    assert feed(mallory) == [noisy, calm]  # but only of who agreed to be learnt from.
    assert queries.put_away(vik) == queries.put_away(mallory) == tuple(reversed(made))

    for scope in (vik, mallory, cleo):
        actions.bring_back(scope, made[0], now=now)
    assert (queries.put_away(vik), queries.put_away(mallory)) == ((made[1],), (made[1],))
    assert (set(feed(vik)), feed(vik)[0]) == ({made[0], noisy, calm}, noisy)


def test_the_end_of_an_agreement_counts_at_once_and_then_all_is_gone(
    log: MemoryEventLog, cleo: Scope, vik: Scope, now: datetime
) -> None:
    agree(vik)
    made = [cast.post(cleo, now, "#food") for _ in range(4)]
    for post_id in made[:3]:
        watch(log, vik, post_id, LONG, now, watched_ms=40_000)
    watch(log, vik, made[3], [Kind.HIDE], now)
    assert interests(vik, now) == ("food",)
    Person.objects.filter(pk=vik.person).update(personalised=False)
    away = ForFeed(away=frozenset({made[3]}))
    assert known(vik, now) == away
    assert interests(vik, now) == ()
    assert list(queries.learnable(now=now, people_max=10)) == []
    assert actions.forget_due(now=now) == 1
    assert actions.forget_due(now=now) == 0
    agree(vik)  # Agreed anew: nothing comes back.
    assert known(vik, now) == ForFeed(profiled=True, away=away.away, seen=away.away)
    actions.forget_due(now=now + timedelta(days=91))
    assert Memory.objects.count() == 0


def test_interests_that_watching_shows_are_told_and_can_be_removed(
    log: MemoryEventLog, cleo: Scope, vik: Scope, now: datetime
) -> None:
    agree(vik)
    Person.objects.filter(pk=vik.person).update(interests=["music"])
    for tag, posts, watched_ms in (
        ("food", 3, 60_000),
        ("travel", 4, 100_000),
        ("art", 2, 90_000),
        ("games", 3, 5_000),
    ):
        for _ in range(posts):
            watch(log, vik, cast.post(cleo, now, f"#{tag} #anything"), LONG, now, watched_ms=watched_ms)
    assert queries.own_interests(vik, now=now) == (
        ("travel", timedelta(seconds=400)),
        ("food", timedelta(seconds=180)),
    )
    assert interests(vik, now) == ("music", "travel", "food")
    actions.remove_interest(vik, "travel", now=now)
    watch(log, vik, cast.post(cleo, now, "#travel"), LONG, now, watched_ms=100_000)
    assert interests(vik, now) == ("music", "food")
    with pytest.raises(FieldInvalid):
        actions.remove_interest(vik, "nothing", now=now)
    actions.forget(vik, now=now)
    assert interests(vik, now) == ("music",)
    assert known(vik, now) == ForFeed(profiled=True)


def test_who_is_erased_is_in_nothing(log: MemoryEventLog, cleo: Scope, vik: Scope, olu: Scope, now: datetime) -> None:
    agree(vik)
    post_id = cast.post(cleo, now)
    watch(log, vik, post_id, LONG, now, watched_ms=9_000)
    late = records(vik, post_id, LONG, now)
    (held,) = [part for part in privacy.everything(vik, vik.person) if part.name == "viewing"]
    assert list(held.rows) == [
        {"post_id": str(post_id), "since_ms": to_ms(now), "watched_ms": 9_000, "marks": ["watched", "long"]}
    ]
    engagement.like(vik, post_id, source=ORGANIC, now=now)
    erasures.erase(olu, vik.person, now=now)
    log.append(late)
    actions.take_in(log, now=now)
    assert Memory.objects.count() == 0
    assert identity.countable([vik.person], now=now) == frozenset()
