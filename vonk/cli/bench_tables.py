"""``vonk bench tables``: the ads manager of an account with many ads, at the server and in a browser."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from vonk.cli import bench_money
from vonk.cli.bench_figures import Json
from vonk.cli.start import part

Ads = Annotated[int, typer.Option(min=50, max=50_000, help="Spark Ads, all with two weeks of numbers.")]
Campaigns = Annotated[int, typer.Option(min=1, max=1_000, help="Campaigns, with an ad group each.")]
Database = Annotated[
    str, typer.Option(help="Address of an empty database to measure on, as in database_url; what is made there stays.")
]
Keep = Annotated[
    Path | None, typer.Option("--keep", help="Make the directory here and leave it; what is there is measured again.")
]
WithBrowser = Annotated[bool, typer.Option(help="Also measure in Chromium, at a quarter of the processor's speed.")]


def tables(  # noqa: PLR0917 - options of a command, which are given by name.
    ads: Ads = 10_000,
    campaigns: Campaigns = 100,
    database: Database = "",
    browser: WithBrowser = False,
    keep: Keep = None,
    json_output: Json = False,
) -> None:
    """Measure overview and tables of an account with many ads: first paint, order, filters, totals."""
    with tempfile.TemporaryDirectory(prefix="vonk-bench-") as name:
        directory = keep if keep is not None else Path(name)
        bench_money.with_own_directory(directory, database)
        runs = part("bench_tables_runs")
        world = runs.prepare(directory, campaigns=campaigns, ads=ads)
        with runs.site(directory) as server:
            pages = [runs.look(server, world, name) for name in runs.LOOKED_AT]
            seen = part("bench_tables_browser").look(server, world) if browser else []
            renewed = part("bench_tables_browser").renew(server, world) if browser else []
    if json_output:
        typer.echo(
            msgspec.json.encode({"ads": world.ads, "pages": pages, "browser": seen, "renewed": renewed}).decode()
        )
        return
    title = f"{world.ads:,} ads in {world.campaigns:,} campaigns; the bar is {runs.BAR_MS} ms"
    _show(title, pages)
    if browser:
        _show(f"Chromium, from the click to the new rows; the bar is {runs.BAR_MS} ms", renewed)
        _show("Chromium at a quarter of the speed; the bars are LCP 1,500 ms, CLS 0.02, tasks 200 ms, 350 kB", seen)


def _show(title: str, rows: Sequence[msgspec.Struct]) -> None:
    table = Table(title=title)
    for number, name in enumerate(rows[0].__struct_fields__):
        table.add_column(name, justify="right" if number else "left")
    for row in rows:
        table.add_row(*(str(value) for value in msgspec.structs.astuple(row)))
    Console().print(table)
