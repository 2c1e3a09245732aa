"""Olu sees how well the model does, is asked before it is rolled back, and publishes another."""

from pathlib import Path

import msgspec
import pytest
from pytest_django import Settings

from tests.web.creator.stage import Stage, text_of
from vonk.control.models import AuditEntry
from vonk.delivery.prediction.measures import Measures
from vonk.delivery.trained.shelf import Bin, Card, HeadCard, Outcome, SecondCard, Share, Shelf

FIRST, SECOND, BAD = (f"2026112{number}T120000Z-0000000{number}" for number in (1, 2, 3))
CLICK = HeadCard(
    Measures(2_000, 0.74, 0.3, 0.85, 0.008, 1.01), Measures(2_000, 0.67, 0.4, 0.93, 0.016, 0.97), None,
    (Bin(0.01, 0.012, 1_000), Bin(0.04, 0.039, 1_000)),
)  # fmt: skip


@pytest.fixture
def shelf(settings: Settings, tmp_path: Path) -> Shelf:
    settings.VONK = msgspec.structs.replace(settings.VONK, models_dir=str(tmp_path / "models"))
    found = Shelf(tmp_path / "models")
    found.directory.mkdir()
    for name, outcome, reasons in (
        (FIRST, Outcome.PUBLISHED, ()),
        (SECOND, Outcome.PUBLISHED, ()),
        (BAD, Outcome.REFUSED, ("click:worse_than_prior",)),
    ):
        found.path(name).write_bytes(b"model")
        found.put(
            Card(
                name=name, trained_ms=3, from_ms=1, until_ms=2, rows=8_000, held_rows=2_000, spec_digest="",
                outcome=outcome, reasons=reasons, heads={"click": CLICK},
            )
        )  # fmt: skip
    for name in (FIRST, SECOND):
        found.publish(name, by="training", at_ms=3)
    return found


def test_the_page_tells_how_well_it_does_and_whom_it_does_not_know(stage: Stage, shelf: Shelf) -> None:
    said = text_of(stage.browser("Olu").get("/console/model/"))
    assert "This model 2,000 0.740 0.850 0.008 1.010" in said
    assert "Prior 2,000 0.670 0.930 0.016 0.970" in said
    assert "click: worse than the prior" in said
    assert "The first stage answers alone" in said
    assert "Nothing of a profile of minors" in said
    assert shelf.pointer().name in said


@pytest.mark.parametrize("served", [True, False])
def test_the_page_tells_of_a_second_stage(stage: Stage, shelf: Shelf, *, served: bool) -> None:
    better = Measures(2_000, 0.76, 0.294, 0.833, 0.007, 1.0)
    shares = (Share("said:click", 0.6), Share("rate:viewer*category", 0.3), Share("hour", 0.1))
    second = SecondCard(CLICK.candidate, better, 0.006, 0.0015, shares, served=served)
    card = shelf.card(SECOND)
    heads = {"click": msgspec.structs.replace(CLICK, second=second)}
    shelf.put(msgspec.structs.replace(card, heads=heads, grown_ms=3, grown_rows=6_500))
    said = text_of(stage.browser("Olu").get("/console/model/"))
    assert "Its first stage alone 2,000 0.740 0.850 0.008 1.010" in said
    assert "With its second stage 2,000 0.760 0.833 0.007 1.000" in said
    assert "Log loss less by 2.000 % than the first stage alone, give or take 1.000 %" in said
    assert ("A second stage of trees answers for: Clicks." in said) is served
    assert ("not better by more than chance explains" in said) is not served
    assert "from 6,500 showings and clicks" in said
    for words in ("First stage on clicks", "Rate: viewer and category", "Hour of the day"):
        assert words in said


def test_without_a_model_the_page_says_so(stage: Stage, settings: Settings, tmp_path: Path) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, models_dir=str(tmp_path))
    olu = stage.browser("Olu")
    assert "The prior predicts" in text_of(olu.get("/console/model/"))
    refused = olu.post("/console/model/rollback/", {"sure": "1"}, follow=True)
    assert "No model is served" in text_of(refused)
    (tmp_path / "current").write_text("{")
    assert "does not say which model is served" in text_of(olu.get("/console/model/"))


def test_a_rollback_is_asked_about_done_and_told(stage: Stage, shelf: Shelf) -> None:
    olu = stage.browser("Olu")
    asked = olu.post("/console/model/rollback/")
    assert f"Then {FIRST} predicts again." in text_of(asked)
    assert (shelf.pointer().name, AuditEntry.objects.filter(noun="model").count()) == (SECOND, 0)
    done = olu.post("/console/model/rollback/", {"sure": "1"}, follow=True)
    assert f"Served now: {FIRST}." in text_of(done)
    assert "Nothing takes over by itself since the rollback" in text_of(done)
    assert (shelf.pointer().name, shelf.pointer().automatic) == (FIRST, False)
    assert [entry.action for entry in AuditEntry.objects.filter(noun="model")] == ["model.rolled_back"]
    olu.post("/console/model/publish/", {"model": SECOND})
    assert (shelf.pointer().name, shelf.pointer().automatic) == (SECOND, True)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "20260101T000000Z-00000000"])
def test_what_is_no_model_is_not_published(stage: Stage, shelf: Shelf, name: str) -> None:
    refused = stage.browser("Olu").post("/console/model/publish/", {"model": name}, follow=True)
    assert "There is no model" in text_of(refused)
    assert (shelf.pointer().name, AuditEntry.objects.filter(noun="model").count()) == (SECOND, 0)


def test_nobody_else_rolls_back(stage: Stage, shelf: Shelf) -> None:
    answers = [
        stage.browser(one).post("/console/model/rollback/", {"sure": "1"}).status_code for one in ("Ada", "Mallory")
    ]
    assert (answers, shelf.pointer().name) == ([403, 403], SECOND)
