"""Which ad a conversion is attributed to: by example, and whatever the order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.advertising.rules.attribution import AttributionSettings, Counting
from vonk.core.clock import DAY_MS
from vonk.reporting.attribution.rules import (
    Attribution,
    Conversion,
    Exposure,
    Touch,
    TouchKind,
    attribute,
    exposure_before,
    window_ms,
)

CLICK, ENGAGED, VIEW = TouchKind.CLICK, TouchKind.ENGAGED, TouchKind.VIEW
BREAD, CAKE = 100, 200  # Ad groups; an ad's id begins with its group's.
USUAL = {BREAD: AttributionSettings(), CAKE: AttributionSettings()}
NOON = 40 * DAY_MS


def touch(kind: TouchKind, days_before: float, *, group: int = BREAD, ad: int = 0, decision: int = 1) -> Touch:
    return Touch(NOON - int(days_before * DAY_MS), decision, group * 10 + ad, group, kind)


def bought(at_ms: int = NOON, event_id: str = "order 1", name: str = "purchase", **more: Any) -> Conversion:
    return Conversion(at_ms, 1, event_id, name, **more)


def ad_of(*touches: Touch, settings: dict[int, AttributionSettings] | None = None) -> tuple[int, TouchKind] | None:
    one = attribute([bought()], touches, settings or USUAL)[bought()]
    return None if one is None else (one.ad_id, one.touch)


@pytest.mark.parametrize(
    ("touches", "expected"),
    [
        ((), None),
        ((touch(VIEW, 0.5),), (1000, VIEW)),
        ((touch(VIEW, 0.1), touch(ENGAGED, 0.9, group=CAKE)), (2000, ENGAGED)),
        ((touch(VIEW, 0.1), touch(ENGAGED, 0.2), touch(CLICK, 6.9, group=CAKE)), (2000, CLICK)),
        ((touch(CLICK, 3), touch(CLICK, 2, group=CAKE)), (2000, CLICK)),
        ((touch(CLICK, 2, group=CAKE), touch(CLICK, 3)), (2000, CLICK)),
        ((touch(CLICK, 7),), (1000, CLICK)),  # The window's last millisecond counts,
        ((touch(CLICK, 7 + 1 / DAY_MS),), None),  # the one before does not.
        ((touch(CLICK, 8), touch(VIEW, 0.5)), (1000, VIEW)),
        ((touch(CLICK, -0.001),), None),  # After the conversion.
        ((touch(CLICK, 0),), (1000, CLICK)),
        ((touch(CLICK, 1, ad=1, decision=5), touch(CLICK, 1, ad=2, decision=4)), (1001, CLICK)),  # The later decision.
    ],
)
def test_the_last_click_wins_then_the_engaged_view_then_the_view(
    touches: tuple[Touch, ...], expected: tuple[int, TouchKind] | None
) -> None:
    assert ad_of(*touches) == expected


def test_each_ad_group_has_its_own_windows() -> None:
    settings = {BREAD: AttributionSettings(28, 7, 7), CAKE: AttributionSettings(0, 0, 1)}
    assert ad_of(touch(CLICK, 1, group=CAKE), touch(CLICK, 27), settings=settings) == (1000, CLICK)
    assert ad_of(touch(ENGAGED, 0.1, group=CAKE), touch(ENGAGED, 6), settings=settings) == (1000, ENGAGED)
    assert ad_of(touch(VIEW, 0.1, group=CAKE), touch(VIEW, 6), settings=settings) == (2000, VIEW)
    assert ad_of(touch(CLICK, 0.1), settings={BREAD: AttributionSettings(0, 0, 0)}) is None


def once(days: int = 7) -> dict[int, AttributionSettings]:
    return {group: AttributionSettings(days, 1, 1, Counting.ONCE) for group in (BREAD, CAKE)}


def test_once_counts_one_of_a_name_within_the_click_window() -> None:
    first, second, other = bought(), bought(NOON + 1, "order 2"), bought(NOON + 1, "form", "submit_form")
    again = bought(NOON + 7 * DAY_MS + 1, "order 3")
    touches = [touch(CLICK, 0), touch(CLICK, -5)]
    found = attribute([again, other, second, first], touches, once())
    assert {conversion.event_id: found[conversion] is not None for conversion in found} == {
        "order 1": True,
        "order 2": False,
        "form": True,  # Another name counts by itself,
        "order 3": True,  # and so does the same one when the window is over.
    }
    assert all(attribute([first, second], touches, USUAL).values())


def test_what_did_not_count_once_counts_for_no_other_ad_group_either() -> None:
    touches = [touch(CLICK, 2, group=CAKE), touch(CLICK, 1)]
    found = attribute([bought(), bought(NOON + 1, "order 2")], touches, {BREAD: once()[BREAD], CAKE: USUAL[CAKE]})
    assert [one and one.ad_group_id for one in found.values()] == [BREAD, None]


def test_what_is_final_stays_and_still_counts_once() -> None:
    was = Attribution(1000, BREAD, CLICK, NOON - 9)
    old = bought(NOON - DAY_MS, "old", final=True, was=was)
    lost = bought(NOON - 2 * DAY_MS, "lost", final=True)
    found = attribute([bought(), lost, old], [touch(CLICK, 3)], once())
    assert found == {lost: None, old: was, bought(): None}


TOUCHES = st.builds(
    Touch,
    at_ms=st.integers(0, 40).map(lambda days: days * DAY_MS),
    decision_id=st.integers(1, 3),
    ad_id=st.just(1000),
    ad_group_id=st.sampled_from([BREAD, CAKE]),
    kind=st.sampled_from([CLICK, ENGAGED, VIEW]),
)
CONVERSIONS = st.builds(
    Conversion,
    at_ms=st.integers(0, 40).map(lambda days: days * DAY_MS),
    pixel_id=st.just(1),
    event_id=st.text("ab", min_size=1, max_size=3),
    name=st.sampled_from(["purchase", "sign_up"]),
    final=st.just(value=False),
    was=st.none(),
)
SETTINGS = st.fixed_dictionaries(
    dict.fromkeys(
        (BREAD, CAKE),
        st.builds(
            AttributionSettings,
            st.sampled_from([0, 1, 7, 14, 28]),
            st.sampled_from([0, 1, 7]),
            st.sampled_from([0, 1, 7]),
            st.sampled_from(Counting),
        ),
    )
)


@given(st.lists(CONVERSIONS, unique_by=lambda one: one.event_id), st.lists(TOUCHES), SETTINGS, st.randoms())
def test_the_order_in_which_things_are_told_changes_nothing(
    conversions: list[Conversion], touches: list[Touch], settings: dict[int, AttributionSettings], rng: Any
) -> None:
    found = attribute(conversions, touches, settings)
    rng.shuffle(conversions)
    rng.shuffle(touches)
    assert attribute(conversions, touches, settings) == found
    assert found.keys() == set(conversions)
    last: dict[tuple[int, str], int] = {}
    for conversion in sorted(found, key=lambda one: (one.at_ms, one.event_id)):
        one = found[conversion]
        if one is not None:
            of_group = settings[one.ad_group_id]
            assert 0 <= conversion.at_ms - one.touch_at_ms <= window_ms(of_group, one.touch)
            key = (one.ad_group_id, conversion.name)
            if of_group.counting is Counting.ONCE and key in last:
                assert conversion.at_ms - last[key] > of_group.once_ms
            last[key] = conversion.at_ms


def test_an_engagement_follows_the_last_impression_of_its_post_within_a_day() -> None:
    shown = [
        Exposure(NOON - DAY_MS, 1, 10, 5, 7),
        Exposure(NOON - 9, 2, 20, 5, 7),
        Exposure(NOON - 8, 3, 30, 6, 7),
        Exposure(NOON + 1, 4, 40, 5, 7),
    ]
    assert exposure_before(NOON, 5, 7, shown) == shown[1]
    assert exposure_before(NOON, 5, 7, shown[:1]) == shown[0]  # Exactly a day.
    assert exposure_before(NOON + 1, 5, 7, shown[:1]) is None
    assert exposure_before(NOON, 0, 7, shown) == shown[2]  # Of the profile, whatever its post.
    assert exposure_before(NOON, 8, 7, shown) is None
    assert exposure_before(NOON, 0, 8, shown) is None
