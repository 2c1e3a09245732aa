"""Double entry by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.billing import ledger
from vonk.billing.ledger import AccountKind, Entry, Movement, Party, Reason

PARTIES = st.builds(Party, st.sampled_from(AccountKind), st.integers(0, 3), st.just("EUR"))
ENTRIES = st.lists(
    st.builds(
        Entry, st.uuids().map(str), st.just(Reason.CHARGE.value), PARTIES, PARTIES, st.integers(1, 10**12)
    ).filter(lambda entry: entry.debit != entry.credit)
)


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
        Entry("exchange", "charge", ledger.advertiser(1, "EUR"), ledger.revenue("USD"), 1),
    ],
)
def test_what_is_no_movement_is_refused(entry: Entry) -> None:
    with pytest.raises(ValueError, match=entry.key):
        ledger.movements([entry])
