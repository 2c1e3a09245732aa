"""The benchmark of lists of codes redeems one, reads the ledger and guesses; its times are nobody's to assert."""

from pathlib import Path

import msgspec
import pytest
from django.conf import LazySettings

from vonk.cli import bench_consent_runs


def test_the_consent_benchmark_finds_what_it_must(
    db: None, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, data_dir=tmp_path, sandbox=True)
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(bench_consent_runs, "LOOKS", 2)

    figures = bench_consent_runs.measure_here(tmp_path, codes=10, guesses=1_000)

    assert (figures.codes, figures.creators, figures.guesses) == (10, 1, 1_000)
    assert (figures.guesses_accepted, figures.limited_accepted) == (0, 0)
    assert (figures.limited, figures.limited_looked_up) == (1_000, 10)
