"""A schedule of faults over a plane and its crowd, and what must hold after each of them."""

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random

import msgspec

from tests import templates
from tests.simulation import crash_world
from tests.simulation.crash_platform import platform_on
from tests.simulation.fault_load import Crowd
from tests.simulation.fault_log import LogReader
from tests.simulation.fault_plane import Plane
from tests.wire.serving import VONK, wait_for
from vonk.events.log import EventLog

SEED = int(os.environ.get("VONK_FAULT_SEED", "11"))
ONLY = os.environ.get("VONK_FAULT_NAMES", "").split()  # Of the faults; all when empty.
LOAD_SECONDS_MAX = 0.3


class Fault(msgspec.Struct, frozen=True):
    """One thing that happens. ``after_seconds`` of load before it; ``share`` is chance for the fault to use."""

    name: str
    after_seconds: float
    share: float


def schedule(rng: Random, names: list[str], rounds: int) -> Iterator[Fault]:
    """Yield every fault once, in any order, then all of them again."""
    deck: list[str] = []
    for _ in range(rounds):
        deck = deck or rng.sample(names, len(names))
        yield Fault(deck.pop(), round(rng.uniform(0.0, LOAD_SECONDS_MAX), 3), round(rng.random(), 3))


def prepared(folder: Path) -> Path:
    """Make the world through the front door, once, and leave its directory to a plane."""
    templates.directory(folder / "data", sandbox=True)
    with platform_on(folder / "data") as platform:
        platform.start()
        platform.wait_until_ready()
        crash_world.made(platform, folder)
        assert platform.stop() == 0
    return folder / "data"


def wait_for_more(crowd: Crowd, code: str) -> None:
    """Return when one more batch was answered so."""
    before = crowd.answers[code]
    wait_for(
        lambda: crowd.answers[code] > before or crowd.failures,
        f"no answer is {code}: {dict(crowd.answers)}",
    )
    assert crowd.failures == []


def audit(plane: Plane) -> None:
    done = subprocess.run(
        [*VONK, "audit", "--data", str(plane.data), "--json"],
        capture_output=True,
        text=True,
        check=False,
        env=plane.environment(),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["holds"] is True


def run(
    plane: Plane,
    crowd: Crowd,
    named: Mapping[str, Callable[[float], None]],
    open_log: Callable[[], EventLog],
    *,
    rounds: int,
    audit_every: int,
) -> None:
    """Play so many faults under load. After each: all run again, what was acknowledged is there once; the audit holds."""
    played: Counter[str] = Counter()
    try:
        plane.start(*plane.names)
        plane.wait_until_ready(*plane.names)
        log = open_log()
        reader = LogReader(log)
        crowd.start()
        try:
            for number, fault in enumerate(schedule(Random(SEED), ONLY or list(named), rounds), 1):
                print(f"round {number} of seed {SEED}: {fault}", flush=True)  # noqa: T201 - to find a failure again.
                time.sleep(fault.after_seconds)
                named[fault.name](fault.share)
                plane.start(*plane.names)
                plane.wait_until_ready(*plane.names)
                wait_for_more(crowd, "ok")
                played[fault.name] += 1
                reader.check(crowd)
                if number % audit_every == 0:
                    audit(plane)
        finally:
            crowd.stop()
        reader.check_the_end(crowd)
        log.close()
        plane.stop()
        audit(plane)
    finally:
        plane.end()
    print(  # noqa: T201 - the long run's figures.
        f"{dict(played)}; {crowd.showings} showings, {len(crowd.acknowledged)} events acknowledged, 0 lost, 0 doubled, "
        f"{len(crowd.in_doubt)} given up in doubt; {sum(reader.charged.values())} charges, none twice; "
        f"answers {dict(crowd.answers)}; verdicts {dict(crowd.verdicts)}"
    )
