"""Ranking is pure; its formula is in the module's docstring."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.content.queries.cards import Candidate, Taste
from vonk.discovery import ranking

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def post(post_id: int, *, by: int | None = None, age_hours: float = 48, tags: str = "", **engagement: int) -> Candidate:
    created_at = NOW - timedelta(hours=age_hours)
    return Candidate(post_id, post_id if by is None else by, created_at, frozenset(tags.split()), engagement)


def test_candidates_know_nothing_of_ads() -> None:
    assert Candidate.__struct_fields__ == ("post_id", "profile_id", "created_at", "tags", "engagement")


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
    ],
)
def test_the_score(candidate: Candidate, expected: float) -> None:
    taste = Taste(follows=frozenset({7}), interests=frozenset({"bread"}), known=frozenset({9}))
    assert ranking.score(candidate, taste, NOW) == pytest.approx(expected)


def test_equal_posts_stand_newest_first() -> None:
    assert ranking.rank([post(1), post(3), post(2)], Taste(), NOW) == [3, 2, 1]


def test_creators_are_mixed() -> None:
    loud = [post(at, by=1, age_hours=0, likes=50) for at in range(10, 14)]
    quiet = [post(at, by=at) for at in range(2, 6)]
    assert ranking.rank(loud + quiet, Taste(), NOW) == [13, 5, 4, 12, 3, 2, 11, 10]


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
