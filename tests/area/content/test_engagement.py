from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.area.content import cast
from tests.chance import examples
from vonk.content import queries
from vonk.content.actions import comments, engagement, posts, profiles, tallies
from vonk.content.actions.tallies import TallyKey
from vonk.content.errors import FollowSelf
from vonk.content.models import Comment, Engagement, Follow, Profile, Tally
from vonk.content.queries import Bucket, Counts, TallyRow
from vonk.content.rules import ORGANIC, Source, Visibility
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound

pytestmark = pytest.mark.django_db

AD = Source(ad_id=77, decision_id=88)


def totals(post_id: int) -> dict[tuple[int, str], int]:
    return {
        (row.ad_id, row.metric): row.value
        for row in queries.tallies(
            post_ids=[post_id],
            start=datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")),
            end=datetime(2027, 1, 1, tzinfo=ZoneInfo("UTC")),
        )
    }


def profile_id(handle: str) -> int:
    return Profile.objects.get(handle=handle).pk


@pytest.mark.parametrize("kind", ["like", "favourite"])
def test_twice_is_once_and_taking_back_finds_its_source(kind: str, cleo: Scope, vik: Scope, now: datetime) -> None:
    act, undo, metric = getattr(engagement, kind), getattr(engagement, f"un{kind}"), f"{kind}s"
    post_id = cast.post(cleo, now)
    assert [act(vik, post_id, source=AD, now=now), act(vik, post_id, source=ORGANIC, now=now)] == [True, False]
    row = Engagement.objects.get()
    assert (row.kind, row.ad_id, row.decision_id, row.person_id, row.at) == (kind, 77, 88, vik.person, now)
    act(cleo, post_id, source=ORGANIC, now=now)
    assert totals(post_id) == {(77, metric): 1, (0, metric): 1}
    later = now + timedelta(days=2)
    assert [undo(vik, post_id, now=later), undo(vik, post_id, now=later)] == [True, False]
    assert totals(post_id) == {(77, metric): 0, (0, metric): 1}
    assert act(vik, post_id, source=ORGANIC, now=later) is True
    assert totals(post_id) == {(77, metric): 0, (0, metric): 2}
    assert Tally.objects.filter(value__lt=0).count() == 0


def test_every_share_counts(cleo: Scope, vik: Scope, now: datetime) -> None:
    post_id = cast.post(cleo, now)
    for source in (AD, AD, ORGANIC):
        engagement.share(vik, post_id, source=source, now=now)
    assert totals(post_id) == {(77, "shares"): 2, (0, "shares"): 1}


def test_following_from_a_post_and_from_a_profile(cleo: Scope, vik: Scope, mallory: Scope, now: datetime) -> None:
    post_id, cleos = cast.post(cleo, now), profile_id("cleo")
    assert engagement.follow(vik, cleos, post_id=post_id, source=AD, now=now) is True
    assert engagement.follow(vik, cleos, source=ORGANIC, now=now) is False
    assert engagement.follow(mallory, cleos, source=ORGANIC, now=now) is True
    assert totals(post_id) == {(77, "follows"): 1}
    row = Follow.objects.get(person_id=vik.person)
    assert (row.post_id, row.ad_id, row.decision_id) == (post_id, 77, 88)
    assert [engagement.unfollow(vik, cleos, now=now) for _ in range(2)] == [True, False]
    engagement.unfollow(mallory, cleos, now=now)
    assert (totals(post_id), Follow.objects.count()) == ({(77, "follows"): 0}, 0)


def test_whom_one_cannot_follow(cleo: Scope, vik: Scope, ada: Scope, olu: Scope, now: datetime) -> None:
    with pytest.raises(FollowSelf):
        engagement.follow(cleo, profile_id("cleo"), source=ORGANIC, now=now)
    identity = profiles.create_identity(ada, display_name="Ada's Shop", avatar=None, now=now)
    viks = cast.post(vik, now)
    profiles.ban(olu, profile_id("vik"), reason="spam", now=now)
    for followed, post_id in [(identity, None), (1, None), (profile_id("vik"), None), (profile_id("cleo"), viks)]:
        with pytest.raises(NotFound):
            engagement.follow(ada, followed, post_id=post_id, source=ORGANIC, now=now)
    assert Follow.objects.count() == 0


