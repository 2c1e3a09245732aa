"""kill -9 of every process at random moments under load: what was acknowledged stands, once, and the books hold.

`VONK_CRASH_ROUNDS=200 VONK_CRASH_SEED=7 pytest tests/simulation/test_crash.py` is the long run; a seed repeats its
schedule of kills.
"""

import json
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import msgspec
import pytest
from django_tasks_db.models import DBTaskResult

from tests import patience
from tests.simulation import crash_world
from tests.simulation.crash_load import Load
from tests.simulation.crash_platform import NAMES, Platform, platform_on
from tests.simulation.crash_world import FUNDS, World, clip
from tests.wire.serving import wait_for
from vonk.config import keys
from vonk.content.media import KEY
from vonk.events.log import START
from vonk.events.records import EventRecord
from vonk.events.tokens import Signer
from vonk.storage.sqlite.event_log import SqliteEventLog

ROUNDS = int(os.environ.get("VONK_CRASH_ROUNDS", "4"))
SEED = int(os.environ.get("VONK_CRASH_SEED", "40"))  # Its first four targets kill every process, and fill the disk.
LOAD_SECONDS_MAX = 1.0
BIRTH_SECONDS_MAX = 3.0
BYTES_LEFT = 512  # Less than serve's own log, which is then refused too.
BATCH = 400
TARGETS = ("site", "ads", "work", "transcode", "children", "supervisor", "everything", "disk")


class Kill(msgspec.Struct, frozen=True):
    """``whole``: with all that the process has started."""

    target: str
    whole: bool
    after_seconds: float


def schedule(rng: Random, rounds: int) -> Iterator[Kill]:
    """Every target once, in any order, then all of them again."""
    deck: list[str] = []
    for _ in range(rounds):
        deck = deck or rng.sample(TARGETS, len(TARGETS))
        yield Kill(deck.pop(), rng.random() < 0.5, round(rng.uniform(0.0, LOAD_SECONDS_MAX), 3))


class Rounds:
    """Kills, one after the other."""

    def __init__(self, platform: Platform, world: World, load: Load, video: bytes) -> None:
        self._platform = platform
        self._world = world
        self._load = load
        self._video = video
        self.uploads: list[str] = []

    def play(self, kill: Kill) -> None:
        time.sleep(kill.after_seconds)
        match kill.target:
            case "children":
                self._platform.kill(*NAMES, whole=kill.whole)
            case "supervisor" | "everything":
                self._platform.kill_supervisor(whole=kill.target == "everything")
            case "transcode":
                self._in_the_middle_of_a_video(whole=kill.whole)
            case "disk":
                self._fill_the_disk()
            case name:
                self._platform.kill(name, whole=kill.whole)
        self._platform.wait_until_ready()

    def _in_the_middle_of_a_video(self, *, whole: bool) -> None:
        video_id = self._world.cleo.does("POST", "/videos?name=long.mp4", raw=self._video)["id"]
        folder = f"video-{video_id}."
        wait_for(lambda: self._platform.alive(folder), "the video is not being encoded")
        encoders = set(self._platform.alive(folder))
        if whole:
            self._platform.kill("work", whole=True)
        else:
            self._platform.kill_supervisor(whole=False)
        wait_for(lambda: not encoders & set(self._platform.alive()), "the encoder outlives work")
        self.uploads.append(video_id)
        self.wait_for_videos()

    def wait_for_videos(self) -> None:
        for video_id in self.uploads:
            wait_for(
                lambda path=f"/videos/{video_id}": self._world.cleo.does("GET", path)["state"] == "ready",
                f"video {video_id} is not taken up again",
            )

    def _fill_the_disk(self) -> None:
        """The ad server can write nothing more for a while: it says so, decides on, and recovers."""
        ledger = self._load.ledger
        refused = ledger.refusals["log_unavailable"]
        self._platform.limit_files_of_ads(BYTES_LEFT)
        wait_for(lambda: ledger.refusals["log_unavailable"] > refused, "a full disk is not named")
        decided = ledger.decisions
        self._platform.limit_files_of_ads(None)
        acknowledged = len(ledger.acknowledged)
        wait_for(lambda: len(ledger.acknowledged) > acknowledged, "the ad server does not recover")
        assert ledger.decisions >= decided


def born(platform: Platform, rng: Random) -> None:
    """Start for the first time, after first starts that were cut short."""
    for whole in (False, True):
        platform.start()
        time.sleep(rng.uniform(0.0, BIRTH_SECONDS_MAX))
        platform.cut(whole=whole)
    platform.start()
    platform.wait_until_ready()


def events_in(log: Path) -> list[EventRecord]:
    reader = SqliteEventLog(log)
    found: list[EventRecord] = []
    after = START
    while page := reader.read(after, 5_000):
        found += [stored.record for stored in page if isinstance(stored.record, EventRecord)]
        after = page[-1].position
    reader.close()
    return found


def check_events(load: Load, data: Path) -> int:
    """Every acknowledged event is there once, at its price; nothing is there that was not sent. Return what it bills."""
    ledger = load.ledger
    found = events_in(data / "events" / "log.sqlite3")
    times = Counter(record.event_id for record in found)
    assert [event_id for event_id, count in times.items() if count > 1] == [], "Twice in the log."
    assert ledger.acknowledged.keys() - times.keys() == set(), "Acknowledged and not in the log."
    sent = ledger.acknowledged | ledger.in_doubt
    assert times.keys() - sent.keys() == set(), "In the log and never sent."
    charged = {record.event_id: record.charge_micros for record in found}
    assert charged == {event_id: sent[event_id].price_micros for event_id in times}
    assert any(charged.values())
    return sum(charged.values())


