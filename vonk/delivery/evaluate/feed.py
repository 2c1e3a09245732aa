"""Reads a record of a feed: four Parquet files with the schema of KuaiRand's processed copy.

Rows that cannot be placed in time or have no viewer or video are left out, as are repetitions of a row's id; both are
counted. Everything else that is missing stays missing.
"""

from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vonk.core.clock import DAY_MS
from vonk.delivery.evaluate.errors import FeedColumnMissing, FeedFileMissing
from vonk.delivery.prediction.plan import Floats, Ints

HOUR_MS: Final = 3_600_000
CLOCK_MS: Final = 8 * HOUR_MS  # The record's days are China's. Its ``hourmin`` is that of writing, so it is not used.
DATE_MIN, DATE_MAX = 19700101, 21091231
INSTANT_MS_MAX: Final = 2**42  # The year 2109; what is later is a mistake.
ROWS_MAX: Final = 20_000_000  # What fits in memory with room to spare.
LABELS: Final = {  # Head by the column of its label; those of the last row may be absent.
    "click": "is_click",
    "view6s": "view6s",
    "long_view": "long_view",
    "like": "is_like",
    "profile": "is_profile_enter",
}
LABELS_OPTIONAL: Final = frozenset({"is_profile_enter"})
CLASS_VALUES_MAX: Final = 60
Texts = npt.NDArray[np.object_]


class Lists(NamedTuple):
    """A column of lists of ids, flat: the row of each, and the id."""

    row: Ints
    video: Ints


class Impressions(NamedTuple):
    """In order of time. Floats are NaN where unknown; labels [rows, heads] -1."""

    heads: tuple[str, ...]
    time_ms: Ints
    date: Ints  # yyyymmdd, as the record says.
    day: Ints  # Days since 1970, by the instant; it differs from the date for a few rows about midnight.
    hour: Floats  # Of the day, by the instant, with minutes as a fraction.
    user: Ints
    video: Ints
    author: Floats
    tag: Texts
    surface: Floats
    duration_s: Floats
    labels: npt.NDArray[np.int8]
    left_out: int


class Users(NamedTuple):
    user: Ints
    numbers: dict[str, Floats]
    classes: dict[str, Texts]


class Videos(NamedTuple):
    video: Ints
    author: Floats
    tag: Texts
    kind: Texts
    upload: Texts
    music_kind: Floats
    uploaded_day: Floats  # Days since 1970.
    duration_s: Floats
    aspect: Floats  # Height by width.


class Histories(NamedTuple):
    """What each user did before the record begins."""

    user: Ints
    length: Floats
    last_ms: Floats
    watched: Lists
    liked: Lists
    long: Lists


class Feed(NamedTuple):
    impressions: Impressions
    users: Users
    videos: Videos
    histories: Histories


USER_NUMBERS: Final = ("follow_user_num", "fans_user_num", "friend_user_num", "register_days")
USER_CLASSES: Final = ("user_active_degree",)


def read(directory: Path) -> Feed:
    """Return the record in this directory. Raises FeedFileMissing, FeedColumnMissing."""
    return Feed(
        _impressions(_File(directory / "impressions.parquet")),
        _users(_File(directory / "users.parquet")),
        _videos(_File(directory / "videos.parquet")),
        _histories(_File(directory / "histories.parquet")),
    )


def user_classes(directory: Path) -> tuple[Ints, dict[str, Texts]]:
    """Return the users and every attribute of theirs that has few values, as texts. Raises as ``read`` does."""
    file = _File(directory / "users.parquet")
    user, known = file.ids("user_id")
    found: dict[str, Texts] = {}
    for name in sorted(set(file.table.column_names) - {"user_id"}):
        kind = file.table.schema.field(name).type
        if pa.types.is_nested(kind) or pc.count_distinct(file.column(name)).as_py() > CLASS_VALUES_MAX:
            continue
        found[name] = file.texts(name)[known]
    return user[known], found


