"""The ad server on JetStream, when the stream's server dies under it and comes back."""

import asyncio
from pathlib import Path

import pytest

from tests.contract import jetstream
from tests.unit.delivery.making import NOW_MS, Ads, one_ad, with_ads
from vonk.events import committer
from vonk.events.log import START
from vonk.events.records import EventRecord
from vonk.storage.nats import event_log as engine
from vonk.storage.nats import stream
from vonk.storage.nats.event_log import NatsEventLog


def test_what_was_not_acknowledged_while_the_server_was_dead_is_taken_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committer, "FOLLOW_SECONDS", 0.01)

    async def healthy(ads: Ads, wanted: int) -> None:
        while (await ads.call("GET", "/healthz"))[0] != wanted:  # noqa: ASYNC110 - a load balancer asks like this too.
            await asyncio.sleep(0.01)

    with jetstream.running(tmp_path, nodes=1) as servers:
        node = servers.nodes[0]

        async def story(ads: Ads) -> None:
            token = (await ads.slot())["token"]
            assert await ads.report(token, "impression") == [("accepted", None)]
            node.kill()
            events = [{"id": kind, "kind": kind, "token": token, "at": NOW_MS} for kind in ("impression", "play")]
            with monkeypatch.context() as impatient:  # Only while nobody answers: a busy machine's server is slower.
                impatient.setattr(stream, "ANSWER_SECONDS", 0.2)
                impatient.setattr(engine, "APPEND_SECONDS_MAX", 0.4)
                impatient.setattr(engine, "LOOK_SECONDS_MAX", 0.4)
                await healthy(ads, 503)
                status, problem = await ads.call("POST", "/v1/events", {"events": events})
                assert (status, problem["code"]) == (503, "log_unavailable")
            node.start()
            await healthy(ads, 200)
            assert await ads.report(token, "impression", "play") == [
                ("duplicate", "event_repeated"),
                ("accepted", None),
            ]

        with_ads(story, *one_ad(), log=NatsEventLog(servers.url("EVENTS")))
        log = NatsEventLog(servers.url("EVENTS"))
        records = [stored.record for stored in log.read(START, 100)]
        assert [record.event_id for record in records if isinstance(record, EventRecord)] == ["impression", "play"]
        log.close()
