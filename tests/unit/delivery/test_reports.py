"""The door for events: who sends them, from where, in which version, and what happens when the disk is slow."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.unit.delivery.making import KEY, NOW_MS, USER_AGENT, Ads, ad_group, one_ad, with_ads
from tests.unit.delivery.test_app import events_in
from vonk.delivery.limits.counters import Level
from vonk.delivery.server.options import Options
from vonk.delivery.snapshot import Billing, FrequencyCap, RuleTuning, ValidityDocument
from vonk.events import committer, schema
from vonk.events.log import Position
from vonk.events.records import Record
from vonk.events.tokens import HostClaims, ReaderClaims, Signer
from vonk.storage.memory.event_log import MemoryEventLog

ROOT = Path(__file__).parents[3]
HOST_KEY = Signer([KEY]).sign_host(HostClaims("app", NOW_MS + 1))
HOST = {"authorization": f"Bearer {HOST_KEY}", "user-agent": "Dart/3.5"}
BOT = {"user_agent": "curl/8.5"}


async def verdict_of(
    ads: Ads, headers: Mapping[str, str | None] | None = None, *, of_event: Any = None, **batch: Any
) -> tuple[int, str | None]:
    """Report an impression of a new showing; return the status and the reason, or the problem's code."""
    token = (await ads.slot())["token"]
    event = {"id": "a", "kind": "impression", "token": token, "at": NOW_MS}
    if of_event is not None:
        event["context"] = of_event
    status, answer = await ads.call("POST", "/v1/events", {"events": [event], **batch}, headers)
    return status, answer["verdicts"][0]["reason"] if status == 200 else answer["code"]


def test_a_browsers_own_request_is_judged(tmp_path: Path) -> None:
    (tmp_path / "data-centres.txt").write_text("198.51.100.0/24\n")
    log = MemoryEventLog()

    async def story(ads: Ads) -> Any:
        found = [
            await verdict_of(ads),
            await verdict_of(ads, {"user-agent": "curl/8.5"}),
            await verdict_of(ads, {"user-agent": None}),
        ]
        ads.address = "198.51.100.9"
        found.append(await verdict_of(ads))
        return found, (await ads.call("GET", "/metrics"))[1].decode()

    found, metrics = with_ads(story, *one_ad(), log=log, options=Options(lists_dir=tmp_path))
    assert found == [(200, None), (200, "known_bot"), (200, "known_bot"), (200, "data_centre")]
    assert [(record.invalid, record.charge_micros) for record in events_in(log)] == [
        ("", 100),
        ("known_bot", 0),
        ("known_bot", 0),
        ("data_centre", 0),
    ]
    assert b"198.51.100" not in b"".join(msgspec.msgpack.encode(record) for record in events_in(log))
    assert 'vonk_events_total{verdict="accepted"} 4.0' in metrics
    assert 'vonk_events_invalid_total{rule="known_bot"} 2.0' in metrics
    assert "vonk_data_centre_ranges 1.0" in metrics


def test_a_host_is_believed_and_its_viewers_are_judged() -> None:
    async def story(ads: Ads) -> Any:
        return [
            await verdict_of(ads, HOST),
            await verdict_of(ads, HOST, of_event=BOT),
            await verdict_of(ads, HOST, of_event={"user_agent": USER_AGENT, "address": "192.0.2.1"}),
        ]

    assert with_ads(story, *one_ad()) == [(200, None), (200, "known_bot"), (200, None)]


@pytest.mark.parametrize(
    ("headers", "batch", "expected"),
    [
        ({}, {"context": BOT}, (403, "context_needs_host_key")),
        (HOST, {"context": BOT}, (200, "known_bot")),
        (HOST, {"context": {"address": "next door"}}, (400, "context_invalid")),
        ({}, {"version": 1}, (200, None)),
        ({}, {"version": 3}, (400, "version_unknown")),
        ({"authorization": "Bearer x"}, {}, (403, "host_key_invalid")),
        ({"authorization": "Basic x"}, {}, (401, "sign_in_required")),
        (
            {"authorization": f"Bearer {Signer([KEY]).sign_host(HostClaims('app', NOW_MS))}"},
            {},
            (403, "host_key_invalid"),
        ),
        (
            {"authorization": f"Bearer {Signer([KEY]).sign_reader(ReaderClaims(0, NOW_MS + 1))}"},
            {},
            (403, "host_key_invalid"),
        ),
    ],
)
def test_who_may_say_what(
    headers: dict[str, str | None], batch: dict[str, Any], expected: tuple[int, str | None]
) -> None:
    async def story(ads: Ads) -> Any:
        return await verdict_of(ads, headers, **batch)

    assert with_ads(story, *one_ad()) == expected


def test_a_host_may_ask_for_slots_and_a_stranger_with_a_key_may_not() -> None:
    async def story(ads: Ads) -> Any:
        body = {"viewer": ads.viewer(), "slots": [{"position": 4}]}
        good = await ads.call("POST", "/v1/decisions", body, dict(HOST))
        bad = await ads.call("POST", "/v1/decisions", body, {"authorization": "Bearer x"})
        return good[0], (bad[0], bad[1]["code"])

    assert with_ads(story, *one_ad()) == (200, (403, "host_key_invalid"))


