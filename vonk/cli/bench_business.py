"""``vonk bench business``: the business API over HTTP, on an account with many campaigns and Spark Ads."""

import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer

from vonk.cli import bench_figures, bench_money
from vonk.cli.bench_figures import Json
from vonk.cli.start import part

PER_MINUTE: Final = (
    100_000_000  # Calls of one app that the site under load takes: its speed is measured, not its limit.
)

Campaigns = Annotated[int, typer.Option(min=1, max=10_000, help="Campaigns, with an ad group each.")]
Ads = Annotated[int, typer.Option(min=1, max=10_000, help="Spark Ads; the first 1,000 have numbers of 30 days.")]


def business(
    campaigns: Campaigns = 1_000,
    ads: Ads = 10_000,
    seconds: Annotated[int, typer.Option(min=1, help="How long campaign/get is asked for its first page.")] = 10,
    clients: Annotated[int, typer.Option(min=1, help="Clients that ask at the same time.")] = 2,
    json_output: Json = False,
) -> None:
    """Measure campaign/get, ad/get and report/integrated/get over HTTP: the site on one core, wrk on another."""
    with tempfile.TemporaryDirectory(prefix="vonk-bench-") as name:
        directory = Path(name)
        bench_money.with_own_directory(directory, more=f"business_per_minute = {PER_MINUTE}\n")
        runs = part("bench_business_runs")
        figures = runs.measure(directory, campaigns=campaigns, ads=ads, seconds=seconds, clients=clients)
    bench_figures.show(f"Business API, {campaigns:,} campaigns, {ads:,} Spark Ads", figures, json_output=json_output)
