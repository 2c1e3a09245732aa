"""A second stage is grown from the log, goes along where it is better, and answers in the ad server as it was judged."""

import itertools
import random
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import pytest

from tests.unit.delivery.making import (
    ACCOUNT,
    AD,
    CAMPAIGN,
    GROUP,
    NOW_MS,
    POST,
    VIK,
    ad,
    index_of,
    one_ad,
    post,
    rival,
)
from tests.unit.delivery.making import ad_group as group
from tests.unit.delivery.prediction.making import planted_stage, stumps
from tests.unit.delivery.test_replay import recorded
from tests.unit.delivery.trained.making import START_MS, decision, event
from vonk.config import wiring
from vonk.core.clock import HOUR_MS, MINUTE_MS
from vonk.delivery.decide import decide
from vonk.delivery.explaining.replay import replay
from vonk.delivery.matching.viewers import known
from vonk.delivery.prediction import files, stage
from vonk.delivery.prediction.files import Model
from vonk.delivery.prediction.second import Growing, Trees
from vonk.delivery.snapshot import Billing, Goal
from vonk.delivery.trained import features, growing, second_stage, watched
from vonk.delivery.trained.second_stage import Grow, Grown, Rows
from vonk.delivery.trained.shelf import Card, Outcome, Shelf
from vonk.delivery.trained.training import Trainer
from vonk.delivery.trained.watch import ModelWatch
from vonk.events.records import Kind, Record
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.timeout(600)  # On a new machine the kernels are compiled here, once.
SHOWINGS: Final = 8_000
STEP_MS: Final = 45_000  # Four days of them.
END_MS: Final = START_MS + (SHOWINGS + 10) * STEP_MS + HOUR_MS
GROWING: Final = Growing(trees=40, learning_rate=0.15, leaves=7, rows_in_leaf_min=50, feature_share=1.0)
GROW: Final = partial(growing.grow, growing=GROWING)


def records_of(showings: int, *, secret: bool) -> list[Record]:
    """Return records in which mornings are for the interested and evenings for the others, which no cross of the first
    stage tells; or in which that is not so.
    """
    chance = random.Random(5)
    records: list[Record] = []
    for number in range(1, showings + 1):
        at_ms = START_MS + number * STEP_MS
        interested = chance.random() < 0.5
        shown = decision(
            number, at_ms, ad_id=chance.choice((1, 2)), viewer_id=f"viewer-{number % 40}", interested=interested
        )
        records += [shown, event(shown, Kind.IMPRESSION)]
        likes = (at_ms // HOUR_MS % 24 < 12) == interested if secret else chance.random() < 0.5
        if chance.random() < (0.5 if likes else 0.1):
            records.append(event(shown, Kind.CLICK_DESTINATION, MINUTE_MS))
        if chance.random() < 0.4:
            records.append(event(shown, Kind.VIEW_6S, 7_000))
    return records


def trained(directory: Path, records: list[Record], grow: Grow | None = GROW) -> tuple[Shelf, Card]:
    """Return the shelf with what was learnt of these records, and the candidate's card."""
    shelf, log = Shelf(directory), MemoryEventLog()
    log.append(records)
    trainer = Trainer(shelf, grow)
    trainer.learn(log, now_ms=END_MS)
    card = trainer.candidate(now_ms=END_MS)
    assert card is not None
    return shelf, card


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return records_of(SHOWINGS, secret=True)


@pytest.fixture(scope="module")
def grown() -> list[Rows]:
    """What the trees of ``shelf`` grew from."""
    return []


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, records: list[Record], grown: list[Rows]) -> Shelf:
    """One model with a second stage for all tests that only look at it."""

    def watching(rows: Rows) -> Grown | None:
        grown.append(rows)
        return GROW(rows)

    found, card = trained(tmp_path_factory.mktemp("models"), records, watching)
    assert card.outcome is Outcome.PUBLISHED
    return found


def watch_of(shelf: Shelf) -> ModelWatch:
    found = ModelWatch(shelf.directory, wiring.load_model)
    found.look()
    return found


