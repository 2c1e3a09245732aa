"""The command on made tests: what it prints, whom it leaves out, and that its numbers can be bad."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vonk.delivery.evaluate import __main__ as command
from vonk.delivery.evaluate import packages
from vonk.delivery.experiments import proportions

TESTS, ARMS = 60, 4


def table() -> dict[str, Any]:
    """Sixty tests of four arms with rates of Beta(3, 150); the first is split unevenly, the second is suspect."""
    rng = np.random.default_rng(2)
    impressions = rng.binomial(10_000, 0.4, (TESTS, ARMS))
    impressions[0, 0] = 9_000
    clicks = rng.binomial(impressions, rng.beta(3, 150, (TESTS, ARMS)))
    return {
        "clickability_test_id": [f"test {at // ARMS}" for at in range(TESTS * ARMS)],
        "impressions": impressions.ravel(),
        "clicks": clicks.ravel(),
        "randomization_suspect": [at // ARMS == 1 for at in range(TESTS * ARMS)],
    }


def kept(path: Path, columns: dict[str, Any]) -> Path:
    pq.write_table(pa.table(columns), path / packages.FILE)
    return path


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "IMPRESSIONS", 5_000)
    monkeypatch.setattr(packages, "RUNS", 60)


def test_it_prints_what_is_lost_and_how_often_nothing_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = kept(tmp_path, table())
    assert command.main(["--data", str(directory), "--json"]) == 0
    found = msgspec.json.decode(capsys.readouterr().out, type=packages.Found)
    assert (found.tests, found.unbalanced, found.suspect) == (TESTS, 1, 1)
    assert found.rotation.tests == (TESTS - 2) // 2
    assert 0 < found.rotation.lost_share < found.rotation.equal_lost_share / 1.5
    assert found.aa.false_positives <= found.aa.naive_false_positives
    successes, failures = found.rotation.prior
    assert successes / (successes + failures) == pytest.approx(3 / 153, rel=0.2)
    assert command.main(["--data", str(directory)]) == 0
    assert f"{TESTS} tests, 1 suspect, 1 unbalanced" in capsys.readouterr().out


def test_a_rule_that_looks_naively_is_told_to_mislead(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = packages.false_alarms(0.02)
    monkeypatch.setattr(proportions, "ever_crossed", lambda level: 0.0 if level > 0 else 1.0)
    assert packages.false_alarms(0.02).false_positives > 0.9 > honest.false_positives


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda of: of.pop("clicks"), "feed_column_missing"),
        (lambda of: of.update(impressions=["many"] * TESTS * ARMS), "feed_column_missing"),
        (lambda of: of.update(impressions=[3] * TESTS * ARMS), "feed_days_empty"),
        (lambda of: of.update(clickability_test_id=list(range(TESTS * ARMS))), "feed_days_empty"),
    ],
)
def test_what_will_not_do_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], harm: Any, code: str) -> None:
    columns = table()
    harm(columns)
    assert command.main(["--data", str(kept(tmp_path, columns))]) == 2
    assert capsys.readouterr().err.startswith(f"{code}: ")


def test_a_file_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / packages.FILE).write_bytes(b"PAR1")
    assert command.main(["--data", str(tmp_path)]) == 2
    assert "feed_file_missing" in capsys.readouterr().err
