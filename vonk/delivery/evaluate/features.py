"""A feed's record as rows of a model: the specification that was chosen for it, and codes and numbers by that.

Chosen with training up to 3 May 2022 and validation on 4 and 5 May.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vonk.core.clock import DAY_MS
from vonk.delivery.evaluate.feed import Feed, Impressions, Texts
from vonk.delivery.evaluate.histories import past, place
from vonk.delivery.prediction.hashing import code
from vonk.delivery.prediction.plan import Floats, Ints
from vonk.delivery.prediction.spec import Counter, Field, Meeting, Number, Side, Spec

DURATION_STEPS_S: Final = (3, 7, 10, 12, 15, 20, 30, 45, 60, 90, 120, 180, 300)
RUNNING: Final = ("gap", "shown")  # What the viewer's own impressions of the day move.

FIELDS: Final = (
    Field("user", Side.VIEWER),
    Field("activity", Side.VIEWER),
    Field("surface", Side.CONTEXT, ordinal=True),
    Field("hour", Side.CONTEXT, ordinal=True),
    Field("video", Side.ITEM),
    Field("author", Side.ITEM),
    Field("tag", Side.ITEM),
    Field("duration", Side.ITEM, ordinal=True),
    Field("kind", Side.ITEM),
    Field("upload", Side.ITEM),
    Field("music_kind", Side.ITEM, ordinal=True),
    Field("met", Side.PAIR, ordinal=True),
)
NUMBERS: Final = (
    Number("follow_user_num", Side.VIEWER, 0.0, 9.0),
    Number("fans_user_num", Side.VIEWER, 0.0, 9.0),
    Number("friend_user_num", Side.VIEWER, 0.0, 8.0),
    Number("register_days", Side.VIEWER, 3.0, 8.0),
    Number("past_length", Side.VIEWER, 0.5, 6.0),
    Number("past_long", Side.VIEWER, 0.0, 0.8),
    Number("past_long_all", Side.VIEWER, 0.0, 0.8),
    Number("past_like", Side.VIEWER, -8.5, -1.0),
    Number("past_gap", Side.VIEWER, 2.0, 6.0),
    Number("gap", Side.CONTEXT, 0.0, 13.5),
    Number("shown", Side.CONTEXT, 0.0, 4.0),
    Number("clock", Side.CONTEXT, 0.0, 24.0),
    Number("video_past", Side.ITEM, 1.5, 8.5),
    Number("video_past_long", Side.ITEM, -3.4, -0.4),
    Number("video_past_like", Side.ITEM, -7.5, -1.6),
    Number("seconds", Side.ITEM, 0.0, 6.0),
    Number("aspect", Side.ITEM, 0.5, 2.0),
    Number("age", Side.ITEM, 0.0, 6.0),
    Number("past_tag", Side.PAIR, 0.0, 3.0),
    Number("past_tag_long", Side.PAIR, -0.25, 0.3),
    Number("past_author", Side.PAIR, 0.0, 1.4),
    Number("past_author_long", Side.PAIR, -0.25, 0.3),
    Number("past_duration", Side.PAIR, 0.0, 3.5),
    Number("past_duration_long", Side.PAIR, -0.25, 0.3),
    Number("alike", Side.PAIR, -7.0, 1.0),
    Number("alike_mean", Side.PAIR, 0.0, 0.09),
)
COUNTERS: Final = (
    Counter(("surface",)),
    Counter(("user",), 20.0, 5.0),
    Counter(("user", "surface"), 5.0, 5.0),
    Counter(("video",)),
    Counter(("author",)),
    Counter(("tag",)),
    Counter(("video", "surface")),
    Counter(("tag", "surface")),
    Counter(("surface", "duration")),
    Counter(("user", "tag"), 5.0, 5.0),
    Counter(("user", "author"), 5.0, 5.0),
    Counter(("user", "duration"), 5.0, 5.0),
)
CROSSES: Final = (
    ("user",),
    ("video",),
    ("author",),
    ("tag",),
    ("surface",),
    ("duration",),
    ("hour",),
    ("met",),
    ("tag", "surface"),
    ("duration", "surface"),
    ("video", "surface"),
    ("tag", "duration"),
)
MEETINGS: Final = (
    Meeting("user", "video"),
    Meeting("user", "tag"),
    Meeting("user", "author"),
    Meeting("user", "tag*surface"),
    Meeting("video", "surface"),
    Meeting("user", "surface"),
    Meeting("tag", "surface"),
    Meeting("author", "surface"),
    Meeting("user", "duration"),
)
COUNTER_BITS_MIN: Final = 12
SLOTS_PER_ROW: Final = 6  # Keys that one impression may bring into the table of counters, at half full.


class Rows(NamedTuple):
    """Impressions by ``spec``: codes [rows, fields], numbers [rows, numbers]."""

    spec: Spec
    codes: Ints
    numbers: Floats


def spec_for(heads: tuple[str, ...], rows: int) -> Spec:
    """Return the specification for a record of so many impressions."""
    return Spec(
        heads=heads,
        fields=FIELDS,
        surface="surface",
        numbers=NUMBERS,
        counters=COUNTERS,
        crosses=CROSSES,
        meetings=MEETINGS,
        table_bits=18,
        counter_bits=min(24, max(COUNTER_BITS_MIN, int(rows * SLOTS_PER_ROW).bit_length())),
    )


def make_rows(feed: Feed) -> Rows:
    """Return each impression as a row of the model, in order of time."""
    shown = feed.impressions
    spec = spec_for(shown.heads, len(shown.time_ms))
    known = past(
        feed.histories, feed.videos, shown.user, shown.video, int(shown.time_ms[0]) if len(shown.time_ms) else 0
    )
    codes = _codes(feed) | {"met": known.met + 1}
    numbers = _numbers(feed) | known.numbers
    return Rows(
        spec,
        np.stack([codes[field.name] for field in spec.fields], axis=1).astype(np.int64),
        np.stack([numbers[number.name] for number in spec.numbers], axis=1),
    )


def without_running(rows: Rows) -> Rows:
    """Return the rows without what the viewer's own impressions of the day move: as before the day began."""
    numbers = rows.numbers.copy()
    numbers[:, [at for at, number in enumerate(rows.spec.numbers) if number.name in RUNNING]] = np.nan
    return rows._replace(numbers=numbers)