@pytest.mark.parametrize("own", [{"profiles": (7,)}, {"accounts": (9, 1)}])
def test_who_looks_at_their_own_counts_for_nothing(own: dict[str, tuple[int, ...]]) -> None:
    log = MemoryEventLog()

    async def story(ads: Ads) -> Any:
        slot = await ads.slot(ads.viewer("cleo", **own))
        verdicts = await ads.report(slot["token"], "impression")
        return (
            verdicts,
            ads.app.runtime.counters.seen("cleo", Level.AD_GROUP, 100, 0),
            ads.app.runtime.counters.tally(1_000).impressions,
        )

    shown = one_ad(ad_group=ad_group(cap=FrequencyCap(2, 86_400)))
    assert with_ads(story, *shown, log=log) == ([("accepted", "own_showing")], 1, 0)
    assert [record.charge_micros for record in events_in(log)] == [0]


def test_operators_tune_the_rules_while_the_server_runs() -> None:
    async def story(ads: Ads) -> Any:
        before = await verdict_of(ads, {"user-agent": "curl/8.5"})
        off = ValidityDocument({"known_bot": RuleTuning(enabled=False)})
        await ads.publish(off)
        return before, await verdict_of(ads, {"user-agent": "curl/8.5"})

    assert with_ads(story, *one_ad()) == ((200, "known_bot"), (200, None))


def test_a_click_restored_after_a_restart_bills_once(tmp_path: Path) -> None:
    log, tokens = MemoryEventLog(), []
    documents = one_ad(ad_group=ad_group(billing=Billing.CPC, bid_micros=350_000))
    options = Options(checkpoint_dir=tmp_path)

    async def before(ads: Ads) -> Any:
        tokens.append((await ads.slot())["token"])
        ads.clock.advance(seconds=5)
        return await ads.report(tokens[0], "click_destination")

    async def after(ads: Ads) -> Any:
        ads.clock.advance(seconds=9)
        first = await ads.report(tokens[0], "impression")
        return first, await ads.report(tokens[0], "impression", "click_destination")

    assert with_ads(before, *documents, log=log, options=options) == [("accepted", "not_rendered")]
    assert with_ads(after, *documents, log=log, options=options) == (
        [("accepted", None)],
        [("duplicate", "event_repeated")] * 2,
    )
    assert [(record.kind.value, record.invalid, record.restored) for record in events_in(log)] == [
        ("click_destination", "not_rendered", ""),
        ("impression", "", ""),
        ("click_destination", "", "not_rendered"),
    ]
    charges = [record.charge_micros for record in events_in(log)]
    assert charges[:2] == [0, 0]
    assert charges[2] > 0


class SlowLog(MemoryEventLog):
    """Writes when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = threading.Event()
        self.let.set()

    def append(self, records: Sequence[Record], **known: Any) -> Position:
        self.let.wait(30)
        return super().append(records, **known)


def test_when_the_disk_is_slow_callers_wait_memory_is_bounded_and_nothing_acknowledged_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(committer, "QUEUE_RECORDS_MAX", 60)
    log = SlowLog()

    def batch(turn: int, token: str) -> dict[str, Any]:
        kinds = ["impression", *["comment"] * 9]
        return {
            "events": [{"id": f"{turn}-{n}", "kind": kind, "token": token, "at": 1} for n, kind in enumerate(kinds)]
        }

    async def story(ads: Ads) -> Any:
        tokens = [(await ads.slot())["token"] for _ in range(20)]
        log.let.clear()
        asked = [
            asyncio.create_task(ads.call("POST", "/v1/events", batch(turn, token))) for turn, token in enumerate(tokens)
        ]
        await asyncio.sleep(0)
        queued = ads.app.runtime.committer.queued
        refused, _ = await ads.call("POST", "/v1/events", batch(99, tokens[0]))
        assert (refused, ads.headers["retry-after"]) == (429, "1")
        log.let.set()
        return queued, [(status, answer.get("code")) for status, answer in [await one for one in asked]]

    queued, answers = with_ads(story, *one_ad(), log=log)
    taken = [one for one in answers if one[0] == 200]
    assert 0 < len(taken) < len(answers)
    assert queued <= 60
    assert set(answers) == {(200, None), (429, "queue_full")}
    assert sum(record.kind == "impression" for record in events_in(log)) == len(taken)


def test_the_schema_is_served_to_anybody_and_kept_beside_the_documents() -> None:
    async def story(ads: Ads) -> Any:
        status, answer = await ads.call("GET", "/v1/events/schema.json", headers={"origin": "https://app.example"})
        return status, answer, ads.headers["access-control-allow-origin"]

    kept = ROOT / "docs/events.schema.json"
    assert with_ads(story) == (200, msgspec.json.decode(kept.read_bytes()), "*")
    assert kept.read_bytes() == schema.TEXT, "python -m vonk.events.schema > docs/events.schema.json"
