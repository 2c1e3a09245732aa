"""``vonk bench settle`` and ``vonk bench audit``: how fast events become money and numbers here, and how fast that is proved."""

import json
import os
import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer

from vonk.cli import bench_figures
from vonk.cli.bench_figures import Json
from vonk.cli.start import part, with_django

SETTINGS: Final = "sandbox = true\n"  # The platform's money is test money.

Events = Annotated[int, typer.Option(min=1_000, help="Events in the log; decisions come on top.")]
Keep = Annotated[
    Path | None, typer.Option("--keep", help="Make the directory here and leave it; what is there is audited again.")
]


def settle(
    events: Events = 500_000,
    rate: Annotated[int, typer.Option(min=0, help="Events that arrive a second; 0: all are there.")] = 0,
    seconds: Annotated[int, typer.Option(min=1, help="With --rate: for how long.")] = 15,
    json_output: Json = False,
) -> None:
    """Measure how many records a second become money and numbers; with --rate, how long an event waits for that."""
    with tempfile.TemporaryDirectory(prefix="vonk-bench-") as name:
        with_own_directory(Path(name))
        runs = part("bench_runs")
        figures = runs.lag(Path(name), rate=rate, seconds=seconds) if rate else runs.speed(Path(name), events=events)
    title = f"{rate:,} events a second arrive" if rate else "Events to money and numbers"
    bench_figures.show(title, figures, json_output=json_output)


def audit(events: Events = 1_000_000, keep: Keep = None, json_output: Json = False) -> None:
    """Measure `vonk audit` over that many settled and counted events: seconds, memory."""
    with tempfile.TemporaryDirectory(prefix="vonk-bench-") as name:
        directory = keep if keep is not None else Path(name)
        with_own_directory(directory)
        figures = part("bench_runs").audit(directory, events=events)
    bench_figures.show(f"Audit of {figures.events:,} events", figures, json_output=json_output)


def with_own_directory(directory: Path, database_url: str = "", *, more: str = "") -> None:
    """Make Django ready for a directory of the benchmark's own, on its own database unless another one is named.

    ``more``: further settings, as ``vonk.toml`` has them.
    """
    for name in [name for name in os.environ if name.startswith("VONK_")]:
        del os.environ[name]  # A benchmark works on a directory of its own, never on the platform's database.
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = f"database_url = {json.dumps(database_url)}\n" if database_url else ""
    (directory / "vonk.toml").write_text(SETTINGS + database + more)
    with_django(directory)