def check_the_site(load: Load, world: World) -> None:
    """What people did and were told is there once."""
    ledger = load.ledger
    transfers = world.ada.all_of(f"/accounts/{world.account_id}/transfers")
    paid_in = [transfer["amount_micros"] for transfer in transfers if transfer["reason"] == "top_up"]
    assert sorted(paid_in) == sorted([FUNDS, *ledger.top_ups])
    assert len(ledger.payments) == len(ledger.top_ups)
    comments = [comment["text"] for comment in world.vik.all_of(f"/posts/{world.post_id}/comments")]
    assert sorted(comments) == sorted(ledger.comments)
    numbers = {one["name"]: one for one in world.cleo.does("GET", f"/posts/{world.post_id}/numbers")["numbers"]}
    assert numbers["likes"]["total"] == sum(ledger.likes.values())
    assert numbers["comments"]["total"] == len(ledger.comments)
    consents = world.cleo.all_of(f"/posts/{world.spare_post_id}/consents")
    assert {consent["id"]: consent["state"] == "revoked" for consent in consents} == ledger.consents


def check_files(data: Path) -> None:
    """Every file of the media is named by a row, every named one is there, and nothing is half done."""
    database = sqlite3.connect(f"file:{data / 'control.sqlite3'}?mode=ro", uri=True)
    named = {
        key
        for row in database.execute("SELECT source_key, rendition_key, poster_key FROM content_video")
        for key in row
        if key is not None
    }
    unfinished = f"SELECT count(*) FROM {DBTaskResult._meta.db_table} WHERE status <> 'SUCCESSFUL'"  # noqa: S608 - a name.
    assert database.execute(unfinished).fetchone() == (0,)
    database.close()
    files = {path.name for path in (data / "media").rglob("*") if path.is_file()}
    assert {name for name in files if not KEY.fullmatch(name)} == set()
    assert named - files == set()
    assert files - named == set()
    assert [path for path in (data / "scratch").rglob("*") if path.is_file()] == []
    assert sorted(path.name for path in (data / "keys").iterdir()) == ["codes", "django", "receipts", "tokens"]


@pytest.mark.timeout(patience.SECONDS * (ROUNDS + 3))
def test_what_was_acknowledged_survives_every_kill(tmp_path: Path) -> None:
    rng = Random(SEED)
    with platform_on(tmp_path / "data") as platform:
        born(platform, rng)
        world = crash_world.made(platform, tmp_path)
        load = Load(platform, world, Signer(keys.load_or_create(platform.data).tokens), SEED)
        rounds = Rounds(platform, world, load, clip(tmp_path, seconds=8, size="360x640"))
        kills = list(schedule(rng, ROUNDS))
        load.start()
        try:
            for number, kill in enumerate(kills):
                print(f"round {number} of seed {SEED}: {kill}", flush=True)  # noqa: T201 - to find a failure again.
                rounds.play(kill)
                assert load.ledger.failures == []
        finally:
            load.stop()
        rounds.wait_for_videos()
        settle(platform, load, world)
        everything_again(load)
        check_the_site(load, world)
        assert platform.stop() == 0
        assert platform.alive() == []
        audit = platform.audit()
        assert audit.returncode == 0, audit.stdout + audit.stderr
        assert json.loads(audit.stdout)["holds"] is True
        check_events(load, platform.data)
        check_files(platform.data)
        print(summary(kills, load, rounds, platform.data))  # noqa: T201 - the long run's figures.


def settle(platform: Platform, load: Load, world: World) -> None:
    """Wait until all that is in the log is in the books."""
    billed = check_events(load, platform.data)
    wait_for(
        lambda: world.ada.does("GET", f"/accounts/{world.account_id}/balance")["billed_micros"] == billed,
        f"{billed} are not billed",
    )


def everything_again(load: Load) -> None:
    """After all restarts the ad server still knows every event."""
    events = list(load.ledger.acknowledged.values())
    for start in range(0, len(events), BATCH):
        load.report(events[start : start + BATCH])


def summary(kills: list[Kill], load: Load, rounds: Rounds, data: Path) -> str:
    ledger = load.ledger
    times = Counter(record.event_id for record in events_in(data / "events" / "log.sqlite3"))
    lost, doubled = len(ledger.acknowledged.keys() - times.keys()), sum(count > 1 for count in times.values())
    by_target = ", ".join(f"{target} {count}" for target, count in sorted(Counter(k.target for k in kills).items()))
    return (
        f"{len(kills)} rounds ({by_target}); events: {len(ledger.acknowledged)} acknowledged, {lost} lost, {doubled} doubled, "
        f"{len(ledger.in_doubt)} given up in doubt, {ledger.resent} resent; {ledger.decisions} slots; "
        f"refused batches: {dict(ledger.refusals)}; {len(ledger.top_ups)} top-ups, {len(ledger.comments)} comments, "
        f"{len(ledger.consents)} consents, {len(rounds.uploads)} videos"
    )