class _File:
    """A Parquet file whose columns are asked for by name and kind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.table = pq.read_table(path)
        except (OSError, pa.ArrowException) as error:
            reason = "there is no such file" if isinstance(error, FileNotFoundError) else type(error).__name__
            raise FeedFileMissing(path=str(path), reason=reason) from error
        if self.table.num_rows > ROWS_MAX:
            raise FeedFileMissing(path=str(path), reason=f"it has more than {ROWS_MAX} rows")

    def has(self, name: str) -> bool:
        return name in self.table.column_names

    def column(self, name: str) -> pa.Array:
        if self.table.column_names.count(name) != 1:
            raise FeedColumnMissing(path=self.path.name, column=name, reason="is not there, or twice")
        found = self.table[name].combine_chunks()
        return pa.concat_arrays(found.chunks) if isinstance(found, pa.ChunkedArray) else found

    def floats(self, name: str) -> Floats:
        """Return numbers, NaN where there is none."""
        column = self.column(name)
        try:
            found = np.array(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), np.float64)
        except pa.ArrowException as error:
            raise FeedColumnMissing(path=self.path.name, column=name, reason="does not hold numbers") from error
        found[~np.isfinite(found)] = np.nan
        return found

    def texts(self, name: str) -> Texts:
        """Return texts, empty where there is none."""
        try:
            column = pc.fill_null(pc.cast(self.column(name), pa.large_string()), "")
        except pa.ArrowException as error:
            raise FeedColumnMissing(path=self.path.name, column=name, reason="does not hold texts") from error
        return np.array(column.to_pylist(), object)

    def lists(self, name: str) -> Lists:
        """Return lists of ids, flat; what is missing within them is left out."""
        column = self.column(name)
        if not (pa.types.is_list(column.type) or pa.types.is_large_list(column.type)):
            raise FeedColumnMissing(path=self.path.name, column=name, reason="does not hold lists")
        lengths = np.array(pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False), np.int64)
        try:
            videos = pc.cast(pc.list_flatten(column), pa.float64()).to_numpy(zero_copy_only=False)
        except pa.ArrowException as error:
            raise FeedColumnMissing(path=self.path.name, column=name, reason="does not hold ids") from error
        known = np.isfinite(videos)
        return Lists(np.repeat(np.arange(len(lengths)), lengths)[known], videos[known].astype(np.int64))

    def ids(self, name: str) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """Return ids, and which of them are known."""
        found = self.floats(name)
        known = np.isfinite(found) & (found >= 0) & (found < 2**53)
        return np.where(known, found, 0).astype(np.int64), known


def _impressions(file: _File) -> Impressions:
    time, timed = file.ids("time_ms")
    user, with_user = file.ids("user_id")
    video, with_video = file.ids("video_id")
    heads = {head: name for head, name in LABELS.items() if file.has(name) or name not in LABELS_OPTIONAL}
    order = file.floats("row_id")
    kept = timed & with_user & with_video & (time < INSTANT_MS_MAX)
    kept &= _first_of_each(order)
    at = np.flatnonzero(kept)
    at = at[np.lexsort((order[at], time[at]))]
    labels = np.stack([_labels(file.floats(name)) for name in heads.values()], axis=1)
    local = time[at] + CLOCK_MS
    date = file.floats("date")[at]
    date[~((date >= DATE_MIN) & (date <= DATE_MAX))] = np.nan
    return Impressions(
        heads=tuple(heads),
        time_ms=time[at],
        date=np.where(np.isfinite(date), date, _dates(local // DAY_MS)).astype(np.int64),
        day=local // DAY_MS,
        hour=local % DAY_MS / HOUR_MS,
        user=user[at],
        video=video[at],
        author=file.floats("author_id")[at],
        tag=file.texts("tag")[at],
        surface=file.floats("tab")[at],
        duration_s=file.floats("duration_ms")[at] / 1000,
        labels=labels[at],
        left_out=len(kept) - len(at),
    )


def _dates(days: Ints) -> Ints:
    """Return yyyymmdd of days since 1970."""
    unique, back = np.unique(days, return_inverse=True)
    written = [int(str(np.datetime64(int(day), "D")).replace("-", "")) for day in unique]
    return np.array(written, np.int64)[back] if len(days) else np.zeros(0, np.int64)


def _first_of_each(order: Floats) -> npt.NDArray[np.bool_]:
    """Return which rows do not repeat an earlier row's id; those without one repeat nothing."""
    first = np.isnan(order)
    first[np.unique(order, return_index=True)[1]] = True
    return first


def _labels(found: Floats) -> npt.NDArray[np.int8]:
    labels = np.full(len(found), -1, np.int8)
    labels[found == 0] = 0
    labels[found == 1] = 1
    return labels


def _users(file: _File) -> Users:
    user, known = file.ids("user_id")
    return Users(
        user[known],
        {name: file.floats(name)[known] for name in USER_NUMBERS},
        {name: file.texts(name)[known] for name in USER_CLASSES},
    )


def _videos(file: _File) -> Videos:
    video, known = file.ids("video_id")
    width, height = file.floats("server_width")[known], file.floats("server_height")[known]
    sized = (width > 0) & (height > 0)
    return Videos(
        video=video[known],
        author=file.floats("author_id")[known],
        tag=file.texts("tag")[known],
        kind=file.texts("video_type")[known],
        upload=file.texts("upload_type")[known],
        music_kind=file.floats("music_type")[known],
        uploaded_day=_days(file.texts("upload_dt")[known]),
        duration_s=file.floats("video_duration")[known] / 1000,
        aspect=np.divide(height, width, out=np.full(len(width), np.nan), where=sized),
    )


def _days(texts: Texts) -> Floats:
    """Return days since 1970 of ISO dates, NaN for what is none."""
    unique, places = np.unique(texts.astype(str), return_inverse=True)
    return np.array([_day(text) for text in unique], np.float64)[places] if len(texts) else np.zeros(0)


def _day(text: str) -> float:
    try:
        return float(np.datetime64(text[:10], "D").astype(np.int64)) if text else np.nan
    except ValueError:
        return np.nan


def _histories(file: _File) -> Histories:
    user, known = file.ids("user_id")
    place = np.where(known, np.cumsum(known) - 1, -1)
    return Histories(
        user[known],
        file.floats("history_len")[known],
        file.floats("last_time_ms")[known],
        _of_known(file.lists("watch_seq"), place),
        _of_known(file.lists("like_seq"), place),
        _of_known(file.lists("long_watch_seq"), place),
    )


def _of_known(lists: Lists, place: Ints) -> Lists:
    row = place[lists.row]
    return Lists(row[row >= 0], lists.video[row >= 0])
