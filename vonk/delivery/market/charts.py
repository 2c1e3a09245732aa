"""Draws the market's days: what was spent against the plan, and the multipliers. PNG files and one page of HTML."""

import html
import io
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from vonk.delivery.market import figures
from vonk.delivery.market.figures import Figures
from vonk.delivery.market.kernel import OURS, Run
from vonk.delivery.market.world import MINUTES, Floats, Ints, World

_STEP = 10  # Minutes from one point to the next.


def draw(directory: Path, world: World, runs: dict[str, Run], budgets: Ints, judged: list[Figures]) -> list[Path]:
    """Write spend.png, pacing.png and market.html; return their paths. Raises OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "market"  # The same drawing for the same market.
    spend, pace = _spend(world, runs, budgets), _pace(world, runs[OURS])
    written = [directory / "spend.png", directory / "pacing.png", directory / "market.html"]
    spend.savefig(written[0], dpi=120)
    pace.savefig(written[1], dpi=120)
    written[2].write_text(_page(world, judged, [_svg(spend), _svg(pace)]), encoding="utf-8")
    return written


def _spend(world: World, runs: dict[str, Run], budgets: Ints) -> Figure:
    figure = Figure(figsize=(10, 4.5), layout="constrained")
    axes = figure.subplots()
    hours = np.arange(0, world.days * MINUTES, _STEP) / 60
    planned = np.cumsum(world.plan.reshape(world.days, MINUTES), axis=1).ravel()
    axes.plot(hours, planned[::_STEP], color="black", linestyle="--", linewidth=1, label="plan")
    for name, run in runs.items():
        axes.plot(hours, _share(world, run, budgets)[::_STEP], linewidth=1, label=name)
    axes.set(xlabel="hour", ylabel="share of the day's budget spent", title="Spend, mean of all campaigns")
    axes.legend(fontsize="small")
    return figure


def _pace(world: World, run: Run) -> Figure:
    figure = Figure(figsize=(10, 4.5), layout="constrained")
    axes = figure.subplots()
    hours = np.arange(0, world.days * MINUTES, _STEP) / 60
    bands = np.quantile(run.multipliers[::_STEP], [0.1, 0.25, 0.5, 0.75, 0.9], axis=1)
    axes.fill_between(hours, bands[0], bands[4], alpha=0.2, label="four fifths of campaigns")
    axes.fill_between(hours, bands[1], bands[3], alpha=0.3, label="half of campaigns")
    axes.plot(hours, bands[2], linewidth=1.2, label="the middle one")
    axes.set(xlabel="hour", ylabel="multiplier of the bid", title=f"Pacing, {OURS}", yscale="log")
    axes.legend(fontsize="small")
    return figure


def _share(world: World, run: Run, budgets: Ints) -> Floats:
    spent = np.cumsum(run.spent.reshape(world.days, MINUTES, -1), axis=1)
    return np.asarray((spent / budgets).mean(axis=2)).ravel()


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def _page(world: World, judged: list[Figures], drawings: list[str]) -> str:
    table = html.escape(figures.table(judged))
    said = (
        f"Seed {world.seed}, {world.campaigns} campaigns, {int(world.requests.sum()):,} requests in {world.days} days."
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Market</title>'
        "<style>body{font:16px system-ui;margin:2rem auto;max-width:64rem}svg{width:100%;height:auto}"
        f"pre{{overflow-x:auto}}</style><h1>A simulated market</h1><p>{said}</p><pre>{table}</pre>{''.join(drawings)}</html>\n"
    )
