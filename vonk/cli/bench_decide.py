"""``vonk bench decide``: decisions a second over HTTP, and what else they depend on.

Viewers, devices, positions, floors and instants vary from request to request; every answer is checked to hold an ad.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from vonk.cli import bench_decide_runs, bench_load, bench_world
from vonk.cli.bench_figures import Json, show
from vonk.cli.start import part
from vonk.events.tokens import Signer

WARM_SECONDS: Final = 2
_LUA: Final = """
local tokens = {}
for line in io.lines("%s") do tokens[#tokens + 1] = line end
local devices = {"android", "ios", "desktop"}
local floors = {0, 150000, 400000}
local headers = {["content-type"] = "application/json"}
local n, rest = 0, %f
local threads = {}
empty = 0
function setup(thread) table.insert(threads, thread) end
request = function()
  n = n + 1
  local body = '{"viewer":"' .. tokens[(n * 7919) %% #tokens + 1] .. '","surface":"for_you","slots":[{"position":' ..
    n %% 40 .. ',"formats":["video"],"floor_micros":' .. floors[n %% 3 + 1] .. '}],"context":{"device":"' ..
    devices[n %% 7 %% 3 + 1] .. '"}}'
  return wrk.format("POST", nil, headers, body)
end
if rest > 0 then
  delay = function() return math.floor(rest + math.random()) end
end
response = function(status, headers, body)
  if not string.find(body, '"ad":{', 1, true) then empty = empty + 1 end
end
done = function(summary, latency, requests)
  local none = 0
  for _, thread in ipairs(threads) do none = none + thread:get("empty") end
  io.write(string.format('\\nRESULT {"requests":%%d,"duration_us":%%d,"p50_us":%%d,"p99_us":%%d,"status":%%d,' ..
    '"failed":%%d,"empty":%%d}\\n', summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    none))
end
"""


class DecideFigures(msgspec.Struct, frozen=True):
    """What ``bench decide`` found. The floor is a bare "hello" in JSON on the same server in the same run.

    ``cpu_us`` is the server's processor time for a decision, all of its threads and the kernel's part; ``half_…`` are
    the latencies under half of that load. Those below are null where they were not asked for.
    """

    decisions_per_s: float
    floor_per_s: float
    ratio: float
    p50_ms: float
    p99_ms: float
    rss_mb: float
    cpu_us: float
    half_per_s: float
    half_p50_ms: float
    half_p99_ms: float
    machine_load: float  # Of the last minute, when it began: others' work on the same cores.
    decide_p50_us: float | None = None
    decide_p99_us: float | None = None
    effect_ms_max: float | None = None
    effect_p99_ms: float | None = None
    restart_s: float | None = None
    value_lost: float | None = None  # Of the winners' worth, by predicting the best few alone.


def decide(
    *,
    ads: Annotated[int, typer.Option(min=1)] = 1_000,
    eligible: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of ads that want these viewers.")] = 0.3,
    seconds: Annotated[int, typer.Option(min=1)] = 10,
    clients: Annotated[int, typer.Option(min=1)] = 32,
    express: Annotated[bool, typer.Option("--express", help="With the express lane (setting express_lane).")] = False,
    inside: Annotated[bool, typer.Option("--inside", help="Also decisions alone, without HTTP, one by one.")] = False,
    publish: Annotated[bool, typer.Option("--publish", help="Also publications under load, until they act.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Also a restart with a day of counters.")] = False,
    model: Annotated[bool, typer.Option("--model", help="With a prediction model, and what its list loses.")] = False,
    json_output: Json = False,
) -> None:
    """Decisions a second over HTTP, one core, varied viewers."""
    machine_load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="vonk-bench-") as name:
        directory = Path(name)
        writer = bench_world.PublicationWriter(directory / "control.sqlite3")
        writer.publish(bench_world.world(ads, eligible))
        models = directory / "ads" / bench_load.MODELS_DIR
        if model:
            part("bench_model").publish(models, ads)
        tokens = bench_world.viewer_tokens(Signer([bench_load.KEY]))
        (directory / "tokens.txt").write_text("\n".join(tokens))
        with _server(directory, express=express) as server:
            loads = _loads(server, directory, seconds=seconds, clients=clients)
            effect = None
            if publish:
                script = _script(directory, loads.rest_ms)
                effect = bench_decide_runs.publications(
                    server, writer, script, seconds=seconds, clients=clients, ads=ads
                )
        writer.close()
        restart_s = _restarted(directory, ads, tokens[0], express=express) if restart else None
        lost = part("bench_model").lost(models, ads, eligible) if model else None
    alone = bench_decide_runs.alone(ads, eligible) if inside else (None, None)
    figures = msgspec.structs.replace(
        loads.figures(machine_load),
        decide_p50_us=alone[0],
        decide_p99_us=alone[1],
        effect_ms_max=effect.effect_ms_max if effect else None,
        effect_p99_ms=effect.p99_ms if effect else None,
        restart_s=restart_s,
        value_lost=lost.value_lost if lost else None,
    )
    show(f"Decisions, {ads} ads, {eligible:.0%} eligible, {clients} clients", figures, json_output=json_output)


class _Loads(msgspec.Struct, frozen=True):
    """One server under full load, under half of it, and answering a bare "hello"."""

    full: bench_load.Load
    cpu_us: float
    resident_mb: float
    rest_ms: float  # Of each client between its requests, for half the load.
    half: bench_load.Load
    floor: bench_load.Load

    def figures(self, machine_load: float) -> DecideFigures:
        return DecideFigures(
            decisions_per_s=round(self.full.per_second, 1),
            floor_per_s=round(self.floor.per_second, 1),
            ratio=round(self.full.per_second / self.floor.per_second, 3),
            p50_ms=self.full.p50_us / 1000,
            p99_ms=self.full.p99_us / 1000,
            rss_mb=self.resident_mb,
            cpu_us=round(self.cpu_us, 1),
            half_per_s=round(self.half.per_second, 1),
            half_p50_ms=self.half.p50_us / 1000,
            half_p99_ms=self.half.p99_us / 1000,
            machine_load=round(machine_load, 2),
        )


def _loads(server: bench_load.Server, directory: Path, *, seconds: int, clients: int) -> _Loads:
    bench_load.wrk(server, "/v1/decisions", _script(directory), seconds=WARM_SECONDS, clients=clients)
    before = server.cpu_seconds()
    full = _checked(server, directory, seconds=seconds, clients=clients)
    cpu_us = (server.cpu_seconds() - before) * 1e6 / full.requests
    resident_mb = server.resident_mb()
    rest_ms = max(2_000 * clients / full.per_second - full.p50_us / 2_000, 0.0)
    half = _checked(server, directory, seconds=max(2, seconds // 2), clients=clients, rest_ms=rest_ms)
    hello = directory / "hello.lua"
    hello.write_text(bench_load.WRK_DONE)
    floor = bench_load.wrk(server, bench_load.FLOOR_PATH, hello, seconds=max(2, seconds // 3), clients=clients)
    return _Loads(full, cpu_us, resident_mb, rest_ms, half, floor)


def _restarted(directory: Path, ads: int, viewer: str, *, express: bool) -> float:
    """Return the seconds that a server with a day of counters takes until its first answer."""
    bench_decide_runs.keep_a_day(directory / "ads", ads)
    with bench_decide_runs.timed() as timer, _server(directory, express=express) as server:
        bench_decide_runs.first_answer(server, viewer)
        timer.stop()
    return timer.seconds


@contextmanager
def _server(directory: Path, *, express: bool) -> Iterator[bench_load.Server]:
    control = f"sqlite://{directory / 'control.sqlite3'}"
    lanes = [bench_load.EXPRESS] if express else []
    with bench_load.serving(control, str(directory / "ads"), "", *lanes, health="/healthz") as server:
        yield server


def _script(directory: Path, rest_ms: float = 0.0) -> Path:
    """Write the load's script, in which each client rests between its requests, and return its path."""
    path = directory / f"decide-{rest_ms:.3f}.lua"
    path.write_text(_LUA % (directory / "tokens.txt", rest_ms))
    return path


def _checked(
    server: bench_load.Server, directory: Path, *, seconds: int, clients: int, rest_ms: float = 0.0
) -> bench_load.Load:
    """Load the server; exits unless every answer was a success with an ad."""
    script = _script(directory, rest_ms)
    load = bench_load.wrk(server, "/v1/decisions", script, seconds=seconds, clients=clients)
    if load.status or load.failed or load.empty:
        raise typer.BadParameter(
            f"{load.status} answers were no success, {load.failed} requests failed, {load.empty} answers held no ad:"
            " more --ads or --eligible are shown to everybody"
        )
    return load
