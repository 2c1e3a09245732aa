"""Olu finds billed events invalid: preview, confirmation, credit note; and nothing else than what was shown."""

from datetime import timedelta
from typing import Any

import pytest

from tests.web.creator.stage import Stage, text_of
from vonk.billing.ledger import AccountKind
from vonk.billing.models import CreditNote, Finding, FindingEvent, LedgerAccount, Transfer
from vonk.events.records import Kind
from vonk.reporting import log_search

PREVIEW = "/console/validity/findings/preview/"
MAKE = "/console/validity/findings/make/"


@pytest.fixture
def ad_id(stage: Stage) -> int:
    """An ad with three billed impressions by Vik, two by Mallory, and one of hers that was invalid from the start."""
    ad_id = stage.town.ad()
    stage.pay(10_000_000)
    for _ in range(3):
        stage.happen(ad_id, Kind.IMPRESSION)
    for _ in range(2):
        stage.happen(ad_id, Kind.IMPRESSION, viewer="mallory")
    stage.happen(ad_id, Kind.IMPRESSION, viewer="mallory", invalid="too_many")
    return ad_id


def asked(stage: Stage, **changes: str) -> dict[str, str]:
    return {
        "start": f"{stage.now - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "end": f"{stage.now + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "viewer": "mallory",
        "finding_rule": "found_later",
        "reason": "A farm of telephones",
    } | changes


def counts() -> tuple[int, int, int]:
    return Finding.objects.count(), CreditNote.objects.count(), Transfer.objects.count()


def cash() -> int:
    row = LedgerAccount.objects.get(kind=AccountKind.ADVERTISER.value)
    return row.credits_micros - row.debits_micros


def test_a_preview_tells_events_and_money_and_writes_nothing(stage: Stage, ad_id: int) -> None:
    before, held = counts(), cash()
    olu = stage.browser("Olu")
    assert "They were not real?" in text_of(olu.get(f"/console/validity/events/?ad={ad_id}&viewer=mallory"))
    page = olu.post(PREVIEW, asked(stage))
    shown = page.context["page"]
    assert (shown.events, shown.known, shown.rule) == (2, 0, "Found later")
    assert [(note.account_name, note.amount_micros, note.currency) for note in shown.notes] == [
        ("Ada's bread", 20_000, "EUR")
    ]
    assert (counts(), cash()) == (before, held)


def confirmed(page: Any) -> dict[str, str]:
    return dict(page.context["fixed"])


def test_what_was_previewed_is_found_and_given_back(stage: Stage, ad_id: int) -> None:
    held = cash()
    olu = stage.browser("Olu")
    sent = confirmed(olu.post(PREVIEW, asked(stage)))
    made = olu.post(MAKE, sent)
    finding = Finding.objects.get()
    assert (made.status_code, made.headers["Location"]) == (302, f"/console/validity/findings/{finding.pk}/")
    assert (finding.rule, finding.reason, finding.events, cash()) == (
        "found_later",
        "A farm of telephones",
        2,
        held + 20_000,
    )
    page = olu.get(f"/console/validity/findings/{finding.pk}/")
    assert [(note.number, note.amount_micros) for note in page.context["page"].notes] == [
        (CreditNote.objects.get().number, 20_000)
    ]
    assert len(page.context["page"].events) == 2
    assert "A farm of telephones" in text_of(olu.get("/console/validity/findings/"))
    overview = olu.get("/console/validity/").context["page"].numbers
    assert [(row.title, row.today, row.period) for row in overview.found] == [("Found later", 2, 2)]
    again = olu.post(PREVIEW, asked(stage)).context["page"]
    assert (again.events, again.known, again.notes) == (0, 2, ())
    assert FindingEvent.objects.filter(ad_id=ad_id).count() == 2


def test_other_events_than_those_shown_are_not_found(stage: Stage, ad_id: int) -> None:
    olu = stage.browser("Olu")
    sent = confirmed(olu.post(PREVIEW, asked(stage)))
    stage.happen(ad_id, Kind.IMPRESSION, viewer="mallory")
    wider = olu.post(MAKE, sent | {"viewer": ""})
    assert (wider.status_code, Finding.objects.count()) == (422, 0)
    assert "not those of the preview" in text_of(wider)
    olu.post(MAKE, sent)  # What came after the preview is left out.
    assert Finding.objects.get().events == 2


@pytest.mark.usefixtures("ad_id")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 201}, "reason"),
        ({"finding_rule": "because"}, "finding_rule"),
        ({"start": "soon"}, "start"),
        ({"viewer": "nobody"}, "__all__"),
    ],
)
def test_a_finding_has_events_and_a_reason(stage: Stage, changes: dict[str, str], field: str) -> None:
    before = counts()
    for address in (PREVIEW, MAKE):
        answer = stage.browser("Olu").post(address, asked(stage, **changes) | {"count": "2"})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert counts() == before


@pytest.mark.usefixtures("ad_id")
def test_what_was_not_seen_as_a_whole_is_not_judged(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_search, "EVENTS_MAX", 1)
    answer = stage.browser("Olu").post(PREVIEW, asked(stage))
    assert (answer.status_code, Finding.objects.count()) == (422, 0)
    assert "Narrow the time" in text_of(answer)


def test_without_findings_the_list_says_where_they_begin(stage: Stage) -> None:
    olu = stage.browser("Olu")
    assert "No findings" in text_of(olu.get("/console/validity/findings/"))
    assert olu.get("/console/validity/findings/7/").status_code == 404
