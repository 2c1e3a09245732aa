"""``vonk bench predict``: what the first stage of prediction costs, by how many ads are asked about.

Three heads, twelve crosses of viewer with ad, weights drawn at random: what a model has learnt makes no difference to what it
costs, only how much memory it looks at. Viewer, context and ads vary from call to call.
"""

import importlib
from typing import Annotated

import typer

from vonk.cli.bench_figures import Json, show


def predict(
    table_bits: Annotated[int, typer.Option(min=8, max=24, help="Weights of the model, a power of two.")] = 18,
    counters: Annotated[bool, typer.Option("--counters", help="Also two counters of viewer and ad together.")] = False,
    json_output: Json = False,
) -> None:
    """Microseconds to predict three events for one viewer and 16 to 5,000 ads, twelve crosses each."""
    runs = importlib.import_module("vonk.cli.bench_predict_runs")  # Numba takes a while to load.
    figures = runs.measure(table_bits, counters=counters)
    show(f"Predictions, 2^{table_bits} weights", figures, json_output=json_output)
