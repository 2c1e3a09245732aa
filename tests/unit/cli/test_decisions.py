"""`vonk decision replay`, on a log of its own."""

from pathlib import Path
from typing import cast

import msgspec
import pytest
import typer

from tests.unit.delivery.making import AD, NOW_MS, Ads, one_ad, rival, with_ads
from vonk.cli import decisions
from vonk.cli.decisions import Told
from vonk.config import wiring
from vonk.config.options import Options
from vonk.control import publications
from vonk.delivery.snapshot import DocumentKind, encode_document
from vonk.events.records import DecisionRecord

OPTIONS = cast("Options", None)  # Where the log is, is told by the fixture.


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DecisionRecord:
    """The newest decision of an ad server, in the log's file; what is published is what it was."""
    documents = [*one_ad(), *rival(1, bid_micros=3_000_000)]

    async def story(ads: Ads) -> DecisionRecord:
        record = ads.app.runtime.recent.get(int((await ads.slot())["decision_id"]))
        assert record is not None
        return record

    def published_of(kind: DocumentKind, object_ids: list[int]) -> dict[int, str]:
        of = {DocumentKind.AD: documents[2::6], DocumentKind.AD_GROUP: documents[1::6]}[kind]
        return {found.id: encode_document(found) for found in of if found.id in object_ids}  # type: ignore[union-attr] # Ads and ad groups have ids.

    record = with_ads(story, *documents, log=wiring.event_log_in(tmp_path))
    monkeypatch.setattr(wiring, "event_log", lambda _: wiring.event_log_in(tmp_path))
    monkeypatch.setattr(publications, "published_of", published_of)
    monkeypatch.setattr(publications, "changed_after", {record.index_sequence: {}}.__getitem__)
    return record


def told(capsys: pytest.CaptureFixture[str], record: DecisionRecord, code: int) -> Told:
    assert decisions.run(OPTIONS, str(record.decision_id), as_json=True) == code
    return msgspec.json.decode(capsys.readouterr().out, type=Told)


def test_a_decision_is_made_again_from_the_log(recorded: DecisionRecord, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, recorded, decisions.SAME)
    assert (found.agrees, found.replayed["ad_id"], found.replayed) == (True, AD, found.recorded)
    assert found.terms_changed_since == ()
    assert decisions.run(OPTIONS, str(recorded.decision_id), as_json=False) == decisions.SAME
    assert "The same." in capsys.readouterr().out


def test_it_tells_whether_the_index_is_another_by_now(
    recorded: DecisionRecord, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = told(capsys, recorded, decisions.SAME)
    assert (found.index_sequence, found.published_since, found.model) == (recorded.index_sequence, {}, "")
    decisions.run(OPTIONS, str(recorded.decision_id), as_json=False)
    assert "nothing was published since" in capsys.readouterr().out
    monkeypatch.setattr(publications, "changed_after", lambda _: {DocumentKind.AD: 2, DocumentKind.POST: 1})
    assert told(capsys, recorded, decisions.SAME).published_since == {"ad": 2, "post": 1}
    decisions.run(OPTIONS, str(recorded.decision_id), as_json=False)
    assert "another one by now; published or withdrawn since: 2 of ad, 1 of post" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "code"),
    [({"price_micros": 1}, decisions.DIFFERENT), ({"trace": b""}, decisions.NOT_POSSIBLE)],
)
def test_what_is_not_the_same_has_its_exit_code(
    recorded: DecisionRecord,
    change: dict[str, object],
    code: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = wiring.event_log_in(tmp_path)
    changed = msgspec.structs.replace(recorded, decision_id=recorded.decision_id + 1, **change)
    log.append([changed])
    log.close()
    assert not told(capsys, changed, code).agrees
    assert decisions.run(OPTIONS, str(changed.decision_id), as_json=False) == code
    assert "same" in capsys.readouterr().out or code == decisions.NOT_POSSIBLE


@pytest.mark.parametrize("decision", ["77", "x", ""])
def test_what_is_not_there_is_refused(recorded: DecisionRecord, decision: str) -> None:
    assert recorded.at_ms == NOW_MS
    with pytest.raises(typer.Exit):
        decisions.run(OPTIONS, decision, as_json=False)
