"""What viewers and posts have in common, found from who watched what: matrix factors by alternating least squares.

Each viewer and each post is a short vector; their product is high where such a viewer watches such a post. The
factors minimise

    sum over all pairs of c · (p − viewer · post)² + REGULARISATION · (|viewer|² + |post|²)

    p   1 where there is a sign of liking, 0 elsewhere
    c   1 + CONFIDENCE · weight of the sign, 1 where there is none

(Hu, Koren and Volinsky 2008). Each half-step is solved by a few steps of conjugate gradients, for all rows at once
(Takács, Pilászy and Tikk 2011), so that the pairs without a sign cost nothing. Same signs and seed, same factors.
"""

from typing import Final, NamedTuple

import numpy as np
import scipy.sparse as sp

from vonk.delivery.prediction.plan import Floats, Ints

WIDTH: Final = 32  # Numbers a vector: 64 and 128 remember, and find less that is new.
REGULARISATION: Final = 1.0
CONFIDENCE: Final = 20.0
ROUNDS: Final = 10
STEPS: Final = 3  # Of conjugate gradients in each half-step; each round begins where the last one ended.
POPULARITY_WEIGHT: Final = 1.0
_TINY: Final = 1e-12


class Signs(NamedTuple):
    """Signs of liking: the places of viewer and post, and how much each says (a long view 1). Pairs may repeat."""

    viewer: Ints
    post: Ints
    weight: Floats


class Factors(NamedTuple):
    """A vector for each viewer and each post; zeros for those of whom nothing is known."""

    viewers: Floats
    posts: Floats


def factor(signs: Signs, viewers: int, posts: int, *, seed: int, width: int = WIDTH) -> Factors:
    """Return the factors of so many viewers and posts by these signs; weights are above 0."""
    by_viewer = sp.csr_matrix((signs.weight * CONFIDENCE, (signs.viewer, signs.post)), shape=(viewers, posts))
    by_post = by_viewer.T.tocsr()
    chance = np.random.default_rng(seed)
    of_viewers = chance.normal(0, 0.01, (viewers, width))
    of_posts = chance.normal(0, 0.01, (posts, width))
    for _ in range(ROUNDS):
        of_viewers = _solved(by_viewer, of_viewers, of_posts)
        of_posts = _solved(by_post, of_posts, of_viewers)
    return Factors(of_viewers, of_posts)


def viewer_by(posts: Floats, watched: Ints, weight: Floats, square: Floats | None = None) -> Floats:
    """Return the vector of one viewer by what they watched, exactly; of somebody who came after the factors too.

    ``square`` is ``posts.T @ posts``, where it has been worked out before.
    """
    seen = posts[watched]
    confidence = weight[:, None] * CONFIDENCE
    left = (
        (posts.T @ posts if square is None else square)
        + REGULARISATION * np.eye(posts.shape[1])
        + seen.T @ (seen * confidence)
    )
    found: Floats = np.linalg.solve(left, (seen * (1 + confidence)).sum(axis=0))
    return found


def blended(liking: Floats, recent: Floats) -> Floats:
    """Return the scores of posts: how much a viewer is like them, and how often they were liked of late.

    ``liking`` [viewers, posts] are products of vectors, ``recent`` [posts] counts of long views; each is brought to
    mean 0 and deviation 1 over the posts, counts by their logarithm. A viewer of whom nothing is known gets the order
    of popularity.
    """
    return _standard(liking) + POPULARITY_WEIGHT * _standard(np.log1p(np.maximum(recent, 0))[None, :])


def _standard(values: Floats) -> Floats:
    deviation = values.std(axis=1, keepdims=True)
    mean = values.mean(axis=1, keepdims=True)
    found: Floats = np.divide(values - mean, deviation, out=np.zeros_like(values), where=deviation > _TINY)
    return found


def _solved(confidence: sp.csr_matrix, start: Floats, others: Floats) -> Floats:
    """Return the best rows for the other side's vectors: for each (YᵀCY + rI) x = YᵀCp by conjugate gradients."""
    square = others.T @ others + REGULARISATION * np.eye(others.shape[1])
    row = np.repeat(np.arange(confidence.shape[0]), np.diff(confidence.indptr))
    met = others[confidence.indices]
    wanted = sp.csr_matrix((confidence.data + 1, confidence.indices, confidence.indptr), shape=confidence.shape)

    def applied(x: Floats) -> Floats:
        products = np.einsum("ij,ij->i", x[row], met) * confidence.data
        weighed = sp.csr_matrix((products, confidence.indices, confidence.indptr), shape=confidence.shape)
        return np.asarray(x @ square + weighed @ others)

    x = np.where(np.diff(confidence.indptr)[:, None] > 0, start, 0.0)
    left = np.asarray(wanted @ others) - applied(x)
    towards = left.copy()
    length = np.einsum("ij,ij->i", left, left)
    for _ in range(STEPS):
        moved = applied(towards)
        step = length / np.maximum(np.einsum("ij,ij->i", towards, moved), _TINY)
        x = x + step[:, None] * towards
        left = left - step[:, None] * moved
        after = np.einsum("ij,ij->i", left, left)
        towards = left + (after / np.maximum(length, _TINY))[:, None] * towards
        length = after
    return x