def test_only_what_is_there_for_a_person_can_be_engaged_with(
    cleo: Scope, vik: Scope, mallory: Scope, olu: Scope, now: datetime
) -> None:
    friends, private, removed, ads_only = (cast.post(cleo, now) for _ in range(4))
    posts.set_visibility(cleo, friends, Visibility.FRIENDS, now)
    posts.set_visibility(cleo, private, Visibility.PRIVATE, now)
    posts.remove(olu, removed, "not bread", now)
    posts.authorise(ads_only, ads_only=True, now=now)
    engagement.follow(vik, profile_id("cleo"), source=ORGANIC, now=now)
    engagement.follow(cleo, profile_id("vik"), source=ORGANIC, now=now)
    acts: list[Callable[[Scope, int], object]] = [
        lambda scope, post_id: engagement.like(scope, post_id, source=AD, now=now),
        lambda scope, post_id: engagement.favourite(scope, post_id, source=AD, now=now),
        lambda scope, post_id: engagement.share(scope, post_id, source=AD, now=now),
        lambda scope, post_id: engagement.comment(scope, post_id, "hi", source=AD, now=now),
        lambda scope, post_id: queries.comments(scope, post_id, Paging()),
    ]
    for act in acts:
        for post_id in (friends, private, removed, ads_only, 1):
            with pytest.raises(NotFound):
                act(mallory, post_id)
        act(vik, friends)
        act(cleo, private)
    assert not Engagement.objects.filter(person_id=mallory.person).exists()
    assert not Comment.objects.filter(person_id=mallory.person).exists()
    posts.show_in_ads(ads_only, now=now)  # Now everybody meets it as an ad.
    for act in acts:
        act(mallory, ads_only)
    posts.show_in_ads(private, now=now)
    with pytest.raises(NotFound):
        engagement.like(mallory, private, source=AD, now=now)


def test_comments(cleo: Scope, vik: Scope, mallory: Scope, olu: Scope, now: datetime) -> None:
    post_id = cast.post(cleo, now)
    first = engagement.comment(vik, post_id, " Lovely\r\n🥐 ", source=AD, now=now)
    second = engagement.comment(mallory, post_id, "Buy gold", source=ORGANIC, now=now)
    for text in ("", "   ", "x" * 501, "\x00"):
        with pytest.raises(FieldInvalid):
            engagement.comment(vik, post_id, text, source=ORGANIC, now=now)
    assert totals(post_id) == {(77, "comments"): 1, (0, "comments"): 1}

    def shown(scope: Scope | None) -> list[tuple[int, str, str, bool, bool, bool]]:
        page = queries.comments(scope, post_id, Paging())
        return [(row.id, row.handle, row.text, row.own, row.hidden, row.may_hide) for row in page.items]

    assert shown(vik) == [
        (second, "mallory", "Buy gold", False, False, False),
        (first, "vik", "Lovely\n🥐", True, False, False),
    ]
    for scope in (vik, mallory, olu):
        with pytest.raises(NotFound):
            comments.hide_comment(scope, second, now)
    comments.hide_comment(cleo, second, now)
    comments.hide_comment(cleo, second, now)
    assert [row[0] for row in shown(None)] == [first]
    assert [(row[0], row[4]) for row in shown(mallory)] == [(second, True), (first, False)]
    assert [(row[0], row[5]) for row in shown(cleo)] == [(second, True), (first, True)]
    comments.show_comment(cleo, second, now)
    assert [row[0] for row in shown(None)] == [second, first]

    for scope in (mallory, cleo):
        with pytest.raises(NotFound):
            engagement.delete_comment(scope, first, now)
    engagement.delete_comment(vik, first, now)
    engagement.delete_comment(vik, first, now)
    engagement.delete_comment(olu, second, now)
    assert shown(None) == []
    assert totals(post_id) == {(77, "comments"): 0, (0, "comments"): 0}


