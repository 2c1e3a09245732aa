"""Double entry by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.billing import ledger
from vonk.billing.ledger import Entry, Movement, Party

WAYS = [
    (reason, debit, credit) for reason, way in ledger.WAYS.items() for debit in way.debits for credit in way.credits
]


@st.composite
def an_entry(draw: st.DrawFn) -> Entry:
    reason, debit, credit = draw(st.sampled_from(WAYS))
    parties = [Party(kind, draw(st.integers(0, 3)), "EUR") for kind in (debit, credit)]
    return Entry(draw(st.uuids().map(str)), reason.value, parties[0], parties[1], draw(st.integers(1, 10**12)))


ENTRIES = st.lists(an_entry())


def test_an_entry_moves_its_amount() -> None:
    ada, revenue = ledger.advertiser(1, "EUR"), ledger.revenue("EUR")
    moved = ledger.movements([Entry("a", "charge", ada, revenue, 5), Entry("b", "charge", ada, revenue, 7)])
    assert moved == {ada: Movement(12, 0), revenue: Movement(0, 12)}


@given(ENTRIES)
def test_debits_equal_credits(entries: list[Entry]) -> None:
    moved = ledger.movements(entries)
    assert sum(one.debits_micros for one in moved.values()) == sum(one.credits_micros for one in moved.values())
    assert sum(one.debits_micros for one in moved.values()) == sum(entry.amount_micros for entry in entries)


@pytest.mark.parametrize(
    "entry",
    [
        Entry("zero", "charge", ledger.advertiser(1, "EUR"), ledger.revenue("EUR"), 0),
        Entry("negative", "charge", ledger.advertiser(1, "EUR"), ledger.revenue("EUR"), -1),
        Entry("itself", "charge", ledger.revenue("EUR"), ledger.revenue("EUR"), 1),
        Entry("no way", "charge", ledger.revenue("EUR"), ledger.advertiser(1, "EUR"), 1),
        Entry("exchange", "charge", ledger.advertiser(1, "EUR"), ledger.revenue("USD"), 1),
    ],
)
def test_what_is_no_movement_is_refused(entry: Entry) -> None:
    with pytest.raises(ValueError, match=entry.key):
        ledger.movements([entry])


def test_every_reason_has_its_way() -> None:
    assert list(ledger.WAYS) == list(ledger.Reason)
