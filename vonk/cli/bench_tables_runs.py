"""The measuring behind ``vonk bench tables``: requests one after the other at a site on its own core."""

import contextlib
import gzip
import http.client
import os
import sys
import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from statistics import median
from typing import Final

import msgspec
import typer
from django.conf import settings
from django.db import connections
from django.urls import reverse

from vonk.cli import bench_load, bench_tables_world, migrating
from vonk.cli.bench_tables_world import World

WARM: Final = 2  # Requests whose time is nobody's: the first imports and compiles templates.
LOOKS: Final = 7  # At each page; their median is what a reader meets.
BAR_MS: Final = 400  # Issue 7: first paint, filter and order of a table of 10,000 ads.
WORLD: Final = "world.json"
PARTIAL: Final = {"HX-Request": "true", "HX-Target": "grid"}
_FULL: Final[Mapping[str, str]] = {}

LOOKED_AT: Final[Mapping[str, tuple[str, str, Mapping[str, str]]]] = {
    "overview": ("advertiser:home", "", _FULL),
    "campaigns, first paint": ("advertiser:campaigns", "", _FULL),
    "ad groups, first paint": ("advertiser:ad_groups", "", _FULL),
    "ads, first paint": ("advertiser:ads", "", _FULL),
    "ads, totals": ("totals", "", {"HX-Request": "true"}),
    "ads, last page": ("advertiser:ads", "page=200", PARTIAL),
    "ads by name": ("advertiser:ads", "sort=name", PARTIAL),
    "ads by campaign": ("advertiser:ads", "sort=campaign", PARTIAL),
    "ads by spend": ("advertiser:ads", "sort=-spend", PARTIAL),
    "ads by impressions": ("advertiser:ads", "sort=-impressions", PARTIAL),
    "ads by CTR": ("advertiser:ads", "sort=-ctr", PARTIAL),
    "ads by results": ("advertiser:ads", "sort=-results", PARTIAL),
    "ads by cost per result": ("advertiser:ads", "sort=cost_per_result", PARTIAL),
    "ads of a text": ("advertiser:ads", "q=bread+77", PARTIAL),
    "ads of a status": ("advertiser:ads", "status=delivering", PARTIAL),
    "ads of a review": ("advertiser:ads", "review=approved", PARTIAL),
    "ads of a number": ("advertiser:ads", "where=ctr.gte.1.5", PARTIAL),
    "ads compared": ("advertiser:ads", "compare=previous", PARTIAL),
    "ads of a status by CTR": ("advertiser:ads", "status=in_review&sort=-ctr", PARTIAL),
}
"""What is asked for: address, query, headers."""


class PageFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One page: milliseconds by the clock, of the server's processor, and kilobytes as they are sent (gzip)."""

    page: str
    median_ms: float
    worst_ms: float
    cpu_ms: float
    html_kb: float


def prepare(directory: Path, *, campaigns: int, ads: int) -> World:
    """Return the account, made where the directory has none yet."""
    file = directory / WORLD
    if file.exists():
        return msgspec.json.decode(file.read_bytes(), type=World)
    migrating.migrate(quiet=True)
    world = bench_tables_world.make(directory, campaigns=campaigns, ads=ads)
    file.write_bytes(msgspec.json.encode(world))
    connections.close_all()
    return world


@contextlib.contextmanager
def site(directory: Path) -> Iterator[bench_load.Server]:
    """Serve the directory on a core of its own."""
    command = [sys.executable, "-m", "vonk.cli.main", "site", "--data", str(directory), "--port"]
    real = {"VONK_SANDBOX": "false"}  # A sandbox reads its clock at every call; what was made needed test money alone.
    with bench_load.pinned(command, health="/healthz", environ=real) as server:
        yield server


def look(server: bench_load.Server, world: World, name: str) -> PageFigures:
    """Return how long a page took; ends the command when it is not answered."""
    view, query, headers = LOOKED_AT[name]
    address = reverse("advertiser:table_totals", args=["ad"]) if view == "totals" else reverse(view)
    path = f"{address}?{query}" if query else address
    cookie = f"{settings.SESSION_COOKIE_NAME}={world.session}"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    taken, content = [], b""
    try:
        for number in range(WARM + LOOKS):
            if number == WARM:
                worked = _cpu_seconds(server)
            began = time.monotonic()
            connection.request("GET", path, headers={**headers, "Cookie": cookie})
            answer = connection.getresponse()
            content = answer.read()
            taken.append((time.monotonic() - began) * 1_000)
            if answer.status != HTTPStatus.OK:
                raise typer.BadParameter(f"{path} answered {answer.status}")
    finally:
        connection.close()
    return PageFigures(
        page=name,
        median_ms=round(median(taken[WARM:]), 1),
        worst_ms=round(max(taken[WARM:]), 1),
        cpu_ms=round((_cpu_seconds(server) - worked) / LOOKS * 1_000, 1),
        html_kb=round(len(gzip.compress(content, 6)) / 1_000, 1),
    )


def _cpu_seconds(server: bench_load.Server) -> float:
    """Return the processor time of the site's worker, a child of the process that was started."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    ticks = 0
    for child in children:
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
