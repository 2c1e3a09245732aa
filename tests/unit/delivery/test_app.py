"""The ad server through its door, in this process."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.unit.delivery.making import (
    ACCOUNT,
    AD,
    CAMPAIGN,
    DAY_MS,
    GRANT,
    GROUP,
    KEY,
    NOW,
    NOW_MS,
    POST,
    Ads,
    ad_group,
    campaign,
    grant,
    one_ad,
    rival,
    with_ads,
)
from vonk.core.clock import FixedClock
from vonk.delivery.server.options import Options
from vonk.delivery.snapshot import Billing, Budget, BudgetMode, ClockDocument, FrequencyCap, Targeting
from vonk.events.contract import Report
from vonk.events.ingest import Sender
from vonk.events.log import LogUnavailable, Position
from vonk.events.records import Claims, DecisionRecord, EventRecord, MinuteRecord, Record
from vonk.events.tokens import ReaderClaims, Signer
from vonk.storage.memory.event_log import MemoryEventLog


class FailingLog(MemoryEventLog):
    """Refuses to write while ``failing``."""

    failing = False

    def append(self, records: Sequence[Record], *, after: Position | None = None) -> Position:
        if self.failing:
            raise LogUnavailable
        return super().append(records, after=after)


def events_in(log: MemoryEventLog) -> list[EventRecord]:
    return [stored.record for stored in log.read(Position(0), 10**6) if isinstance(stored.record, EventRecord)]


def organic_token() -> str:
    return Signer([KEY]).sign_showing(Claims(77, 0, 0, 0, 0, 0, POST, 7, "vik", "", 0, "", NOW_MS, "for_you"))


def test_a_slot_gets_an_ad_with_all_a_feed_needs() -> None:
    async def story(ads: Ads) -> Any:
        return await ads.slot()

    slot = with_ads(story, *one_ad())
    claims = Signer([KEY]).read_showing(slot.pop("token"))
    decision_id = slot.pop("decision_id")
    assert claims == Claims(
        int(decision_id),
        AD,
        GROUP,
        CAMPAIGN,
        ACCOUNT,
        GRANT,
        POST,
        7,
        "vik",
        "impression",
        100,
        "EUR",
        NOW_MS,
        "for_you",
        duration_ms=5_000,
        country="NL",
    )
    assert Signer([KEY]).open_click(slot.pop("click_id")) == claims
    assert slot == {
        "position": 4,
        "bills": "impression",
        "price_micros": 100,
        "currency": "EUR",
        "ad": {
            "id": "1000",
            "ad_group_id": "100",
            "campaign_id": "10",
            "account_id": "1",
            "post_id": "3000",
            "spark": True,
            "call_to_action": "learn_more",
            "landing_url": "https://shop.example/",
            "advertiser_name": "Ada's shop",
            "payer_name": "Ada",
            "post": {
                "id": "3000",
                "profile_id": "7",
                "handle": "cleo",
                "display_name": "Cleo",
                "avatar_url": "/a.webp",
                "caption": "Bread",
                "sound_id": "1",
                "sound_title": "Sound",
                "video_url": "/v.mp4",
                "poster_url": "/p.jpg",
                "duration_ms": 5000,
                "width": 360,
                "height": 640,
                "may_duet": True,
                "may_stitch": True,
                "ai_generated": False,
                "disclosure": "none",
                "external_id": "",
                "pictures": [],
                "sound_url": "",
            },
        },
    }


def test_a_slot_without_an_ad_says_why() -> None:
    async def story(ads: Ads) -> Any:
        return await ads.slot()

    slot = with_ads(story, *one_ad(grant=grant(ends_ms=NOW_MS)))
    del slot["decision_id"]
    assert slot == {"position": 4, "reason": "all_refused", "refusals": {"grant_expired": 1}, "ad": None}


def test_slots_of_one_request_never_share_a_campaign() -> None:
    async def story(ads: Ads) -> Any:
        slots = [{"position": 4}, {"position": 9}, {"position": 14}]
        return await ads.call("POST", "/v1/decisions", {"viewer": ads.viewer(), "slots": slots})

    _, answer = with_ads(story, *one_ad(), *rival(1))
    shown = [slot["ad"] and slot["ad"]["campaign_id"] for slot in answer["slots"]]
    assert sorted(shown[:2]) == ["10", "11"]
    assert answer["slots"][2]["refusals"] == {"campaign_already_shown": 2}


def test_an_event_counts_once_and_bills_once() -> None:
    log = MemoryEventLog()

    async def story(ads: Ads) -> Any:
        token = (await ads.slot())["token"]
        ads.clock.advance(seconds=1)
        first = await ads.report(token, "impression", "play", "click_destination")
        again = await ads.report(token, "impression", "click_destination")
        ads.clock.advance(seconds=30)
        renamed = await ads.report(token, "impression", "click_destination", salt="other-")
        return first, again, renamed

    first, again, renamed = with_ads(story, *one_ad(), log=log)
    assert first == [("accepted", None)] * 3
    assert again == [("duplicate", "event_repeated")] * 2
    assert renamed == [("duplicate", "kind_repeated"), ("accepted", None)]
    assert [(record.kind, record.charge_micros) for record in events_in(log)] == [
        ("impression", 100),
        ("play", 0),
        ("click_destination", 0),
        ("click_destination", 0),
    ]


def test_one_wrong_event_never_spoils_the_batch() -> None:
    async def story(ads: Ads) -> Any:
        token = organic_token()
        good = {"id": "a", "kind": "impression", "token": token, "at": "2026-11-22T12:00:00Z"}
        wrong: list[Any] = [
            good | {"id": ""},
            good | {"id": "with space"},
            good | {"id": "x" * 65},
            good | {"kind": "hover"},
            good | {"token": token[:-2] + "AA"},
            good | {"token": token[:-3]},
            good | {"token": token[:20]},
            good | {"token": Signer([bytes(32)]).sign_showing(Signer([KEY]).read_showing(token))},
            good | {"token": ads.viewer()},
            good | {"kind": "click_destination"},
            good | {"context": {}},
            good | {"at": "yesterday"},
            good | {"at": "2026-11-22T12:00:00"},
            good | {"at": -1},
            good | {"value": -1},
            good | {"value": 10**12},
            good | {"at": None},
            {"id": "only"},
            None,
            7,
        ]
        status, answer = await ads.call("POST", "/v1/events", {"events": [*wrong, good]})
        assert status == 200
        return [(verdict["id"], verdict["verdict"], verdict["reason"]) for verdict in answer["verdicts"]]

    assert with_ads(story) == [
        ("", "refused", "id_invalid"),
        ("with space", "refused", "id_invalid"),
        ("x" * 65, "refused", "id_invalid"),
        ("a", "refused", "unknown_kind"),
        ("a", "refused", "token_forged"),
        ("a", "refused", "token_forged"),
        ("a", "refused", "token_malformed"),
        ("a", "refused", "token_foreign"),
        ("a", "refused", "token_purpose"),
        ("a", "refused", "kind_not_of_showing"),
        ("a", "refused", "context_needs_host_key"),
        ("a", "refused", "at_invalid"),
        ("a", "refused", "at_invalid"),
        ("a", "refused", "at_invalid"),
        ("a", "refused", "value_out_of_range"),
        ("a", "refused", "value_out_of_range"),
        ("a", "refused", "malformed"),
        ("only", "refused", "malformed"),
        (None, "refused", "malformed"),
        (None, "refused", "malformed"),
        ("a", "accepted", None),
    ]


def test_a_token_bills_for_a_day_and_counts_for_a_week() -> None:
    log = MemoryEventLog()

    async def story(ads: Ads) -> Any:
        tokens = [(await ads.slot())["token"] for _ in range(3)]
        ads.clock.advance(milliseconds=DAY_MS)
        verdicts = await ads.report(tokens[0], "impression")
        ads.clock.advance(milliseconds=1)
        verdicts += await ads.report(tokens[1], "impression")
        ads.clock.advance(milliseconds=6 * DAY_MS)
        return verdicts + await ads.report(tokens[2], "impression")

    assert with_ads(story, *one_ad(), log=log) == [
        ("accepted", None),
        ("accepted", None),
        ("refused", "token_expired"),
    ]
    assert [record.charge_micros for record in events_in(log)] == [100, 0]


def test_instants_are_clipped_between_decision_and_receipt() -> None:
    log = MemoryEventLog()

    async def story(ads: Ads) -> None:
        ads.clock.advance(seconds=10)
        for number, at in enumerate((NOW_MS - 5, NOW_MS + 5, NOW_MS + 60_000)):
            event = {"id": f"{number}", "kind": "watch", "token": organic_token(), "at": at, "value": 40}
            await ads.call("POST", "/v1/events", {"events": [event]})

    with_ads(story, log=log)
    assert [record.at_ms - NOW_MS for record in events_in(log)] == [0, 5, 10_000]


def test_what_the_disk_refuses_is_not_acknowledged_and_may_be_sent_again() -> None:
    log = FailingLog()

    async def story(ads: Ads) -> None:
        token = (await ads.slot())["token"]
        log.failing = True
        event = {"id": "a", "kind": "impression", "token": token, "at": NOW_MS}
        both = await asyncio.gather(
            ads.call("POST", "/v1/events", {"events": [event]}), ads.call("POST", "/v1/events", {"events": [event]})
        )
        assert [(status, answer["code"]) for status, answer in both] == [(503, "log_unavailable")] * 2
        assert (await ads.call("GET", "/healthz"))[0] == 503
        log.failing = False
        assert await ads.report(token, "impression") == [("accepted", None)]
        assert (await ads.call("GET", "/healthz"))[0] == 200

    with_ads(story, *one_ad(), log=log)
    assert [record.charge_micros for record in events_in(log)] == [100]
    kinds = [type(stored.record) for stored in log.read(Position(0), 10)]
    assert [kind for kind in kinds if kind is not MinuteRecord] == [DecisionRecord, EventRecord]


@settings(max_examples=examples(25), deadline=None)
@given(
    st.sampled_from(list(Billing)),
    st.integers(1, 40),
    st.lists(
        st.tuples(st.sampled_from(["slot", "impression", "view_6s", "click_destination", "wait"]), st.integers(0, 9)),
        max_size=60,
    ),
)
def test_nothing_is_billed_beyond_the_budget_and_no_viewer_sees_beyond_the_cap(
    billing: Billing, events_paid: int, acts: list[tuple[str, int]]
) -> None:
    bid = {Billing.CPM: 5_000_000, Billing.OCPM: 300_000}.get(billing, 5_000)
    budget = 5_000 * events_paid
    log = MemoryEventLog()

    async def story(ads: Ads) -> None:
        tokens: list[str] = []
        for number, (act, which) in enumerate(acts):
            if act == "slot":
                slot = await ads.slot(ads.viewer(f"viewer-{which % 2}"), floor_micros=10 if which % 3 else 5_000_000)
                if slot["ad"]:
                    tokens.append(slot["token"])
                spend = ads.app.runtime.index.campaign(CAMPAIGN).spend
                assert spend.billed + spend.reserved <= budget
            elif act == "wait":
                ads.clock.advance(minutes=which)
            elif tokens:
                ads.clock.advance(seconds=31)
                await ads.report(tokens[which % len(tokens)], act, salt=f"{number}-")

    documents = one_ad(
        campaign=campaign(budget=Budget(BudgetMode.LIFETIME, budget)),
        ad_group=ad_group(billing=billing, bid_micros=bid, cap=FrequencyCap(2, 86_400)),
        grant=grant(ends_ms=NOW_MS + 10 * DAY_MS),
    )
    with_ads(story, *documents, log=log, options=Options(reservation_seconds=86_400))
    events = events_in(log)
    assert sum(record.charge_micros for record in events) <= budget
    for viewer in ("viewer-0", "viewer-1"):
        shown = {r.claims.decision_id for r in events if r.kind == "impression" and r.claims.viewer_id == viewer}
        assert len(shown) <= 2


def test_late_clicks_beyond_the_budget_are_the_platforms_loss() -> None:
    log = MemoryEventLog()

    async def story(ads: Ads) -> None:
        tokens = [(await ads.slot(floor_micros=5_000_000))["token"] for _ in range(3)]
        for token in tokens:
            ads.clock.advance(seconds=30)
            assert await ads.report(token, "impression", "click_destination") == [("accepted", None)] * 2

    budget = Budget(BudgetMode.DAILY, 700_000)
    with_ads(story, *one_ad(ad_group=ad_group(billing=Billing.CPC, bid_micros=350_000, budget=budget)), log=log)
    charges = [record.charge_micros for record in events_in(log) if record.kind == "click_destination"]
    assert charges[0] == charges[1] > 0
    assert sum(charges) <= 700_000


def test_a_withdrawn_grant_stops_the_ad_and_what_was_decided_before_still_bills() -> None:
    log = MemoryEventLog()

    async def story(ads: Ads) -> Any:
        token = (await ads.slot())["token"]
        await ads.withdraw(grant())
        refused = await ads.slot()
        assert await ads.report(token, "impression") == [("accepted", None)]
        return refused["refusals"]

    assert with_ads(story, *one_ad(), log=log) == {"grant_absent": 1}
    assert [record.charge_micros for record in events_in(log)] == [100]


def test_the_published_clock_moves_the_platform() -> None:
    async def story(ads: Ads) -> Any:
        await ads.publish(ClockDocument(2 * DAY_MS * 1000))
        return (await ads.slot())["refusals"]

    assert with_ads(story, *one_ad()) == {"grant_expired": 1}


def test_a_restart_remembers_spend_caps_and_duplicates(tmp_path: Path) -> None:
    documents = one_ad(
        campaign=campaign(budget=Budget(BudgetMode.LIFETIME, 12_000)),
        ad_group=ad_group(cap=FrequencyCap(1, 86_400)),
    )
    log, clock, tokens = MemoryEventLog(), FixedClock(NOW), []

    async def before(ads: Ads) -> None:
        tokens.append((await ads.slot(floor_micros=5_000_000))["token"])
        await ads.report(tokens[0], "impression")
        tokens.append((await ads.slot(ads.viewer("ada"), floor_micros=5_000_000))["token"])

    async def after(ads: Ads) -> Any:
        spend = ads.app.runtime.index.campaign(CAMPAIGN).spend
        counted = (spend.billed, spend.reserved)
        return (
            counted,
            (await ads.slot())["refusals"],
            (await ads.slot(ads.viewer("cleo")))["refusals"],
            await ads.report(tokens[0], "impression"),
        )

    expected = (
        (5_000, 5_000),
        {"campaign_out_of_budget": 1},
        {"campaign_out_of_budget": 1},
        [("duplicate", "event_repeated")],
    )
    with_checkpoint = Options(checkpoint_dir=tmp_path / "ads")
    with_ads(before, *documents, log=log, clock=clock, options=with_checkpoint)
    assert with_ads(after, *documents, log=log, clock=clock) == expected
    assert with_ads(after, *documents, log=log, clock=clock, options=with_checkpoint) == expected
    kept = tmp_path / "ads" / "counters.checkpoint"
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    assert with_ads(after, *documents, log=log, clock=clock, options=with_checkpoint) == expected


def test_a_clock_that_leaps_and_comes_back_bills_nothing_again() -> None:
    log, tokens = MemoryEventLog(), []

    async def before(ads: Ads) -> None:
        tokens.append((await ads.slot())["token"])
        assert await ads.report(tokens[0], "impression") == [("accepted", None)]
        ads.clock.advance(days=30)
        ads.app.runtime.forget_expired()
        ads.clock.advance(days=-30)
        assert await ads.report(tokens[0], "impression") == [("duplicate", "event_repeated")]

    async def after(ads: Ads) -> None:
        ads.clock.advance(days=-30)
        assert await ads.report(tokens[0], "impression") == [("duplicate", "event_repeated")]

    with_ads(before, *one_ad(), log=log, clock=FixedClock(NOW))
    leapt = FixedClock(NOW)
    leapt.advance(days=30)
    with_ads(after, *one_ad(), log=log, clock=leapt)


def test_a_checkpoint_leaves_out_what_is_not_yet_in_the_log() -> None:
    async def story(ads: Ads) -> Any:
        token = (await ads.slot())["token"]
        runtime = ads.app.runtime
        judged = runtime.ingest.judge([Report("a", "impression", token, NOW_MS)], NOW_MS, Sender())
        written = runtime.committer.submit([entry.record for entry in judged.entries])
        kept = runtime._checkpoint()
        await written
        return kept

    kept = with_ads(story, *one_ad())
    assert (kept.position, len(kept.ahead)) == (0, 1)


def test_who_may_read_a_decision() -> None:
    log = MemoryEventLog()

    async def story(ads: Ads) -> Any:
        decision_id = (await ads.slot())["decision_id"]
        await ads.report(organic_token(), "impression")  # By then the decision's record is in the log.
        signer = ads.signer

        async def read(account_id: int | None) -> tuple[int, Any]:
            headers = {}
            if account_id is not None:
                token = signer.sign_reader(ReaderClaims(account_id, NOW_MS + 1))
                headers = {"authorization": f"Bearer {token}"}
            return await ads.call("GET", f"/v1/decisions/{decision_id}", headers=headers)

        from_memory = [await read(account) for account in (0, ACCOUNT, 66, None)]
        ads.app.runtime.recent = type(ads.app.runtime.recent)()
        return decision_id, from_memory, await read(0)

    decision_id, answers, from_log = with_ads(story, *one_ad(), *rival(1, bid_micros=3_000_000), log=log)
    assert [status for status, _ in answers] == [200, 200, 404, 401]
    operator, advertiser = answers[0][1], answers[1][1]
    assert from_log == answers[0]
    assert operator["runner_up_id"] == "1001"
    anonymous = [operator["bids"][0], dict.fromkeys(operator["bids"][1]) | {"place": 2}]
    assert advertiser == operator | {"runner_up_id": None, "replay": None, "bids": anonymous}
    assert operator["replay"] == {
        "possible": True,
        "agrees": True,
        "ad_id": "1000",
        "price_micros": 3_000,
        "differences": [],
    }
    assert [(bid["ad_id"], bid["worth_micros"], bid["gap_micros"]) for bid in operator["bids"]] == [
        ("1000", 5_000_000, 0),
        ("1001", 3_000_000, 2_000_000),
    ]
    for name in ("seed", "bids", "replay"):
        del operator[name]
    assert operator == {
        "decision_id": decision_id,
        "at_ms": NOW_MS,
        "surface": "for_you",
        "position": 4,
        "index_sequence": 12,
        "candidates": 2,
        "refusals": [],
        "ad_id": "1000",
        "bills": "impression",
        "price_micros": 3_000,
        "probability": 1.0,
        "expected_revenue_micros": 5_000,
        "runner_up_id": "1001",
        "runner_up_micros": 3_000,
        "propensity": 1.0,
        "reason": None,
        "model": "",
        "random": False,
        "reserve_micros": 100_000,
        "floor_micros": 0,
        "to_beat_micros": 5_000_000,
        "took_part": 2,
        "refused": [],
        "ghosts": [],
    }


def test_an_advertiser_reads_why_an_ad_is_not_shown() -> None:
    async def story(ads: Ads) -> Any:
        await ads.slot()
        headers = {"authorization": f"Bearer {ads.signer.sign_reader(ReaderClaims(ACCOUNT, NOW_MS + 1))}"}
        return await ads.call("GET", f"/v1/ads/{AD}/refusals", headers=headers)

    status, answer = with_ads(story, *one_ad(grant=grant(account_id=ACCOUNT + 1)))
    assert (status, answer["waiting"]) == (200, "grant_absent")
    assert [(count["reason"], count["count"], count["actor"]) for count in answer["minutes"][str(NOW_MS)]] == [
        ("grant_absent", 1, "creator")
    ]


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "expected"),
    [
        ("GET", "/nothing", {}, b"", (404, "route_missing")),
        ("PUT", "/v1/decisions", {}, b"", (405, "method_not_allowed")),
        ("POST", "/v1/decisions", {}, b"{", (400, "body_malformed")),
        ("POST", "/v1/decisions", {"content-type": "text/html"}, b"{}", (415, "content_type_unsupported")),
        ("POST", "/v1/decisions", {"content-length": "1048577"}, b"", (413, "body_too_large")),
        ("POST", "/v1/decisions", {}, b"x" * 1_048_577, (413, "body_too_large")),
        ("POST", "/v1/decisions", {}, b'{"viewer":"","slots":[]}', (400, "too_many_slots")),
        ("POST", "/v1/decisions", {}, b'{"viewer":"x","slots":[{"position":1}]}', (403, "token_invalid")),
        ("POST", "/v1/events", {}, b"[]", (400, "body_malformed")),
        ("POST", "/v1/events", {}, b'{"events":[' + b"1," * 500 + b"1]}", (400, "too_many_events")),
        ("GET", "/v1/decisions/abc", {"authorization": "Bearer x"}, b"", (403, "token_invalid")),
    ],
)
def test_every_error_is_a_problem_document(
    method: str, path: str, headers: dict[str, str], body: bytes, expected: tuple[int, str]
) -> None:
    async def story(ads: Ads) -> Any:
        status, answer = await ads.call(method, path, body, headers)
        assert ads.headers["content-type"] == "application/problem+json"
        return status, answer["code"]

    assert with_ads(story) == expected


def test_only_named_sites_may_read_answers() -> None:
    async def story(ads: Ads) -> Any:
        origins: list[Any] = []
        for origin in ("https://vonk.example", "https://mallory.example"):
            await ads.call("POST", "/v1/events", {"events": []}, {"origin": origin, "content-type": "text/plain"})
            origins.append(ads.headers.get("access-control-allow-origin"))
            status, _ = await ads.call("OPTIONS", "/v1/events", b"", {"origin": origin})
            origins.append((status, ads.headers.get("access-control-allow-methods")))
        return origins

    assert with_ads(story, options=Options(allowed_origins=("https://vonk.example",))) == [
        "https://vonk.example",
        (204, "POST, OPTIONS"),
        None,
        (204, None),
    ]


def test_metrics_name_what_happened() -> None:
    async def story(ads: Ads) -> Any:
        await ads.slot()
        return (await ads.call("GET", "/metrics"))[1].decode()

    text = with_ads(story, *one_ad(grant=grant(ends_ms=NOW_MS)))
    assert 'vonk_slots_total{outcome="all_refused"} 1.0' in text
    assert 'vonk_refusals_total{reason="grant_expired"} 1.0' in text
    assert "vonk_open_promises 0.0" in text


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
EVENT = st.fixed_dictionaries(
    {"id": ANY_JSON | st.just("a"), "kind": ANY_JSON | st.just("play"), "token": ANY_JSON, "at": ANY_JSON | st.just(1)}
)
REQUESTS = st.tuples(
    st.sampled_from(["GET", "POST", "OPTIONS", "DELETE"]),
    st.sampled_from(["/v1/decisions", "/v1/events", "/v1/decisions/1", "/v1/ads/1/refusals", "/healthz", "/"])
    | st.text(max_size=20),
    st.binary(max_size=200)
    | ANY_JSON.map(msgspec.json.encode)
    | st.builds(lambda events: msgspec.json.encode({"events": events}), st.lists(EVENT, max_size=3))
    | st.builds(lambda slots: msgspec.json.encode({"viewer": "x", "slots": slots}), st.lists(ANY_JSON, max_size=3)),
    st.sampled_from(["", "Bearer x", "Bearer", "Bearer é"]),
)


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(REQUESTS, min_size=5, max_size=15))
def test_nothing_a_client_sends_is_our_failure(requests: list[tuple[str, str, bytes, str]]) -> None:
    async def story(ads: Ads) -> None:
        for method, path, body, authorization in requests:
            status, answer = await ads.call(method, path, body, {"authorization": authorization})
            if status >= 400:
                assert status < 500, answer
                assert set(answer) >= {"type", "title", "status", "code"}

    with_ads(story, *one_ad(ad_group=ad_group(targeting=Targeting())))
