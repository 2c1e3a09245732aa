"""Each rule of invalid traffic, at its edge, by the server's own instants."""

import msgspec
import pytest

from tests.unit.events.making import MINUTE_MS, NOW_MS, Judge, showing
from vonk.delivery.snapshot import RuleTuning
from vonk.events.ingest import Sender
from vonk.events.kinds import KINDS, Sort
from vonk.events.origins import Origin
from vonk.events.records import Kind
from vonk.events.rules import AS_BUILT, INVALID_RULES, InvalidRule, tuning_of
from vonk.events.suspicion import Lately, Recently

VALID = ("accepted", None)
VIDEO_MS = 4_000


@pytest.mark.parametrize(
    ("kind", "duration_ms", "least_ms"),
    [
        ("play", 20_000, 0),
        ("viewable", 20_000, 1_800),
        ("viewable", 1_000, 900),
        ("view_2s", 0, 1_800),
        ("view_6s", 20_000, 5_400),
        ("view_6s", VIDEO_MS, 3_600),
        ("view_15s", VIDEO_MS, 3_600),
        ("p25", VIDEO_MS, 900),
        ("p50", VIDEO_MS, 1_800),
        ("p75", VIDEO_MS, 2_700),
        ("p100", VIDEO_MS, 3_600),
        ("p100", 0, 0),
        ("replay", VIDEO_MS, 0),
        ("like", VIDEO_MS, 0),
        ("click_profile", VIDEO_MS, 200),
        ("landing_page_view", VIDEO_MS, 200),
    ],
)
def test_nothing_is_watched_faster_than_time_passes(kind: str, duration_ms: int, least_ms: int) -> None:
    judge, claims = Judge(), showing(duration_ms=duration_ms)
    judge.take(claims, "impression", after_ms=0)
    if least_ms:
        assert judge.take(claims, kind, after_ms=least_ms - 1, salt="a") == [("accepted", "too_fast")]
    assert judge.take(claims, kind, after_ms=least_ms, salt="b") == [VALID]


def test_what_is_watched_in_pieces_adds_up() -> None:
    judge, claims = Judge(), showing()
    judge.take(claims, "impression", after_ms=0)
    assert judge.take(claims, "watch", after_ms=1_000, value=1_111, salt="a") == [VALID]
    assert judge.take(claims, "watch", after_ms=1_900, value=1_001, salt="b") == [("accepted", "too_fast")]
    assert judge.take(claims, "watch", after_ms=1_900, value=1_000, salt="c") == [VALID]


def test_a_clock_that_went_back_makes_nobody_guilty_of_an_impression() -> None:
    judge = Judge()
    assert judge.take(showing(), "impression", "play", "like", after_ms=-50) == [VALID] * 3


def test_the_same_click_again_is_meant_only_after_a_while() -> None:
    judge = Judge()
    judge.take(showing(), "impression", after_ms=0)
    clicks = [
        judge.take(showing(), "click_profile", after_ms=after_ms, salt=f"{after_ms}")[0]
        for after_ms in (1_000, 2_999, 3_000)
    ]
    assert clicks == [VALID, ("accepted", "duplicate_click"), VALID]
    assert judge.take(showing(), "click_music", after_ms=3_001) == [VALID]


def test_a_viewer_means_one_click_on_an_ad_at_a_time() -> None:
    judge = Judge()

    def click(number: int, after_ms: int, **changed: object) -> tuple[str, str | None]:
        claims = showing(number, **changed)
        return judge.take(claims, "impression", "click_destination", after_ms=after_ms)[1]

    assert click(1, 1_000) == VALID
    assert click(2, 30_999) == ("accepted", "duplicate_click")
    assert click(3, 2_000, ad_id=99) == VALID
    assert click(4, 2_000, viewer_id="ada") == VALID
    assert click(5, 31_000) == VALID


def test_a_viewer_does_so_much_in_a_minute_and_no_more() -> None:
    judge = Judge()
    judge.ingest.suspicion.tuning = msgspec.structs.replace(AS_BUILT, impressions=3, clicks=2, same_ad_ms=0)
    verdicts = [
        judge.take(showing(number), "impression", "click_destination", after_ms=number * 1_000)
        for number in range(1, 5)
    ]
    assert verdicts == [
        [VALID, VALID],
        [VALID, VALID],
        [VALID, ("accepted", "too_many")],
        [("accepted", "too_many"), ("accepted", "too_many")],
    ]
    assert (
        judge.take(showing(5), "impression", "click_destination", after_ms=1_000 + MINUTE_MS - 1)
        == [("accepted", "too_many")] * 2
    )
    assert judge.take(showing(6), "impression", "click_destination", after_ms=1_000 + MINUTE_MS) == [VALID] * 2
    assert judge.take(showing(7, viewer_id="ada"), "impression", after_ms=4_000) == [VALID]


