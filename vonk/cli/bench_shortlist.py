"""``vonk bench shortlist``: what predicting some ads of a slot alone loses of the winners' worth, and what a decision costs.

Decisions alone, in this process: a list of 16 and all that may win by turns, each slot also with every ad predicted.
"""

from typing import Annotated

import typer

from vonk.cli.bench_figures import Json, show
from vonk.cli.start import part


def shortlist(
    ads: Annotated[int, typer.Option(min=1)] = 1_000,
    eligible: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of ads that want these viewers.")] = 0.3,
    noise: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=3.0,
            help="Instead of a model: the deviation of the logarithm by which each viewer likes each ad.",
        ),
    ] = 0.0,
    slots: Annotated[int, typer.Option(min=1, help="Slots decided in each way.")] = 200,
    json_output: Json = False,
) -> None:
    """Worth lost by not predicting every ad, and microseconds of a decision."""
    figures = part("bench_shortlist_runs").measure(
        ads, eligible, noise=noise, slots=slots
    )  # Numba takes a while to load.
    show(f"Decisions with predictions, {ads} ads, {eligible:.0%} eligible", figures, json_output=json_output)
