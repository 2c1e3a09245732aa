"""Olu sees what broke the rules, sets them, is asked before one goes off, and finds the events."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.http import HttpResponse
from pytest_django import Settings

from tests.web.creator.stage import Stage, text_of
from vonk.control import publications
from vonk.delivery.server.measures import Measures, add
from vonk.delivery.snapshot import DocumentKind, RuleTuning, ValidityDocument, decode_document
from vonk.events.records import Kind
from vonk.events.rules import INVALID_RULES

RULE = "/console/validity/rules/too_fast/"
DEFAULTS = {"threshold_watched_percent": "90", "threshold_click_ms": "200"}


@pytest.fixture
def measures(settings: Settings) -> Iterator[Measures]:
    """What an ad server at its door says of itself."""
    counted = Measures()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = counted.text()
            self.send_response(200 if self.path == "/metrics" else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.VONK = msgspec.structs.replace(settings.VONK, ads_url=f"http://127.0.0.1:{server.server_port}")
    yield counted
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def silent(settings: Settings) -> None:
    """No ad server answers."""
    settings.VONK = msgspec.structs.replace(settings.VONK, ads_url="http://127.0.0.1:9")


def published() -> dict[str, RuleTuning]:
    document = decode_document(DocumentKind.VALIDITY, publications.published(DocumentKind.VALIDITY)[1])
    assert isinstance(document, ValidityDocument)
    return document.rules


def of(answer: Any) -> HttpResponse:
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.usefixtures("silent")
def test_before_anything_happened_the_page_says_so(stage: Stage) -> None:
    page = stage.browser("Olu").get("/console/validity/")
    told = text_of(page)
    assert all(entry.title in told for entry in INVALID_RULES.values())
    assert "The ad server does not answer." in told
    assert (page.context["page"].numbers.traffic.events, page.context["page"].ads) == (0, ())


def test_olu_sees_what_broke_the_rules_and_what_was_refused(stage: Stage, measures: Measures) -> None:
    ad_id = stage.town.ad()
    stage.happen(ad_id, Kind.IMPRESSION, Kind.VIEW_6S)
    stage.happen(ad_id, Kind.IMPRESSION, Kind.CLICK_DESTINATION, invalid="known_bot")
    add(measures.verdicts, "token_expired", 3)
    add(measures.verdicts, "accepted", 4)

    page = stage.browser("Olu").get("/console/validity/?days=1")

    shown = page.context["page"]
    assert (shown.numbers.traffic.events, shown.numbers.traffic.invalid, shown.numbers.invalid_today) == (4, 2, 2)
    assert {row.view.rule: (row.today, row.period, row.share) for row in shown.numbers.rows if row.period} == {
        "known_bot": (2, 2, 0.5)
    }
    assert [(row.ad_id, row.invalid) for row in shown.ads] == [(ad_id, 2)]
    assert [(refusal.name, refusal.count) for refusal in shown.refusals] == [("token_expired", 3)]
    assert sum(shown.chart.series[0].values) == 2


def test_a_rule_is_tuned_undone_and_set_as_it_was_built(stage: Stage) -> None:
    olu = stage.browser("Olu")
    olu.post(f"{RULE}set/", {"enabled": "1", **DEFAULTS, "threshold_click_ms": "300"})
    assert published() == {"too_fast": RuleTuning(values={"click_ms": 300})}
    page = olu.get(RULE)
    assert (page.context["page"].row.state.label, page.context["page"].undo) == (
        "On, tuned",
        (("watched_percent", 90), ("click_ms", 200)),
    )
    assert "On, click_ms 300" in text_of(page)
    olu.post(f"{RULE}set/", {"enabled": "1", **DEFAULTS})
    assert published() == {}
    olu.post(f"{RULE}set/", {"enabled": "1", **DEFAULTS, "threshold_watched_percent": "50"})
    olu.post(f"{RULE}reset/")
    assert published() == {}
    assert len(olu.get(RULE).context["page"].past) == 4


def test_turning_a_rule_off_is_asked_about_first(stage: Stage) -> None:
    olu = stage.browser("Olu")
    asked = of(olu.post(f"{RULE}set/", DEFAULTS))
    assert "Turn this rule off?" in text_of(asked)
    assert publications.published(DocumentKind.VALIDITY) == {}
    olu.post(f"{RULE}set/", {**DEFAULTS, "sure": "1"})
    assert published() == {"too_fast": RuleTuning(enabled=False)}
    assert "Turn it on" in text_of(olu.get(RULE))


@pytest.mark.parametrize("wrong", ["5001", "-1", "soon", ""])
def test_a_threshold_out_of_bounds_is_said_beside_it(stage: Stage, wrong: str) -> None:
    answer = stage.browser("Olu").post(f"{RULE}set/", {"enabled": "1", **DEFAULTS, "threshold_click_ms": wrong})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["threshold_click_ms"]
    assert publications.published(DocumentKind.VALIDITY) == {}


def test_an_unknown_rule_is_not_found(stage: Stage) -> None:
    olu = stage.browser("Olu")
    assert olu.get("/console/validity/rules/nothing/").status_code == 404
    assert olu.post("/console/validity/rules/nothing/set/", {"enabled": "1"}).status_code == 404
    assert olu.post("/console/validity/rules/nothing/reset/").status_code == 404


def test_olu_finds_the_events_and_whose_they_are(stage: Stage) -> None:
    ad_id = stage.town.ad()
    stage.happen(ad_id, Kind.IMPRESSION, viewer="vik")
    stage.happen(ad_id, Kind.IMPRESSION, Kind.CLICK_DESTINATION, invalid="too_many", viewer="mallory")
    olu = stage.browser("Olu")
    found = olu.get(f"/console/validity/events/?ad={ad_id}").context["page"]
    assert [(row.kind, row.rule, row.viewer_id, row.charge_micros) for row in found.rows] == [
        ("impression", "", "vik", 10_000),
        ("impression", "Impossible rate", "mallory", 0),
        ("click destination", "Impossible rate", "mallory", 0),
    ]
    assert [(one.viewer_id, one.events, one.invalid) for one in found.found.viewers] == [
        ("mallory", 2, 2),
        ("vik", 1, 0),
    ]
    narrowed = olu.get("/console/validity/events/?viewer=mallory&rule=too_many&kind=click_destination")
    assert narrowed.context["page"].found.count == 1
    earlier = {"start": "2026-01-01T00:00", "end": f"{stage.now - timedelta(days=1):%Y-%m-%dT%H:%M}"}
    assert "No such events" in text_of(olu.get("/console/validity/events/", earlier))


@pytest.mark.parametrize("query", ["start=soon", "ad=x", "start=2026-02-01T00:00&end=2026-01-01T00:00", "kind=laugh"])
def test_a_search_that_makes_no_sense_finds_nothing(stage: Stage, query: str) -> None:
    page = stage.browser("Olu").get(f"/console/validity/events/?{query}")
    assert (page.status_code, page.context["page"].found) == (200, None)
    assert page.context["form"].errors


@pytest.mark.usefixtures("silent")
def test_the_lists_tell_what_they_hold_and_what_is_not_understood(
    stage: Stage, settings: Settings, tmp_path: Path
) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, data_dir=tmp_path)
    olu = stage.browser("Olu")
    kept = olu.get("/console/validity/").context["page"].lists
    assert (kept.bots.changed_at, kept.data_centres.entries, kept.data_centres.bad_lines) == (None, 0, 0)
    (tmp_path / "bots.txt").write_text("breadcrawler\nx\n")
    (tmp_path / "data-centres.txt").write_text("192.0.2.0/24 # a cloud\n198.51.100.0/24\nnot a range\n")
    page = olu.get("/console/validity/")
    lists = page.context["page"].lists
    assert (lists.bots.entries, lists.bots.bad_lines) == (kept.bots.entries + 1, 1)
    assert (lists.data_centres.entries, [(line.number, line.text) for line in lists.data_centres.bad]) == (
        2,
        [(3, "not a range")],
    )
    assert "3: not a range" in text_of(page)
    (tmp_path / "data-centres.txt").write_bytes(b"\xff\xfe")
    assert "cannot be read" in text_of(olu.get("/console/validity/"))
