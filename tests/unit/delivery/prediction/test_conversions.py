"""How often clicks and showings lead to conversions: by an ad group's own counts, until there are any by those of its like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.delivery.prediction.conversions import Counted, reckon

NOTHING = Counted(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def test_without_any_count_the_prior_holds() -> None:
    found = reckon({1: NOTHING}, {1: "purchase"})[1]
    assert (found.per_click, found.per_impression, found.of_model) == (0.02, 0.0, 1.0)


def test_an_ad_group_comes_from_the_rate_of_its_like_to_its_own() -> None:
    known = Counted(10_000.0, 500.0, 400_000.0, 80.0, 10_000.0, 250.0)
    few = Counted(50.0, 5.0, 2_000.0, 0.0, 50.0, 0.0)
    found = reckon({1: known, 2: NOTHING, 3: few, 4: NOTHING}, {1: "a", 2: "a", 3: "a", 4: "b"})
    assert found[1].per_click == pytest.approx(0.05, rel=0.01)
    assert found[2].per_click == pytest.approx(0.05, rel=0.02)  # Of its like.
    assert found[3].per_click == pytest.approx((5 + 2) / (50 + 2 / found[2].per_click), rel=0.01)
    assert found[4].per_click == 0.02  # It counts something else.
    assert found[1].per_impression == pytest.approx(80 / 400_000, rel=0.03)
    assert found[1].of_model == pytest.approx(2.0, rel=0.05)  # Half of what counts comes to a model as labels.


@given(st.dictionaries(st.integers(1, 9), st.tuples(*[st.floats(0, 1e9)] * 6), min_size=1))
def test_whatever_was_counted_chances_are_chances(counts: dict[int, tuple[float, ...]]) -> None:
    counted = {group: Counted(*values) for group, values in counts.items()}
    for group, found in reckon(counted, {group: str(group % 2) for group in counted}).items():
        assert found.id == group
        assert 0 < found.per_click <= 1
        assert 0 <= found.per_impression <= 1
        assert 0 <= found.of_model <= 4
