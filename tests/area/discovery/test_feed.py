import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.area.content import cast
from vonk.content.actions import engagement, posts, profiles, tallies
from vonk.content.actions.tallies import TallyKey
from vonk.content.captions import Segment, SegmentKind
from vonk.content.models import Post, Profile, Video
from vonk.content.queries import Counts
from vonk.content.queries.cards import CardProfile, CardSound
from vonk.content.rules import ORGANIC, Source, Visibility
from vonk.control.scope import Scope
from vonk.core.clock import hour_of
from vonk.core.errors import FieldInvalid, NotFound
from vonk.discovery import queries
from vonk.discovery.queries import FeedItem
from vonk.identity.models import Person

pytestmark = pytest.mark.django_db


def feed(scope: Scope | None, now: datetime) -> list[int]:
    return [item.post_id for item in queries.feed_page(scope, now=now).items]


def befriend(one: Scope, other: Scope, now: datetime) -> None:
    for scope, followed in [(one, other), (other, one)]:
        profile_id = Profile.objects.get(owner_id=followed.person).pk
        engagement.follow(scope, profile_id, source=ORGANIC, now=now)


def test_an_item_has_all_that_a_feed_draws(cleo: Scope, vik: Scope, now: datetime) -> None:
    video_id = cast.video(cleo, now, has_sound=True)
    post_id = cast.post(cleo, now, "Hi @vik #Bread", video_id=video_id)
    engagement.like(vik, post_id, source=Source(7, 8), now=now)
    engagement.like(cleo, post_id, source=ORGANIC, now=now)
    engagement.favourite(vik, post_id, source=ORGANIC, now=now)
    engagement.comment(vik, post_id, "Lovely", source=ORGANIC, now=now)
    engagement.share(vik, post_id, source=ORGANIC, now=now)
    profile_id = Profile.objects.get(handle="cleo").pk
    engagement.follow(vik, profile_id, source=ORGANIC, now=now)
    row = Post.objects.get(pk=post_id)
    video = Video.objects.get(pk=video_id)
    expected = FeedItem(
        post_id=post_id,
        profile=CardProfile(profile_id, "cleo", "Cleo", "", followed=True),
        caption="Hi @vik #Bread",
        segments=(
            Segment("Hi "),
            Segment("@vik", SegmentKind.MENTION, "vik"),
            Segment(" "),
            Segment("#Bread", SegmentKind.HASHTAG, "bread"),
        ),
        hashtags=("bread",),
        mentions=("vik",),
        sound=CardSound(row.sound_id or 0, "original sound – cleo"),
        video_url=f"/media/{video.rendition_key}",
        poster_url=f"/media/{video.poster_key}",
        duration_ms=5000,
        width=360,
        height=640,
        counts=Counts(likes=2, comments=1, shares=1, favourites=1),
        liked=True,
        favourited=True,
        own=False,
        may_duet=True,
        may_stitch=True,
        duet_of=None,
        stitch_of=None,
        created_at=now,
    )
    assert queries.feed_page(vik, now=now).items == (expected,)
    assert queries.post_page(vik, post_id) == expected
    (seen,) = queries.feed_page(None, now=now).items
    assert (seen.liked, seen.favourited, seen.profile.followed, seen.counts) == (False, False, False, expected.counts)


def test_who_finds_what(cleo: Scope, vik: Scope, mallory: Scope, olu: Scope, ada: Scope, now: datetime) -> None:
    public, friends, private, ads_only, removed, deleted = (cast.post(cleo, now, "#bread") for _ in range(6))
    posts.set_visibility(cleo, friends, Visibility.FRIENDS, now)
    posts.set_visibility(cleo, private, Visibility.PRIVATE, now)
    posts.authorise(ads_only, ads_only=True, now=now)
    posts.show_in_ads(ads_only, now=now)
    posts.remove(olu, removed, "not bread", now)
    posts.delete(cleo, deleted, now)
    processing = cast.post(cleo, now)
    Video.objects.filter(posts=processing).update(state="processing")
    identity = profiles.create_identity(ada, display_name="Ada's Shop", avatar=None, now=now)
    creative = posts.publish_for_advertiser(
        ada, video_id=cast.video(ada, now), identity_id=identity, caption="#bread", now=now
    )
    posts.show_in_ads(creative, now=now)
    befriend(cleo, vik, now)
    everything = [public, friends, private, ads_only, removed, deleted, processing, creative]

    doors: list[Callable[[Scope | None], list[int]]] = [
        lambda scope: feed(scope, now),
        lambda scope: [item.post_id for item in queries.profile_page(scope, "cleo").posts.items],
        lambda scope: [item.post_id for item in queries.tag_page(scope, "Bread").posts.items],
    ]
    for door in doors:
        assert set(door(None)) == set(door(mallory)) == {public}
        assert set(door(vik)) == {public, friends}
    assert set(doors[0](cleo)) == {public}
    assert set(doors[1](cleo)) == {public, friends, private}

    def pages(scope: Scope | None) -> set[int]:
        found = set()
        for post_id in everything:
            try:
                found.add(queries.post_page(scope, post_id).post_id)
            except NotFound:
                continue
        return found

    assert [pages(scope) for scope in (None, mallory, vik, cleo)] == [
        {public},
        {public},
        {public, friends},
        {public, friends, private},
    ]
    profiles.ban(olu, Profile.objects.get(handle="cleo").pk, reason="fake", now=now)
    assert [pages(scope) for scope in (None, mallory, vik, cleo)] == [set(), set(), set(), set()]
    assert feed(vik, now) == []
    with pytest.raises(NotFound):
        queries.profile_page(vik, "cleo")


