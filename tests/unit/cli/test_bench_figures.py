"""What benchmarks print, for people and for machines."""

import json

import msgspec
import pytest

from vonk.cli.bench_figures import show


class Figures(msgspec.Struct):
    """Some that were measured, and one that nobody asked for."""

    answers_per_s: float
    restart_s: float | None = None


def test_what_was_not_measured_is_left_out_of_the_table_and_null_for_machines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show("Answers", Figures(12_345.5), json_output=False)
    table = capsys.readouterr().out
    assert "12,345.5" in table
    assert "restart_s" not in table
    show("Answers", Figures(12_345.5), json_output=True)
    assert json.loads(capsys.readouterr().out) == {"answers_per_s": 12345.5, "restart_s": None}
