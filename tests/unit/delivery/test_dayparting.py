"""Hours of the week by the account's clock, and limits that nobody can judge: neither shows outside what was asked."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.delivery.making import NOW, VIK, ad_group, campaign, index_of, one_ad, publish
from tests.unit.delivery.test_decide import ask
from vonk.core.clock import to_ms
from vonk.delivery.limits import dayparting
from vonk.delivery.limits.dayparting import HALF_HOURS
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.snapshot import Targeting

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MINUTE = timedelta(minutes=1)


def marks(*shown: int) -> str:
    return "".join("1" if at in shown else "0" for at in range(HALF_HOURS))


def half_hour(text: str, zone: ZoneInfo = AMSTERDAM) -> int:
    return dayparting.half_hour(datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(zone))


@given(st.integers(1, 2**HALF_HOURS - 2))
def test_what_was_asked_is_given_back(bits: int) -> None:
    asked = f"{bits:0{HALF_HOURS}b}"
    packed = dayparting.pack(asked)
    assert len(packed) == 84
    assert dayparting.unpack(packed) == asked
    shown = [at for at in range(HALF_HOURS) if dayparting.holds(dayparting.bits(packed), at)]
    assert shown == [at for at, mark in enumerate(asked) if mark == "1"]


def test_none_all_and_nothing_marked_are_always_and_what_is_no_week_is_refused() -> None:
    assert {dayparting.pack(asked) for asked in ("", "0" * HALF_HOURS, "1" * HALF_HOURS)} == {""}
    assert (dayparting.unpack(""), dayparting.bits("")) == ("", 0)
    for wrong in ("1", "1" * 337, "2" * HALF_HOURS, "١" * HALF_HOURS):
        with pytest.raises(ValueError, match="336"):
            dayparting.pack(wrong)


def test_what_cannot_be_read_is_never_not_always() -> None:
    never = dayparting.bits("not a number")
    assert never
    assert not any(dayparting.holds(never, at) for at in range(HALF_HOURS))


def test_a_half_hour_is_the_wall_clocks_through_both_changes_of_the_year() -> None:
    assert half_hour("2026-11-22 22:59") == 6 * 48 + 47  # Sunday, 23:59 in Amsterdam.
    assert half_hour("2026-11-22 23:00") == 0
    # 28 March 2027: 02:00 to 03:00 do not occur.
    assert [half_hour(f"2027-03-28 {at}") - 6 * 48 for at in ("00:30", "00:59", "01:00", "01:30")] == [3, 3, 6, 7]
    # 25 October 2026: 02:00 to 03:00 occur twice.
    asked = ("00:00", "00:30", "01:00", "01:30", "02:00")
    assert [half_hour(f"2026-10-25 {at}") - 6 * 48 for at in asked] == [4, 5, 4, 5, 6]
    assert (
        half_hour("2026-11-22 18:14", ZoneInfo("Asia/Kathmandu")) == 6 * 48 + 47
    )  # Five hours and three quarters ahead.
    assert half_hour("2026-11-22 18:15", ZoneInfo("Asia/Kathmandu")) == 0


def test_an_ad_group_is_shown_in_its_hours_and_comes_back_by_itself() -> None:
    lunch = Targeting(dayparting=dayparting.pack(marks(6 * 48 + 28)))  # Sundays, 14:00 to 14:30.
    index, counters = index_of(*one_ad(ad_group=ad_group(targeting=lunch)))
    decision = ask(index, counters)  # NOW is 13:00 there.
    assert decision.refusals == {Refusal.OUTSIDE_HOURS: 1}
    assert ask(index, counters, now_ms=to_ms(NOW + 59 * MINUTE)).refusals == {Refusal.OUTSIDE_HOURS: 1}
    assert ask(index, counters, now_ms=to_ms(NOW + timedelta(hours=1))).row is not None
    assert ask(index, counters, now_ms=to_ms(NOW + timedelta(minutes=89))).row is not None
    assert ask(index, counters, now_ms=to_ms(NOW + timedelta(minutes=90))).refusals == {Refusal.OUTSIDE_HOURS: 1}


def test_hours_are_those_of_the_accounts_time_zone() -> None:
    one_oclock = Targeting(dayparting=dayparting.pack(marks(6 * 48 + 26)))
    index, counters = index_of(*one_ad(ad_group=ad_group(targeting=one_oclock)))
    assert ask(index, counters).row is not None
    index, counters = index_of(
        *one_ad(ad_group=ad_group(targeting=one_oclock), campaign=campaign(time_zone="America/New_York"))
    )
    assert ask(index, counters).refusals == {Refusal.OUTSIDE_HOURS: 1}


def test_limits_that_nobody_can_judge_show_the_ad_to_nobody_until_they_are_gone() -> None:
    index, counters = index_of(*one_ad(ad_group=ad_group(targeting=Targeting(unmet=("carrier_ids",)))))
    assert ask(index, counters).refusals == {Refusal.LIMITS_UNMET: 1}
    assert index.parked_among(index.match(VIK)) == {Refusal.LIMITS_UNMET: 1}
    assert ask(index, counters).refusals == {Refusal.LIMITS_UNMET: 1}
    publish(index, ad_group())
    assert ask(index, counters).row is not None
