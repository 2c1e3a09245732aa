"""How many of the posts that viewers will watch long are among those that would be found for them.

Learnt from the histories and the record's days before the first judged; judged by each viewer's long views of the next
three days. What a viewer was shown before is not found again.
"""

from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from vonk.delivery.evaluate.errors import FeedDaysEmpty
from vonk.delivery.evaluate.feed import Feed, Lists
from vonk.delivery.evaluate.histories import place
from vonk.delivery.prediction import factors
from vonk.delivery.prediction.plan import Floats, Ints

JUDGED_DAYS: Final = 3
RECENT_DAYS: Final = 3
FOUND: Final = 100
RANKED: Final = 20
LONG_WEIGHT: Final = 1.0
LIKE_WEIGHT: Final = 1.0  # On top of a long view's.
WATCHED_WEIGHT: Final = 0.2  # Whatever was opened or begun; on top of it a long view's.
SEED: Final = 1
_WEIGHTS: Final = (LONG_WEIGHT, LIKE_WEIGHT, WATCHED_WEIGHT)
_AT_ONCE: Final = 1_000  # Viewers whose scores are in memory together.
_SEEN: Final = -1e9


class Candidates(msgspec.Struct, frozen=True):
    """Means over viewers. ``recall``: share of a viewer's long views among the best 100; ``ndcg`` of the best 20."""

    recall: float = msgspec.field(name="recall@100")
    ndcg: float = msgspec.field(name="ndcg@20")
    popular_recall: float  # Of the same viewers by recent popularity alone.
    viewers: int
    days: tuple[int, ...]


class _Known(NamedTuple):
    """What is known before the days judged, and what was watched long on them; viewers and posts as places."""

    viewers: int
    posts: int
    signs: factors.Signs
    recent: Floats
    seen: Ints  # Sorted keys of pairs: viewer · posts + post.
    later: Ints  # Sorted keys of pairs.
    days: tuple[int, ...]


def evaluate(feed: Feed, test_from: int | None) -> Candidates:
    """Return how well posts are found for viewers from the date, of the record's last three days where None.

    Raises FeedDaysEmpty where there are no long views to learn from or to judge by.
    """
    known = _known(feed, test_from)
    found = factors.factor(known.signs, known.viewers, known.posts, seed=SEED)
    viewers = np.unique(known.later // known.posts)
    recalls, gains, popular = [], [], []
    for start in range(0, len(viewers), _AT_ONCE):
        some = viewers[start : start + _AT_ONCE]
        seen, later = _pairs(known.seen, some, known.posts), _pairs(known.later, some, known.posts)
        scores = factors.blended(found.viewers[some] @ found.posts.T, known.recent)
        recall, gain = _judged(scores, seen, later)
        recalls.append(recall)
        gains.append(gain)
        popular.append(_judged(np.tile(known.recent, (len(some), 1)), seen, later)[0])
    mean = [round(float(np.concatenate(values).mean()), 4) for values in (recalls, gains, popular)]
    return Candidates(mean[0], mean[1], mean[2], len(viewers), known.days)


def _known(feed: Feed, test_from: int | None) -> _Known:
    shown, past = feed.impressions, feed.histories
    dates = np.unique(shown.date)
    judged = dates[dates >= test_from][:JUDGED_DAYS] if test_from is not None else dates[-JUDGED_DAYS:]
    if not len(judged):
        raise FeedDaysEmpty(purpose="find candidates for from", days=test_from or 0)
    users = np.unique(np.concatenate([shown.user, past.user]))
    videos = np.unique(np.concatenate([shown.video, feed.videos.video, past.watched.video, past.long.video]))
    before = shown.date < judged[0]
    later = np.isin(shown.date, judged)
    long, like, opened = (shown.labels[:, shown.heads.index(head)] == 1 for head in ("long_view", "like", "click"))
    key = place(users, shown.user) * len(videos) + np.searchsorted(videos, shown.video)

    def past_keys(lists: Lists) -> Ints:
        kept = np.isin(lists.video, videos)
        rows = np.searchsorted(users, past.user)[lists.row[kept]]
        found: Ints = rows * len(videos) + np.searchsorted(videos, lists.video[kept])
        return found

    old = [past_keys(lists) for lists in (past.long, past.liked, past.watched)]
    marks = [
        (np.unique(np.concatenate([gone, key[before & now]])), weight)
        for gone, now, weight in zip(old, (long, like, opened | long), _WEIGHTS, strict=True)
    ]
    if not len(marks[0][0]) or not (later & long).any():
        raise FeedDaysEmpty(purpose="find candidates by, from", days=int(judged[0]))
    pairs = np.concatenate([keys for keys, _ in marks])
    weights = np.concatenate([np.full(len(keys), weight) for keys, weight in marks])
    recent = before & long & np.isin(shown.date, dates[dates < judged[0]][-RECENT_DAYS:])
    return _Known(
        len(users),
        len(videos),
        factors.Signs(pairs // len(videos), pairs % len(videos), weights),
        np.bincount(np.searchsorted(videos, shown.video[recent]), minlength=len(videos)).astype(np.float64),
        np.unique(np.concatenate([key[before], *old])),
        np.unique(key[later & long]),
        tuple(int(day) for day in judged),
    )


def _pairs(keys: Ints, viewers: Ints, posts: int) -> npt.NDArray[np.bool_]:
    """Return which posts pair with each of the viewers, both sorted."""
    found = np.zeros((len(viewers), posts), np.bool_)
    row = np.searchsorted(viewers, keys // posts)
    here = (row < len(viewers)) & (viewers[np.minimum(row, len(viewers) - 1)] == keys // posts)
    found[row[here], keys[here] % posts] = True
    return found


def _judged(scores: Floats, seen: npt.NDArray[np.bool_], later: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return recall and gain of each viewer; what was watched long again counts as missed, for it is not found."""
    unseen = np.where(seen, _SEEN, scores)
    found = min(FOUND, unseen.shape[1])
    some = np.argpartition(-unseen, found - 1, axis=1)[:, :found]
    best = np.take_along_axis(some, np.argsort(-np.take_along_axis(unseen, some, axis=1), axis=1), axis=1)
    hit = np.take_along_axis(later & ~seen, best, axis=1)
    wanted = later.sum(axis=1)
    discount = 1 / np.log2(np.arange(2, 2 + RANKED))
    most = np.cumsum(discount)[np.minimum(wanted, RANKED) - 1]
    gain = (hit[:, :RANKED] * discount[: hit[:, :RANKED].shape[1]]).sum(axis=1) / most
    return hit.sum(axis=1) / wanted, gain