def test_trees_that_find_what_the_first_stage_cannot_go_along(shelf: Shelf) -> None:
    card = shelf.card(shelf.pointer().name)
    click = card.heads[features.CLICK]
    assert click.second is not None
    assert click.second.served
    assert click.second.gain > 5 * click.second.error
    for head in card.heads.values():
        if head.second is not None:
            assert head.candidate == (head.second.second if head.second.served else head.second.first)
    assert {share.name for share in click.second.shares[:2]} == {"hour", "interested"}
    assert card.grown_rows == card.rows
    model = files.load(shelf.path(card.name))
    assert model.second is not None
    assert set(model.second.forests) == {
        name for name, head in card.heads.items() if head.second is not None and head.second.served
    }


def test_trees_that_find_nothing_stay_at_home(tmp_path: Path) -> None:
    shelf, card = trained(tmp_path, records_of(SHOWINGS, secret=False))
    seconds = [head.second for head in card.heads.values() if head.second is not None]
    assert [one.served for one in seconds] == [False, False]
    assert files.load(shelf.path(card.name)).second is None


def test_the_ad_server_answers_what_lightgbm_would(shelf: Shelf, grown: list[Rows]) -> None:
    name = shelf.pointer().name
    model, served = files.load(shelf.path(name)), wiring.load_model(shelf.path(name), name)
    assert model.second is not None
    looked_at = stage.of_head(3, 0, grown[0].own(), grown[0].streamed())
    trees = Trees.grow("click", looked_at, grown[0].labels[:, 0], GROWING)  # The very ones, as LightGBM has them.
    index, _ = index_of(*one_ad(ad=ad(category="food"), ad_group=group(billing=Billing.CPC, goal=Goal.CLICK)))
    row, blend, seen = index.rows[AD], model.second.blends["click"], set()
    for hour, interests in itertools.product(range(0, 24, 3), ((), ("food",))):
        viewer, at_ms = msgspec.structs.replace(VIK, interests=interests), NOW_MS + hour * HOUR_MS
        codes = np.array([
            (
                *features.common(viewer.viewer_id, known(viewer), viewer.surface, at_ms),
                *features.item(AD, GROUP, CAMPAIGN, ACCOUNT, POST, post().profile_id, "food"),
                features.interest("food", interested=bool(interests)),
            )
        ])  # fmt: skip
        said = second_stage.say(model.learner, codes)
        columns = stage.columns(features.SPEC, 0, codes, np.zeros((1, 0)), said.streamed)
        logit = blend.logits(trees.logits(columns), said.streamed.logits[:, 0])[0]
        surface = 1 + codes[0, features.COMMON.index("surface")] % (len(model.second.calibration) - 1)
        for step in (0, surface):
            slope, shift = model.second.calibration[step, 0]
            logit = slope * logit + shift
        (rate,) = served.rates(viewer, [row], at_ms)
        assert rate == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-6)
        assert rate == pytest.approx(second_stage.answers(model.second, codes, said)[0, 0], abs=1e-6)
        seen.add((at_ms // HOUR_MS % 24 < 12, bool(interests), rate > 0.3))
    assert seen == {(True, True, True), (True, False, False), (False, True, False), (False, False, True)}


def test_a_rollback_takes_the_trees_back_and_a_hostile_file_changes_nothing(shelf: Shelf, tmp_path: Path) -> None:
    other, name = Shelf(tmp_path), shelf.pointer().name
    model = files.load(shelf.path(name))
    plain, hostile = "20261101T120000Z-00000001", "20261102T120000Z-00000002"
    circle = planted_stage(features.SPEC, {"click": stumps(3)._replace(left=np.zeros(3, np.int32))})
    for path, second in ((plain, None), (name, model.second), (hostile, circle)):
        files.save(other.path(path), Model(model.learner, model.training, second))
    for published in (plain, name):
        other.publish(published, by="olu", at_ms=1)
    watch = watch_of(other)
    index, _ = index_of(*one_ad(ad_group=group(billing=Billing.CPC, goal=Goal.CLICK)))
    rows = [index.rows[AD]]
    assert watch.predictor is not None
    with_trees = watch.predictor.rates(VIK, rows, NOW_MS)
    other.publish(hostile, by="mallory", at_ms=2)
    watch.look()
    assert (watch.version, watch.refused) == (name, {"model_damaged": 1})
    assert watch.predictor.rates(VIK, rows, NOW_MS) == with_trees
    for at_ms in (3, 4):
        other.roll_back(by="olu", at_ms=at_ms)
    watch.look()
    assert watch.version == plain
    assert watch.predictor.rates(VIK, rows, NOW_MS) != with_trees


def test_a_decision_by_trees_is_made_again_from_its_record(shelf: Shelf) -> None:
    watch = watch_of(shelf)
    rivals = [one for number in (2, 3, 4) for one in rival(number, billing=Billing.CPC, bid_micros=100_000 * number)]
    index, counters = index_of(*one_ad(ad_group=group(billing=Billing.CPC, bid_micros=300_000)), *rivals)
    for seed in range(20):
        now_ms = NOW_MS + seed * HOUR_MS // 4
        made = decide(
            VIK, index, counters, matched=index.match(VIK), reserve=0, shown_campaigns=(), seed=seed, now_ms=now_ms,
            predictor=watch.predictor,
        )  # fmt: skip
        assert made.row is not None
        assert made.model == watch.version
        again = replay(recorded(made))
        assert (again.agrees, again.differences) == (True, ())
        assert (again.outcome.ad_id, again.outcome.price_micros) == (made.row.ad.id, made.price_micros)


def test_rows_last_between_rounds_and_a_damaged_file_costs_its_own(tmp_path: Path, records: list[Record]) -> None:
    shelf, log = Shelf(tmp_path), MemoryEventLog()
    for at in range(0, len(records), len(records) // 2 + 1):
        log.append(records[at : at + len(records) // 2 + 1])
        Trainer(shelf, GROW).learn(log, now_ms=END_MS)
    trainer = Trainer(shelf, GROW)
    kept = trainer.kept
    assert sum(segment.rows for segment in kept.watched) == kept.learnt_rows - kept.learnt_clicks > 6_000
    rows = watched.load(tmp_path, kept.watched)
    assert len(rows.labels) == kept.learnt_rows
    assert np.isfinite(rows.looked_at).all()
    (path,) = tmp_path.glob(f"*{watched.SUFFIX}")
    path.write_bytes(path.read_bytes()[:-100])
    assert len(watched.load(tmp_path, kept.watched).labels) == 0
    log.append(records[:2])
    off = Trainer(shelf)  # The setting is off again: nothing of it stays.
    off.learn(log, now_ms=END_MS)
    assert (off.kept.watched, list(tmp_path.glob(f"*{watched.SUFFIX}"))) == ([], [])


def test_files_of_rows_stay_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "ROWS_PER_FILE", 10)
    rows = Rows(
        np.arange(35 * second_stage.WIDTH, dtype=np.float32).reshape(35, -1), np.arange(35), np.ones((35, 3), np.int8)
    )
    segments = watched.append(tmp_path, [], [rows], stamp="a")
    assert [segment.rows for segment in segments] == [10, 10, 10, 5]
    first = Rows(rows.looked_at[:7], rows.surfaces[:7], rows.labels[:7])
    segments = watched.append(tmp_path, segments, [first], stamp="b")
    watched.tidy(tmp_path, segments)
    assert [segment.rows for segment in segments] == [10, 10, 10, 10, 2]
    assert len(list(tmp_path.glob(f"*{watched.SUFFIX}"))) == len(segments)
    found = watched.load(tmp_path, segments)
    assert np.array_equal(found.looked_at, np.concatenate([rows.looked_at, rows.looked_at[:7]]))
    assert len(watched.append(tmp_path, segments, [rows] * 5, stamp="c")) == watched.FILES_MAX


def test_who_serves_does_not_load_lightgbm() -> None:
    asked = "import sys, vonk.delivery.trained.served; print('lightgbm' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)  # noqa: S603 - ours.
    assert said.stdout == "False\n"
