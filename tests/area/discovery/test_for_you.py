"""The feed of those who agreed, by what was learnt from them; of everybody else, by the formula."""

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.area.content import cast
from tests.area.viewing.watching import LONG, SKIPPED, agree, audience, records, watch
from vonk.content.actions import engagement, posts, tallies
from vonk.content.actions.tallies import TallyKey
from vonk.content.models import Profile
from vonk.content.queries.candidates import met
from vonk.content.rules import ORGANIC, Source
from vonk.control.scope import Scope
from vonk.core.clock import hour_of
from vonk.core.errors import NotFound
from vonk.delivery.foryou import files
from vonk.delivery.foryou.learnt import ForYou
from vonk.delivery.foryou.watch import LearntWatch
from vonk.delivery.trained.shelf import Card, Outcome, Shelf
from vonk.discovery import learning, queries, reasons
from vonk.discovery.reasons import Parameter, Reason
from vonk.events.records import Kind
from vonk.identity.models import Person
from vonk.storage.memory.event_log import MemoryEventLog
from vonk.viewing import actions

pytestmark = pytest.mark.django_db

KINDS = ("bread", "games", "travel")
PER_KIND = 16
DAYS = 6


class Town:
    """Posts of three kinds, and eighteen viewers of whom each likes one kind, over six days."""

    def __init__(self, makers: list[Scope], directory: Path, now: datetime) -> None:
        self.log, self.now, self.shelf = MemoryEventLog(), now, Shelf(directory)
        self.makers, self.chance = makers, random.Random(4)
        old = now - timedelta(days=DAYS + 20)
        self.posts = {
            kind: [
                cast.post(makers[at % len(makers)], old + timedelta(hours=at), tagged(kind, at))
                for at in range(PER_KIND)
            ]
            for kind in KINDS
        }
        self.kind_of = {post_id: kind for kind, of in self.posts.items() for post_id in of}
        self.viewers = audience(18, old)
        self.everything = [post_id for of in self.posts.values() for post_id in of]
        for day in range(DAYS):
            at = now - timedelta(days=DAYS - day)
            for place, scope in enumerate(self.viewers):
                self._visit(scope, KINDS[place % len(KINDS)], at)
            actions.take_in(self.log, now=at)

    def _visit(self, scope: Scope, kind: str, at: datetime) -> None:
        for post_id in self.chance.sample(self.everything, 7):
            liked = post_id in self.posts[kind]
            kinds = LONG if liked and self.chance.random() < 0.9 else SKIPPED
            self.log.append(records(scope, post_id, kinds, at))
            if liked and self.chance.random() < 0.2:
                engagement.like(scope, post_id, source=ORGANIC, now=at)

    def learn(self) -> Card:
        card = learning.round_of(self.shelf, now=self.now, candidate=True, every_minutes=60)
        assert card is not None
        return card

    def learnt(self) -> ForYou:
        name = self.shelf.pointer().name
        return files.load(self.shelf.path(name), name)

    def feed(self, scope: Scope | None, learnt: ForYou | None, size: int = 12) -> list[int]:
        order: list[int] = []
        cursor: str | None = None
        while True:
            page = queries.feed_page(scope, cursor=cursor, size=size, now=self.now, learnt=learnt)
            order += [item.post_id for item in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return order

    def kinds(self, order: list[int]) -> list[str]:
        return [self.kind_of[post_id] for post_id in order]


def tagged(kind: str, at: int) -> str:
    """Return a caption: every other one does not say what the post is."""
    return f"#{kind}" if at % 2 else "#day"


@pytest.fixture
def town(cleo: Scope, vik: Scope, mallory: Scope, tmp_path: Path, now: datetime) -> Town:
    makers = [cleo, mallory, *(cast.creator(f"Maker{at}", now - timedelta(days=40)) for at in range(4))]
    return Town(makers, tmp_path / "feed", now)


def test_who_watches_one_kind_gets_more_of_it_but_not_only(town: Town, vik: Scope) -> None:
    card = town.learn()
    assert (card.outcome, card.reasons) == (Outcome.PUBLISHED, ())
    assert card.recall["candidate"] > card.recall["formula"]
    assert card.heads["long_view"].candidate.logloss < card.heads["long_view"].prior.logloss
    learnt = town.learnt()
    agree(vik)
    by_formula = town.feed(vik, learnt)
    assert by_formula == town.feed(vik, None) == town.feed(None, learnt)  # Nothing is remembered of them yet.
    seen = town.posts["games"][:4]
    for post_id in seen:
        watch(town.log, vik, post_id, LONG, town.now - timedelta(minutes=5))
    order = town.feed(vik, learnt)
    assert sorted(order) == sorted(town.everything)
    assert set(order[-4:]) == set(seen)  # What was seen of late comes after all others.
    first = town.kinds(order)[:12]
    assert first.count("games") >= 6 > town.kinds(by_formula)[:12].count("games")
    assert sum(first[at] != "games" for at in (2, 5, 8, 11)) >= 3  # Every third place is for discovery.
    makers = {one.post_id: one.profile_id for one in met(order)}
    assert all(len({makers[one] for one in order[at : at + 3]}) == 3 for at in range(9))
    Person.objects.filter(pk=vik.person).update(personalised=False)
    assert town.feed(vik, learnt) == by_formula  # At once.
    agree(vik)
    Person.objects.filter(pk=vik.person).update(born_on=town.now.date() - timedelta(days=17 * 365))
    assert town.feed(vik, learnt) == by_formula


def test_promotion_changes_nothing_of_what_is_learnt_and_shown(town: Town, vik: Scope, cleo: Scope) -> None:
    """Posts are promoted, ads with them are watched, hidden and liked: what is learnt is the same to the byte."""
    agree(vik, cleo)
    for post_id in town.posts["travel"][:5]:
        watch(town.log, vik, post_id, LONG, town.now - timedelta(hours=1))
    people = [None, cleo, vik, *town.viewers[:3]]
    before = files.save(town.shelf.directory / "before", _made(town))
    town.learn()
    learnt = town.learnt()
    orders = [town.feed(scope, learnt) for scope in people]
    near = [reasons.why(vik, post_id, now=town.now, learnt=learnt) for post_id in town.everything[::5]]
    chance = random.Random(7)
    for post_id in chance.sample(town.everything, 20):
        posts.authorise(post_id, ads_only=False, now=town.now)
        posts.show_in_ads(post_id, now=town.now)
        tallies.add({TallyKey(post_id, 77, hour_of(town.now - timedelta(hours=3)), "likes"): 10_000})
        for scope in [vik, cleo, *town.viewers]:
            kinds = [*LONG, *([Kind.HIDE] if chance.random() < 0.3 else [])]
            town.log.append(records(scope, post_id, kinds, town.now, watched_ms=20_000, ad_id=77))
        engagement.like(town.makers[3], post_id, source=Source(77, 7), now=town.now)
    while actions.take_in(town.log, now=town.now):
        pass
    assert files.save(town.shelf.directory / "after", _made(town)) == before
    assert [town.feed(scope, learnt) for scope in people] == orders
    assert [reasons.why(vik, post_id, now=town.now, learnt=learnt) for post_id in town.everything[::5]] == near


def _made(town: Town) -> ForYou:
    directory = town.shelf.directory.with_name(f"other{random.random()}")
    card = learning.round_of(Shelf(directory), now=town.now, candidate=True, every_minutes=60)
    assert card is not None
    return files.load(Shelf(directory).path(card.name))


def test_what_is_put_away_is_not_shown_again(town: Town, vik: Scope, mallory: Scope) -> None:
    agree(vik)
    theirs = [item.post_id for item in queries.profile_page(mallory, "mallory", size=100).posts.items]
    town.learn()
    learnt = town.learnt()
    watch(town.log, vik, theirs[0], [*SKIPPED, Kind.HIDE], town.now - timedelta(hours=1))
    assert theirs[0] not in town.feed(vik, learnt)
    assert theirs[1] in town.feed(vik, learnt)
    watch(town.log, vik, theirs[1], [*SKIPPED, Kind.HIDE], town.now - timedelta(hours=1))
    assert not set(theirs) & set(town.feed(vik, learnt))  # Twice of one creator: the others too,
    Person.objects.filter(pk=vik.person).update(personalised=False)
    assert not set(theirs) & set(town.feed(vik, learnt))  # whether or not they agreed to anything,
    engagement.follow(vik, Profile.objects.get(handle="mallory").pk, source=ORGANIC, now=town.now)
    assert set(theirs) - set(town.feed(vik, learnt)) == set(theirs[:2])  # until they follow.


def test_pages_stand_still_while_what_is_seen_is_remembered(town: Town, vik: Scope) -> None:
    agree(vik)
    for post_id in town.posts["bread"][:4]:
        watch(town.log, vik, post_id, LONG, town.now - timedelta(hours=1))
    town.learn()
    learnt = town.learnt()
    whole = town.feed(vik, learnt)
    found: list[int] = []
    cursor: str | None = None
    later = town.now
    for _ in range(4):
        page = queries.feed_page(vik, cursor=cursor, size=6, now=later, learnt=learnt)
        found += [item.post_id for item in page.items]
        cursor = page.next_cursor
        later += timedelta(seconds=30)
        for item in page.items:
            watch(town.log, vik, item.post_id, LONG, later)
    assert found == whole[:24]
    fresh = [item.post_id for item in queries.feed_page(vik, size=12, now=later, learnt=learnt).items]
    assert not set(fresh) & set(found)


def test_why_a_post_is_shown(town: Town, vik: Scope, cleo: Scope) -> None:
    agree(vik)
    for post_id in town.posts["bread"][:4]:
        watch(town.log, vik, post_id, LONG, town.now - timedelta(hours=1))
    town.learn()
    learnt = town.learnt()
    told = {post_id: reasons.why(vik, post_id, now=town.now, learnt=learnt) for post_id in town.everything}
    assert all(one.profiled for one in told.values())
    near = [town.kind_of[post_id] for post_id, one in told.items() if Reason(Parameter.NEAR) in one.reasons]
    assert near.count("bread") > len(near) / 2 > 0
    assert Reason(Parameter.HASHTAGS, ("bread",)) in told[town.posts["bread"][7]].reasons
    fresh = cast.post(cleo, town.now, "#night")
    engagement.follow(vik, Profile.objects.get(handle="cleo").pk, source=ORGANIC, now=town.now)
    Person.objects.filter(pk=vik.person).update(personalised=False)
    without = reasons.why(vik, fresh, now=town.now, learnt=learnt)
    assert without == reasons.Why((Reason(Parameter.FOLLOWED), Reason(Parameter.NEW)), profiled=False)
    assert reasons.why(None, town.posts["travel"][0], now=town.now).reasons == ()
    posts.delete(cleo, fresh, town.now)
    with pytest.raises(NotFound):
        reasons.why(vik, fresh, now=town.now)


def test_what_is_served_can_be_taken_back_and_is_believed_only_whole(town: Town) -> None:
    first = town.learn()
    watch_of = LearntWatch(town.shelf.directory)
    served = watch_of.now()
    assert served is not None
    assert served.version == first.name
    assert learning.round_of(town.shelf, now=town.now, candidate=True, every_minutes=60) is None  # Nothing to judge by.
    pointer = town.shelf.roll_back(by="olu", at_ms=1)
    assert (pointer.name, pointer.automatic) == ("", False)
    assert LearntWatch(town.shelf.directory).now() is None
    again = town.learn()
    assert (again.outcome, town.shelf.pointer().name) == (Outcome.WAITING, "")
    path = town.shelf.path(first.name)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    town.shelf.publish(first.name, by="olu", at_ms=2)
    assert LearntWatch(town.shelf.directory).now() is None  # It is not believed; the formula orders the feed.
