"""`vonk simulate`: seeded worlds to try delivery in."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Annotated, Final

import msgspec
import typer

from vonk.delivery.limits.counters import Counters
from vonk.storage.memory.counters import MemoryCounters

app = typer.Typer(help="Try delivery in a seeded world.", no_args_is_help=True)
MARKET: Final = "vonk.delivery.market"
LIVE_REQUESTS_MAX: Final = 1_000_000
LEASED_IMPRESSIONS: Final = (100, 1_000, 10_000)  # Budgets of so many.


@app.command()
def market(
    *,
    seed: Annotated[int, typer.Option(help="The same seed makes the same market.")] = 1,
    campaigns: Annotated[int, typer.Option(min=2, max=2_000, help="How many advertisers compete.")] = 120,
    requests: Annotated[int, typer.Option(min=1_000, max=20_000_000, help="Slots asked for in a day.")] = 400_000,
    days: Annotated[int, typer.Option(min=1, max=7, help="Days, from a Monday.")] = 3,
    traffic: Annotated[
        Path | None, typer.Option(help="A table of dow, hour, traffic_share (and region_id); else the usual curve.")
    ] = None,
    live: Annotated[
        int,
        typer.Option(
            min=0,
            max=LIVE_REQUESTS_MAX,
            help="Slots a day to run through the ad server's own decision as well; 0 for none.",
        ),
    ] = 40_000,
    regret: Annotated[bool, typer.Option(help="Measure one bidder against hindsight as well.")] = False,
    guards: Annotated[bool, typer.Option(help="Measure what billing by click lets slip as well.")] = False,
    conversions: Annotated[
        int,
        typer.Option(
            min=0,
            max=LIVE_REQUESTS_MAX,
            help="Slots a day of a market of bids for conversions, instead of pacing's; 0: none.",
        ),
    ] = 0,
    charts: Annotated[Path | None, typer.Option(help="A directory for PNG charts and one HTML page.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for machines instead of a table.")] = False,
) -> None:
    """Compare ways of pacing in a market, ours through `decide` too; or ways of bidding for conversions."""
    # Numba and matplotlib take seconds to load, which no other command should wait for.
    if conversions:
        wanted = importlib.import_module(f"{MARKET}.conversions")
        outcomes = wanted.run(seed=seed, requests=conversions, counters=MemoryCounters)
        sys.stdout.write((msgspec.json.encode(outcomes).decode() if as_json else wanted.table(outcomes)) + "\n")
        return
    trial = importlib.import_module(f"{MARKET}.trial")
    try:
        found = trial.run(
            seed=seed,
            campaigns=campaigns,
            requests=requests,
            days=days,
            traffic=traffic,
            live_requests=live,
            regret_wanted=regret,
            guards_wanted=guards,
            counters=MemoryCounters(),
        )
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(2) from error
    sys.stdout.write((msgspec.json.encode(found.told).decode() if as_json else found.table()) + "\n")
    if charts is not None:
        try:
            written = importlib.import_module(f"{MARKET}.charts").draw(
                charts, found.world, found.runs, found.budgets, found.told.methods
            )
        except OSError as error:
            sys.stderr.write(f"The charts cannot be written to {charts}: {error}\n")
            raise typer.Exit(2) from error
        sys.stderr.write("".join(f"{path}\n" for path in written))


@app.command()
def leases(
    *,
    seed: Annotated[int, typer.Option(help="The same seed makes the same run.")] = 1,
    servers: Annotated[int, typer.Option(min=1, max=64, help="Ad servers that share the budget.")] = 16,
    lost: Annotated[
        float, typer.Option(min=0, max=0.5, help="Share of messages that never arrive, and of answers likewise.")
    ] = 0.01,
    as_json: Annotated[bool, typer.Option("--json", help="JSON for machines instead of a table.")] = False,
) -> None:
    """Let many ad servers share one budget by leases, with crashes, repeated events and lost messages."""
    trial = importlib.import_module(f"{MARKET}.leases")
    found = [
        trial.run(_leasing(seed, lost), impressions=impressions, servers=servers, seed=seed, prices_vary=prices_vary)
        for impressions in LEASED_IMPRESSIONS
        for prices_vary in (False, True)
    ]
    if as_json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        return
    sys.stdout.write("impressions   prices   delivered  billed over  shown unpaid  crashes\n")
    for one in found:
        sys.stdout.write(
            f"{one.impressions:11,} {'vary' if one.prices_vary else 'same':>8} {one.delivered:10.2%} "
            f"{one.over_micros:12,} {one.unpaid_micros:13,} {one.crashes:8,}\n"
        )


def _leasing(seed: int, lost: float) -> Callable[[str, Callable[[], int]], Counters]:
    """Return what makes a server's counters: the Redis engine, on a rehearsed Redis that all of them share."""
    try:
        engine = importlib.import_module("vonk.storage.redis.counters")
        rehearsal = importlib.import_module("vonk.storage.redis.rehearsal")
    except ModuleNotFoundError as error:
        sys.stderr.write(f"The leases are the Redis engine's: install vonk[redis] ({error}).\n")
        raise typer.Exit(2) from error
    stage = rehearsal.Stage(Random(seed), rehearsal.Faults(lost=lost, unanswered=lost))
    return lambda name, machine_ms: engine.RedisCounters(
        MemoryCounters(),
        "redis://rehearsed/",
        server=name,
        machine_ms=machine_ms,
        exchange=stage.enter(name, machine_ms),
    )
