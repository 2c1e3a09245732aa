"""Who is like whom, on viewers whose tastes are known."""

import numpy as np
import pytest

from vonk.reporting import likeness

PEOPLE, POSTS = 400, 80


def watched(seed: int = 1) -> tuple[likeness.Ints, likeness.Ints, likeness.Ints]:
    """Each second person mostly watches the first half of the posts, the others the second half."""
    random = np.random.default_rng(seed)
    taste = np.arange(PEOPLE) % 2
    likes = np.arange(POSTS) * 2 // POSTS
    chance = np.where(taste[:, None] == likes[None, :], 0.25, 0.05)
    people, posts = np.nonzero(random.random((PEOPLE, POSTS)) < chance)
    return people, posts, random.integers(1, 6, len(people))


def test_who_watches_as_the_seeds_do_is_like_them() -> None:
    of = likeness.vectors(*watched(), seed=7)
    seeds = np.arange(0, 200, 2)
    others = np.setdiff1d(np.arange(PEOPLE), seeds)
    found = likeness.likest(likeness.scores(of, seeds, seed=7), others, 60)
    assert (found % 2 == 0).mean() > 0.9, "A third of the others have the seeds' taste."
    assert not set(found) & set(seeds)


def test_the_same_input_gives_the_same_people() -> None:
    def once() -> list[float]:
        of = likeness.vectors(*watched(), seed=3)
        return [float(one) for one in likeness.scores(of, np.arange(100), seed=3)]

    assert once() == once()


def test_vectors_have_length_one_or_none() -> None:
    people, posts, counts = watched()
    shown = people != 5  # Who watched nothing is like nobody.
    of = likeness.vectors(people[shown], posts[shown], counts[shown], seed=1)
    lengths = np.linalg.norm(of, axis=1)
    assert of.shape == (PEOPLE, likeness.RANK)
    assert lengths[5] == 0
    assert np.delete(lengths, 5) == pytest.approx(1)


def test_one_person_is_compared_with_nobody() -> None:
    alone = np.zeros(3, dtype=np.int64)
    with pytest.raises(ValueError, match="fewer than two"):
        likeness.vectors(alone, np.arange(3), alone + 1, seed=1)


def test_of_equals_the_first_are_taken() -> None:
    assert list(likeness.likest(np.array([1.0, 2.0, 2.0, 2.0]), np.array([3, 0, 2]), 2)) == [2, 3]
