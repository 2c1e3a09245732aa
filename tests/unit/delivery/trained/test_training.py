"""A model is learnt from a log, judged on what it has not learnt, served, refused and given back."""

from pathlib import Path

import numpy as np
import pytest

from tests.unit.delivery.making import AD, DAY_MS, NOW_MS, VIK, ad, index_of, one_ad, post, publish
from tests.unit.delivery.making import ad_group as group
from tests.unit.delivery.trained.making import LEARNT_AT_MS, LIKED, append, shown_log
from vonk.config import wiring
from vonk.delivery.decide import decide
from vonk.delivery.matching.targets import Viewer
from vonk.delivery.prediction import files
from vonk.delivery.prediction.files import Model
from vonk.delivery.prediction.learner import Learner
from vonk.delivery.snapshot import Billing, Goal, ResultsDocument
from vonk.delivery.trained import check, features, training
from vonk.delivery.trained.served import ServedModel
from vonk.delivery.trained.shelf import Outcome, Shelf
from vonk.delivery.trained.training import Trainer
from vonk.delivery.trained.watch import ModelWatch

pytestmark = pytest.mark.timeout(600)  # On a new machine the kernels are compiled here, once.
SHOWINGS = 8_000


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """One trained and published model for all tests that only look at it."""
    found = Shelf(tmp_path_factory.mktemp("models"))
    trainer = Trainer(found)
    assert not trainer.learn(shown_log(SHOWINGS), now_ms=LEARNT_AT_MS)
    card = trainer.candidate(now_ms=LEARNT_AT_MS)
    assert card is not None
    assert (card.outcome, card.reasons) == (Outcome.PUBLISHED, ())
    return found


def rates_of(shelf: Shelf) -> dict[tuple[str, int], float]:
    watch = ModelWatch(shelf.directory, wiring.load_model)
    watch.look()
    assert watch.predictor is not None
    index, _ = index_of(
        *one_ad(ad=ad(id=1, ad_group_id=100, category="food"), ad_group=group(billing=Billing.CPC), post=post()),
        ad(id=2, category="food"),
    )
    rows = [index.rows[1], index.rows[2]]
    found = {}
    for country in ("NL", "BE"):
        viewer = Viewer("v", country, "nl", "", "", "ios", (), surface="for_you")
        for row, rate in zip(rows, watch.predictor.rates(viewer, rows, NOW_MS), strict=True):
            found[country, row.ad.id] = rate
    return found


def test_conversions_are_told_by_counts_until_their_head_was_judged_and_then_by_both(shelf: Shelf) -> None:
    path = shelf.path(shelf.pointer().name)  # Nobody converted in what it learnt.
    after = ResultsDocument(100, 0.25, 0.001, of_model=2.0)
    index, _ = index_of(*one_ad(ad=ad(id=1, ad_group_id=100, category="food")), after)
    chances = {}
    for goal in (Goal.CLICK, Goal.CONVERSION):
        publish(index, group(billing=Billing.OCPM, goal=goal))
        for judged in (False, True):
            model = ServedModel(files.load(path).learner, "m", converts=judged)
            chances[goal, judged] = model.rates(VIK, [index.rows[1]], NOW_MS)[0]
    assert wiring.load_model(path, "m").rates(VIK, [index.rows[1]], NOW_MS) == [chances[Goal.CONVERSION, False]]
    click = chances[Goal.CLICK, False]
    assert chances[Goal.CONVERSION, False] == pytest.approx(click * 0.25 + 0.001)
    head = (chances[Goal.CONVERSION, True] - 0.001) / click / 2.0
    assert 0 < head < 1
    assert head != pytest.approx(0.25)


def test_the_model_knows_who_clicks_what_and_says_on_which_events_it_was_judged(shelf: Shelf) -> None:
    card = shelf.card(shelf.pointer().name)
    assert card.rows + card.held_rows == SHOWINGS
    assert card.held_rows == int(SHOWINGS * training.HELD_SHARE)
    click = card.heads[features.CLICK]
    assert click.candidate.auc is not None
    assert click.prior.auc is not None
    assert click.candidate.auc > click.prior.auc + 0.1
    assert sum(one.rows for one in click.bins) == card.held_rows
    rates = rates_of(shelf)
    assert min(rates["NL", 1], rates["BE", 2]) > 2 * max(rates["NL", 2], rates["BE", 1])