def _codes(feed: Feed) -> dict[str, Ints]:
    shown, videos, users = feed.impressions, feed.videos, feed.users
    video, user = place(videos.video, shown.video), place(users.user, shown.user)
    return {
        "user": shown.user + 1,
        "video": shown.video + 1,
        "author": _ordinals(shown.author),
        "tag": _classes(shown.tag),
        "surface": _ordinals(shown.surface),
        "duration": np.where(np.isfinite(shown.duration_s), 1 + np.searchsorted(DURATION_STEPS_S, shown.duration_s), 0),
        "hour": _ordinals(np.floor(shown.hour)),
        "activity": _joined(_classes(users.classes["user_active_degree"]), user),
        "kind": _joined(_classes(videos.kind), video),
        "upload": _joined(_classes(videos.upload), video),
        "music_kind": _joined(_ordinals(videos.music_kind), video),
    }


def _numbers(feed: Feed) -> dict[str, Floats]:
    shown, videos, users = feed.impressions, feed.videos, feed.users
    video, user = place(videos.video, shown.video), place(users.user, shown.user)
    gap, before = _running(shown)
    day = shown.time_ms // DAY_MS
    found = {name: _valued(np.log1p(np.maximum(values, 0)), user) for name, values in users.numbers.items()}
    return found | {
        "gap": gap,
        "shown": np.log1p(before),
        "clock": shown.hour,
        "seconds": np.log(np.maximum(shown.duration_s, 0.5)),
        "aspect": _valued(videos.aspect, video),
        "age": np.log1p(np.maximum(day - _valued(videos.uploaded_day, video), 0)),
    }


def _running(shown: Impressions) -> tuple[Floats, Ints]:
    """Return the logarithm of the seconds since the viewer's last impression, and how many there were before."""
    order = np.argsort(shown.user, kind="stable")
    time, user = shown.time_ms[order], shown.user[order]
    same = np.zeros(len(user), np.bool_)
    same[1:] = user[1:] == user[:-1]
    since = np.diff(time, prepend=time[:1]) / 1000
    first = np.maximum.accumulate(np.where(same, 0, np.arange(len(user))))
    gap, before = np.empty(len(user)), np.empty(len(user), np.int64)
    gap[order] = np.where(same, np.log1p(np.maximum(since, 0)), np.nan)
    before[order] = np.arange(len(user)) - first
    return gap, before


def _ordinals(values: Floats) -> Ints:
    """Return small numbers as codes, 0 where unknown or none."""
    known = np.isfinite(values) & (values >= 0) & (values < 2**52)
    return np.where(known, values, -1).astype(np.int64) + 1


def _classes(texts: Texts) -> Ints:
    unique, back = np.unique(texts.astype(str), return_inverse=True)
    return np.array([code(str(text)) for text in unique], np.int64)[back] if len(texts) else np.zeros(0, np.int64)


def _joined(codes: Ints, row: Ints) -> Ints:
    return np.where(row >= 0, codes[row], 0) if len(codes) else np.zeros(len(row), np.int64)


def _valued(values: Floats, row: Ints) -> Floats:
    found: npt.NDArray[np.float64] = np.full(len(row), np.nan)
    known = row >= 0
    found[known] = values[row[known]]
    return found
