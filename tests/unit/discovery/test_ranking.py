"""Ranking is pure; its formula is in the module's docstring."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.content.queries.candidates import Candidate, Taste
from vonk.discovery import ranking

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def post(post_id: int, *, by: int | None = None, age_hours: float = 48, tags: str = "", **engagement: int) -> Candidate:
    created_at = NOW - timedelta(hours=age_hours)
    return Candidate(post_id, post_id if by is None else by, created_at, frozenset(tags.split()), engagement)


def test_candidates_know_nothing_of_ads() -> None:
    assert Candidate.__struct_fields__ == ("post_id", "profile_id", "created_at", "tags", "engagement", "sound_id")


@pytest.mark.parametrize(
    ("candidate", "expected"),
    [
        (post(1), 1.5),
        (post(1, age_hours=0), 3.0),
        (post(1, age_hours=-5), 3.0),
        (post(1, likes=1, comments=1, favourites=1, shares=1, follows=1), 1.5 + 2.5649493574615367),
        (post(1, likes=-3, impressions=10_000), 1.5),
        (post(1, tags="bread night"), 3.0),
        (post(1, by=7), 3.5),
        (post(9), -2.5),
        (post(1, tags="noise"), -0.5),
        (post(1, tags="noise bread"), 1.0),
    ],
)
def test_the_score(candidate: Candidate, expected: float) -> None:
    taste = Taste(frozenset({7}), frozenset({"bread"}), frozenset({9}), frozenset({"noise"}))
    assert ranking.score(candidate, taste, NOW) == pytest.approx(expected)


def test_hashtags_of_several_posts_that_were_put_away_are_unwanted_unless_liked_elsewhere() -> None:
    away = [frozenset({"noise", "food"}), frozenset({"noise", "food", "once"})]

    assert ranking.unwanted_of(away, {"food"}) == {"noise"}
    assert ranking.unwanted_of(away[:1], ()) == frozenset()


def test_an_unwanted_post_is_never_the_one_for_discovery() -> None:
    taste = Taste(unwanted=frozenset({"noise"}))

    assert [ranking.is_discovery(one, taste) for one in (post(1, tags="noise"), post(2))] == [False, True]


def test_equal_posts_stand_newest_first() -> None:
    assert ranking.rank([post(1), post(3), post(2)], Taste(), NOW) == [3, 2, 1]


def test_creators_are_mixed() -> None:
    loud = [post(at, by=1, age_hours=0, likes=50) for at in range(10, 14)]
    quiet = [post(at, by=at) for at in range(2, 6)]
    assert ranking.rank(loud + quiet, Taste(), NOW) == [13, 5, 4, 12, 3, 2, 11, 10]


def scoring(post_id: int, value: float, by: int | None = None) -> Candidate:
    return post(post_id, by=by, age_hours=48 * math.log2(3 / value))


@pytest.mark.parametrize(("other", "expected"), [(1.85, [11, 3, 2, 10, 1]), (1.9, [11, 3, 2, 1, 10])])
def test_a_creators_second_post_counts_five_eighths(other: float, expected: list[int]) -> None:
    """Both of creator 50's score 3, so the second counts as 1.875."""
    posts = [scoring(11, 3, by=50), scoring(10, 3, by=50), scoring(3, 2.5), scoring(2, 2.4), scoring(1, other)]
    assert ranking.rank(posts, Taste(), NOW) == expected


def test_every_third_place_is_for_what_the_viewer_did_not_ask_for() -> None:
    asked_for = [post(at, by=at, tags="bread", age_hours=0) for at in range(20, 28)]
    new = [post(at, by=at, age_hours=400) for at in range(2, 4)]
    taste = Taste(interests=frozenset({"bread"}))
    assert ranking.rank(asked_for + new, taste, NOW) == [27, 26, 3, 25, 24, 2, 23, 22, 21, 20]
    assert ranking.rank(asked_for + new, Taste(), NOW)[-2:] == [3, 2]  # Of whom nothing is known, all is discovery.


def test_what_is_followed_liked_or_known_is_no_discovery() -> None:
    taste = Taste(follows=frozenset({7}), interests=frozenset({"bread"}), known=frozenset({9}))
    posts = [post(1), post(2, by=7), post(3, tags="bread"), post(9)]
    assert [ranking.is_discovery(one, taste) for one in posts] == [True, False, False, False]


@given(
    st.lists(
        st.builds(
            post,
            st.integers(1, 10**6),
            by=st.integers(1, 4),
            age_hours=st.floats(0, 500),
            likes=st.integers(0, 50),
        ),
        max_size=30,
        unique_by=lambda candidate: candidate.post_id,
    )
)
def test_every_post_has_one_place_whatever_order_they_come_in(posts: list[Candidate]) -> None:
    ranked = ranking.rank(posts, Taste(), NOW)
    assert sorted(ranked) == sorted(candidate.post_id for candidate in posts)
    assert ranking.rank(posts[::-1], Taste(), NOW) == ranked
