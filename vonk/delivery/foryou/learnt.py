"""What was learnt for the feed, as it is served: vectors of posts, how they did, and four heads.

No viewer is in it. A viewer's vector is worked out when their feed is asked for, from what is remembered of them at that
moment (``factors.viewer_by``): who is erased, or agrees no more, has none from then on.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vonk.core.signs import Look, Wants
from vonk.delivery.prediction import factors
from vonk.delivery.prediction.plan import Floats, Ints

HEADS: Final = ("long_view", "like", "follow", "hide")
WORTH: Final = np.array([1.0, 1.0, 2.0, -4.0])  # Of what a head foretells, a long view being 1.
OF_POST: Final = ("bias", "liking", "popular", "quality", "known")
COLUMNS: Final = OF_POST + Look._fields
QUALITY_PRIOR: Final = (3.0, 7.0)  # Long views and others, before any is known of a post.
_TINY: Final = 1e-9


class Posts(NamedTuple):
    """What was learnt of posts; ids sorted. ``recent`` and ``long`` count long views, ``shown`` meetings."""

    ids: Ints
    vectors: Floats
    recent: Floats
    shown: Ints
    long: Ints


class ForYou:
    """Answers for one file; safe for several threads. Implements ``core.signs.Learnt``."""

    def __init__(self, posts: Posts, weights: Floats, *, until_ms: int, version: str = "") -> None:
        self.posts, self.weights, self.until_ms, self.version = posts, weights, until_ms, version
        self._vectors = posts.vectors.astype(np.float32)
        self._square = posts.vectors.T @ posts.vectors
        popular = np.log1p(posts.recent)
        self._popular = _standard(popular)
        likes, others = QUALITY_PRIOR
        self._quality = np.log((posts.long + likes) / (np.maximum(posts.shown - posts.long, 0) + others))
        self._unknown_quality = float(np.log(likes / others))
        self._trending = posts.ids[np.argsort(-popular, kind="stable")]

    def near(self, wants: Wants, leave_out: Sequence[int], at_most: int) -> list[int]:
        liking = self.liking(wants)
        if liking is None or not len(self.posts.ids):
            return []
        scores = liking + factors.POPULARITY_WEIGHT * self._popular
        scores[liking <= 0] = -np.inf  # Liked less than usual: nothing speaks for them but that others like them.
        places, known = self._places(leave_out)
        scores[places[known]] = -np.inf
        places, known = self._places(wants.posts)  # What speaks for others is known already.
        scores[places[known]] = -np.inf
        count = min(at_most, len(scores))
        best = np.argpartition(-scores, count - 1)[:count]
        best = best[np.isfinite(scores[best])]
        return [int(one) for one in self.posts.ids[best[np.argsort(-scores[best], kind="stable")]]]

    def trending(self, at_most: int) -> list[int]:
        return [int(one) for one in self._trending[:at_most]]

    def tried(self, post_ids: Sequence[int]) -> list[int]:
        places, known = self._places(post_ids)
        if not known.any():
            return [0] * len(post_ids)
        return [int(one) for one in np.where(known, self.posts.shown[places], 0)]

    def worths(self, wants: Wants, post_ids: Sequence[int], looks: Sequence[Look]) -> list[float]:
        if not post_ids:
            return []
        columns = self.columns(self.liking(wants), post_ids, np.array(looks, np.float64))
        return [float(one) for one in self.chances(columns) @ WORTH]

    def chances(self, columns: Floats) -> Floats:
        """Return the chance of each head for each row."""
        found: Floats = 1 / (1 + np.exp(-np.clip(columns @ self.weights.T, -30, 30)))
        return found

    def liking(self, wants: Wants) -> Floats | None:
        """Return how much the viewer is like each post's viewers, at mean 0 and deviation 1; None where nothing says."""
        places, known = self._places(wants.posts)
        if not known.any():
            return None
        weights = np.asarray(wants.weights, np.float64)[known]
        vector = factors.viewer_by(self.posts.vectors, places[known], weights, self._square)
        return _standard((self._vectors @ vector.astype(np.float32)).astype(np.float64))

    def columns(self, liking: Floats | None, post_ids: Sequence[int], looks: Floats) -> Floats:
        """Return the rows that the heads read: what was learnt of each post, and how it looks to the viewer."""
        places, known = self._places(post_ids)
        found = np.zeros((len(post_ids), len(COLUMNS)))
        found[:, 0] = 1
        found[:, 3] = self._unknown_quality
        if known.any():
            at = places[known]
            found[known, 1] = liking[at] if liking is not None else 0
            found[known, 2], found[known, 3], found[known, 4] = self._popular[at], self._quality[at], 1
        found[:, len(OF_POST) :] = looks
        return found

    def _places(self, post_ids: Sequence[int]) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """Return where the posts are, and which of them are at all."""
        wanted = np.asarray(post_ids, np.int64)
        if not len(self.posts.ids):
            return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
        places = np.minimum(np.searchsorted(self.posts.ids, wanted), len(self.posts.ids) - 1)
        return places, self.posts.ids[places] == wanted


def _standard(values: Floats) -> Floats:
    deviation = float(values.std()) if len(values) else 0.0
    found: Floats = (values - values.mean()) / deviation if deviation > _TINY else np.zeros_like(values)
    return found
