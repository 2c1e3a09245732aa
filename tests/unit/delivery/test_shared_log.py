"""Two ad servers on one log: each event is in it once, each server knows what the other took."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests import patience
from tests.unit.delivery.making import ACCOUNT, AD, CAMPAIGN, KEY, NOW, Ads, ad_group, id_of, kind_of, one_ad, with_ads
from vonk.core.clock import FixedClock
from vonk.delivery.limits.counters import Purse
from vonk.delivery.server.app import make_app
from vonk.delivery.server.options import Options
from vonk.delivery.snapshot import Document, FrequencyCap
from vonk.events import committer
from vonk.events.log import EventLog, LogShortened, Position
from vonk.events.records import EventRecord
from vonk.events.tokens import Signer
from vonk.storage.memory.counters import MemoryCounters
from vonk.storage.memory.event_log import MemoryEventLog
from vonk.storage.memory.publication_feed import MemoryPublicationFeed

KINDS = ("impression", "play", "view_2s")


@pytest.fixture(autouse=True)
def attentive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let idle servers look for one another's records all the time."""
    monkeypatch.setattr(committer, "FOLLOW_SECONDS", 0.001)


def with_two(story: Callable[[Ads, Ads], Awaitable[None]], log: EventLog, *documents: Document) -> None:
    """Start two ad servers on the log and the same documents, let the story happen, stop them."""

    def server() -> Ads:
        feed, clock = MemoryPublicationFeed(), FixedClock(NOW)
        for document in documents:
            feed.publish(kind_of(document), id_of(document), document)
        app = make_app(
            feed=feed, log=log, signer=Signer([KEY]), counters=MemoryCounters(), clock=clock, options=Options()
        )
        return Ads(app, feed, clock)

    async def live() -> None:
        both = server(), server()
        for one in both:
            await one.app.runtime.start()
        try:
            async with asyncio.timeout(patience.SECONDS):
                await story(*both)
        finally:
            for one in both:
                await one.app.runtime.stop()

    asyncio.run(live())


async def caught_up(log: EventLog, *servers: Ads) -> None:
    """Wait until each server knows all that the log holds."""
    while any(one.app.runtime.committer.queued or one.app.runtime._position < log.end() for one in servers):  # noqa: ASYNC110 - the servers need no event for it.
        await asyncio.sleep(0.001)


def events_in(log: EventLog) -> list[EventRecord]:
    return [stored.record for stored in log.read(Position(0), 10**6) if isinstance(stored.record, EventRecord)]


def test_an_event_that_both_are_told_of_is_in_the_log_once_and_billed_once() -> None:
    log = MemoryEventLog()

    async def story(one: Ads, other: Ads) -> None:
        tokens = [(await one.slot())["token"] for _ in range(20)]
        await caught_up(log, one, other)
        answers = await asyncio.gather(
            *(server.report(token, *KINDS) for token in tokens for server in (one, other, one))
        )
        verdicts = [verdict for answer in answers for verdict, _ in answer]
        assert (verdicts.count("accepted"), verdicts.count("duplicate")) == (60, 120)
        await caught_up(log, one, other)
        assert one.app.runtime.committer.moves + other.app.runtime.committer.moves > 0
        for server in (one, other):
            counters = server.app.runtime.counters
            assert counters.spend(Purse.CAMPAIGN, CAMPAIGN).billed == 20 * 100
            assert counters.tally(AD).impressions == 20
            assert counters.promises == 0

    with_two(story, log, *one_ad())
    events = events_in(log)
    assert len(events) == len({(event.claims.decision_id, event.event_id) for event in events}) == 60
    assert sum(event.charge_micros for event in events) == 20 * 100


def test_a_server_counts_what_the_other_spent_and_showed() -> None:
    log = MemoryEventLog()

    async def story(one: Ads, other: Ads) -> None:
        await one.report((await one.slot())["token"], "impression")
        promised = await other.slot()
        await caught_up(log, one, other)
        assert "token" in promised
        for server in (one, other):
            assert server.app.runtime.counters.spend(Purse.ACCOUNT, ACCOUNT).billed == 100
            assert (await server.slot())["refusals"] == {"seen_too_often": 1}

    with_two(story, log, *one_ad(ad_group=ad_group(cap=FrequencyCap(2, 86_400))))


def test_a_server_that_missed_much_catches_up_before_it_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committer, "FOLLOW_SECONDS", 3_600)
    monkeypatch.setattr("vonk.storage.memory.event_log.MOVED_RECORDS_MAX", 7)
    log = MemoryEventLog()

    async def story(one: Ads, other: Ads) -> None:
        tokens = [(await one.slot())["token"] for _ in range(10)]
        for token in tokens:
            await one.report(token, "impression")
        assert await other.report(tokens[0], "impression", "play") == [
            ("duplicate", "event_repeated"),
            ("accepted", None),
        ]
        assert other.app.runtime.counters.tally(AD).impressions == 10

    with_two(story, log, *one_ad())


def test_a_log_that_lost_what_was_acknowledged_is_not_written_to(tmp_path: Path) -> None:
    kept = Options(checkpoint_dir=tmp_path)

    async def report(ads: Ads) -> None:
        await ads.report((await ads.slot())["token"], "impression")

    with_ads(report, *one_ad(), options=kept)
    shorter = MemoryEventLog()
    with pytest.raises(LogShortened) as caught:
        with_ads(report, *one_ad(), log=shorter, options=kept)
    assert caught.value.values == {"end": 0, "known": 3}  # With the counts of its minute.
    assert shorter.end() == 0
