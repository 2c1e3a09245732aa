"""A/B tests at the decision: a viewer belongs to exactly one arm, and who cannot be known again to none."""

from collections import Counter

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.delivery.making import AD, NOW_MS, VIK, ad_group, index_of, one_ad, rival
from tests.unit.delivery.test_decide import ask
from vonk.delivery.matching import arms
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.snapshot import Arm, Document

HOUR_MS = 3_600_000
FIRST, SECOND = arms.halves("salt", starts_ms=NOW_MS, ends_ms=NOW_MS + HOUR_MS)


def pair() -> list[Document]:
    """Two ads in the two arms of a test, the second bidding more."""
    return [*one_ad(ad_group=ad_group(arm=FIRST)), *rival(1, bid_micros=9_000_000, arm=SECOND)]


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_viewer_is_in_exactly_one_arm(salt: str, viewer_id: str) -> None:
    held = [arms.holds(arm, viewer_id, 0) for arm in arms.halves(salt, starts_ms=0, ends_ms=1)]
    assert sorted(held) == [False, True]


def test_arms_are_halves_and_every_test_splits_anew() -> None:
    viewers = [f"viewer {number}" for number in range(20_000)]
    first = {viewer for viewer in viewers if arms.holds(FIRST, viewer, NOW_MS)}
    assert abs(len(first) - 10_000) < 4 * 71  # Four standard deviations.
    other, _ = arms.halves("another", starts_ms=NOW_MS, ends_ms=NOW_MS + 1)
    both = sum(arms.holds(other, viewer, NOW_MS) for viewer in first)
    assert abs(both - len(first) / 2) < 4 * 50
    tenths = Counter(arms.share("salt", viewer) // 1_000 for viewer in viewers)
    assert sum((count - 2_000) ** 2 / 2_000 for count in tenths.values()) < 27.9  # Chi-square, nine degrees, p = .001.


def test_each_viewer_sees_the_ad_of_their_arm_alone() -> None:
    index, counters = index_of(*pair())
    for number in range(50):
        viewer = msgspec.structs.replace(VIK, viewer_id=f"v{number}")
        decision = ask(index, counters, viewer)
        assert decision.row is not None
        wanted = AD if arms.holds(FIRST, viewer.viewer_id, NOW_MS) else AD + 1
        assert (decision.row.ad.id, decision.refusals) == (wanted, {Refusal.OTHER_ARM: 1})


def test_who_cannot_be_known_again_sees_neither_while_the_test_runs() -> None:
    nobody = msgspec.structs.replace(VIK, viewer_id="")
    index, counters = index_of(*pair())
    decision = ask(index, counters, nobody)
    assert (decision.row, decision.refusals) == (None, {Refusal.OTHER_ARM: 2})
    for at_ms in (NOW_MS - 1, NOW_MS + HOUR_MS):  # Before it and after it, everybody sees the dearer one.
        later = ask(index, counters, nobody, now_ms=at_ms)
        assert later.row is not None
        assert later.row.ad.id == AD + 1


def test_a_publication_of_yesterday_has_no_arm() -> None:
    old = msgspec.json.encode({**msgspec.to_builtins(ad_group()), "arm": None})
    assert msgspec.json.decode(old, type=type(ad_group())) == ad_group()
    assert msgspec.json.decode(msgspec.json.encode(FIRST), type=Arm) == FIRST
