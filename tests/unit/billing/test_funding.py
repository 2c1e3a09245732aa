"""What draws on which source and what goes back, tax, months: by example and by property."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.billing import funding, ledger
from vonk.billing.funding import Source

AMOUNTS = st.lists(st.integers(0, 10**9), max_size=5)


@given(AMOUNTS, st.data())
def test_what_is_drawn_empties_sources_in_order(holds: list[int], data: st.DataObject) -> None:
    sources = [Source(ledger.voucher(number, "EUR"), micros) for number, micros in enumerate(holds)]
    micros = data.draw(st.integers(0, sum(holds)))
    taken = funding.draw(sources, micros)
    assert sum(part for _, part in taken) == micros
    assert all(part > 0 for _, part in taken)
    assert [source.left_micros + dict(taken).get(source.party, 0) for source in sources] == holds
    touched = [number for number, source in enumerate(sources) if source.left_micros < holds[number]]
    assert all(sources[number].left_micros == 0 for number in range(touched[-1] if touched else 0))


@given(AMOUNTS, st.data())
def test_what_goes_back_is_the_last_taken_and_never_more(charged: list[int], data: st.DataObject) -> None:
    total, already, back = sum(charged), 0, [0] * len(charged)
    while already < total:
        micros = data.draw(st.integers(max(1, (total - already) // 3), total - already))
        parts = funding.give_back(charged, already, micros)
        assert sum(parts) == micros
        back = [sum(pair) for pair in zip(back, parts, strict=True)]
        assert all(got <= had for got, had in zip(back, charged, strict=True))
        first = next(number for number, got in enumerate(back) if got)
        assert back[first + 1 :] == charged[first + 1 :]
        already += micros
    assert back == charged or not total


def test_more_than_was_billed_never_goes_back() -> None:
    with pytest.raises(AssertionError, match="No more goes back"):
        funding.give_back([3, 4], 5, 3)


@given(st.integers(0, 10**12), st.integers(1, 10**12), st.data())
def test_the_parts_of_a_payment_have_its_tax_also_when_some_came_back(
    tax: int, amount: int, data: st.DataObject
) -> None:
    parts: list[tuple[int, int]] = []
    for _ in range(6):
        before = sum(micros for micros, _ in parts)
        gives_up = bool(parts) and data.draw(st.integers(0, 1)) == 1
        if gives_up:
            parts.pop(data.draw(st.integers(0, len(parts) - 1)))
        elif before < amount:
            micros = data.draw(st.integers(1, amount - before))
            returned = sum(back for _, back in parts)
            part = funding.part_of_tax(tax, amount, after_micros=before + micros, returned_micros=returned)
            parts.append((micros, part))
        assert 0 <= sum(back for _, back in parts) <= tax
    before, returned = sum(micros for micros, _ in parts), sum(back for _, back in parts)
    assert returned + funding.part_of_tax(tax, amount, after_micros=amount, returned_micros=returned) == tax
    assert before <= amount


@pytest.mark.parametrize(
    ("at", "zone", "first"),
    [
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), "Europe/Amsterdam", datetime(2026, 3, 31, 22, tzinfo=UTC)),
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), "Europe/Amsterdam", datetime(2026, 4, 30, 22, tzinfo=UTC)),
        (datetime(2026, 12, 5, tzinfo=UTC), "UTC", datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2026, 3, 1, 7, 59, tzinfo=UTC), "America/Los_Angeles", datetime(2026, 3, 1, 8, tzinfo=UTC)),
    ],
)
def test_months_begin_at_local_midnight(at: datetime, zone: str, first: datetime) -> None:
    assert funding.next_month(at, zone) == first


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)))
def test_months_follow_each_other(day: date) -> None:
    first, last = funding.days_of_month(day)
    assert first <= day <= last
    assert funding.month_after(funding.month_before(day)) == first
    assert (funding.month_after(day) - last).days == 1