def test_what_the_disk_lost_is_not_held_against_the_viewer() -> None:
    judge = Judge()
    judge.ingest.suspicion.tuning = msgspec.structs.replace(AS_BUILT, impressions=1)
    assert judge.take(showing(), "impression", "click_destination", after_ms=1_000) == [VALID] * 2
    judge.lose(2)
    assert judge.take(showing(), "impression", "click_destination", after_ms=1_001) == [VALID] * 2


def test_a_restart_still_knows_the_last_click() -> None:
    judge = Judge()
    judge.take(showing(), "impression", "click_destination", after_ms=1_000)
    after = Judge(judge.log)
    assert after.take(showing(2), "impression", "click_destination", after_ms=2_000) == [
        VALID,
        ("accepted", "duplicate_click"),
    ]


def test_a_checkpoint_still_knows_the_last_minute() -> None:
    judge, after = Judge(), Judge()
    tuning = msgspec.structs.replace(AS_BUILT, impressions=2)
    judge.ingest.suspicion.tuning = after.ingest.suspicion.tuning = tuning
    judge.take(showing(1), "impression", "click_destination", "click_profile", after_ms=1_000)
    judge.take(showing(2), "impression", after_ms=1_100)
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(judge.ingest.suspicion.dump()), type=Lately)
    after.ingest.suspicion.load(kept)
    assert after.ingest.suspicion.dump() == kept
    assert after.take(showing(3), "impression", "click_destination", after_ms=2_000) == [
        ("accepted", "too_many"),
        ("accepted", "duplicate_click"),
    ]
    assert after.take(showing(1), "click_profile", after_ms=2_000) == [("accepted", "duplicate_click")]


@pytest.mark.parametrize(
    ("rule", "sender", "claims"),
    [
        (InvalidRule.OWN_SHOWING, Sender(), {"own": True}),
        (InvalidRule.KNOWN_BOT, Sender(Origin(bot=True)), {}),
        (InvalidRule.DATA_CENTRE, Sender(Origin(data_centre=True)), {}),
    ],
)
def test_whose_and_from_where(rule: InvalidRule, sender: Sender, claims: dict[str, bool]) -> None:
    judge = Judge()
    kinds = ("impression", "view_2s", "click_destination", "like")
    assert judge.take(showing(**claims), *kinds, after_ms=9_000, sender=sender) == [("accepted", rule.value)] * 4
    assert (judge.book.billed, +judge.book.results) == (0, {})
    judge.ingest.suspicion.tuning = tuning_of({rule.value: RuleTuning(enabled=False)})
    assert judge.take(showing(2, **claims), *kinds, after_ms=9_000, sender=sender) == [VALID] * 4


def test_every_rule_can_be_switched_off() -> None:
    judge = Judge()
    judge.ingest.suspicion.tuning = tuning_of({rule.value: RuleTuning(enabled=False) for rule in InvalidRule})
    claims = showing(own=True)
    sender = Sender(Origin(bot=True, data_centre=True))
    for salt in "abc":
        assert judge.take(claims, "click_destination", "watch", after_ms=0, salt=salt, value=9, sender=sender) == [
            VALID,
            VALID,
        ]


def test_thresholds_are_held_within_their_bounds() -> None:
    wild = tuning_of({"too_fast": RuleTuning(values={"watched_percent": 900, "click_ms": -5, "unknown": 1})})
    assert (wild.watched_percent, wild.click_ms, wild.clicks) == (100, 0, 12)
    for entry in INVALID_RULES.values():
        for threshold in entry.thresholds.values():
            assert threshold.least <= threshold.default <= threshold.most


def test_every_rule_and_kind_is_declared() -> None:
    assert set(INVALID_RULES) == set(InvalidRule)
    assert set(KINDS) == set(Kind)
    assert all(entry.sort is Sort.VIEW for entry in KINDS.values() if entry.needs_ms or entry.needs_percent)


def test_memory_forgets_what_no_rule_needs() -> None:
    lately: Recently[str, int] = Recently(100)
    lately.put("a", 1, NOW_MS)
    lately.put("b", 1, NOW_MS + 100)
    assert (lately.get("a"), lately.get("b")) == (1, 1)
    lately.put("c", 1, NOW_MS + 200)
    assert (lately.get("a"), lately.get("b")) == (None, 1)
    lately.put("d", 1, NOW_MS + 400)
    assert len(lately) == 1
