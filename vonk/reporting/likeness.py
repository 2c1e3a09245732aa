"""Who watches like whom: numbers alone, without names (delivery science §9). Pure.

A person is a vector: what they watched, as the logarithm of how often, weighted by how few others watched it, brought to
RANK dimensions by a truncated singular value decomposition and to length one. Whom the seeds are like is learnt by a
logistic regression of them against RANDOM_PER_SEED times as many others, and everybody is scored by it. On a held-out
week of a real feed that put 1.31 times as many later actors into the highest tenth as chance (AUC .56).
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import svds
from scipy.special import expit

RANK: Final = 64
RANDOM_PER_SEED: Final = 10
REGULARISED: Final = 0.3  # C: the weight of what is observed against that of small coefficients.
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def vectors(people: Ints, items: Ints, counts: Ints, *, seed: int) -> Floats:
    """Return the vector of each person 0, 1, … up to the highest, [people, at most RANK], of length one or zero.

    Person ``people[i]`` watched item ``items[i]`` ``counts[i]`` times; a pair stands there once. The same input gives
    the same vectors. ValueError for fewer than two people or items: nothing can be compared.
    """
    shape = int(people.max(initial=-1)) + 1, int(items.max(initial=-1)) + 1
    if min(shape) < 2:
        raise ValueError("fewer than two people or items")
    watchers = np.bincount(items, minlength=shape[1])
    weights = np.log1p(counts) * np.log((1 + shape[0]) / (1 + watchers[items]))
    watched = csr_matrix((weights, (people, items)), shape=shape)
    rank = min(RANK, min(shape) - 1)
    start = np.random.default_rng(seed).standard_normal(min(shape))
    left, values, _ = svds(watched, k=rank, v0=start)
    found: Floats = left * values
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    whole: Floats = np.divide(found, lengths, out=np.zeros_like(found), where=lengths > 1e-12)
    return whole


def scores(of: Floats, seeds: Ints, *, seed: int) -> Floats:
    """Return how much each person is like the seeds, [people]: the higher the liker. The same input gives the same scores."""
    random = np.random.default_rng(seed)
    others = np.setdiff1d(np.arange(len(of)), seeds)
    drawn = random.choice(others, size=min(len(others), RANDOM_PER_SEED * len(seeds)), replace=False)
    rows = np.concatenate([of[seeds], of[drawn]])
    labels = np.concatenate([np.ones(len(seeds)), np.zeros(len(drawn))])
    weights, bias = _regress(rows, labels)
    found: Floats = of @ weights + bias
    return found


def likest(found: Floats, among: Ints, count: int) -> Ints:
    """Return the ``count`` of the people who are likest, of equals the first."""
    order = np.lexsort((among, -found[among]))
    picked: Ints = among[order[:count]]
    return picked


def _regress(rows: Floats, labels: Floats) -> tuple[Floats, float]:
    """Return coefficients and intercept of a logistic regression with squared coefficients held small."""

    def loss(guess: Floats) -> tuple[float, Floats]:
        weights, bias = guess[:-1], guess[-1]
        logits = rows @ weights + bias
        errors = expit(logits) - labels
        value = 0.5 * weights @ weights + REGULARISED * np.sum(np.logaddexp(0.0, logits) - labels * logits)
        slope = np.append(weights + REGULARISED * (rows.T @ errors), REGULARISED * errors.sum())
        return float(value), slope

    answer: Any = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B")
    return answer.x[:-1], float(answer.x[-1])
