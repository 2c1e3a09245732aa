"""What the viewers' past, before the record begins, tells about viewer, video and the two together.

Everything here is fixed before the first impression, so no label of the record can be in it.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from vonk.delivery.evaluate.feed import Histories, Lists, Videos
from vonk.delivery.prediction.plan import Floats, Ints

SHRINK: Final = 20.0  # Viewers by whom two videos' likeness is held back.
GROUP_WEIGHT: Final = 3.0  # Watches that a viewer's own rate counts for in that of a group of videos.
DURATION_STEPS_S: Final = (7, 12, 20, 40, 90)


class Past(NamedTuple):
    """For each impression: numbers by name, and whether the video was watched, watched long, liked before (0 to 7)."""

    numbers: dict[str, Floats]
    met: Ints


class _Seen(NamedTuple):
    """Each pair of a viewer and a video watched, once, by places in the sorted ids of both."""

    row: Ints
    video: Ints
    long: npt.NDArray[np.bool_]
    liked: npt.NDArray[np.bool_]


def past(histories: Histories, videos: Videos, user: Ints, video: Ints, start_ms: int) -> Past:
    """Return what the past tells about each impression of these users and videos. ``start_ms``: when the record begins."""
    ids = np.unique(np.concatenate([video, videos.video, *(part.video for part in _lists(histories))]))
    row = place(histories.user, user)
    at = np.searchsorted(ids, video)
    seen = _seen(histories, ids)
    known = row >= 0
    numbers = {
        name: np.where(known, values[row], np.nan) if len(values) else np.full(len(row), np.nan)
        for name, values in _viewers(histories, seen, start_ms).items()
    }
    numbers |= {name: values[at] for name, values in _videos(seen, len(ids)).items()}
    own_rate = np.where(known, np.nan_to_num(numbers["past_long"], nan=0.4), 0.4)
    for name, group in _groups(videos, ids).items():
        numbers |= _pairs(name, seen, group, (row, at), own_rate)
    numbers |= _tastes(histories, ids, row, at)
    return Past(numbers, _met(seen, len(ids), row, at))


def place(ids: Ints, wanted: Ints) -> Ints:
    """Return where each wanted id stands in ``ids``, its last place if there are several, -1 if none."""
    if not len(ids):
        return np.full(len(wanted), -1, np.int64)
    order = np.argsort(ids, kind="stable")
    at = np.maximum(np.searchsorted(ids, wanted, side="right", sorter=order) - 1, 0)
    found: Ints = order[at]
    return np.where(ids[found] == wanted, found, -1)


def _lists(histories: Histories) -> tuple[Lists, Lists, Lists]:
    return histories.watched, histories.long, histories.liked


def _pair_keys(lists: Lists, ids: Ints) -> Ints:
    return np.unique(lists.row * len(ids) + np.searchsorted(ids, lists.video))


def _seen(histories: Histories, ids: Ints) -> _Seen:
    watched, long, liked = (_pair_keys(lists, ids) for lists in _lists(histories))
    row, video = np.divmod(watched, max(len(ids), 1))
    return _Seen(row, video, np.isin(watched, long), np.isin(watched, liked))


def _viewers(histories: Histories, seen: _Seen, start_ms: int) -> dict[str, Floats]:
    rows = len(histories.user)
    watched = np.bincount(seen.row, minlength=rows)
    long = np.bincount(seen.row, seen.long, minlength=rows)
    all_long = np.bincount(histories.long.row, minlength=rows)
    liked = np.bincount(histories.liked.row, minlength=rows)
    length = np.maximum(np.nan_to_num(histories.length), 0)
    return {
        "past_length": np.log1p(length),
        "past_long": (long + 1) / (watched + 3),
        "past_long_all": (all_long + 1) / (length + 3),
        "past_like": np.log((liked + 0.05) / (length + 3)),
        "past_gap": np.log1p(np.maximum(start_ms - histories.last_ms, 0) / 3_600_000),
    }


def _videos(seen: _Seen, count: int) -> dict[str, Floats]:
    watched = np.bincount(seen.video, minlength=count)
    long = np.bincount(seen.video, seen.long, minlength=count)
    liked = np.bincount(seen.video, seen.liked, minlength=count)
    return {
        "video_past": np.log1p(watched),
        "video_past_long": np.log((long + 4) / (watched + 10)),
        "video_past_like": np.log((liked + 0.3) / (watched + 20)),
    }


def _groups(videos: Videos, ids: Ints) -> dict[str, Ints]:
    """Return the group of each video by tag, author and duration, -1 where unknown."""
    row = place(videos.video, ids)
    groups = {
        "tag": np.unique(videos.tag.astype(str), return_inverse=True)[1],
        "author": np.unique(videos.author, return_inverse=True)[1],
        "duration": np.searchsorted(DURATION_STEPS_S, np.nan_to_num(videos.duration_s)),
    }
    return {
        name: np.where(row >= 0, group[row], -1) if len(group) else np.full(len(ids), -1)
        for name, group in groups.items()
    }


def _pairs(name: str, seen: _Seen, group: Ints, pair: tuple[Ints, Ints], own_rate: Floats) -> dict[str, Floats]:
    """Return how often each viewer watched videos of the group, and how much likelier for long than others."""
    row, at = pair
    grouped = group[seen.video] >= 0
    width = int(group.max(initial=0)) + 1
    keys, back = np.unique(seen.row[grouped] * width + group[seen.video[grouped]], return_inverse=True)
    watched = np.bincount(back, minlength=len(keys))
    long = np.bincount(back, seen.long[grouped], minlength=len(keys))
    found = place(keys, np.where((row >= 0) & (group[at] >= 0), row * width + group[at], -1))
    n = np.where(found >= 0, watched[found], 0) if len(keys) else np.zeros(len(row))
    s = np.where(found >= 0, long[found], 0) if len(keys) else np.zeros(len(row))
    rate = (s + GROUP_WEIGHT * own_rate) / (n + GROUP_WEIGHT) - own_rate
    return {f"past_{name}": np.log1p(n), f"past_{name}_long": np.where(n > 0, rate, 0.0)}


def _tastes(histories: Histories, ids: Ints, row: Ints, at: Ints) -> dict[str, Floats]:
    """Return how alike a video is to those that the viewer watched long: by who else watched both long."""
    shape = (len(histories.user), len(ids))
    keys = _pair_keys(histories.long, ids)
    if not len(keys):
        missing = np.full(len(row), np.nan)
        return {"alike": missing, "alike_mean": missing}
    known = row >= 0
    kept = sp.csr_matrix((np.ones(len(keys), np.float32), np.divmod(keys, len(ids))), shape=shape)
    alike = np.asarray(kept[np.maximum(row, 0)].multiply(_likeness(kept)[at]).sum(axis=1)).ravel()
    many = np.asarray(kept.sum(axis=1)).ravel()[row]
    return {
        "alike": np.where(known, np.log(alike + 1e-3), np.nan),
        "alike_mean": np.where(known, alike / (many + 3), np.nan),
    }


def _likeness(kept: sp.csr_matrix) -> sp.csr_matrix:
    """Return the shrunk cosine of videos by who watched them long, 0 with themselves."""
    together = (kept.T @ kept).tocoo()
    many = np.asarray(kept.sum(axis=0)).ravel() + SHRINK
    apart = together.row != together.col
    row, column = together.row[apart], together.col[apart]
    shares = together.data[apart] / np.sqrt(many[row] * many[column])
    return sp.csr_matrix((shares.astype(np.float32), (row, column)), shape=together.shape)


def _met(seen: _Seen, count: int, row: Ints, at: Ints) -> Ints:
    found = place(seen.row * count + seen.video, np.where(row >= 0, row * count + at, -1))
    if not len(seen.row):
        return np.zeros(len(row), np.int64)
    return np.where(found >= 0, 1 + 2 * seen.long[found] + 4 * seen.liked[found], 0).astype(np.int64)
