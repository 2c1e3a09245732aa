"""When the log cannot keep up: a bound on what waits, a time to come back, and nothing acknowledged lost."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from tests.unit.delivery.making import NOW_MS, Ads, one_ad, with_ads
from vonk.events import committer
from vonk.events.log import Position
from vonk.events.records import EventRecord, Record
from vonk.storage.memory.event_log import MemoryEventLog

WAITING_MAX = 50
BATCH = 10


class SlowLog(MemoryEventLog):
    """Takes records only while its gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()

    def append(self, records: Sequence[Record], *, after: Position | None = None) -> Position:
        assert self.gate.wait(30)
        return super().append(records, after=after)


def test_who_comes_while_the_log_is_full_is_told_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committer, "QUEUE_RECORDS_MAX", WAITING_MAX)
    log = SlowLog()

    async def send(ads: Ads, token: str, number: int) -> tuple[int, Any]:
        events = [
            {"id": f"{number}-{place}", "kind": "click_profile", "token": token, "at": NOW_MS} for place in range(BATCH)
        ]
        return await ads.call("POST", "/v1/events", {"events": events})

    async def story(ads: Ads) -> list[str]:
        token = (await ads.slot())["token"]
        await ads.report(token, "impression")
        log.gate.clear()
        waiting = [asyncio.create_task(send(ads, token, number)) for number in range(WAITING_MAX // BATCH)]
        await asyncio.sleep(0)
        assert ads.app.runtime.committer.queued == WAITING_MAX
        for number in range(100, 120):
            status, problem = await send(ads, token, number)
            assert (status, problem["code"], ads.headers["retry-after"]) == (429, "queue_full", "1")
            assert ads.app.runtime.committer.queued == WAITING_MAX
        status, problem = await ads.call("POST", "/v1/decisions", {"viewer": ads.viewer(), "slots": [{"position": 4}]})
        assert (status, problem["code"], ads.headers["retry-after"]) == (429, "queue_full", "1")
        assert not any(task.done() for task in waiting)

        log.gate.set()
        acknowledged = []
        for status, answer in [*await asyncio.gather(*waiting), await send(ads, token, 100)]:
            assert status == 200
            acknowledged += [verdict["id"] for verdict in answer["verdicts"]]
        assert len(acknowledged) == WAITING_MAX + BATCH
        return acknowledged

    acknowledged = with_ads(story, *one_ad(), log=log)
    events = [stored.record for stored in log.read(Position(0), 1_000) if isinstance(stored.record, EventRecord)]
    assert [event.event_id for event in events] == ["impression", *acknowledged]
