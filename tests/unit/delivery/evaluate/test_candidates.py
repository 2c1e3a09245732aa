"""Posts are found for viewers by what such viewers watched, and the measure tells so."""

import numpy as np
import pytest

from tests.unit.delivery.evaluate.test_evaluate import kept, record
from vonk.delivery.evaluate import candidates, feed
from vonk.delivery.evaluate.errors import FeedDaysEmpty
from vonk.delivery.prediction import factors

VIEWERS, POSTS = 60, 40


def two_tastes(seed: int = 3) -> factors.Signs:
    """Even viewers watch even posts, odd ones odd posts, each a third of them."""
    chance = np.random.default_rng(seed)
    pairs = [(v, p) for v in range(VIEWERS) for p in range(v % 2, POSTS, 2) if chance.random() < 1 / 3]
    viewer, post = np.array(pairs).T
    return factors.Signs(viewer, post, np.ones(len(pairs)))


def test_viewers_are_like_the_posts_that_their_kind_watches() -> None:
    found = factors.factor(two_tastes(), VIEWERS, POSTS, seed=1, width=4)
    products = found.viewers @ found.posts.T
    alike = (np.arange(VIEWERS)[:, None] - np.arange(POSTS)[None, :]) % 2 == 0
    assert products[alike].mean() > 4 * abs(products[~alike].mean())
    assert (np.argsort(-products, axis=1)[:, :15] % 2 == np.arange(VIEWERS)[:, None] % 2).mean() > 0.95


def test_conjugate_gradients_come_to_the_exact_solution() -> None:
    signs = two_tastes()
    found = factors.factor(signs, VIEWERS, POSTS, seed=1, width=4)
    mine = signs.viewer == 7
    exact = factors.viewer_by(found.posts, signs.post[mine], signs.weight[mine])
    assert np.abs(exact @ found.posts.T - found.viewers[7] @ found.posts.T).max() < 0.1


def test_same_signs_and_seed_give_the_same_factors() -> None:
    once, again = (factors.factor(two_tastes(), VIEWERS, POSTS, seed=5, width=4) for _ in range(2))
    assert np.array_equal(once.posts, again.posts)
    assert np.array_equal(once.viewers, again.viewers)


def test_of_whom_nothing_is_known_popularity_decides() -> None:
    signs = two_tastes()
    found = factors.factor(signs, VIEWERS + 1, POSTS, seed=1, width=4)
    recent = np.arange(POSTS, dtype=np.float64)
    assert not found.viewers[VIEWERS].any()
    scores = factors.blended(found.viewers[[VIEWERS]] @ found.posts.T, recent)
    assert np.argsort(-scores[0]).tolist() == list(range(POSTS))[::-1]


def test_a_post_or_a_site_without_signs_is_no_error() -> None:
    nobody = factors.Signs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    found = factors.factor(nobody, 3, 2, seed=1, width=4)
    assert np.isfinite(found.viewers).all()
    assert np.isfinite(found.posts).all()
    assert np.array_equal(factors.blended(found.viewers @ found.posts.T, np.zeros(2)), np.zeros((3, 2)))


def test_what_was_shown_before_is_not_found_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = feed.read(kept(tmp_path_factory.mktemp("feed"), record()))
    found = candidates.evaluate(made, 20220429)
    # There are fewer than a hundred posts, so all are found but those that the viewer was shown before: about as many
    # as were watched long for the first time.
    assert found.days == (20220429,)
    assert 0 < found.recall < 1
    keys = made.impressions.user * 1_000 + made.impressions.video
    before = made.impressions.date < 20220429
    later = (made.impressions.date == 20220429) & (made.impressions.labels[:, 2] == 1)
    assert np.isin(keys[later], keys[before]).any()


def test_days_without_long_views_are_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = feed.read(kept(tmp_path_factory.mktemp("feed"), record()))
    with pytest.raises(FeedDaysEmpty):
        candidates.evaluate(made, 20220601)
    with pytest.raises(FeedDaysEmpty):
        candidates.evaluate(
            made._replace(impressions=made.impressions._replace(labels=np.zeros_like(made.impressions.labels))), None
        )
