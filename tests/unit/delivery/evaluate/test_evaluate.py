"""The command on a small made record: what it prints, what it forgives, and what it refuses by name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vonk.delivery.evaluate import __main__ as command
from vonk.delivery.evaluate import feed, protocol
from vonk.delivery.evaluate.errors import FeedDaysEmpty
from vonk.delivery.evaluate.features import make_rows
from vonk.delivery.prediction.measures import Measures

DAY_MS = 86_400_000
START_MS = 1_650_816_000_000  # 25 April 2022, midnight in China.
ROWS, USERS, VIDEOS = 4_000, 60, 40
Table = dict[str, Any]


def record() -> dict[str, Table]:
    """Five days; users and videos differ in their rates."""
    rng = np.random.default_rng(1)
    time_ms = np.sort(rng.integers(0, 5 * DAY_MS, ROWS)) + START_MS
    user, video = rng.integers(0, USERS, ROWS), rng.integers(0, VIDEOS, ROWS)
    logits = rng.normal(0, 1, USERS)[user] + rng.normal(0, 1, VIDEOS)[video]
    play_ms = np.exp(8.7 + 0.8 * logits + rng.normal(0, 1, ROWS)).astype(int)
    impressions: Table = {
        "row_id": np.arange(ROWS),
        "time_ms": time_ms,
        "date": 20220425 + (time_ms - START_MS) // DAY_MS,
        "user_id": user,
        "video_id": video,
        "author_id": video % 7,
        "tag": [f"{at % 5},{at % 3}" for at in video.tolist()],
        "tab": rng.integers(0, 3, ROWS),
        "duration_ms": rng.integers(3_000, 90_000, ROWS),
        "is_click": (play_ms > 5_000).astype(int),
        "view6s": (play_ms > 6_000).astype(int),
        "long_view": (play_ms > 9_000).astype(int),
        "is_like": (rng.random(ROWS) < 0.01).astype(int),
    }
    users: Table = {
        "user_id": np.arange(USERS),
        "user_active_degree": ["full_active"] * USERS,
        **{name: rng.integers(0, 900, USERS) for name in feed.USER_NUMBERS},
    }
    videos: Table = {
        "video_id": np.arange(VIDEOS),
        "author_id": np.arange(VIDEOS) % 7,
        "video_type": ["NORMAL"] * (VIDEOS - 1) + ["AD"],
        "upload_dt": ["2022-04-10"] * (VIDEOS - 1) + [None],
        "upload_type": ["Web"] * VIDEOS,
        "video_duration": [20_000.0] * (VIDEOS - 1) + [None],
        "server_width": [720.0] * VIDEOS,
        "server_height": [1280.0] * (VIDEOS - 1) + [0.0],
        "music_type": [4.0] * VIDEOS,
        "tag": [f"{at % 5},{at % 3}" for at in range(VIDEOS)],
    }
    seen = [rng.integers(0, VIDEOS + 5, 10).tolist() for _ in range(USERS)]
    histories: Table = {
        "user_id": np.arange(USERS),
        "history_len": [10] * USERS,
        "last_time_ms": [START_MS - DAY_MS] * USERS,
        "watch_seq": seen,
        "like_seq": [ids[:1] for ids in seen],
        "long_watch_seq": [ids[:4] for ids in seen],
    }
    return {"impressions": impressions, "users": users, "videos": videos, "histories": histories}


def kept(directory: Path, tables: dict[str, Table]) -> Path:
    directory.mkdir(exist_ok=True)
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), directory / f"{name}.parquet")
    return directory


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kept(tmp_path_factory.mktemp("feed"), record())


def test_it_prints_both_stages_as_json(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--data", str(directory), "--train-until", "20220427", "--test-from", "20220429", "--json"]
    assert command.main(asked) == 0
    printed = capsys.readouterr()
    found = msgspec.json.decode(printed.out)
    assert set(found["hot"]) == {"click", "view6s", "long_view", "like"}
    assert set(found["second"]) == {"click", "view6s", "long_view"}  # Forty likes grow no trees.
    for stage in ("hot", "second"):
        for measures in found[stage].values():
            assert set(measures) == {"rows", "auc", "logloss", "ne", "ece", "cal"}
            assert measures["rows"] == found["rows"] == (record()["impressions"]["date"] >= 20220429).sum()
    assert found["hot"]["click"]["auc"] > 0.6
    assert found["second"]["click"]["ne"] < 1.0
    assert set(found["ranking"]) == {"hot", "second"}
    assert found["days"] == {"train_until": 20220427, "tune_from": 20220428, "test_from": 20220429}
    assert "first stage" in printed.err


def test_people_get_a_table(
    directory: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    measures = Measures(9, 0.71234, 0.5, None, 0.01, 1.0)
    ranking = {"hot": protocol.Ranking(0.6, None, 4)}
    found = protocol.Evaluation({"click": measures}, {}, ranking, protocol.Days(1, 2, 3), 9, 0)
    monkeypatch.setattr(protocol, "evaluate", lambda *_: found)
    assert command.main(["--data", str(directory)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["hot", "click", "0.7123", "0.5000", "-", "0.0100", "1.0000", "9"]
    assert lines[2] == "hot     long_view     0.6000 auc per user-day, - by rows, 4 user-days"


def test_a_record_with_holes_is_forgiven(directory: Path, tmp_path: Path) -> None:
    """Rows out of order, twice, without time, user or label; users, videos and histories that are not there."""
    whole = feed.read(directory)
    tables = record()
    for name, keep in (("users", 10), ("videos", 10), ("histories", 10)):
        tables[name] = {column: values[:keep] for column, values in tables[name].items()}
    turned: Table = {name: np.asarray(values)[::-1].tolist() for name, values in tables["impressions"].items()}
    for name, values in turned.items():
        turned[name] = values + values[:50]  # Repeated.
    for name, at in (("time_ms", 5), ("user_id", 6), ("video_id", 7)):
        turned[name][at] = turned[name][ROWS + at] = None
    turned["tag"][100], turned["author_id"][101], turned["tab"][102], turned["is_click"][103] = None, None, None, None
    turned["duration_ms"] = [float("nan") if at == 104 else value for at, value in enumerate(turned["duration_ms"])]
    turned["date"][105] = None
    found = feed.read(kept(tmp_path / "holes", tables | {"impressions": turned}))
    assert found.impressions.left_out == 53
    assert len(found.impressions.time_ms) == ROWS - 3
    assert (np.diff(found.impressions.time_ms) >= 0).all()
    assert (found.impressions.labels[:, 0] < 0).sum() == 1
    assert (found.impressions.date >= 20220429).sum() <= (whole.impressions.date >= 20220429).sum()
    rows = make_rows(found)
    assert rows.codes.shape == (ROWS - 3, len(rows.spec.fields))
    assert not np.isinf(rows.numbers).any()
    alone = {name: {column: list(values)[:0] for column, values in table.items()} for name, table in tables.items()}
    alone["histories"] |= {
        name: pa.array([], pa.list_(pa.int64())) for name in ("watch_seq", "like_seq", "long_watch_seq")
    }
    empty = feed.read(kept(tmp_path / "alone", alone | {"impressions": tables["impressions"]}))
    assert make_rows(empty).numbers.shape == (ROWS, len(rows.spec.numbers))


def test_the_past_knows_nothing_of_the_record(directory: Path) -> None:
    """No label reaches a row's features: only what the learner is told late, and by itself, may."""
    found = feed.read(directory)
    labels = 1 - found.impressions.labels
    turned = make_rows(found._replace(impressions=found.impressions._replace(labels=labels)))
    rows = make_rows(found)
    assert np.array_equal(rows.codes, turned.codes)
    assert np.array_equal(rows.numbers, turned.numbers, equal_nan=True)
    shown = found.impressions
    halved: list[Any] = [part[: ROWS // 2] if isinstance(part, np.ndarray) else part for part in shown]
    half = feed.Impressions(*halved)
    early = make_rows(found._replace(impressions=half))
    assert np.array_equal(early.numbers, rows.numbers[: ROWS // 2], equal_nan=True)
    assert np.array_equal(early.codes, rows.codes[: ROWS // 2])


def without(name: str, column: str) -> Callable[[dict[str, Table]], None]:
    return lambda tables: tables[name].pop(column)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda tables: tables.pop("users"), "feed_file_missing"),
        (without("impressions", "is_click"), "feed_column_missing"),
        (without("histories", "watch_seq"), "feed_column_missing"),
        (lambda tables: tables["users"].update(register_days=["long"] * USERS), "feed_column_missing"),
        (lambda tables: tables["histories"].update(like_seq=["1"] * USERS), "feed_column_missing"),
        (
            lambda tables: tables.update(impressions={k: v[:0] for k, v in tables["impressions"].items()}),
            "feed_days_empty",
        ),
    ],
)
def test_a_record_that_will_not_do_is_named(
    change: Callable[[dict[str, Table]], None], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = record()
    change(tables)
    assert command.main(["--data", str(kept(tmp_path / "feed", tables))]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"{code}: ")


def test_a_file_that_is_no_parquet_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = kept(tmp_path / "feed", record())
    (directory / "videos.parquet").write_bytes(b"PAR1 but no more")
    assert command.main(["--data", str(directory)]) == 2
    assert capsys.readouterr().err.startswith("feed_file_missing: ")


@pytest.mark.parametrize("day", ["tomorrow", "20220231"])
def test_a_day_that_is_none_ends_with_two(day: str) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["--data", ".", "--test-from", day])
    assert ended.value.code == 2


def test_the_days_are_chosen_or_refused() -> None:
    dates = np.repeat(np.arange(20220425, 20220431), 3)
    choose = protocol.choose_days
    assert choose(dates, None, None) == protocol.Days(20220426, 20220427, 20220429)
    assert choose(dates, 20220427, 20220428) == protocol.Days(20220427, 20220426, 20220428)
    assert choose(dates, 20220427, None) == protocol.Days(20220427, 20220428, 20220429)
    assert choose(dates, None, 20220430) == protocol.Days(20220427, 20220428, 20220430)
    assert choose(dates, 20220425, 20220426) == protocol.Days(20220425, 20220425, 20220426)
    for until, test in ((20220401, 20220405), (20220427, 20220601), (20220429, 20220428), (20220430, None)):
        with pytest.raises(FeedDaysEmpty):
            choose(dates, until, test)
