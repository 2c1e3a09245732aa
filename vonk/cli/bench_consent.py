"""``vonk bench consent``: lists of codes, the ledger over what they gave, and codes that nobody was given."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from vonk.cli import bench_figures, bench_money
from vonk.cli.bench_figures import Json
from vonk.cli.start import part

Codes = Annotated[int, typer.Option(min=10, max=10_000, help="Codes in the list; the ledger has as many rows.")]
Guesses = Annotated[int, typer.Option(min=1_000, help="Random codes that are looked up.")]
Database = Annotated[
    str, typer.Option(help="Address of an empty database to measure on, as in database_url; what is made there stays.")
]


def consent(
    codes: Codes = 10_000, guesses: Guesses = 1_000_000, database: Database = "", json_output: Json = False
) -> None:
    """Measure a list of codes from the paste to the last result, the ledger's page, and guessing at codes."""
    with tempfile.TemporaryDirectory(prefix="vonk-bench-") as name:
        bench_money.with_own_directory(Path(name), database)
        figures = part("bench_consent_runs").measure(Path(name), codes=codes, guesses=guesses)
    bench_figures.show(f"{codes:,} codes in one list", figures, json_output=json_output)
