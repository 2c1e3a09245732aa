"""Learns the order of the feed from remembered meetings, and judges it on later ones. Pure.

What comes after the cut is held back: what is learnt before it must find as many of the later long views as the formula
that it would replace, and not fewer than what is served, which has not learnt them either. What passes is then learnt
from everything, by the same settings.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vonk.core.clock import DAY_MS, HOUR_MS
from vonk.core.signs import Look, Mark, Wants, weight
from vonk.delivery.foryou import heads
from vonk.delivery.foryou.learnt import HEADS, ForYou, Posts
from vonk.delivery.prediction import factors
from vonk.delivery.prediction.measures import measure
from vonk.delivery.prediction.plan import Floats, Ints
from vonk.delivery.trained.shelf import HeadCard

SEED: Final = 1
HELD_SHARE: Final = 0.2  # Of meetings, held back to judge by;
HEADS_SHARE: Final = 0.25  # of those before, the last part teaches the heads, by factors of what was before that.
RECENT_MS: Final = 3 * DAY_MS
HALF_LIFE_MS: Final = 48 * HOUR_MS  # As in the formula.
NEAR, TRENDING, NEWEST = 200, 50, 150  # Candidates, as ``discovery.queries`` takes them.
FOUND: Final = 100  # Posts among which later long views are looked for, and no more than
FOUND_SHARE: Final = 0.1  # of all posts, where these are few.
VIEWERS_MIN: Final = 5
LONGS_MIN: Final = 20
JUDGED_MAX: Final = 500  # Viewers.
ERRORS_WORSE: Final = 2.0  # Standard errors of the mean difference.
_LABELS: Final = (Mark.LONG, Mark.LIKED, Mark.FOLLOWED, Mark.HIDDEN)
Bools = npt.NDArray[np.bool_]


class Meetings(NamedTuple):
    """Who met which post, by place, in order of time, and what came of it."""

    viewer: Ints
    post: Ints
    marks: Ints
    at_ms: Ints


class Pool(NamedTuple):
    """The posts that were met, ids ascending. ``follows``: since when which viewer (by place) follows which creator."""

    ids: Ints
    creator: Ints
    created_ms: Ints
    tags: Sequence[frozenset[str]]
    follows: Mapping[tuple[int, int], int]


class Made(NamedTuple):
    """What was learnt of everything, and how its recipe did on what was held back."""

    learnt: ForYou
    from_ms: int
    cut_ms: int
    rows: int
    held_rows: int
    heads: dict[str, HeadCard]
    recall: dict[str, float]
    reasons: tuple[str, ...]


def cut_of(meetings: Meetings, served_until_ms: int) -> int:
    """Return from which instant meetings are held back: neither the recipe nor what is served has learnt those."""
    if not len(meetings.at_ms):
        return served_until_ms
    return max(int(np.quantile(meetings.at_ms, 1 - HELD_SHARE)), served_until_ms + 1)


def learn(meetings: Meetings, pool: Pool, *, cut_ms: int, lively: Floats, served: ForYou | None) -> Made | None:
    """Learn and judge; None while there is too little after the cut to judge by.

    ``lively``: organic engagement of each post in the week before the cut, weighed as the formula does.
    """
    before, later = meetings.at_ms < cut_ms, meetings.at_ms >= cut_ms
    past, held = _where(meetings, before), _where(meetings, later)
    trial = _fit(past, pool)
    judged = _judge(past, held, pool, lively=lively, trial=trial, served=served) if trial is not None else None
    whole = _fit(meetings, pool) if judged is not None else None
    if trial is None or whole is None or judged is None:
        return None
    return Made(
        whole,
        int(meetings.at_ms[0]),
        cut_ms,
        len(meetings.at_ms),
        len(held.at_ms),
        _heads(held, past, pool, trial),
        judged.recall,
        judged.reasons,
    )


def _fit(meetings: Meetings, pool: Pool) -> ForYou | None:
    """Return what these meetings teach; None where nothing was watched."""
    if not len(meetings.at_ms):
        return None
    inner = int(np.quantile(meetings.at_ms, 1 - HEADS_SHARE))
    first, last = _where(meetings, meetings.at_ms < inner), _where(meetings, meetings.at_ms >= inner)
    early = _factored(first, pool, np.zeros((len(HEADS), 0)))
    weights = np.zeros((len(HEADS), 0))
    if early is not None:
        weights = heads.fit(_columns(last, first, pool, early), _labels(last.marks))
    return _factored(meetings, pool, weights) if weights.size else None


def _factored(meetings: Meetings, pool: Pool, weights: Floats) -> ForYou | None:
    signs = np.array([weight(int(marks)) for marks in meetings.marks])
    kept = signs > 0
    if not kept.any():
        return None
    viewers = int(meetings.viewer.max()) + 1
    found = factors.factor(
        factors.Signs(meetings.viewer[kept], meetings.post[kept], signs[kept]), viewers, len(pool.ids), seed=SEED
    )
    long = (meetings.marks & Mark.LONG) > 0
    recent = long & (meetings.at_ms > meetings.at_ms[-1] - RECENT_MS)

    def counted(rows: Bools) -> Ints:
        return np.bincount(meetings.post[rows], minlength=len(pool.ids))

    shown = counted(np.ones(len(meetings.at_ms), np.bool_))
    met = shown > 0
    posts = Posts(
        pool.ids[met], found.posts[met], counted(recent)[met].astype(np.float64), shown[met], counted(long)[met]
    )
    return ForYou(posts, weights, until_ms=int(meetings.at_ms[-1]))


def _columns(rows: Meetings, history: Meetings, pool: Pool, learnt: ForYou) -> Floats:
    """Return what the heads read for each meeting, by what was known of the viewer before it, in ``history``."""
    parts, places, usual = [], [], _usual(pool)
    histories = _Histories(history)
    for viewer, at in _by_viewer(rows.viewer):
        known = histories.of(viewer)
        wants, taste = _wants(known, pool), _taste(known, pool, usual)
        looks = [_look(pool, int(rows.post[one]), viewer, int(rows.at_ms[one]), taste) for one in at]
        parts.append(
            learnt.columns(learnt.liking(wants), [int(one) for one in pool.ids[rows.post[at]]], np.array(looks))
        )
        places.append(at)
    found = np.zeros((len(rows.at_ms), parts[0].shape[1] if parts else 0))
    for part, at in zip(parts, places, strict=True):
        found[at] = part
    return found


class _Taste(NamedTuple):
    tags: dict[str, float]
    creators: dict[int, int]


def _usual(pool: Pool) -> dict[str, float]:
    """Return the share of each hashtag in all posts: what is on all of them says nothing of who watched them."""
    counted = Counter(tag for tags in pool.tags for tag in tags)
    return {tag: times / len(pool.ids) for tag, times in counted.items()}


def _taste(known: Meetings, pool: Pool, usual: Mapping[str, float], by: Mark = Mark.LONG | Mark.LIKED) -> _Taste:
    posts = known.post[(known.marks & by) > 0]
    tags: dict[str, int] = {}
    creators: dict[int, int] = {}
    for post in posts.tolist():
        for tag in pool.tags[post]:
            tags[tag] = tags.get(tag, 0) + 1
        creator = int(pool.creator[post])
        creators[creator] = creators.get(creator, 0) + 1
    shares = {tag: times / len(posts) - usual.get(tag, 0.0) for tag, times in tags.items()}
    return _Taste({tag: share for tag, share in shares.items() if share > 0}, creators)


def _look(pool: Pool, post: int, viewer: int, at_ms: int, taste: _Taste) -> Look:
    creator = int(pool.creator[post])
    age = max(0, at_ms - int(pool.created_ms[post]))
    return Look(
        2.0 ** (-age / HALF_LIFE_MS),
        float(pool.follows.get((viewer, creator), at_ms) < at_ms),
        max((taste.tags.get(tag, 0.0) for tag in pool.tags[post]), default=0.0),
        float(np.log1p(taste.creators.get(creator, 0))),
    )


def _wants(known: Meetings, pool: Pool) -> Wants:
    pairs = [(int(pool.ids[post]), weight(int(marks))) for post, marks in zip(known.post, known.marks, strict=True)]
    kept = [pair for pair in pairs if pair[1] > 0]
    return Wants([pair[0] for pair in kept], [pair[1] for pair in kept])


def _heads(later: Meetings, before: Meetings, pool: Pool, trial: ForYou) -> dict[str, HeadCard]:
    """Return how each head did on what was held back, beside the base rate that was known."""
    found = {}
    labels, usual = _labels(later.marks), _labels(before.marks).mean(axis=0)
    chances = trial.chances(_columns(later, before, pool, trial))
    for at, head in enumerate(HEADS):
        candidate = measure(chances[:, at], labels[:, at])
        prior = measure(np.full(len(labels), usual[at]), labels[:, at])
        if candidate is not None and prior is not None:
            found[head] = HeadCard(candidate, prior)
    return found


class _Judged(NamedTuple):
    recall: dict[str, float]
    reasons: tuple[str, ...]


def _judge(
    past: Meetings, later: Meetings, pool: Pool, *, lively: Floats, trial: ForYou, served: ForYou | None
) -> _Judged | None:
    """Return the recall of later long views; None with too few viewers or views."""
    long = _where(later, (later.marks & Mark.LONG) > 0)
    histories, cut_ms = _Histories(past), int(past.at_ms[-1])
    count = min(FOUND, max(1, int(len(pool.ids) * FOUND_SHARE)))
    rows, longs, usual = [], 0, _usual(pool)
    for viewer, at in _by_viewer(long.viewer)[:JUDGED_MAX]:
        known = histories.of(viewer)
        met = {int(one) for one in pool.ids[known.post]}
        wanted = {int(one) for one in pool.ids[long.post[at]]} - met
        wants = _wants(known, pool)
        if not wanted or not wants.posts:
            continue
        longs += len(wanted)
        value = _formula(pool, viewer, cut_ms, _taste(known, pool, {}, Mark.LIKED), lively)
        by_formula = _best(value, pool, leave_out=met, at_most=count)
        found = [_shown(trial, known, pool, viewer, cut_ms, usual=usual, at_most=count), by_formula]
        if served is not None:
            found.append(_shown(served, known, pool, viewer, cut_ms, usual=usual, at_most=count))
        rows.append([len(wanted.intersection(one)) / len(wanted) for one in found])
    if len(rows) < VIEWERS_MIN or longs < LONGS_MIN:
        return None
    shares = np.array(rows)
    names = ("candidate", "formula", "served")[: shares.shape[1]]
    recall = {name: round(float(shares[:, at].mean()), 4) for at, name in enumerate(names)}
    rivals = {"worse_than_formula": 1} | ({"worse_than_published": 2} if served is not None else {})
    reasons = [reason for reason, rival in rivals.items() if _is_worse(shares[:, 0], shares[:, rival])]
    return _Judged({"among": float(count), "viewers": float(len(rows)), **recall}, tuple(reasons))


def _is_worse(candidate: Floats, rival: Floats) -> bool:
    """Tell whether the candidate finds less, by more than chance explains."""
    less = rival - candidate
    error = float(less.std(ddof=1)) / len(less) ** 0.5
    return bool(less.mean() > ERRORS_WORSE * error)


def _shown(
    learnt: ForYou, known: Meetings, pool: Pool, viewer: int, at_ms: int, *, usual: Mapping[str, float], at_most: int
) -> list[int]:
    """Return the posts that the feed would show first, were it for what was learnt alone: near, trending and new ones."""
    wants, taste = _wants(known, pool), _taste(known, pool, usual)
    met = {int(one) for one in pool.ids[known.post]}
    age = np.where(pool.created_ms <= at_ms, at_ms - pool.created_ms, np.iinfo(np.int64).max)
    new = pool.ids[np.argsort(age, kind="stable")[:NEWEST]].tolist()
    found = {*learnt.near(wants, tuple(met), NEAR), *learnt.trending(TRENDING), *new} - met
    places = [place for place in np.searchsorted(pool.ids, sorted(found)).tolist() if pool.created_ms[place] <= at_ms]
    ids = [int(one) for one in pool.ids[places]]
    looks = [_look(pool, place, viewer, at_ms, taste) for place in places]
    worths = np.array(learnt.worths(wants, ids, looks))
    return [ids[at] for at in np.argsort(-worths, kind="stable")[:at_most]]


def _formula(pool: Pool, viewer: int, at_ms: int, taste: _Taste, lively: Floats) -> Floats:
    """Return what each post scores by the formula of ``discovery.ranking``; of what came later, nothing."""
    freshness = np.exp2(-np.maximum(at_ms - pool.created_ms, 0) / HALF_LIFE_MS)
    of = [creator for (who, creator), since in pool.follows.items() if who == viewer and since < at_ms]
    followed = np.isin(pool.creator, of)
    interest = np.array([any(tag in taste.tags for tag in tags) for tags in pool.tags])
    score = 3 * freshness + np.log1p(lively) + 2 * followed + 1.5 * interest
    found: Floats = np.where(pool.created_ms > at_ms, -np.inf, score)
    return found


def _best(score: Floats, pool: Pool, *, leave_out: Collection[int], at_most: int) -> list[int]:
    score[np.isin(pool.ids, np.array(sorted(leave_out), np.int64))] = -np.inf
    best = np.argsort(-score, kind="stable")[:at_most]
    return [int(one) for one in pool.ids[best[np.isfinite(score[best])]]]


def _labels(marks: Ints) -> Floats:
    return np.stack([(marks & mark) > 0 for mark in _LABELS], axis=1).astype(np.float64)


def _where(meetings: Meetings, rows: Bools | Ints) -> Meetings:
    return Meetings(*(column[rows] for column in meetings))


def _by_viewer(viewers: Ints) -> list[tuple[int, Ints]]:
    """Return each viewer with the places of their rows."""
    order = np.argsort(viewers, kind="stable")
    starts = np.flatnonzero(np.diff(viewers[order], prepend=-1))
    return [(int(viewers[part[0]]), part) for part in np.split(order, starts[1:]) if len(part)]


class _Histories:
    """The meetings of each viewer."""

    def __init__(self, meetings: Meetings) -> None:
        self._meetings = meetings
        self._places = dict(_by_viewer(meetings.viewer))

    def of(self, viewer: int) -> Meetings:
        return _where(self._meetings, self._places.get(viewer, np.zeros(0, np.int64)))