def test_tallies_by_bucket(cleo: Scope, now: datetime) -> None:
    post_id, other = cast.post(cleo, now), cast.post(cleo, now)
    hours = [now.replace(day=1, hour=22), now.replace(day=1, hour=23), now.replace(day=2, hour=1)]
    for hour_at in hours:
        tallies.add({TallyKey(post_id, 0, hour_at, "impressions"): 2, TallyKey(post_id, 7, hour_at, "likes"): 1})
    tallies.add({TallyKey(other, 7, hours[0], "likes"): 5, TallyKey(other, 8, hours[0], "likes"): 0})
    zone = ZoneInfo("Europe/Amsterdam")
    start, end = datetime(2026, 3, 1, tzinfo=zone), datetime(2026, 3, 3, tzinfo=zone)
    days = [datetime(2026, 3, day, tzinfo=zone) for day in (1, 2)]
    assert queries.tallies(post_ids=[post_id], start=start, end=end, by=Bucket.DAY, tz=zone) == [
        TallyRow(post_id, 0, days[0], "impressions", 2),
        TallyRow(post_id, 0, days[1], "impressions", 4),
        TallyRow(post_id, 7, days[0], "likes", 1),
        TallyRow(post_id, 7, days[1], "likes", 2),
    ]
    assert queries.tallies(ad_ids=[7], start=hours[0], end=hours[2], by=Bucket.TOTAL) == [
        TallyRow(post_id, 7, None, "likes", 2),
        TallyRow(other, 7, None, "likes", 5),
    ]
    assert queries.tallies(ad_ids=[7], post_ids=[post_id], start=hours[1], end=hours[2], by=Bucket.HOUR) == [
        TallyRow(post_id, 7, hours[1], "likes", 1)
    ]
    assert queries.counts([post_id, other, 1]) == {post_id: Counts(likes=3), other: Counts(likes=5)}


def test_many_counters_in_one_go(cleo: Scope, now: datetime) -> None:
    post_id = cast.post(cleo, now)
    hour_at = now.replace(minute=0)
    increments = {TallyKey(post_id, ad_id, hour_at, "impressions"): ad_id for ad_id in range(1_203)}
    tallies.add(increments)
    tallies.add(increments)
    assert dict(Tally.objects.values_list("ad_id", "value")) == {ad_id: 2 * ad_id for ad_id in range(1, 1_203)}


STEPS = st.lists(st.tuples(st.sampled_from(["like", "unlike", "favourite", "unfavourite", "share"]), st.integers(0, 2), st.booleans()), max_size=25)  # fmt: skip


@settings(max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_total_is_organic_and_paid_and_counts_what_is_there(
    steps: list[tuple[str, int, bool]], cleo: Scope, vik: Scope, mallory: Scope, now: datetime
) -> None:
    post_id = cast.post(cleo, now)
    people = (cleo, vik, mallory)
    for at, (act, who, paid) in enumerate(steps):
        when = now + timedelta(minutes=40 * at)
        values = {} if act.startswith("un") else {"source": AD if paid else ORGANIC}
        getattr(engagement, act)(people[who], post_id, now=when, **values)
    rows = list(Engagement.objects.filter(post_id=post_id).values_list("kind", "ad_id"))
    expected = {
        (ad_id, f"{kind}s"): rows.count((kind, ad_id)) for kind in ("like", "favourite", "share") for ad_id in (0, 77)
    }
    found = totals(post_id)
    assert {key: found.get(key, 0) for key in expected} == expected
    assert not Tally.objects.filter(value__lt=0).exists()