def test_what_is_learnt_in_pieces_is_what_is_learnt_at_once(shelf: Shelf, tmp_path: Path) -> None:
    pieces, log = Shelf(tmp_path), shown_log(3_000)
    for until in (1, 2, 3):
        append(log, SHOWINGS // 10, until, liked=LIKED, first=3_000 + until * 1_000)
        Trainer(pieces).learn(log, now_ms=LEARNT_AT_MS + until)
    once = Trainer(Shelf(tmp_path / "once"))
    once.learn(log, now_ms=LEARNT_AT_MS + 3)
    again = Trainer(pieces)
    assert (again.kept.position, again.kept.learnt_rows) == (once.kept.position, once.kept.learnt_rows)
    assert again.kept.results == once.kept.results
    assert shelf.pointer().name  # The other shelf is untouched.


def test_after_a_loss_everything_is_learnt_anew(tmp_path: Path) -> None:
    shelf, log = Shelf(tmp_path), shown_log(2_500)
    Trainer(shelf).learn(log, now_ms=LEARNT_AT_MS)
    (learnt,) = tmp_path.glob("*.learnt")
    learnt.write_bytes(learnt.read_bytes()[:-40])
    trainer = Trainer(shelf)
    assert trainer.kept.position == 0
    trainer.learn(log, now_ms=LEARNT_AT_MS)
    assert trainer.kept.learnt_rows + len(trainer.kept.held) == 2_500


def test_a_model_whose_world_has_turned_round_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    shelf, log = Shelf(tmp_path), shown_log(5_000)
    trainer = Trainer(shelf)
    trainer.learn(log, now_ms=LEARNT_AT_MS)
    first = trainer.candidate(now_ms=LEARNT_AT_MS)
    assert first is not None
    assert first.outcome is Outcome.PUBLISHED
    weights = trainer._learner.state.weights  # noqa: SLF001 - what it has learnt is spoilt.
    weights[:] = -weights
    second = trainer.candidate(now_ms=LEARNT_AT_MS + 1_000)
    assert second is not None
    assert second.outcome is Outcome.REFUSED
    assert {"click:worse_than_published", "click:worse_than_prior"} <= set(second.reasons)
    assert shelf.pointer().name == first.name
    assert shelf.path(second.name).is_file()  # Kept, so that somebody can look at it.


def test_clicks_that_close_a_week_later_do_not_push_out_what_showings_are_judged_on(tmp_path: Path) -> None:
    trainer = Trainer(Shelf(tmp_path))
    trainer.learn(shown_log(4_000), now_ms=LEARNT_AT_MS + 30 * DAY_MS)  # Everything has closed, conversions last.
    card = trainer.candidate(now_ms=LEARNT_AT_MS + 30 * DAY_MS)
    assert card is not None
    assert card.outcome is Outcome.PUBLISHED
    assert card.heads[features.CLICK].candidate.rows == 1_000
    clicks = trainer.kept.learnt_clicks + len(trainer.kept.held_clicks)
    assert card.heads[features.CONVERSION].candidate.rows == int(clicks * training.HELD_SHARE)


def test_too_little_makes_no_candidate(tmp_path: Path) -> None:
    trainer = Trainer(Shelf(tmp_path))
    trainer.learn(shown_log(900), now_ms=LEARNT_AT_MS)
    assert trainer.candidate(now_ms=LEARNT_AT_MS) is None


def test_an_ad_server_follows_the_pointer_and_refuses_what_is_damaged_or_foreign(shelf: Shelf, tmp_path: Path) -> None:
    name = shelf.pointer().name
    other, content = Shelf(tmp_path), shelf.path(name).read_bytes()
    watch = ModelWatch(other.directory, wiring.load_model)
    watch.look()
    assert (watch.predictor, watch.version, watch.swaps) == (None, "", 0)
    other.path(name).write_bytes(content)
    other.publish(name, by="olu", at_ms=1)
    watch.look()
    assert (watch.version, watch.swaps) == (name, 1)
    served = watch.predictor
    damaged = name[:-1] + ("0" if name[-1] != "0" else "1")
    other.path(damaged).write_bytes(content[:-100] + b"x" * 100)
    other.publish(damaged, by="olu", at_ms=2)
    watch.look()
    watch.look()  # Not tried again at once.
    assert (watch.predictor, watch.refused) == (served, {"model_damaged": 1})
    foreign = "20261122T120000Z-00000000"
    spec = features.SPEC
    files.save(
        other.path(foreign),
        Model(Learner(type(spec)(heads=("click",), fields=spec.fields, surface="surface")), _no_training()),
    )
    other.publish(foreign, by="olu", at_ms=3)
    watch.look()
    assert (watch.predictor, watch.refused) == (served, {"model_damaged": 1, "model_other": 1})
    other.roll_back(by="olu", at_ms=4)
    other.roll_back(by="olu", at_ms=5)
    watch.look()
    assert (watch.version, watch.swaps) == (name, 1)
    other.roll_back(by="olu", at_ms=6)
    watch.look()
    assert (watch.predictor, watch.swaps) == (None, 2)


def _no_training() -> files.Training:
    return files.Training(0, 0, 0, 0)


def test_a_decision_by_a_model_names_it_and_the_probability(shelf: Shelf) -> None:
    watch = ModelWatch(shelf.directory, wiring.load_model)
    watch.look()
    index, counters = index_of(*one_ad(ad_group=group(billing=Billing.CPC, bid_micros=300_000)))
    decision = decide(
        VIK, index, counters, matched=index.match(VIK), reserve=0, shown_campaigns=(), now_ms=NOW_MS, seed=1,
        predictor=watch.predictor,
    )  # fmt: skip
    assert decision.row is not None
    assert decision.row.ad.id == AD
    assert decision.model == watch.version
    assert decision.rate != decision.row.rate


def test_the_check_calls_nothing_worse_that_is_chance() -> None:
    rng = np.random.default_rng(1)
    truth = rng.uniform(0.05, 0.5, (5_000, 1))
    labels = (rng.random((5_000, 1)) < truth).astype(np.int8)
    noisy = np.clip(truth + rng.normal(0, 0.005, truth.shape), 0.001, 0.999)
    _, reasons = check.judge(("click",), labels, noisy, np.full_like(truth, 0.27), truth)
    assert reasons == ()
    _, reasons = check.judge(("click",), labels, truth * 0.6, np.full_like(truth, 0.27), truth)
    assert set(reasons) == {"click:worse_than_published", "click:uncalibrated"} | (
        {"click:worse_than_prior"} & set(reasons)
    )
    _, reasons = check.judge(("click",), labels * 0, truth, truth, None)
    assert reasons == ("too_few_labels",)
    broken = truth.copy()
    broken[7] = np.nan
    assert check.judge(("click",), labels, broken, truth, None) == ({}, ("predictions_are_none",))