def test_promotion_changes_nothing_in_the_feed(cleo: Scope, vik: Scope, mallory: Scope, now: datetime) -> None:
    then = now - timedelta(hours=5)
    made = [cast.post(scope, then, f"#tag{at}") for at, scope in enumerate([cleo, vik, mallory] * 3)]
    engagement.like(vik, made[4], source=ORGANIC, now=then)
    before = [queries.feed_page(scope, now=now).items for scope in (None, vik)]
    order = [[item.post_id for item in items] for items in before]
    for post_id in made[::2]:
        posts.authorise(post_id, ads_only=False, now=then)
        posts.show_in_ads(post_id, now=then)
        for metric in ("likes", "comments", "shares", "favourites", "follows", "impressions"):
            tallies.add({TallyKey(post_id, 77, hour_of(then), metric): 1_000})
    after = [queries.feed_page(scope, now=now).items for scope in (None, vik)]
    assert [[item.post_id for item in items] for items in after] == order
    assert after[0][0] != before[0][0] or after[0][1] != before[0][1]  # The counts people see did change.


METRICS = ("impressions", "views_6s", "likes", "comments", "shares", "favourites", "follows")


@pytest.mark.parametrize("seed", range(3))
def test_the_feed_is_the_same_with_and_without_ads(
    cleo: Scope, vik: Scope, mallory: Scope, ada: Scope, now: datetime, seed: int
) -> None:
    """Whatever is promoted, withdrawn again, or brought by ads: nobody finds posts in another order, on any page."""
    chance = random.Random(seed)
    hours = [chance.randrange(2, 60) for _ in range(14)]
    made = [
        cast.post(chance.choice([cleo, vik, mallory]), now - timedelta(hours=age), f"#tag{at % 4}")
        for at, age in enumerate(hours)
    ]
    for post_id in chance.sample(made, 6):
        engagement.like(chance.choice([cleo, vik]), post_id, source=ORGANIC, now=now - timedelta(hours=2))

    def found(scope: Scope | None) -> list[int]:
        order: list[int] = []
        cursor: str | None = None
        while True:
            page = queries.feed_page(scope, cursor=cursor, size=5, now=now)
            order += [item.post_id for item in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return order

    before = [found(scope) for scope in (None, cleo, vik, mallory)]
    assert set(before[0]) == set(made)
    promoted = chance.sample(made, 7)
    for at, post_id in enumerate(promoted):
        posts.authorise(post_id, ads_only=False, now=now)
        posts.show_in_ads(post_id, now=now)
        key = [
            TallyKey(post_id, 70 + at, hour_of(now - timedelta(hours=chance.randrange(1, 40))), name)
            for name in METRICS
        ]
        tallies.add(dict.fromkeys(key, chance.randrange(1, 10**6)))
        # Somebody who looks at none of these feeds likes, keeps and shares what an ad showed them.
        for react in (engagement.like, engagement.favourite, engagement.share):
            react(ada, post_id, source=Source(70 + at, 7), now=now - timedelta(hours=2))
    assert [found(scope) for scope in (None, cleo, vik, mallory)] == before


def test_what_a_viewer_likes_comes_first(cleo: Scope, vik: Scope, mallory: Scope, now: datetime) -> None:
    then = now - timedelta(hours=5)
    bread = cast.post(cleo, then, "#bread")
    games = cast.post(mallory, then, "#games")
    assert feed(vik, now) == [games, bread]
    person = Person.objects.filter(pk=vik.person)
    person.update(interests=["bread"], born_on=date(1990, 1, 1))
    assert feed(vik, now) == [games, bread]  # What they may like because of it counts with their agreement alone,
    person.update(personalised=True)
    assert feed(vik, now) == [bread, games]
    person.update(born_on=now.date() - timedelta(days=17 * 365))
    assert feed(vik, now) == [games, bread]  # and never of minors.
    person.update(born_on=date(1990, 1, 1))
    engagement.follow(vik, Profile.objects.get(handle="mallory").pk, source=ORGANIC, now=then)
    assert feed(vik, now) == [games, bread]
    engagement.like(vik, games, source=ORGANIC, now=then)  # Known: others come first now.
    assert feed(vik, now) == [bread, games]


def test_pages_of_the_feed_stand_still(cleo: Scope, vik: Scope, mallory: Scope, now: datetime) -> None:
    made = [cast.post(scope, now - timedelta(hours=at)) for at, scope in enumerate([cleo, vik, mallory] * 4)]
    whole = feed(vik, now)
    assert sorted(whole) == sorted(made)
    found: list[int] = []
    cursor: str | None = None
    later = now
    for _ in range(4):
        page = queries.feed_page(vik, cursor=cursor, size=3, now=later)
        found += [item.post_id for item in page.items]
        cursor = page.next_cursor
        later += timedelta(hours=7)
        cast.post(cleo, later)  # What comes later does not move what was shown.
        engagement.like(mallory, made[-1], source=ORGANIC, now=later)
    assert (found, cursor) == (whole, None)


@pytest.mark.parametrize("cursor", ["x", "-", "1-", "-1", "1-2-3", "1-999999", "9" * 19 + "-1", "١-٢", "1.5-2"])
def test_a_cursor_that_is_none(cursor: str, now: datetime, db: None) -> None:
    with pytest.raises(FieldInvalid):
        queries.feed_page(None, cursor=cursor, now=now)


def test_sizes_are_bounded(now: datetime) -> None:
    for size in (0, 101):
        with pytest.raises(FieldInvalid):
            queries.feed_page(None, size=size, now=now)


def test_the_number_of_queries_does_not_grow(
    cleo: Scope, vik: Scope, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 6):
        for _ in range(count):
            post_id = cast.post(cleo, now, "#bread @vik", video_id=cast.video(cleo, now, has_sound=True))
            engagement.like(vik, post_id, source=ORGANIC, now=now)
        with django_assert_num_queries(13):
            queries.feed_page(vik, now=now)
        with django_assert_num_queries(7):
            queries.feed_page(None, now=now)
        with django_assert_num_queries(6):
            queries.post_page(vik, post_id)
        with django_assert_num_queries(11):
            queries.profile_page(vik, "cleo")
        with django_assert_num_queries(7):
            queries.tag_page(vik, "bread")


def test_pages_of_a_profile_a_tag_and_a_sound(cleo: Scope, vik: Scope, olu: Scope, now: datetime) -> None:
    video_id = cast.video(cleo, now, has_sound=True)
    made = [cast.post(cleo, now, "#Bread", video_id=video_id)]
    sound_id = Post.objects.get(pk=made[0]).sound_id
    assert sound_id is not None
    made += [cast.post(vik, now, "#bread", sound_id=sound_id) for _ in range(4)]
    private = cast.post(vik, now, "#bread", sound_id=sound_id, visibility=Visibility.PRIVATE)
    page = queries.sound_page(None, sound_id, size=2)
    assert (page.sound.handle, page.post_count) == ("cleo", 5)
    assert [item.post_id for item in page.posts.items] == [made[4], made[3]]
    rest = queries.sound_page(None, sound_id, cursor=page.posts.next_cursor, size=50)
    assert ([item.post_id for item in rest.posts.items], rest.posts.next_cursor) == ([made[2], made[1], made[0]], None)
    tag = queries.tag_page(vik, "#BREAD")
    assert (tag.tag, tag.post_count) == ("bread", 5)
    assert [item.post_id for item in tag.posts.items] == [private, *made[::-1]]
    nothing = queries.tag_page(None, "nobody")
    assert (nothing.post_count, nothing.posts.items) == (0, ())
    assert [item.post_id for item in queries.profile_page(None, "vik").posts.items] == made[:0:-1]
    with pytest.raises(NotFound):
        queries.sound_page(None, 1)
    with pytest.raises(FieldInvalid):
        queries.tag_page(None, "bread", cursor="x")
