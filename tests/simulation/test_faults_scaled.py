"""Two ad servers on one JetStream of three nodes and one Redis, and all that can happen to those, under load.

`VONK_FAULT_ROUNDS=200 VONK_FAULT_SEED=7 pytest -s tests/simulation/test_faults_scaled.py` is the long run.
"""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests import patience
from tests.contract import jetstream
from tests.contract.redis_server import RedisServer, redis_server
from tests.simulation.fault_load import Crowd
from tests.simulation.fault_plane import Plane
from tests.simulation.fault_run import SEED, run
from vonk.config import keys
from vonk.events.tokens import Signer
from vonk.storage.nats.event_log import NatsEventLog

ROUNDS = int(os.environ.get("VONK_FAULT_ROUNDS", "8"))
AUDIT_EVERY = int(os.environ.get("VONK_FAULT_AUDIT_EVERY", "20"))  # Rounds; and at the end.
STREAM = "FAULTS"
AWAY_SECONDS_MAX = 1.5


class Faults:
    """What can be done to the servers behind ad servers, and to one of these meanwhile."""

    def __init__(self, plane: Plane, servers: jetstream.Servers, redis: RedisServer) -> None:
        self._plane = plane
        self._servers = servers
        self._redis = redis
        self.named: dict[str, Callable[[float], None]] = {
            "kill_one_ad_server": lambda _: plane.kill("ads2"),
            "kill_everything_of_ours": lambda _: plane.kill(*plane.names),
            "kill_a_node": self._kill_a_node,
            "cut_off_the_leader": self._cut_off_the_leader,
            "cut_off_a_follower": self._cut_off_a_follower,
            "kill_every_node": self._kill_every_node,
            "empty_redis": self._empty_redis,
            "silence_one_ad_server": self._silence,
        }

    def _kill_a_node(self, share: float) -> None:
        node = Random(share).choice(self._servers.nodes)
        node.kill()
        time.sleep(share * AWAY_SECONDS_MAX)
        node.start()

    def _cut_off_the_leader(self, share: float) -> None:
        """It falls silent and is then started anew: one that only wakes up again may lead with an old log.

        nats-server 2.9 then loses what the others have acknowledged, which no client can undo (decision 14).
        """
        leader = self._servers.leader_of(STREAM)
        leader.cut_off()
        time.sleep(share * AWAY_SECONDS_MAX)
        leader.kill()
        leader.start()

    def _cut_off_a_follower(self, share: float) -> None:
        leader = self._servers.leader_of(STREAM)
        follower = next(node for node in self._servers.nodes if node is not leader)
        follower.cut_off()
        time.sleep(share * AWAY_SECONDS_MAX)
        follower.bring_back()

    def _kill_every_node(self, share: float) -> None:
        for node in self._servers.nodes:
            node.kill()
        time.sleep(share * AWAY_SECONDS_MAX / 2)
        for node in self._servers.nodes:
            node.start()

    def _empty_redis(self, share: float) -> None:
        self._redis.kill()
        time.sleep(share * AWAY_SECONDS_MAX / 2)
        self._redis.start()

    def _silence(self, share: float) -> None:
        with self._plane.silent("ads2"):
            time.sleep(share)


@pytest.mark.xdist_group("faults")
@pytest.mark.timeout(patience.SECONDS * (ROUNDS + 4))
def test_after_every_fault_of_its_engines_what_was_acknowledged_is_there_once(world: Path, tmp_path: Path) -> None:
    second = Path(shutil.copytree(world, tmp_path / "second"))
    with jetstream.running(tmp_path / "nats", nodes=3) as servers, redis_server(tmp_path) as redis:
        plane = Plane(
            world,
            {"ads2": second},
            database_url=f"sqlite:///{world / 'control.sqlite3'}",
            event_log_url=servers.url(STREAM),
            counters_url=redis.url,
        )
        signer = Signer(keys.load_or_create(world).tokens)
        crowd = Crowd([plane.url("ads"), plane.url("ads2")], signer, SEED)
        run(
            plane,
            crowd,
            Faults(plane, servers, redis).named,
            lambda: NatsEventLog(servers.url(STREAM)),
            rounds=ROUNDS,
            audit_every=AUDIT_EVERY,
        )
