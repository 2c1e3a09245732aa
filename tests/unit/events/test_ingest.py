"""Nothing false is billed, nothing true is lost, nothing counts twice: in whatever order events come."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.unit.events.making import BROWSER, DAY_MS, NOW_MS, PRICE, Judge, showing, token
from vonk.events.contract import Context, Report, Verdict
from vonk.events.dedupe import WAITING_MAX
from vonk.events.ingest import Sender
from vonk.events.origins import Origin
from vonk.events.records import ONCE_PER_SHOWING, EventRecord, Kind
from vonk.events.tokens import Signer

SECOND = 1_000
VALID, LATE = ("accepted", None), ("accepted", "not_rendered")


def test_a_click_before_its_impression_bills_when_that_comes() -> None:
    judge = Judge()
    assert judge.take(showing(), "click_destination", "view_2s", after_ms=3 * SECOND) == [LATE, LATE]
    assert judge.book.billed == 0
    assert judge.take(showing(), "impression", after_ms=9 * SECOND) == [VALID]
    assert judge.facts == [
        ("click_destination", 0, "not_rendered", ""),
        ("view_2s", 0, "not_rendered", ""),
        ("impression", 0, "", ""),
        ("click_destination", PRICE, "", "not_rendered"),
        ("view_2s", 0, "", "not_rendered"),
    ]
    click, _, _, restored, _ = judge.log
    assert (restored.event_id, restored.at_ms) == (click.event_id, click.at_ms)
    assert restored.received_ms == showing().decided_ms + 9 * SECOND
    assert (
        judge.take(showing(), "impression", "click_destination", after_ms=20 * SECOND)
        == [("duplicate", "event_repeated")] * 2
    )


def test_a_batch_is_judged_with_its_impression_first_and_answered_in_its_order() -> None:
    judge = Judge()
    assert judge.take(showing(), "click_destination", "hover", "impression", after_ms=SECOND) == [
        VALID,
        ("refused", "unknown_kind"),
        VALID,
    ]
    assert [record.kind for record in judge.log] == ["impression", "click_destination"]


def test_what_came_a_day_late_is_restored_and_bills_nothing() -> None:
    judge = Judge()
    judge.take(showing(), "click_destination", after_ms=SECOND)
    judge.take(showing(), "impression", after_ms=DAY_MS + 1)
    assert judge.facts[-1] == ("click_destination", 0, "", "not_rendered")


def test_the_first_valid_event_bills_not_the_first() -> None:
    judge = Judge()
    judge.take(showing(), "impression", after_ms=0)
    assert judge.take(showing(), "click_destination", after_ms=50) == [("accepted", "too_fast")]
    assert judge.take(showing(), "click_destination", after_ms=10 * SECOND, salt="b") == [VALID]
    assert judge.take(showing(), "click_destination", after_ms=60 * SECOND, salt="c") == [VALID]
    assert [record.charge_micros for record in judge.log] == [0, 0, PRICE, 0]
    assert judge.book.results[1, Kind.CLICK_DESTINATION] == 1


def test_of_what_counts_once_one_invalid_and_one_valid_are_kept() -> None:
    judge = Judge()
    views = [
        judge.take(showing(), "view_6s", after_ms=after_ms, salt=salt)[0]
        for after_ms, salt in ((SECOND, "a"), (2 * SECOND, "b"), (6 * SECOND, "c"), (7 * SECOND, "d"))
        for _ in judge.take(showing(), "impression", after_ms=after_ms)
    ]
    assert views == [("accepted", "too_fast"), ("duplicate", "kind_repeated"), VALID, ("duplicate", "kind_repeated")]


def test_an_invalid_impression_was_on_a_screen_all_the_same() -> None:
    judge = Judge()
    bot = Sender(Origin(bot=True))
    assert judge.take(showing(), "click_destination", after_ms=SECOND) == [LATE]
    assert judge.take(showing(), "impression", after_ms=2 * SECOND, sender=bot) == [("accepted", "known_bot")]
    assert judge.facts[-1] == ("click_destination", PRICE, "", "not_rendered")


def test_so_many_wait_for_one_impression_and_no_more() -> None:
    judge = Judge()
    claims = showing(duration_ms=0)
    for number in range(WAITING_MAX + 5):
        judge.take(claims, "click_profile", after_ms=(number + 1) * 3 * SECOND, salt=f"{number}-")
    judge.take(claims, "impression", after_ms=DAY_MS)
    assert sum(record.restored != "" for record in judge.log) == WAITING_MAX


def test_a_showing_can_be_full() -> None:
    judge = Judge()
    judge.take(showing(), "impression", after_ms=0)
    reports: list[Report | Verdict] = [
        Report(f"{number}".ljust(64, "x"), "comment", token(showing()), NOW_MS) for number in range(1_000)
    ]
    assert {one.verdict for one in judge.judge(reports, NOW_MS).verdicts} == {"accepted", "refused"}
    assert judge.take(showing(), "like", after_ms=0) == [("refused", "showing_full")]


def test_a_host_says_where_its_viewers_events_come_from() -> None:
    judge = Judge()
    contexts = [None, Context("Robby/1.0"), Context(address="192.0.2.1"), Context(address="next door")]

    def verdicts(salt: str, *, host: bool) -> list[tuple[str, str | None]]:
        reports: list[Report | Verdict] = [
            Report(f"{salt}{number}", "share", token(showing()), NOW_MS, context=context)
            for number, context in enumerate(contexts)
        ]
        return [(one.verdict, one.reason) for one in judge.judge(reports, NOW_MS, Sender(host=host)).verdicts]

    assert verdicts("host", host=True) == [
        VALID,
        ("accepted", "known_bot"),
        ("accepted", "data_centre"),
        ("refused", "context_invalid"),
    ]
    assert verdicts("page", host=False) == [VALID, *[("refused", "context_needs_host_key")] * 3]


def test_tokens_of_a_key_that_is_gone_are_forgotten() -> None:
    keys: list[list[bytes]] = []
    signer = Signer([bytes(32), bytes(range(32))], lambda: keys.pop() if keys else None)
    judge = Judge()
    judge.ingest._signer = signer
    assert judge.take(showing(), "impression", after_ms=0) == [VALID]
    keys.append([bytes([1] * 32), bytes(32)])
    assert signer.refresh()
    assert judge.take(showing(), "like", after_ms=0) == [("refused", "token_foreign")]


KINDS = ("impression", "view_2s", "view_6s", "click_destination", "click_profile", "watch", "like")
IDS = (
    "a{}",
    "b{}",
    "a",
    "aa",
    "1,2",
    "+",
)  # The kind's own, and one of several kinds; parts of others; what memory is made of.
BATCHES = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(1, 2), st.sampled_from(KINDS), st.sampled_from(IDS)), min_size=1, max_size=4),
        st.sampled_from([0, 300, 2_500, 7_000, 40_000]),
        st.sampled_from(["kept", "kept", "lost", "lost and sent again", "restart", "checkpoint"]),
    ),
    max_size=14,
)


def taken(batches: list[Any]) -> Iterator[Judge]:
    """Let the batches come, with what befalls each; yield the judge after every one."""
    judge = Judge()
    now_ms = NOW_MS
    shown = {1: showing(1), 2: showing(2, bills="view_6s", duration_ms=0)}
    for events, pause_ms, fate in batches:
        now_ms += pause_ms
        reports: list[Report | Verdict] = [
            Report(named.format(kind), kind, token(shown[number]), now_ms, 100) for number, kind, named in events
        ]
        judged = judge.judge(reports, now_ms)
        if fate.startswith("lost"):
            judge.lose(len(judged.entries))
        if fate == "lost and sent again":
            judge.judge(reports, now_ms)
        if fate == "restart":
            judge = Judge(judge.log)
        if fate == "checkpoint":
            judge.seen.load(
                msgspec.msgpack.decode(msgspec.msgpack.encode(judge.seen.dump()), type=dict[int, dict[int, str]])
            )
        yield judge


@settings(max_examples=examples(300), deadline=None)
@given(BATCHES)
def test_in_every_interleaving_exactly_once(batches: list[Any]) -> None:
    for judge in taken(batches):
        check(judge)


def check(judge: Judge) -> None:
    log = judge.log
    valid = [record for record in log if not record.invalid]
    once = Counter((record.claims.decision_id, record.kind) for record in valid if record.kind in ONCE_PER_SHOWING)
    assert set(once.values()) <= {1}
    by_id: dict[tuple[int, str], list[EventRecord]] = {}
    for record in log:
        by_id.setdefault((record.claims.decision_id, record.event_id), []).append(record)
    for (decision_id, _), records in by_id.items():
        rendered = any(r.kind is Kind.IMPRESSION and r.claims.decision_id == decision_id for r in log)
        first, *rest = records
        assert not first.restored
        # Exactly those that waited are restored, once, as soon as the impression is in the log.
        assert [record.restored for record in rest] == (
            ["not_rendered"] if rendered and first.invalid == "not_rendered" else []
        )
        assert [(r.kind, r.at_ms, r.value) for r in rest] == [(first.kind, first.at_ms, first.value)] * len(rest)
    for decision_id in {record.claims.decision_id for record in log}:
        own = [record for record in log if record.claims.decision_id == decision_id]
        billable = [record for record in own if record.kind == record.claims.bills and not record.invalid]
        begins = next((place for place, record in enumerate(own) if record.kind is Kind.IMPRESSION), len(own))
        assert {record.kind for record in own[:begins] if not record.invalid} <= {Kind.LIKE}
        assert sum(record.charge_micros for record in own) == (PRICE if billable else 0)
        assert all(not record.charge_micros for record in own if record.invalid)
        assert [record.charge_micros for record in billable] == [PRICE, *[0] * (len(billable) - 1)][: len(billable)]
    assert judge.book.billed == sum(record.charge_micros for record in log)
    again = Judge(log)
    assert +again.book.results == +judge.book.results
    assert remembered(again) == remembered(judge)


def remembered(judge: Judge) -> dict[int, Counter[tuple[str | Any, ...]]]:
    """Return what is remembered of each showing, without the order of its entries."""
    return {
        decision_id: Counter(entry.groups() for entry in re.finditer("(.+)\n(.+)\n", text))
        for showings in judge.seen.dump().values()
        for decision_id, text in showings.items()
    }


@settings(max_examples=examples(100), deadline=None)
@given(st.permutations(["impression", "view_2s", "click_destination", "watch"]), st.integers(1, 4))
def test_what_counts_does_not_depend_on_the_order(kinds: list[str], size: int) -> None:
    judge = Judge()
    for start in range(0, len(kinds), size):
        judge.take(showing(), *kinds[start : start + size], after_ms=5 * SECOND, value=100)
    assert Counter(record.kind for record in judge.log if not record.invalid) == Counter(kinds)
    assert judge.book.billed == PRICE
    assert judge.take(showing(), *kinds, after_ms=6 * SECOND) == [("duplicate", "event_repeated")] * 4
    assert BROWSER.host is False
